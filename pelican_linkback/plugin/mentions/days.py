"""The days of mentions, as the site writes dates: DATE_FORMATS, and the locale in force."""

from __future__ import annotations

import datetime as dt
import locale
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache

from pelican.utils import strftime

from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.regex import regex

__all__ = ["DAY", "date_format", "day_in", "locale_in_force"]

DAY = "%Y-%m-%d"
"""How a day is written where nothing says how."""

_TIME_OF_DAY = regex("%-?[cfHIMpSXZz]")


def locale_in_force() -> str:
    """Return the locale in which dates are written now (LC_TIME); Pelican and plugins change it."""
    return locale.setlocale(locale.LC_TIME)


def date_format(language: str, pelican: PelicanSettings) -> tuple[str | None, str]:
    """Return the locale, None if none is named, and the format of dates in a language.

    ``pelican`` are Pelican's settings of the site.
    """
    formats = pelican.get("DATE_FORMATS")
    own = formats.get(language) if isinstance(formats, Mapping) else None
    form = own or pelican.get("DEFAULT_DATE_FORMAT") or DAY
    return (form[0], str(form[-1])) if isinstance(form, tuple) else (None, str(form))


def day_in(form: str, named: str | None = None) -> Callable[[dt.datetime], str]:
    """Return what writes the day of a time in a ``form`` of Pelican's DATE_FORMATS.

    It is written in the locale that is ``named`` there; if there is none, or the system does not
    have it, in the one in force.
    """

    @cache
    def written(when: dt.date, before: str) -> str:
        if named is None:
            return str(strftime(when, form))
        with suppress(locale.Error, TypeError, ValueError):  # Pelican has reported it
            locale.setlocale(locale.LC_TIME, named)
        try:
            return str(strftime(when, form))
        finally:
            locale.setlocale(locale.LC_TIME, before)

    if _TIME_OF_DAY.search(form):
        return lambda when: written(when, locale_in_force())
    return lambda when: written(when.date(), locale_in_force())

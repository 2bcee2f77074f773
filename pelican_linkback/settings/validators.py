"""Validators of settings: one for each kind of value.

A validator gets the author's value and returns the checked one, or raises ValueError with what the
setting takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Any, TypeGuard

from pelican_linkback.exceptions import FAULTS, InvalidURL
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.text.printable import described, printable
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import (
    can_be_read,
    check,
    host_key,
    host_of,
    is_fetchable,
    normalise,
)

__all__ = [
    "HOSTED",
    "KINDS",
    "address",
    "agent",
    "allow_hosts",
    "authors",
    "count",
    "day",
    "exclusions",
    "feeds",
    "flag",
    "flag_or_none",
    "imported",
    "instance",
    "is_list",
    "kinds",
    "one_of",
    "page",
    "path",
    "receiver",
    "seconds",
    "sites",
    "sources",
    "strings",
    "style",
    "urls",
    "words",
]


def flag(value: object) -> bool:
    """Take True or False."""
    if isinstance(value, bool):
        return value
    raise ValueError("takes True or False")


def flag_or_none(value: object) -> bool | None:
    """Take True or False; None stays None."""
    return None if value is None else flag(value)


def one_of(*words: str) -> Callable[[object], str]:
    """Return a validator that takes one of ``words``."""

    def read_word(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise ValueError("takes " + " or ".join(f'"{word}"' for word in words))

    return read_word


def style(value: object) -> bool | str:
    """Take True, False, or the address of a stylesheet."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise ValueError("takes True, False, or the URL of a stylesheet")


def page(value: object) -> str:
    """Take the path of a page in the output folder; "" for none."""
    if isinstance(value, str) and (not value or _PAGE.fullmatch(value)):
        return value
    raise ValueError('takes the path of a page in the output folder, such as "feeds/index.html"')


_PAGE = regex(r"(?:(?!\.{1,2}/)[^/\\:\0]++/)*+[^/\\:\0]+\.html?")


def seconds(value: object) -> float:
    """Take a time of up to a day, in seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 86_400:
        return float(value)
    raise ValueError("takes a number of seconds above 0, such as 10")


def count(value: object) -> int:
    """Take a count, 1 to 1000."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000:
        return value
    raise ValueError("takes a whole number from 1 to 1000")


def is_list(value: object, kind: type | UnionType) -> TypeGuard[Sequence[Any]]:
    """Return whether ``value`` is a list, or the like, of this kind."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        return False
    return all(isinstance(entry, kind) for entry in value)


def strings(value: object) -> tuple[str, ...]:
    """Take a list of strings, and strip each."""
    if is_list(value, str) and all(entry.strip() for entry in value):
        return tuple(entry.strip() for entry in value)
    raise ValueError('takes a list of strings, such as ["example.org"]')


_EXCLUSIONS = 'takes "example.org", "*.example.org" or "https://example.org/blog/"'


def exclusions(value: object) -> tuple[str, ...]:
    """Take hosts, ``*.`` hosts and prefixes of URLs, each in its normal form."""
    return tuple(map(_exclusion, strings(value)))


def _exclusion(entry: str) -> str:
    wildcard = "*." if entry.startswith("*.") else ""
    is_host = entry.endswith("]") or not re.search("[/?#:@]", entry)
    try:
        if "://" in entry:
            return normalise(entry)
        if is_host:
            return wildcard + host_of(f"http://{entry.removeprefix(wildcard)}/")
    except InvalidURL as error:
        raise ValueError(f"{entry!r}: {error.reason}; {_EXCLUSIONS}") from None
    url = f"https://{entry.lstrip('/')}"
    is_meant = is_fetchable(url) and "." in host_of(url)
    meant = f'write "{normalise(url)}"' if is_meant else _EXCLUSIONS
    raise ValueError(f"{entry!r} is neither a host nor a URL; {meant}")


def urls(value: object) -> tuple[str, ...]:
    """Take a list of absolute URLs; each counts once."""
    found = strings(value)
    wrong = []
    for url in found:
        try:
            check(url)
        except InvalidURL as error:
            wrong.append(f"{url!r} is none: {error.reason}")
    if wrong:
        raise ValueError(f"takes absolute URLs; {'; '.join(wrong)}")
    return tuple(dict.fromkeys(found))


def sites(value: object) -> tuple[str, ...]:
    """Take a list of addresses of sites, and strip the slash at the end of each."""
    found = urls(value)
    for site in found:
        if "?" in site or "#" in site:
            raise ValueError(f"takes the addresses of sites; {site!r} has a query or a fragment")
    return tuple(dict.fromkeys(site.rstrip("/") for site in found))


_RECEIVER = 'takes "webmention.io", or the URL of a receiver, such as "https://your.site/mentions/"'
HOSTED = ("webmention.io",)
"""The hosted services that are known by name."""


def receiver(value: object) -> str:
    """Take a hosted service or the URL of a receiver, with a slash at its end; None for none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(_RECEIVER)  # noqa: TRY004
    if value.strip() in HOSTED:
        return value.strip()
    if not _can_be_asked(value.strip()) or "?" in value or "#" in value:
        raise ValueError(_RECEIVER)
    return value.strip().rstrip("/") + "/"


def _can_be_asked(url: str) -> bool:
    """Return whether a URL is one of the web; raise ValueError if its port is never used there."""
    if not is_fetchable(url):
        return False
    AllowEntry.parse(host_key(url))
    return True


_SOURCES = (
    'takes True, False, or a list of "webmention.io", URLs of exports, and sources of mentions of '
    "your own or their dotted names"
)


def sources(value: object) -> bool | tuple[object, ...]:
    """Take True or False, or a list of sources of mentions: names, URLs or objects."""
    if isinstance(value, bool):
        return value
    if not is_list(value, object):
        raise ValueError(_SOURCES)
    return tuple(map(_source, value))


def _source(entry: object) -> object:
    if isinstance(entry, str):
        text = entry.strip()
        name, _, address = text.partition("=")
        if text in HOSTED or _can_be_asked(address if name in HOSTED else text):
            return text
        if not re.fullmatch(r"\w+(?:\.\w+)+", text):
            raise ValueError(f"{entry!r} is none; {_SOURCES}")
        entry = imported(text)
    return instance(entry, ("name", "fetch"), _SOURCES)


def instance(entry: object, needed: Sequence[str], takes: str) -> object:
    """Return an object of the author's own: ``entry``, or an instance of it if it is a class.

    Raises ValueError, with what the setting ``takes``, if it has not all ``needed`` attributes.
    """
    try:
        made = entry() if isinstance(entry, type) else entry
        missing = [name for name in needed if not hasattr(made, name)]
    except FAULTS as error:  # whoever wrote it, its attributes can do anything
        raise ValueError(f"{described(error)}; {takes}") from error
    if missing:
        raise ValueError(f"{printable(entry)} has no {' and no '.join(missing)}; {takes}")
    return made


KINDS = ("reply", "repost", "like", "bookmark", "rsvp", "quote", "mention")
"""What a mention can be."""


def kinds(value: object) -> tuple[str, ...]:
    """Take a list of kinds of mentions."""
    if is_list(value, str) and set(value) <= set(KINDS):
        return tuple(kind for kind in KINDS if kind in value)
    raise ValueError("takes a list of " + ", ".join(f'"{kind}"' for kind in KINDS))


def words(value: object) -> Mapping[str, str]:
    """Take a dictionary of texts, by their names."""
    if isinstance(value, Mapping) and all(
        isinstance(e, str) for pair in value.items() for e in pair
    ):
        return dict(value)
    raise ValueError('takes a dictionary of texts, such as {"replies": "Answers"}')


def imported(name: str) -> object:
    """Return what a dotted ``name`` means."""
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(import_module(module), attribute)
    except FAULTS as error:  # it may be a program, and can fail in any way
        raise ValueError(f"{name} cannot be imported: {described(error)}") from error


def allow_hosts(value: object) -> tuple[AllowEntry, ...]:
    """Take what may be reached: hosts, addresses and networks (``AllowEntry``)."""
    return tuple(AllowEntry.parse(entry) for entry in strings(value))


def agent(value: object) -> str:
    """Take text that is valid in a header."""
    if isinstance(value, str) and value.strip() and value.isprintable() and value.isascii():
        return value.strip()
    raise ValueError("takes one line of ASCII text")


def path(value: object) -> Path:
    """Take the path of a folder; ``~`` is the home of a user."""
    if isinstance(value, str | Path) and str(value).strip() and "\0" not in str(value):
        with suppress(RuntimeError):  # ~nobody: a user who does not exist
            return Path(value).expanduser()
    raise ValueError('takes the path of a folder, such as "linkback"')


def address(value: object) -> str:
    """Take a URL, which may be relative to the site."""
    text = value.strip() if isinstance(value, str) else " "
    if not re.search(r"\s", text) and can_be_read(text):
        return text
    raise ValueError('takes an address, such as "images/icon.png"')


def authors(value: object) -> Mapping[str, Mapping[str, str]]:
    """Take a dictionary of authors, by their names."""
    if isinstance(value, Mapping) and all(map(_is_person, value.items())):
        return dict(value)
    raise ValueError(
        'takes a dictionary, such as {"Ann Lee": {"email": "ann@example.org", "url": ""}}'
    )


def _is_person(item: tuple[object, object]) -> bool:
    name, about = item
    if not isinstance(name, str) or not isinstance(about, Mapping):
        return False
    return set(about) <= {"email", "url"} and all(isinstance(each, str) for each in about.values())


def day(value: object) -> date | None:
    """Take a date, or its ISO form; None stays None."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError('takes a day, such as "2026-01-31"') from None


def feeds(value: object) -> tuple[object, ...] | None:
    """Take a list of Feed classes or of their dotted names; None stays None."""
    if value is None:
        return None
    if is_list(value, str | type):
        return tuple(value)
    raise ValueError("takes a list of Feed classes or of their dotted names")

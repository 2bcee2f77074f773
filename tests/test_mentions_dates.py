"""The days of mentions are written in the language in which the site writes its dates."""

from __future__ import annotations

import datetime as dt
import locale
import re
import shutil
import subprocess

import pytest
from pelican import signals

from pelican_linkback.plugin.mentions import days
from pelican_linkback.plugin.mentions.days import date_format, day_in
from tests.page_mentions import received, write

SITE = "https://me.example.io"
NAMES = ("one", "deux", "three", "quatre")
FRENCH = ("deux", "quatre")
DAY = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


class Locales:
    """A system that has the locales C, en and fr; ``switches`` are those that were named."""

    def __init__(self):
        self.now, self.switches = "C", []

    def setlocale(self, _category, name=None):
        if name is None:
            return self.now
        if name not in {"", "C", "en", "fr"}:
            raise locale.Error("unsupported locale setting")
        self.now = name or "C"
        self.switches.append(self.now)
        return self.now

    def strftime(self, when, form):
        return f"{self.now} {when.strftime(form)}"


@pytest.fixture
def locales(monkeypatch):
    system = Locales()
    monkeypatch.setattr(locale, "setlocale", system.setlocale)
    monkeypatch.setattr(days, "strftime", system.strftime)
    return system


@pytest.fixture
def blog(site):
    """Articles in English and in French by turns, each with a reply of the first of February."""
    site.settings |= {"LINKBACK_RECEIVE": "webmention.io", "LINKBACK_PULL": False}
    for number, name in enumerate(NAMES):
        metadata = {"lang": "fr" if name in FRENCH else "en", "date": f"2026-01-0{number + 1}"}
        site.article(name, url=f"{name}.html", save_as=f"{name}.html", **metadata)
    mentions = [received(article=f"{SITE}/{name}.html") for name in NAMES]
    write(site.folder / "linkback", mentions)
    return site


def days_on(build):
    """The days of the replies on each page."""
    pages = [build.read(f"{name}.html") for name in NAMES]
    return [re.findall(r"<time class=.dt-published.[^>]*>(.*?)</time>", page) for page in pages]


def test_a_locale_that_dates_of_the_language_name(blog, locales):
    formats = {"en": ("en", "%d/%m"), "fr": ("fr", "%d.%m")}
    build = blog.build(DATE_FORMATS=formats)
    assert days_on(build) == [["en 01/02"], ["fr 01.02"], ["en 01/02"], ["fr 01.02"]]


def test_the_locale_in_force_is_restored(locales):
    locales.now = "en"
    write_day = day_in("%d", "fr")
    assert [write_day(DAY), write_day(DAY)] == ["fr 01", "fr 01"]
    assert locales.switches == ["fr", "en"]  # once for each day


def test_the_locale_in_force_is_restored_after_an_error(locales, monkeypatch):
    def fails(_when, _form):
        raise ValueError("year")

    monkeypatch.setattr(days, "strftime", fails)
    with pytest.raises(ValueError, match="year"):
        day_in("%d", "fr")(DAY)
    assert locales.switches == ["fr", "C"]


@pytest.mark.parametrize("named", ["xx", None])
def test_without_a_locale_that_the_system_has_days_are_in_the_one_in_force(locales, named):
    write_day, write_time = day_in("%d", named), day_in("%H", named)
    found = []
    for locales.now in ("en", "fr", "en"):
        found.append((write_day(DAY), write_time(DAY)))
    assert found == [("en 01", "en 00"), ("fr 01", "fr 00"), ("en 01", "en 00")]


@pytest.mark.parametrize("named", [5, "x\0", ["x"]])
def test_a_locale_that_is_none_costs_nothing(named):
    assert day_in("%d", named)(DAY) == "01"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"DATE_FORMATS": {"fr": ("fr_FR", "%d")}}, ("fr_FR", "%d")),
        ({"DATE_FORMATS": {"fr": "%d"}, "DEFAULT_DATE_FORMAT": "%m"}, (None, "%d")),
        ({"DATE_FORMATS": {"en": "%d"}, "DEFAULT_DATE_FORMAT": "%m"}, (None, "%m")),
        ({"DATE_FORMATS": ["en"], "DEFAULT_DATE_FORMAT": ("fr_FR", "%m")}, ("fr_FR", "%m")),
        ({}, (None, "%Y-%m-%d")),
    ],
)
def test_what_the_settings_say_of_dates(settings, expected):
    assert date_format("fr", settings) == expected


def test_a_locale_that_a_plugin_sets_for_each_page(blog, locales):
    def switch(_generator, content):
        locale.setlocale(locale.LC_TIME, content.lang)

    with signals.article_generator_write_article.connected_to(switch):
        build = blog.build(DEFAULT_DATE_FORMAT="%d/%m")
    assert days_on(build) == [["en 01/02"], ["fr 01/02"], ["en 01/02"], ["fr 01/02"]]


# Locales of the system


@pytest.fixture
def french(tmp_path, monkeypatch):
    """The name of a French locale that is compiled for the test."""
    if not (compiler := shutil.which("localedef")):
        pytest.skip("localedef is not installed")
    name, before = "fr_FR.UTF-8", locale.setlocale(locale.LC_ALL)
    command = [compiler, "-i", "fr_FR", "-f", "UTF-8", str(tmp_path / name)]
    subprocess.run(command, check=False, capture_output=True)
    monkeypatch.setenv("LOCPATH", str(tmp_path))
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        pytest.skip("no locale can be compiled here")
    else:
        yield name
    finally:
        locale.setlocale(locale.LC_ALL, before)


@pytest.mark.posix(reason="Windows has no localedef")
def test_days_in_a_locale_of_the_system(blog, french):
    formats = {"en": ("C", "%d %B"), "fr": (french, "%d %B")}
    found = days_on(blog.build(DATE_FORMATS=formats))
    assert found == [["01 February"], ["01 février"]] * 2

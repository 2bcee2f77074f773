"""docs/reference/settings.rst has every setting, and what it says of each is true."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pelican.settings import DEFAULT_CONFIG

from pelican_linkback.exceptions import SettingsError
from pelican_linkback.feeds import STOCK_FEEDS
from pelican_linkback.settings import model as settings
from tests.pages import PACKAGE, PAGES, blocks, sections

OURS = {name.strip("`"): text for name, text in sections("settings", "~").items()}


def said(name: str, field: str) -> str:
    (text,) = re.findall(rf"^:{field}: (.*)$", OURS[name], re.MULTILINE)
    return str(text)


def read(name: str, code: str) -> Any:
    values: dict[str, Any] = {"PATH": "/site/content"}
    exec(code, values)
    del values["__builtins__"]
    field, _ = settings.READERS[name]
    return getattr(settings.read(values), "protocols" if field == "registry" else field)


def test_every_setting_is_there():
    assert set(OURS) == set(settings.NAMES)


@pytest.mark.parametrize("name", settings.NAMES)
def test_a_setting_is_as_its_section_says(name):
    assert said(name, "Takes")
    default = read(name, "")
    (shown,) = re.findall(r"^``(.*)``$", said(name, "Default"))
    assert read(name, f"{name} = {shown}") == default
    (example,) = re.findall(r"^``(.*)``$", said(name, "Example"))
    assert read(name, example) != default
    ((wrong, why),) = re.findall(r"^``(.*?)``: ``(.*)``$", said(name, "Refused"))
    with pytest.raises(SettingsError) as told:
        read(name, wrong)
    value = eval(wrong.partition(" = ")[2])
    shown = "" if name in {"LINKBACK_INBOX", "LINKBACK_REBUILD"} else f" = {value!r}:"
    assert told.value.problems == (f"{name}{shown} {why}",)


def rows_of_pelican() -> dict[str, str]:
    text = PAGES["settings"][PAGES["settings"].index("Pelican's settings for feeds") :]
    rows = re.findall(r"^   \* - (.*)\n     - (.*)\n", text, re.MULTILINE)
    return {name: value for names, value in rows for name in re.findall(r"``(\w+)``", names)}


def test_every_setting_for_feeds_is_there_with_its_default():
    rows = rows_of_pelican()
    stock = {feed().path_setting(None) for feed in STOCK_FEEDS}
    # Pelican has the one from 4.10 on, and had another default of the other before.
    config = DEFAULT_CONFIG | {"FEED_APPEND_REF": False, "FEED_MAX_ITEMS": 100}
    theirs = {name for name in config if "FEED" in name}
    summaries = {f"{name.rpartition('_')[2]}_FEED_SUMMARY_ONLY" for name in stock}
    assert set(rows) == stock | theirs | summaries | {"FEED_DOMAIN"}
    assert rows.pop("FEED_DOMAIN") == "``SITEURL``"
    for name, shown in rows.items():
        default = config.get(name, False if name in summaries else None)
        assert shown == ("none" if default is None else f"``{default!r}``".replace("'", '"'))


def test_every_setting_that_the_code_reads_is_there():
    get = r"""(?:settings|pelican|config)(?:\.get\(|\[)["']([A-Z][A-Z0-9_]+)["']"""
    read_there = {
        name for path in PACKAGE.rglob("*.py") for name in re.findall(get, path.read_text("utf-8"))
    }
    assert len(read_there) > 15
    assert not [name for name in sorted(read_there) if f"``{name}``" not in PAGES["settings"]]


def test_the_example_of_pelicans_settings_makes_the_feeds_that_it_says(site):
    conf, output = (block.text for block in blocks(PAGES["settings"]))
    values: dict[str, Any] = {}
    exec(conf, values)
    del values["__builtins__"]
    site.article("one", category="Boats", tags="rope", author="Ann Lee")
    build = site.build(**values)
    assert build.problems == []
    made = sorted(p.relative_to(build.output).as_posix() for p in build.output.rglob("feeds/**/*"))
    assert [path for path in made if "." in path.rpartition("/")[2]] == output.split()
    assert 'href="https://me.example.io/feeds/" rel="self"' in build.read("feeds/index.xml")

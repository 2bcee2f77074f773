"""What others rely on: names, documents, packaging."""

from __future__ import annotations

import configparser
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import pelican_linkback
from pelican_linkback import feeds
from pelican_linkback.cli import parser
from pelican_linkback.settings import model as settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.rst").read_text(encoding="utf-8")
PARTS = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(pelican_linkback.__path__, "pelican_linkback.")
    if not name.endswith("__main__")
)


@pytest.mark.parametrize("name", PARTS)
def test_all_names_what_is_there(name):
    module = importlib.import_module(name)
    public = getattr(module, "__all__", [])
    assert sorted(public, key=str) == sorted(set(public)), "a name twice"
    assert all(hasattr(module, each) for each in public)


def test_the_face_is_small():
    assert pelican_linkback.__all__ == ["__version__", "register"]
    assert set(feeds.__all__) >= {
        "AuthorFeed",
        "Atom1Feed",
        "CategoryFeed",
        "Enclosure",
        "Feed",
        "Rss201rev2Feed",
        "RssUserland091Feed",
        "STOCK_FEEDS",
        "SiteFeed",
        "Stylesheet",
        "TagFeed",
        "TranslationFeed",
    }


@pytest.mark.parametrize("name", settings.NAMES)
def test_every_setting_is_in_the_readme(name):
    assert f"``{name}``" in README


@pytest.mark.parametrize("name", parser.COMMANDS)
def test_every_command_is_in_the_readme(name):
    assert f"``pelican-linkback {name}" in README


def test_the_readme_names_no_setting_or_command_that_is_not_there():
    assert set(re.findall(r"LINKBACK_[A-Z_]+", README)) == set(settings.NAMES)
    named = set(re.findall(r"pelican-linkback ([a-z][a-z-]*)", README)) - {"as"}
    assert named == set(parser.COMMANDS)


def test_the_defaults_in_the_readme_are_the_defaults():
    defaults = settings.read({"PATH": "/site/content"})
    rows = dict(re.findall(r"^``LINKBACK_(\w+)``\s+``([^`]+)``", README, re.MULTILINE))
    shown = {name.lower(): value for name, value in rows.items()}
    assert shown.pop("state") == '"linkback"'
    assert len(shown) >= 10
    for name, value in shown.items():
        actual = getattr(defaults, name)
        assert eval(value, {}) == (tuple(map(str, actual)) if isinstance(actual, tuple) else actual)


def test_the_metadata_agree():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    assert setup["metadata"]["license"] == "MIT"
    assert (
        "pelican-linkback = pelican_linkback.cli:main"
        in setup["options.entry_points"]["console_scripts"]
    )
    assert (ROOT / "pelican_linkback" / "py.typed").exists()

"""What others rely on: names, documents, packaging."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import FunctionType

import pytest

import pelican_linkback
from pelican_linkback import exceptions, feeds, protocol
from pelican_linkback.cli import parser
from pelican_linkback.feeds import Feed
from pelican_linkback.feeds.formats import kinds
from pelican_linkback.feeds.framework import aspects, spelling
from pelican_linkback.feeds.framework.head import FEED_ASPECTS, FEED_EXTRAS
from pelican_linkback.feeds.framework.items import ITEM_ASPECTS
from pelican_linkback.receiving.hosted.service import TOKEN
from pelican_linkback.settings import model as settings
from tests.declared import ASPECTS, TYPED, assert_names_each_aspect
from tests.pages import sections

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.rst").read_text(encoding="utf-8")
PARTS = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(pelican_linkback.__path__, "pelican_linkback.")
    if not name.endswith("__main__")
)

UNLISTED = {"get_object", "get_context_data", "path_fields"}
"""Hooks that are no aspects: they are always methods."""


@pytest.mark.parametrize("name", PARTS)
def test_all_names_exist(name):
    module = importlib.import_module(name)
    public = getattr(module, "__all__", [])
    assert sorted(public, key=str) == sorted(set(public)), "a name twice"
    assert all(hasattr(module, each) for each in public)


KINDS = ("Site", "All", "Category", "Author", "Tag", "Translation")
STOCK = {f"{form}{kind}Feed" for form in ("", "Atom", "Json") for kind in KINDS}
PUBLIC = {
    "pelican_linkback": {"__version__", "register"},
    "pelican_linkback.exceptions": {"FeedError", "LinkbackError"},
    "pelican_linkback.feedcheck": {"Enclosed", "FeedDocument", "Part", "Rules", "UnreadableFeed"},
    "pelican_linkback.feeds": {
        *("Feed", "ArticleFeed", *STOCK, "STOCK_FEEDS", "PodcastFeed"),
        *("MentionFeed", "AtomMentionFeed", "JsonMentionFeed", "MENTION_FEEDS", "MentionItem"),
        *("Rss201rev2Feed", "RssUserland091Feed", "Atom1Feed", "JsonFeed", "PodcastRss"),
        *("Generator", "XmlGenerator", "register_format"),
        *("Person", "Category", "Enclosure", "Stylesheet", "InReplyTo"),
        *("Site", "Article", "Content", "Group", "Aspect"),
    },
    "pelican_linkback.protocol": {
        *("Answer", "Found", "Mention", "Message", "Outcome", "Protocol", "Verdict", "failure"),
    },
}
"""What others may import, all of it. A name that is added here is promised: docs/stability.rst."""

OURS = [
    each
    for module in (feeds, protocol)
    for name in sorted(PUBLIC[module.__name__])
    if isinstance(each := getattr(module, name), type)
]


def test_public_is_what_is_promised():
    assert set(feeds.__all__) == PUBLIC["pelican_linkback.feeds"]
    assert set(pelican_linkback.__all__) == PUBLIC["pelican_linkback"]
    assert set(exceptions.__all__) > PUBLIC["pelican_linkback.exceptions"]
    assert set(protocol.__all__) == PUBLIC["pelican_linkback.protocol"]


def test_what_is_promised_is_in_the_reference_and_nothing_else():
    found = dict.fromkeys(PUBLIC, frozenset())
    for heading, text in sections("names", "-").items():
        found[re.search("``(.*)``", heading)[1]] = set(re.findall(r"^``(\w+)`` ", text, re.M))
    assert found == PUBLIC


def test_the_summary_of_the_face_names_all_of_it():
    assert set(re.findall(r"\w+", feeds.__doc__)) >= PUBLIC["pelican_linkback.feeds"] - {
        name for name in STOCK if name.startswith(("Atom", "Json"))
    }


@pytest.mark.parametrize("cls", OURS, ids=lambda each: each.__name__)
def test_what_is_public_is_described(cls):
    for each in (each for each in cls.__mro__ if each.__module__.startswith("pelican_linkback")):
        assert each.__doc__, each
        for name, value in vars(each).items():
            if not name.startswith("_") and isinstance(value, FunctionType | property):
                assert value.__doc__, f"{each.__name__}.{name}"


def test_every_aspect_is_described_and_in_the_help_of_feed():
    assert all(TYPED.values())
    described = inspect.getdoc(Feed).partition("Where it goes")[2]
    listed = re.findall(r"^    (\w.*)$", described, re.M)
    named = set(re.findall(r"\b[a-z_]{3,}\b", re.sub(r"\(.*\)", "", " ".join(listed))))
    where = "pelican_linkback/feeds/framework/feed.py"
    assert_names_each_aspect(named | UNLISTED, "the docstring of Feed", where)


def test_what_is_read_is_declared():
    read = {*FEED_ASPECTS, *FEED_EXTRAS, *ITEM_ASPECTS}
    undeclared = ", ".join(sorted(read - set(ASPECTS)))
    assert not undeclared, (
        f"{undeclared} are read: declare their types in pelican_linkback/feeds/framework/aspects.py"
    )


def test_a_name_like_an_aspect_is_found():
    known = {*spelling._ASPECTS, *vars(Feed), *vars(aspects.Aspects)}
    unknown = ", ".join(sorted(set(ASPECTS) - known))
    assert not unknown, f"add {unknown} in pelican_linkback/feeds/framework/spelling.py (_ASPECTS)"


@pytest.mark.parametrize("feed", [feeds.ArticleFeed, feeds.MentionFeed])
def test_the_entry_cache_knows_what_an_aspect_changes(feed):
    rule = kinds._rules[feed]
    harmless = {"get_object", "item_extra_kwargs"}  # no entry; any argument, so none is cached
    unknown = ", ".join(sorted(set(ASPECTS) - rule.safe - set(rule.asked) - harmless))
    assert not unknown, (
        f"{unknown}: say in safe_overrides of {feed.__module__}, or in SAFE_IN_SITE, that "
        "entries do not depend on it, or which arguments of an item do"
    )


def test_the_help_of_the_face_can_be_read():
    # A process of its own: pydoc lists the subclasses that other tests have made, too.
    command = [sys.executable, "-m", "pydoc", "pelican_linkback.feeds"]
    text = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    assert text.index("from pelican_linkback.feeds import") < text.index("CLASSES")
    assert "class Feed(" in text


def test_the_readme_names_no_setting_or_command_that_is_not_there():
    """What there is stands in docs/reference, which has tests of its own."""
    named = set(re.findall(r"LINKBACK_[A-Z_]+", README))
    assert named <= {*settings.NAMES, TOKEN}  # that is in the environment
    assert set(re.findall(r"``pelican-linkback ([a-z][a-z-]*)", README)) <= set(parser.COMMANDS)


def test_the_metadata_agree():
    assert PROJECT["license"] == "MIT"
    assert PROJECT["scripts"] == {"pelican-linkback": "pelican_linkback.cli:main"}
    assert (ROOT / "pelican_linkback" / "py.typed").exists()


def test_the_page_on_stability_knows_what_it_runs_on():
    page = (ROOT / "docs" / "stability.rst").read_text(encoding="utf-8")
    (pythons,) = re.findall(r"^Python +(.*?):", page, re.MULTILINE)
    (pelican,) = re.findall(r"^Pelican +(\S+) and newer", page, re.MULTILINE)
    classifiers = re.findall(
        r"Python :: (3\.\d+)$", "\n".join(PROJECT["classifiers"]), re.MULTILINE
    )
    assert re.findall(r"3\.\d+", pythons) == classifiers
    assert PROJECT["requires-python"] == f">={classifiers[0]}"
    assert f"pelican>={pelican}" in PROJECT["dependencies"]

"""An item that cannot be read or written costs its entry, and no other entry and no feed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from feedgenerator.django.utils.feedgenerator import SyndicationFeed
from pelican import signals

from pelican_linkback.feeds import (
    STOCK_FEEDS,
    AllFeed,
    Atom1Feed,
    AtomAllFeed,
    Feed,
    Generator,
    JsonFeed,
    Rss201rev2Feed,
    Site,
)
from tests.conftest import Build, SiteBuilder
from tests.test_feed import NOW


class Shy:
    """Cannot be shown."""

    def __str__(self) -> str:
        raise ValueError("shy")

    __repr__ = __str__


class Odd:
    """Cannot be shown, hashed or compared."""

    __str__ = __repr__ = Shy.__str__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise ValueError("odd")

    def __hash__(self) -> int:
        raise ValueError("odd")


def raising(error: Exception) -> Any:
    def hook(item: Any) -> Any:
        raise error

    return hook


class Logbook(Feed):
    title, link, description, path = "Logbook", "/", "d", "log.xml"
    items = ("one", "two", "three")

    def item_link(self, item: Any) -> str:
        return "/item"


VALUES: dict[str, Any] = {
    "raises": raising(KeyError("lost")),
    "cannot be shown": Shy(),
    "is odd": Odd(),
}
HOOKS = [
    *("item_title", "item_description", "item_content", "item_link", "item_guid"),
    *("item_comments", "item_copyright", "item_image"),
]


def feed_with(hook: str, value: Any, **more: Any) -> type[Feed]:
    """A class whose ``hook`` has a ``value`` for the item "two", and is in order for others."""

    def aspect(self: Feed, item: Any) -> Any:
        if item == "two":
            return value(item) if callable(value) else value
        return "fine"

    return type("Broken", (Logbook,), {hook: aspect, **more})


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("feed_type", [Atom1Feed, Rss201rev2Feed, JsonFeed])
def test_a_hook_that_fails_for_one_item_costs_its_entry(
    hook: str, value: Any, feed_type: type
) -> None:
    said: list[str] = []
    site = Site("https://me.example", "Me", NOW, warn=lambda words, *names: said.append(words))
    feed = feed_with(hook, value, feed_type=feed_type)().get_feed(None, site)
    assert feed.num_items() == 2
    feed.writeString("utf-8")
    assert said == ["{} is left out of {}: {}"]


def test_where_nobody_hears_of_it_it_is_raised() -> None:
    site = Site("https://me.example", "Me", NOW)
    with pytest.raises(KeyError, match="lost"):
        feed_with("item_title", VALUES["raises"])().get_feed(None, site)


def test_a_hook_that_fails_for_every_item_costs_the_feed() -> None:
    site = Site("https://me.example", "Me", NOW, warn=lambda *_: None)
    with pytest.raises(KeyError, match="lost"):
        type(
            "Broken", (Logbook,), {"item_title": lambda _, item: raising(KeyError("lost"))(item)}
        )().get_feed(None, site)


# In a build


def titles(build: Build, path: str) -> list[str]:
    if path.endswith(".json"):
        return sorted(each["title"] for each in json.loads(build.read(path))["items"])
    return sorted(entry.title for entry in build.parse(path).entries)


ALL = {
    "FEED_ALL_RSS": "feeds/all.rss.xml",
    "FEED_ALL_JSON": "feeds/all.json",
    "RSS_FEED_SUMMARY_ONLY": False,
}
PATHS = ("feeds/all.atom.xml", "feeds/all.rss.xml", "feeds/all.json")


def broken_article(site: SiteBuilder, **attributes: Any) -> None:
    """Write three articles, of which "two" gets ``attributes`` after its page is written."""

    def break_it(path: str, context: Any) -> None:
        article = context.get("article")
        if article is not None and article.title == "two":
            for name, value in attributes.items():
                setattr(article, name, value)

    site.keep = break_it  # type: ignore[attr-defined]  # blinker holds it weakly
    signals.content_written.connect(break_it)
    for name in ("one", "two", "three"):
        site.article(name, tags="sea", category="Boats")


ARTICLES: dict[str, dict[str, Any]] = {
    "a title that cannot be shown": {"title": Shy()},
    "a summary that raises": {"get_summary": raising(KeyError("lost"))},
    "content that raises": {"get_content": raising(OSError("the drive is away"))},
    "a change at a time that is none": {"modified": "yesterday"},
    "authors that are none": {"authors": 5},
    "tags that are none": {"tags": None},
    "metadata that are none": {"metadata": None},
    "a category that cannot be shown": {"category": Shy()},
}


@pytest.mark.parametrize("attributes", ARTICLES.values(), ids=ARTICLES)
def test_an_article_that_fails_costs_its_entry_and_one_message(
    site: SiteBuilder, attributes: dict[str, Any]
) -> None:
    broken_article(site, **attributes)
    # Pelican reads an article again for the pages that list it.
    no_lists = dict.fromkeys(("CATEGORY_SAVE_AS", "TAG_SAVE_AS", "AUTHOR_SAVE_AS"), "")
    groups = {f"{each}_FEED_ATOM": f"feeds/{each}/{{slug}}.xml" for each in ("CATEGORY", "TAG")}
    build = site.build(SITEURL="http://localhost", DIRECT_TEMPLATES=[], **ALL, **groups, **no_lists)
    for path in (*PATHS, "feeds/CATEGORY/boats.xml", "feeds/TAG/sea.xml", "feeds/all-en.atom.xml"):
        assert titles(build, path) == ["one", "three"]
    assert build.problems
    assert all("two.md" in each and "left out of" in each for each in build.problems)


@pytest.mark.parametrize("attributes", ARTICLES.values(), ids=ARTICLES)
def test_an_article_that_fails_alone_in_its_groups_is_what_is_named(
    site: SiteBuilder, attributes: dict[str, Any]
) -> None:
    broken_article(site, **attributes)
    site.article("two", tags="alone", category="Alone", author="Al")
    no_lists = dict.fromkeys(("CATEGORY_SAVE_AS", "TAG_SAVE_AS", "AUTHOR_SAVE_AS"), "")
    groups = {
        f"{each}_FEED_{form}": f"feeds/{each}/{{slug}}.{form}"
        for each in ("CATEGORY", "TAG", "AUTHOR")
        for form in ("ATOM", "RSS", "JSON")
    }
    build = site.build(SITEURL="http://localhost", DIRECT_TEMPLATES=[], **ALL, **groups, **no_lists)
    assert build.problems
    assert all("two.md" in each and "left out of" in each for each in build.problems)
    assert not (build.output / "feeds/TAG/alone.ATOM").exists()
    assert titles(build, "feeds/all.atom.xml") == ["one", "three"]


LISTENED: dict[str, dict[str, Any]] = {
    "a title that cannot be shown": {"title": Shy()},
    "an odd title": {"title": Odd()},
    "contributors that are none": {"contributors": 5},
    "authors that are none": {"authors": 5},
    "enclosures that are none": {"enclosures": [5]},
    "categories that are none": {"categories": 5},
    "dates that are none": {"pubdate": "yesterday"},
}


@pytest.mark.parametrize("values", LISTENED.values(), ids=LISTENED)
@pytest.mark.parametrize("path", PATHS)
def test_an_item_that_a_listener_breaks_costs_its_entry(
    site: SiteBuilder, values: dict[str, Any], path: str
) -> None:
    def break_it(context: Any, feed: Any) -> None:
        for item in feed.items:
            if str(item["link"]).endswith("two.html"):
                item.update(values)

    signals.feed_generated.connect(break_it)
    for name in ("one", "two", "three"):
        site.article(name)
    build = site.build(**ALL)
    assert [each for each in titles(build, path) if each != "two"] == ["one", "three"]
    assert (build.output / path).exists()
    assert all("two.html is left out of" in each for each in build.problems)


ALL_BROKEN = {
    **LISTENED,
    "a day and a time": {"pubdate": dt.date(2026, 1, 1), "updateddate": dt.datetime(2026, 1, 1)},
    "no item": None,
}


@pytest.mark.parametrize("values", ALL_BROKEN.values(), ids=ALL_BROKEN)
def test_a_listener_that_breaks_every_item_costs_itself(
    site: SiteBuilder, values: dict[str, Any] | None
) -> None:
    def break_it(context: Any, feed: Any) -> None:
        if values is None:
            feed.items = [None]
        for item in filter(None, feed.items):
            item.update(values)

    signals.feed_generated.connect(break_it)
    for name in ("one", "two"):
        site.article(name)
    build = site.build(**ALL)
    for path in PATHS:
        assert [*titles(build, path)][-2:] == ["one", "two"]
    assert all(
        each.startswith("What a listener of feed_generated sets cannot be written: ")
        for each in build.problems
    )


def test_a_listener_is_not_blamed_for_a_class_that_fails(site: SiteBuilder) -> None:
    def add(context: Any, feed: Any) -> None:
        feed.add_item("three", "https://me.example.io/three", "")

    signals.feed_generated.connect(add)
    site.article("one")
    broken = type("Broken", (Atom1Feed,), {"add_root_elements": lambda *_: 1 / 0})
    mine = type("Mine", (AtomAllFeed,), {"feed_type": broken, "path": "mine.xml"})
    (problem,) = site.build(LINKBACK_FEEDS=[mine]).problems
    assert problem.startswith("Feed Mine: ZeroDivisionError")


class Lines(SyndicationFeed):
    def write(self, outfile: Any, encoding: str) -> None:
        raise RuntimeError("no such format")


@pytest.mark.parametrize(
    "generator",
    [
        Lines,
        type("Broken", (Atom1Feed,), {"add_root_elements": raising(KeyError("root"))}),
        type("Broken", (Atom1Feed,), {"add_item_elements": lambda *_: 1 / 0}),
        type("Broken", (Atom1Feed,), {"__init__": lambda *_, **more: 1 / 0}),
    ],
    ids=["write", "root", "items", "init"],
)
def test_a_generator_that_fails_costs_its_feed(site: SiteBuilder, generator: type) -> None:
    site.article("one")
    site.article("two")
    mine = type("Mine", (AtomAllFeed,), {"feed_type": generator, "path": "mine.xml"})
    build = site.build(LINKBACK_FEEDS=[*STOCK_FEEDS, mine])
    (problem,) = build.problems
    assert problem.startswith("Feed Mine: ")
    assert not (build.output / "mine.xml").exists()
    assert titles(build, "feeds/all.atom.xml") == ["one", "two"]


class Saved(Generator):
    content_type = "text/x-saved"

    def save(self, file: Any, encoding: str = "utf-8") -> None:
        file.write(
            "\n".join([f"# {self.feed['title']}", *(i["title"] for i in self.items)]).encode()
        )


def test_a_format_that_saves_its_document_whole_loses_no_item_to_a_broken_head(
    site: SiteBuilder,
) -> None:
    def break_it(context: Any, feed: Any) -> None:
        feed.feed["title"] = Shy()

    signals.feed_generated.connect(break_it)
    site.article("one")
    site.article("two")
    mine = type("Mine", (AllFeed,), {"feed_type": Saved, "path": "mine.txt"})
    build = site.build(LINKBACK_FEEDS=[mine])
    assert build.read("mine.txt").splitlines() == ["# A Site", "one", "two"]
    (problem,) = build.problems
    assert problem.startswith("What a listener of feed_generated sets cannot be written: ")


def test_what_was_published_stays_where_the_whole_feed_fails(site: SiteBuilder) -> None:
    site.article("one")
    mine = type("Mine", (AtomAllFeed,), {"path": "mine.xml"})
    before = site.build(LINKBACK_FEEDS=[mine]).read("mine.xml")
    mine.item_title = lambda _, item: 1 / 0  # type: ignore[attr-defined]
    build = site.build(LINKBACK_FEEDS=[mine])
    assert build.read("mine.xml") == before
    assert Path(build.output / "mine.xml").exists()


def test_what_plan_foresees_of_a_feed_is_what_a_build_writes(site: SiteBuilder) -> None:
    hub = "https://hub.example.net/"
    broken_article(site)

    def break_it(context: Any, feed: Any) -> None:
        for item in feed.items:
            if str(item["link"]).endswith("two.html"):
                item["enclosures"] = [5]

    signals.feed_generated.connect(break_it)
    build = site.build(LINKBACK_HUBS=[hub])
    assert titles(build, "feeds/all.atom.xml") == ["one", "three"]
    again = site.build(LINKBACK_HUBS=[hub])
    assert "0 written" in again.printed


def test_a_module_of_feeds_may_be_a_program(
    site: SiteBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "program_of_feeds.py").write_text("import sys\nsys.exit('usage: program FILE')\n")
    monkeypatch.syspath_prepend(tmp_path)
    site.article("one")
    build = site.build(LINKBACK_FEEDS=["program_of_feeds.Feed", *STOCK_FEEDS])
    (problem,) = build.problems
    assert "cannot be imported (SystemExit: usage: program FILE)" in problem
    assert titles(build, "feeds/all.atom.xml") == ["one"]

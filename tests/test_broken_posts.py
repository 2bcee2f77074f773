"""An article that cannot be read for linkbacks costs itself; what is known of it stays."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any

import pytest
from pelican import signals
from pelican.contents import Article

from pelican_linkback.plugin import deliveries
from pelican_linkback.plugin.contents import attempt, is_marked, name_of, published
from pelican_linkback.sending.deciding.changes import Post, reconcile, vanished
from pelican_linkback.sending.memory.events import Fact
from tests.conftest import Build, SiteBuilder
from tests.test_delivery import ATTEMPT, DELIVERED, FOLLOWED, MENTION, QUEUED, history

TARGET = "https://far.example.net/b"


@pytest.mark.parametrize(
    "facts",
    [[QUEUED], [QUEUED, ATTEMPT, DELIVERED], [QUEUED, ATTEMPT, FOLLOWED]],
    ids=["queued", "pinged", "followed"],
)
def test_nothing_changes_in_what_is_known_of_an_article_that_cannot_be_read(
    facts: list[Fact],
) -> None:
    deliveries = {MENTION: history(*facts)}
    posts = [
        Post.unknown("a.md"),
        Post.unknown("b.md"),
        Post("https://blog.example/c", "c.md", (), "1"),
    ]
    assert tuple(reconcile(deliveries, posts)) == ()
    assert vanished(deliveries, posts) == []


def recorded(site: SiteBuilder) -> dict[str, str]:
    """The last event of each mention, by source."""
    path = site.folder / "linkback" / "deliveries.jsonl"
    lines = map(json.loads, path.read_text().splitlines())
    return {each["source"].removeprefix("https://me.example.io/"): each["event"] for each in lines}


@pytest.mark.parametrize(
    ("metadata", "source"),
    [
        ({"slug": "my post"}, "my%20post.html"),
        ({"url": "a b/c d.html", "save_as": "a b/c d.html"}, "a%20b/c%20d.html"),
        ({"url": "100%.html", "save_as": "100%.html"}, "100%25.html"),
        ({"url": "é.html", "save_as": "é.html"}, "%C3%A9.html"),
        ({"url": 'a"b.html', "save_as": 'a"b.html'}, "a%22b.html"),
        ({"url": " a.html ", "save_as": "a.html"}, "a.html"),
    ],
)
def test_a_url_is_written_as_a_uri(
    site: SiteBuilder, metadata: dict[str, str], source: str
) -> None:
    site.article("one", f"[x]({TARGET})", pingback=TARGET)
    site.article("two", f"[x]({TARGET})", pingback=TARGET, **metadata)
    assert site.build().problems == []
    assert recorded(site) == {"one.html": "queued", source: "queued"}


@pytest.mark.parametrize(
    "url", ["http://[", "http://user@host/", "a\\b.html", "mailto:a@b.example"]
)
def test_a_url_that_is_none_costs_the_article_its_linkbacks(site: SiteBuilder, url: str) -> None:
    site.article("one", f"[x]({TARGET})", pingback=TARGET)
    site.article("two", f"[x]({TARGET})", pingback=TARGET)
    site.build()
    assert recorded(site) == {"one.html": "queued", "two.html": "queued"}
    site.article("two", f"[x]({TARGET})", pingback=TARGET, url=url, save_as="two.html")
    site.article("three", f"[x]({TARGET})", pingback=TARGET)
    build = site.build()
    (message,) = about_linkbacks(build)
    assert message.startswith("two.md: its linkbacks are left as they are: ")
    assert len([each for each in build.problems if "two.md" in each]) == 1
    assert recorded(site) == dict.fromkeys(("one.html", "two.html", "three.html"), "queued")
    assert about_linkbacks(site.build()) == [message]


def about_linkbacks(build: Build) -> list[str]:
    said = [each.getMessage() for each in build.records]
    return [each for each in said if "its linkbacks are left" in each]


class Unreadable:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


def test_the_border_of_an_article() -> None:
    article = SimpleNamespace(get_relative_source_path=lambda: "a.md")
    assert attempt(article, lambda each: each.missing, "otherwise", "it is poorer") == "otherwise"
    assert attempt(article, lambda _: "fine", "otherwise", "it is poorer") == "fine"


def test_an_article_is_named_by_what_can_be_read() -> None:
    named = SimpleNamespace(get_relative_source_path=lambda: None, url="a.html", title="A")
    assert name_of(named) == "a.html"
    named.url = ""
    assert name_of(named) == "A"
    named.title = None
    assert name_of(named) == "SimpleNamespace"
    assert name_of(Unreadable()) == "Unreadable"
    assert not is_marked(Unreadable())


def test_an_article_whose_date_has_no_zone_or_is_none_is_shown() -> None:
    naive, dateless = Article.__new__(Article), Article.__new__(Article)
    naive.date = dt.datetime(2026, 1, 1)
    now = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    generator = SimpleNamespace(articles=[naive, dateless], translations=[])
    assert list(published(generator, now)) == [naive, dateless]


def test_a_draft_that_cannot_be_read_is_no_trouble(site: SiteBuilder) -> None:
    def break_it(generator: Any) -> None:
        for each in (*generator.drafts, *generator.hidden_articles):
            each.metadata = {"pingback": Unreadable()}
            each._content = None

    signals.article_generator_finalized.connect(break_it)
    site.article("one", pingback=TARGET)
    site.article("draft", status="draft", pingback=TARGET)
    site.article("hidden", status="hidden", pingback=TARGET)
    site.build()
    assert recorded(site) == {"one.html": "queued"}


def test_what_nobody_foresaw_costs_the_linkbacks_of_a_build(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> str:
        raise RuntimeError("a bug")

    monkeypatch.setattr(deliveries, "deliver_site", broken)
    site.article("one", pingback=TARGET)
    build = site.build()
    assert "Some text." in build.read("one.html")
    assert build.parse("feeds/all.atom.xml").entries
    assert build.problems == [
        "Linkbacks: nothing more is sent: RuntimeError: a bug; please report it"
    ]

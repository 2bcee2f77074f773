"""Where a feed can be subscribed to (WebSub, section 4): rel=hub and rel=self in all formats."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import feedparser
import jsonschema
import pytest

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feedcheck.built import documents
from pelican_linkback.feedcheck.check import Expected, check
from pelican_linkback.feeds import (
    STOCK_FEEDS,
    Atom1Feed,
    Feed,
    JsonFeed,
    PodcastRss,
    Rss201rev2Feed,
    RssUserland091Feed,
)
from tests.jsonfeed_schema import FEED
from tests.kits import SITE
from tests.test_archives import published

HUBS = ["https://hub.example/?a=1&b=2", "https://other.example/"]
FORMATS = [Atom1Feed, Rss201rev2Feed, RssUserland091Feed, PodcastRss, JsonFeed]


def hubs_of(document: bytes) -> tuple[list[str], list[str]]:
    """What a reader of others takes for the hubs and the feed's own address."""
    if document.startswith(b"{"):
        feed = json.loads(document)
        jsonschema.validate(feed, FEED)
        hubs = feed.get("hubs", [])
        assert {hub["type"] for hub in hubs} <= {"WebSub"}
        return [hub["url"] for hub in hubs], [feed["feed_url"]]
    feed = feedparser.parse(document)
    assert not feed.bozo
    links = {
        rel: [link.href for link in feed.feed.links if link.rel == rel] for rel in ("hub", "self")
    }
    return links["hub"], links["self"]


def declared(**aspects: Any) -> bytes:
    needed = {"path": "a.xml", "title": "T", "link": "/", "description": "D", "items": ()}
    feed = type("Declared", (Feed,), needed | aspects)()
    return feed(SITE).writeString("utf-8").encode()


@pytest.mark.parametrize("form", FORMATS)
def test_a_feed_names_its_hubs_and_itself(form):
    document = declared(feed_type=form, hubs=HUBS)
    assert hubs_of(document) == (HUBS, [f"{SITE.url}/a.xml"])


@pytest.mark.parametrize("form", FORMATS)
def test_without_hubs_nothing_is_said_of_any(form):
    assert b"hub" not in declared(feed_type=form)
    assert declared(feed_type=form, hubs=()) == declared(feed_type=form, hubs=None)


@pytest.mark.parametrize(
    ("hubs", "words"),
    [
        ("https://hub.example/", "write a list of absolute URLs"),
        (7, "write a list of absolute URLs"),
        (["hub.example"], "names 'hub.example': it is not absolute"),
    ],
)
def test_an_invalid_hub_is_reported(hubs, words):
    with pytest.raises(FeedError, match=words):
        declared(hubs=hubs)


def test_a_hub_that_is_spelt_in_several_ways_is_named_once():
    others = ["https://hub.example/?b=2", "HTTPS://Hub.example:443/", "https://hub.example/#top"]
    document = declared(hubs=["https://hub.example", HUBS[1], HUBS[1], *others])
    assert hubs_of(document)[0] == ["https://hub.example", HUBS[1], others[0]]


@pytest.mark.parametrize("form", [Atom1Feed, Rss201rev2Feed, JsonFeed])
def test_an_archive_document_is_the_same_whatever_the_hubs(form):
    with_hubs, without = published(25, form, hubs=HUBS), published(25, form)
    assert hubs_of(with_hubs.pop("all.xml"))[0] == HUBS
    del without["all.xml"]
    assert with_hubs == without


def test_the_setting_is_for_the_stock_feeds_and_the_declared_ones(site):
    class Mine(Feed):
        path, title, link, description, items = "mine.xml", "T", "/", "D", ()

    class Alone(Mine):
        path, hubs = "alone.xml", ()

    site.article("one", category="Boats")
    build = site.build(
        LINKBACK_HUBS=HUBS,
        LINKBACK_FEEDS=[*STOCK_FEEDS, Mine, Alone],
        CATEGORY_FEED_ATOM="{slug}.atom.xml",
        FEED_ALL_RSS="all.rss.xml",
        FEED_ALL_JSON="all.json",
    )
    found = documents(build.output)
    assert not build.problems
    assert {"boats.atom.xml", "feeds/all.atom.xml", "all.rss.xml", "all.json"} < found.keys()
    hubs = {path: hubs_of(document)[0] for path, document in found.items()}
    assert hubs.pop("alone.xml") == []
    assert hubs == dict.fromkeys(hubs, HUBS)
    expected = Expected("https://me.example.io/", dt.datetime.now(dt.UTC), readdressed=True)
    assert not [each for each in check(found, expected).findings if "hub" in each.code]

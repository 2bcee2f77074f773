"""The dates of documents: what a class says, what an empty document has, what is to come."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds import Atom1Feed, Feed, JsonFeed, Rss201rev2Feed, Site
from tests.conftest import Build, SiteBuilder

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
SITE = Site("https://me.example", "Me", NOW, timezone=ZoneInfo("Europe/Lisbon"))
ODD = dt.timezone(dt.timedelta(minutes=-36, seconds=-45))  # local mean time, as zoneinfo has it


class Regattas(Feed):
    title, link, description, path = "Regattas", "/", "Where we sail", "regattas.xml"
    items = ("spring",)

    def item_link(self, item: str) -> str:
        return f"/{item}"


def document(feed_type: type, **aspects: Any) -> str:
    cls = type("Mine", (Regattas,), {"feed_type": feed_type, **aspects})
    return str(cls().get_feed(None, SITE).writeString("utf-8"))


DATES = [
    pytest.param(dt.date(2026, 5, 1), "2026-05-01T00:00:00+01:00", id="a day"),
    pytest.param(dt.datetime(2026, 5, 1, 8), "2026-05-01T08:00:00+01:00", id="naive"),
    pytest.param(dt.datetime(2026, 5, 1, 8, tzinfo=ODD), "2026-05-01T08:36:45+00:00", id="odd"),
    pytest.param(
        dt.datetime(2026, 5, 1, 8, tzinfo=dt.UTC), "2026-05-01T08:00:00+00:00", id="usual"
    ),
    pytest.param(dt.date.min, "0001-01-01T00:36:45+00:00", id="the first day"),
]


@pytest.mark.parametrize(("given", "expected"), DATES)
def test_a_class_says_when_it_was_updated(given: dt.date, expected: str) -> None:
    extra = {"feed_extra_kwargs": lambda _: {"updated": given}}
    assert f"<updated>{expected}" in document(Atom1Feed, **extra).replace("Z<", "+00:00<")
    rss = document(Rss201rev2Feed, **extra)
    zone = rss.partition("</lastBuildDate>")[0][-5:]
    assert zone in {"+0000", "+0100", "-0036"}
    assert '"items"' in document(JsonFeed, **extra)


@pytest.mark.parametrize("given", [None, "", 0])
def test_no_date_is_none(given: object) -> None:
    extra = {"feed_extra_kwargs": lambda _: {"updated": given}}
    assert "<updated>1970-01-01T00:00:00" in document(Atom1Feed, **extra)
    assert "lastBuildDate" not in document(Rss201rev2Feed, **extra)


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ({"updated": "yesterday"}, "Mine: updated in feed_extra_kwargs of the site is 'yesterday'"),
        (["updated"], r"Mine: feed_extra_kwargs of the site is \['updated'\]; return a dictionary"),
    ],
)
def test_what_is_no_date_and_no_dictionary_is_named(extra: object, says: str) -> None:
    with pytest.raises(FeedError, match=says):
        document(Atom1Feed, feed_extra_kwargs=lambda _: extra)


def test_a_listener_may_set_a_date_of_any_kind() -> None:
    feed = type("Mine", (Regattas,), {"feed_type": Atom1Feed})().get_feed(None, SITE)
    feed.feed["updated"] = dt.date(2026, 5, 1)
    assert "<updated>2026-05-01T00:00:00" in feed.writeString("utf-8")


@pytest.mark.parametrize("limit", [True, False, -1, 2.0, "2"])
def test_a_limit_is_a_number(limit: object) -> None:
    with pytest.raises(FeedError, match=f"limit of the site is {limit!r}; write a whole number"):
        document(Atom1Feed, limit=limit)


# Archives


class Logbook(Regattas):
    archive_path = "log.{number}.xml"
    limit = 2
    items = tuple(range(1, 5))

    def item_pubdate(self, item: int) -> dt.date:
        return dt.date(2026, 1, item)


@pytest.mark.parametrize(
    ("aspects", "expected"),
    [
        ({}, "2026-01-04"),
        ({"item_updateddate": dt.date(2026, 2, 1)}, "2026-02-01"),
        ({"feed_extra_kwargs": lambda _: {"updated": dt.date(2026, 3, 1)}}, "2026-03-01"),
    ],
    ids=["newest", "modified", "said"],
)
def test_an_empty_archive_document_is_as_old_as_the_one_before(
    aspects: dict[str, Any], expected: str
) -> None:
    cls = type("Mine", (Logbook,), {"feed_type": Atom1Feed, **aspects})
    document = cls().get_archive(None, SITE, 3).writeString("utf-8")
    assert "<entry>" not in document
    assert f"<updated>{expected}" in document


def test_an_empty_archive_document_in_another_format_has_no_date() -> None:
    import feedgenerator

    cls = type("Mine", (Logbook,), {"feed_type": feedgenerator.Rss201rev2Feed})
    assert cls().get_archive(None, SITE, 3).feed["updated"] is None


def updated(build: Build, path: str) -> str:
    return str(build.parse(path).feed.updated)[:10]


def test_a_stock_feeds_empty_archive_is_as_old_as_its_own_articles(site: SiteBuilder) -> None:
    for number in range(1, 5):
        site.article(f"a{number}", date=f"2026-01-0{number}", category="Boats")
    site.article("b", date="2026-03-01", category="Bread")
    settings = {
        "LINKBACK_ARCHIVES": True,
        "FEED_MAX_ITEMS": 2,
        "CATEGORY_FEED_ATOM": "feeds/{slug}.atom.xml",
    }
    build = site.build(**settings)
    assert updated(build, "feeds/boats.atom.3.xml") == "2026-01-04"
    before = build.read("feeds/boats.atom.3.xml")
    assert site.build(**settings).read("feeds/boats.atom.3.xml") == before


# What has not come yet


def test_a_change_that_has_not_come_is_not_said(site: SiteBuilder) -> None:
    site.article("slip", date="2024-01-02", modified="2099-01-01")
    site.article("right", date="2024-01-01", modified="2024-01-03")
    settings = {
        "FEED_ALL_RSS": "feeds/all.rss.xml",
        "FEED_ALL_JSON": "feeds/all.json",
        "CATEGORY_FEED_ATOM": None,
    }
    build = site.build(**settings)
    slip, right = sorted(
        build.parse("feeds/all.atom.xml").entries, key=lambda entry: entry.title, reverse=True
    )
    assert (slip.updated[:10], right.updated[:10]) == ("2024-01-02", "2024-01-03")
    assert updated(build, "feeds/all.atom.xml") == "2024-01-03"
    assert "2099" not in build.read("feeds/all.rss.xml") + build.read("feeds/all.json")
    (problem,) = build.problems
    assert problem.startswith("'slip.md' is modified in the future")
    let_in = site.build(LINKBACK_FUTURE=True, **settings)
    assert updated(let_in, "feeds/all.atom.xml") == "2099-01-01"
    assert let_in.problems == []

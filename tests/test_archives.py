"""RFC 5005 archives: what the limit of a feed leaves out, in documents that never change."""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feedcheck.check import Expected, check
from pelican_linkback.feeds import ArticleFeed, Atom1Feed, Feed, JsonFeed, Rss201rev2Feed, Site
from pelican_linkback.feeds.framework.archives import numbered
from pelican_linkback.feeds.framework.catalogue import catalogue, load
from tests.test_formats import parse

FORMATS = [Atom1Feed, Rss201rev2Feed, JsonFeed]
BASE = "https://me.example.io/"
NEWEST_FIRST = [
    SimpleNamespace(
        url=f"{number}.html", date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(number)
    )
    for number in reversed(range(250))
]


class Numbers(Feed):
    path = "all.xml"
    archive_path = "all.{number}.xml"
    title = "All"
    link = "/"
    description = "Numbers"
    feed_guid = "tag:me.example.io,2026:all"
    limit = 10

    def items(self) -> list[Any]:
        return list(self.site.articles)

    def item_title(self, item: Any) -> str:
        return str(item.url)

    def item_pubdate(self, item: Any) -> dt.datetime:
        return item.date


def published(count: int, form: Any = Atom1Feed, **aspects: Any) -> dict[str, bytes]:
    """The documents of a feed when ``count`` of the articles are out, by their paths."""
    return documents_of(NEWEST_FIRST[-count:], form, **aspects)


def documents_of(
    articles: list[Any], form: Any, base: str = BASE, **aspects: Any
) -> dict[str, bytes]:
    site = Site(base.rstrip("/"), "S", dt.datetime.now(dt.UTC), articles=articles)
    found = catalogue(load([type("Declared", (Numbers,), {"feed_type": form} | aspects)]), site)
    assert found.errors == ()
    return {
        document.path: document.populated(site).writeString("utf-8").encode()
        for document in found.documents
    }


def is_full(document: bytes) -> bool:
    return document.count(b"<entry>") + document.count(b"<item>") + document.count(b'{"id"') == 10


@pytest.mark.parametrize("form", FORMATS)
def test_no_full_archive_document_ever_changes(form):
    full: dict[str, bytes] = {}
    for count in range(7, 251, 7):
        documents = published(count, form)
        del documents["all.xml"]
        assert {path: documents[path] for path in full} == full
        full |= {path: each for path, each in documents.items() if is_full(each)}
        assert len(full) == count // 10
    assert set(full) == {f"all.{number}.xml" for number in range(1, 25)}


def links_of(document: bytes) -> dict[str, str]:
    if document.startswith(b"{"):
        found = json.loads(document)
        links = {"self": found["feed_url"], "prev-archive": found.get("next_url")}
        return {rel: url for rel, url in links.items() if url}
    links = {link["rel"]: link["href"] for link in _parsed(document).feed.links}
    return {rel: url for rel, url in links.items() if rel != "alternate"}


class _Written:
    """A document that is read, as ``parse`` takes it."""

    def __init__(self, document: bytes) -> None:
        self.writeString = document.decode


@functools.lru_cache(maxsize=1000)
def _parsed(document: bytes) -> Any:
    return parse(_Written(document))


def entries(document: bytes) -> list[str]:
    if document.startswith(b"{"):
        return [each["title"] for each in json.loads(document)["items"]]
    return [entry.title for entry in _parsed(document).entries]


def walked(documents: dict[str, bytes]) -> Iterator[bytes]:
    """A reader that follows prev-archive from the feed."""
    path = "all.xml"
    while path:
        yield documents[path]
        path = links_of(documents[path]).get("prev-archive", "").removeprefix(BASE)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("count", [1, 9, 10, 11, 20, 99, 250])
def test_a_reader_sees_each_entry(form, count):
    documents = published(count, form)
    feed, *archive = map(entries, walked(documents))
    assert feed == [item.url for item in NEWEST_FIRST[-count:][:10]]
    older = [title for document in archive for title in document]
    assert len(older) == len(set(older)) == count // 10 * 10
    # What the feed shows and an archive has, too, a reader knows by its id (RFC 5005, section 4.2).
    seen = list(dict.fromkeys([*feed, *older]))
    assert seen == [item.url for item in NEWEST_FIRST[-count:]]


class Reader:
    """Keeps what it has read by the entries' ids, and reads no archive document twice."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self._known: set[str] = set()
        self._read: set[str] = set()

    def polls(self, documents: dict[str, bytes], base: str = BASE) -> None:
        path = "all.xml"
        while path and path not in self._read:
            for name, title in ids_of(documents[path]):
                if name not in self._known:
                    self.shown.append(title)
                self._known.add(name)
            if path != "all.xml":
                self._read.add(path)
            path = links_of(documents[path]).get("prev-archive", "").removeprefix(base)


def ids_of(document: bytes) -> list[tuple[str, str]]:
    if document.startswith(b"{"):
        return [(each["id"], each["title"]) for each in json.loads(document)["items"]]
    return [(entry.id, entry.title) for entry in _parsed(document).entries]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("step", [7, 25, 100])
def test_a_reader_that_comes_now_and_then_is_shown_each_entry_once(form, step):
    reader = Reader()
    for count in range(step, 251, step):
        reader.polls(published(count, form))
    assert sorted(reader.shown) == sorted(each.url for each in NEWEST_FIRST[-count:])


# What is no publication: something in the past changes. Only what has to change does.


def changed_by(change: Any, form: Any, base: str = BASE, **aspects: Any) -> set[str]:
    """The documents that differ, the feed left out, when ``change`` is made of 100 articles."""
    articles = NEWEST_FIRST[-100:]
    before = documents_of(articles, form)
    after = documents_of(change(articles), form, base, **aspects)
    older = {path for path in before | after if path != "all.xml"}
    return {path for path in older if before.get(path) != after.get(path)}


def numbers(form: Any, first: int, last: int) -> set[str]:
    """Archive documents; in JSON nothing has to name the one in the making."""
    last -= form is JsonFeed and last > 10
    return {f"all.{number}.xml" for number in range(first, last + 1)}


@pytest.mark.parametrize("form", FORMATS)
def test_a_deleted_article_moves_those_after_it(form):
    def without(articles: list[Any]) -> list[Any]:
        return [each for each in articles if each.url != "45.html"]

    # The fifth ten ended with 49; the last of them is the first of the sixth now, and so on.
    changed = changed_by(without, form)
    assert changed == {f"all.{number}.xml" for number in range(5, 11)} | numbers(form, 11, 11)


@pytest.mark.parametrize("form", FORMATS)
def test_a_backdated_article_moves_those_after_it(form):
    date = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC) + dt.timedelta(45)
    late = SimpleNamespace(url="late.html", date=date)

    def with_it(articles: list[Any]) -> list[Any]:
        return sorted([*articles, late], key=lambda each: each.date, reverse=True)

    changed = changed_by(with_it, form)
    assert changed == {f"all.{number}.xml" for number in range(5, 11)} | numbers(form, 11, 11)


@pytest.mark.parametrize("form", FORMATS)
def test_an_article_that_reads_otherwise_changes_its_own_document(form):
    def edited(articles: list[Any]) -> list[Any]:
        return [
            SimpleNamespace(url=each.url, date=each.date, note="!")
            if each.url == "45.html"
            else each
            for each in articles
        ]

    def item_description(self: Any, item: Any) -> str:
        return f"{item.url}{getattr(item, 'note', '')}"

    aspects = {"item_description": item_description}
    before = documents_of(NEWEST_FIRST[-100:], form, **aspects)
    after = documents_of(edited(NEWEST_FIRST[-100:]), form, **aspects)
    assert {path for path in before if before[path] != after[path]} == {"all.5.xml"}


@pytest.mark.parametrize("form", FORMATS)
def test_another_limit_makes_other_documents_that_are_as_whole(form):
    def same(articles: list[Any]) -> list[Any]:
        return articles

    assert "all.1.xml" in changed_by(same, form, limit=20)
    newcomer = Reader()
    newcomer.polls(documents_of(NEWEST_FIRST[-100:], form, limit=20))
    assert newcomer.shown == [each.url for each in NEWEST_FIRST[-100:]]


@pytest.mark.parametrize("form", [Atom1Feed, Rss201rev2Feed])
def test_another_domain_leads_through_the_archive_and_keeps_the_ids(form):
    new = "https://new.example.io/"

    def item_guid(self: Any, item: Any) -> str:
        return f"tag:me.example.io,2026:{item.url}"

    aspects = {"item_guid": item_guid, "item_guid_is_permalink": False}
    reader = Reader()
    reader.polls(documents_of(NEWEST_FIRST[-100:], form, **aspects))
    moved = documents_of(NEWEST_FIRST[-107:], form, new, **aspects)
    assert all(BASE.encode() not in document for document in moved.values())
    follower = Reader()
    follower.polls(moved, new)
    assert len(follower.shown) == 107
    reader.polls(moved, new)
    assert sorted(reader.shown) == sorted(follower.shown)


def test_what_the_documents_link_to():
    documents = published(25)
    assert sorted(documents) == ["all.1.xml", "all.2.xml", "all.3.xml", "all.xml"]
    current = {"current": f"{BASE}all.xml"}
    assert {path: links_of(document) for path, document in documents.items()} == {
        "all.xml": {"self": f"{BASE}all.xml", "prev-archive": f"{BASE}all.2.xml"},
        "all.1.xml": {
            **current,
            "self": f"{BASE}all.1.xml",
            "next-archive": f"{BASE}all.2.xml",
        },
        "all.2.xml": {
            **current,
            "self": f"{BASE}all.2.xml",
            "prev-archive": f"{BASE}all.1.xml",
            "next-archive": f"{BASE}all.3.xml",
        },
        "all.3.xml": {
            **current,
            "self": f"{BASE}all.3.xml",
            "prev-archive": f"{BASE}all.2.xml",
        },
    }
    marked = [path for path, document in documents.items() if b"<fh:archive " in document]
    assert sorted(marked) == ["all.1.xml", "all.2.xml"]
    assert sorted(published(25, JsonFeed)) == ["all.1.xml", "all.2.xml", "all.xml"]


@pytest.mark.parametrize(
    "aspects", [{"limit": None}, {"limit": 0}, {"archive_path": None}, {"limit": 26}]
)
def test_without_limit_place_or_older_entries_there_is_no_archive(aspects):
    (document,) = published(25, **aspects).values()
    assert list(links_of(document)) == ["self"]


def test_a_pattern_without_a_number_is_wrong():
    site = Site(BASE, "S", dt.datetime.now(dt.UTC), articles=NEWEST_FIRST)
    wrong = type("Wrong", (Numbers,), {"archive_path": "old.xml"})
    (error,) = catalogue(load([wrong]), site).errors
    assert isinstance(error, FeedError)
    assert 'write it with "{number}"' in str(error)


@pytest.mark.parametrize(
    ("place", "pattern"),
    [
        ("feeds/{slug}.atom.xml", "feeds/{slug}.atom.{number}.xml"),
        ("feeds.d/all", "feeds.d/all.{number}"),
    ],
)
def test_archive_documents_stand_beside_their_feed(place, pattern):
    assert numbered(place) == pattern


# On a site


@pytest.fixture
def blog(site):
    site.settings |= {
        "FEED_MAX_ITEMS": 2,
        "FEED_ALL_ATOM": "all.xml",
        "CATEGORY_FEED_RSS": "feeds/{slug}.rss.xml",
        "CATEGORY_FEED_JSON": "feeds/{slug}.json",
        "LINKBACK_ARCHIVES": True,
    }
    for number in range(1, 6):
        site.article(f"a{number}", date=f"2026-01-0{number}", category="Boats")
    return site


def test_stock_feeds_have_archives(blog):
    build = blog.build()
    assert build.problems == []
    names = {path.name for path in build.output.rglob("*") if path.suffix in {".xml", ".json"}}
    assert names >= {"all.xml", "all.1.xml", "all.2.xml", "all.3.xml", "boats.1.json"}
    assert names >= {"boats.rss.1.xml", "boats.rss.2.xml", "boats.rss.3.xml", "boats.2.json"}
    assert [each.title for each in build.parse("all.1.xml").entries] == ["a2", "a1"]
    assert build.parse("all.1.xml").feed.id == build.parse("all.xml").feed.id
    documents = {
        path.relative_to(build.output).as_posix(): path.read_bytes()
        for path in build.output.rglob("*.xml")
    }
    checked = check(documents, Expected(BASE.rstrip("/"), dt.datetime.now(dt.UTC)))
    assert checked.findings == ()


def test_publishing_on_touches_no_full_document_of_a_site(blog):
    full: dict[str, bytes] = {}
    for number in range(6, 13, 2):
        for each in (number, number + 1):
            blog.article(f"a{each}", date=f"2026-02-{each:02}", category="Boats")
        output = blog.build().output
        documents = {
            path.relative_to(output).as_posix(): path.read_bytes()
            for pattern in ("all.*.xml", "feeds/boats.*.*")
            for path in output.glob(pattern)
            if re.search(r"\.\d+\.(xml|json)$", path.name)
        }
        assert full.items() <= documents.items()
        full = {path: each for path, each in documents.items() if _holds_two(each)}
    assert {"all.6.xml", "feeds/boats.rss.6.xml", "feeds/boats.6.json"} <= set(full)


def _holds_two(document: bytes) -> bool:
    return sum(map(document.count, (b"<entry", b"<item>", b'{"id"'))) == 2


def test_an_archive_document_that_is_needed_no_more_is_removed(blog):
    blog.build()
    for number in (4, 5):
        (blog.content / f"a{number}.md").unlink()
    build = blog.build()
    assert sorted(path.name for path in build.output.glob("all*.xml")) == [
        "all.1.xml",
        "all.2.xml",
        "all.xml",
    ]
    assert len(build.parse("all.2.xml").entries) == 1


def test_without_the_setting_there_are_none(blog):
    assert not list(blog.build(LINKBACK_ARCHIVES=False).output.glob("all.?.xml"))


def test_a_feed_without_a_place_has_no_archive(blog):
    class Nowhere(ArticleFeed):
        setting = "NO_FEED"

    build = blog.build(LINKBACK_FEEDS=[Nowhere])
    assert not list(build.output.rglob("*.1.xml"))


def test_an_edited_article_changes_its_document_and_no_other(blog):
    first = blog.build()
    before = {path.name: path.read_bytes() for path in first.output.glob("all*.xml")}
    blog.article("a1", "Edited.", date="2026-01-01", category="Boats")
    after = {path.name: path.read_bytes() for path in blog.build().output.glob("all*.xml")}
    assert [name for name in sorted(after) if after[name] != before[name]] == ["all.1.xml"]

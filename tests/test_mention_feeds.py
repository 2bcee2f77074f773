"""Feeds of a site that receives mentions: what its articles' entries say, and MentionFeed."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field, replace
from importlib import resources
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import html5lib
import pytest
from pelican import Pelican
from pelican.settings import read_settings

from pelican_linkback.feedcheck.check import Expected, check
from pelican_linkback.feedcheck.listing import listed
from pelican_linkback.feeds import (
    MENTION_FEEDS,
    STOCK_FEEDS,
    AtomMentionFeed,
    MentionFeed,
    MentionItem,
    Site,
    SiteFeed,
)
from pelican_linkback.feeds.articles.answers import ANCHOR, mentions_of
from pelican_linkback.feeds.framework.sharing import EntryCache
from pelican_linkback.receiving.received import Author as Known
from pelican_linkback.receiving.received import Kind, Received
from tests.conftest import COMPILED, SIMPLE_THEME, Build, plugins_disconnected
from tests.page_mentions import write

BASE = "https://me.example.io"
MAY = dt.datetime(2026, 5, 1, 8, 30, tzinfo=dt.UTC)
ATOM, THR = "{http://www.w3.org/2005/Atom}", "{http://purl.org/syndication/thread/1.0}"
WORDS = {"heading": "Stimmen", "likes": "Gefällt"}
XSS = '<script>alert(1)</script><img src=x onerror="alert(2)"> & "quoted" ]]>'


@dataclass(frozen=True)
class Author:
    name: str = "Bo Ek"
    url: str = "https://bo.example/"


@dataclass(frozen=True)
class Said:
    """A mention, as the display of mentions has it."""

    id: str
    kind: str = "reply"
    author: Author = Author()
    text: str = ""
    title: str = ""
    url: str = ""
    published: dt.datetime = MAY
    rsvp: str = ""
    parent: str = ""


@dataclass(frozen=True)
class All:
    """All mentions of an article; iteration yields each."""

    found: tuple[Said, ...] = ()
    words: dict[str, str] = field(
        default_factory=lambda: {"heading": "Stimmen", "likes": "Gefällt"}
    )

    @property
    def count(self):
        return len(self.found)

    @property
    def updated(self):
        return max((each.published for each in self.found), default=None)

    def __iter__(self):
        return iter(self.found)


REPLY = Said("1a", text="Well said.\nAnd done.\n\nBo", url="https://bo.example/re")
LIKE = Said("2b", "like", Author("Cy Tide"), url="https://cy.example/1")


def received(said: Said, page: str, when: dt.datetime = MAY) -> Received:
    """The mention, as it is kept."""
    return Received(
        source=said.url,
        target=f"{BASE}/{page}.html",
        article=f"{BASE}/{page}.html",
        kind=Kind(said.kind),
        author=Known(said.author.name, said.author.url),
        received=when,
        published=when,
        text=said.text,
        title=said.title,
    )


LATER = replace(LIKE, url="https://cy.example/2")
HOSTILE = Said("4d", "mention", Author(XSS), XSS, XSS, "https://dee.example/?a=1&b=2")
ONES = [received(REPLY, "one"), received(LIKE, "one")]
MENTIONS = [
    *ONES,
    received(HOSTILE, "pages/about"),
    received(LATER, "one-de", MAY + dt.timedelta(days=1)),
]
FEEDS = {f"FEED_{each}": f"feeds/all.{each.lower()}" for each in ("ATOM", "RSS", "JSON")}


class OneSite:
    """A site with two articles, a translation and a page, built with some mentions."""

    def __init__(self, folder):
        self.folder = folder
        content = folder / "content"
        (content / "pages").mkdir(parents=True)
        for name, more in (("one", ""), ("two", ""), ("zwei", "Slug: one\nLang: de\n")):
            head = f"Title: {name} <b>&amp;</b>\nDate: 2026-01-01 10:00\n{more}"
            (content / f"{name}.md").write_text(f"{head}\nText.\n", encoding="utf-8")
        (content / "pages" / "about.md").write_text("Title: About\n\nMe.\n", encoding="utf-8")

    def build(self, mentions, **settings):
        write(self.folder / "linkback", mentions)
        given = {
            "PATH": str(self.folder / "content"),
            "OUTPUT_PATH": str(self.folder / "output"),
            "THEME": SIMPLE_THEME,
            "SITENAME": "A Site",
            "SITEURL": BASE,
            "AUTHOR": "Ann Lee",
            "TIMEZONE": "Europe/Lisbon",
            "DEFAULT_LANG": "en",
            "PLUGINS": ["pelican_linkback"],
            "LINKBACK_SEND": False,
            "LINKBACK_FEEDS": [*STOCK_FEEDS, *MENTION_FEEDS],
            "FEED_ALL_ATOM": None,
            "CATEGORY_FEED_ATOM": None,
            "AUTHOR_FEED_ATOM": None,
            "AUTHOR_FEED_RSS": None,
            "TRANSLATION_FEED_ATOM": "feeds/{lang}.atom",
            "LINKBACK_AUTODISCOVERY": True,
            "LINKBACK_FEEDS_PAGE": "feeds.html",
            **FEEDS,
        }
        with plugins_disconnected():
            prepared = read_settings(override=given | settings)
            prepared["JINJA_ENVIRONMENT"]["bytecode_cache"] = COMPILED
            Pelican(prepared).run()
        return Build(self.folder / "output", [], "")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return OneSite(tmp_path_factory.mktemp("mentions")).build(MENTIONS)


def entries(build, path):
    return {each.link: each for each in build.parse(path).entries}


ONE = f"{BASE}/one.html"


def test_an_entry_says_how_many_answers_there_are_and_where(built):
    atom = ET.fromstring(built.read("feeds/all.atom"))
    one, two = sorted(atom.iter(f"{ATOM}entry"), key=lambda each: each.findtext(f"{ATOM}id"))
    hints = {f"{THR}count": "2", f"{THR}updated": "2026-05-01T08:30:00+00:00", "rel": "replies"}
    assert [each.attrib for each in one.findall(f"{ATOM}link")][1:] == [
        hints | {"href": f"{ONE}#linkback-mentions", "type": "text/html"},
        hints | {"href": f"{BASE}/feeds/mentions/one.atom.xml", "type": "application/atom+xml"},
    ]
    assert (one.findtext(f"{THR}total"), two.find(f"{THR}total")) == ("2", None)
    rss = entries(built, "feeds/all.rss")[ONE]
    assert (rss.slash_comments, rss.wfw_commentrss) == (
        "2",
        f"{BASE}/feeds/mentions/one.rss.xml",
    )
    items = {each["url"]: each for each in json.loads(built.read("feeds/all.json"))["items"]}
    assert items[ONE]["_linkback"] == {
        "count": 2,
        "url": f"{ONE}#linkback-mentions",
        "feed_url": f"{BASE}/feeds/mentions/one.json",
        "updated": "2026-05-01T08:30:00+00:00",
    }
    assert "_linkback" not in items[f"{BASE}/two.html"]


def test_mentions_do_not_date_an_article(built):
    feed = built.parse("feeds/all.atom")
    assert {each.updated for each in feed.entries} == {"2026-01-01T10:00:00+00:00"}
    assert feed.feed.updated == "2026-01-01T10:00:00+00:00"


def test_there_is_a_feed_of_the_site_and_of_each_page_with_mentions(built):
    folder = built.output / "feeds"
    found = {str(each.relative_to(folder)) for each in folder.rglob("mentions*.*")}
    found |= {str(each.relative_to(folder)) for each in (folder / "mentions").rglob("*.*")}
    pages = ("", "/one", "/one-de", "/pages/about")
    endings = (".rss.xml", ".atom.xml", ".json")
    assert found == {f"mentions{page}{end}" for page in pages for end in endings}


@pytest.mark.parametrize("path", ["feeds/mentions.rss.xml", "feeds/mentions.atom.xml"])
def test_the_feed_of_the_site_has_all_newest_first(built, path):
    feed = built.parse(path)
    assert feed.entries[0].link == LATER.url
    assert {each.link for each in feed.entries} == {each.source for each in MENTIONS}
    assert feed.feed.title == "A Site - Responses"
    assert feed.feed.link == f"{BASE}/"


@pytest.mark.parametrize("end", ["rss.xml", "atom.xml"])
def test_the_feed_of_an_article_says_what_was_said(built, end):
    feed = built.parse(f"feeds/mentions/one.{end}")
    assert feed.feed.title == "A Site - Responses: one &"
    assert feed.feed.link == ONE
    by_link = {each.link: each for each in feed.entries}
    assert by_link.keys() == {REPLY.url, LIKE.url}
    reply, like = by_link[REPLY.url], by_link[LIKE.url]
    assert reply.title == "Bo Ek: Well said. And done. Bo"
    assert reply.summary == "<p>Well said.<br />And done.</p><p>Bo</p>"
    assert [each.name for each in reply.authors] == ["Bo Ek"]
    assert [each.term for each in reply.tags] == ["reply"]
    assert (like.title, like.get("summary", "")) == ("Cy Tide: Likes", "")
    article = entries(built, f"feeds/all.{end.partition('.')[0]}")[ONE]
    assert reply.id == f"{article.id}#mention-{ONES[0].id}"
    assert reply["thr_in-reply-to"]["ref"] == article.id
    assert reply["thr_in-reply-to"]["href"] == ONE


def test_json_says_the_same(built):
    items = json.loads(built.read("feeds/mentions/one.json"))["items"]
    (reply,) = [each for each in items if each["url"] == REPLY.url]
    article = entries(built, "feeds/all.atom")[ONE]
    assert reply["content_html"] == "<p>Well said.<br>And done.</p><p>Bo</p>"
    assert reply["authors"] == [{"name": "Bo Ek", "url": "https://bo.example/"}]
    assert reply["_linkback"] == {"in_reply_to": [{"id": article.id, "url": ONE}]}


def test_a_page_has_no_entry_and_its_mentions_answer_its_address(built):
    (entry,) = built.parse("feeds/mentions/pages/about.atom.xml").entries
    assert entry["thr_in-reply-to"]["ref"] == f"{BASE}/pages/about.html"


def test_what_strangers_write_is_text(built):
    for path in ("feeds/mentions/pages/about.atom.xml", "feeds/mentions/pages/about.rss.xml"):
        tree = ET.fromstring(built.read(path))
        (html,) = [
            each.text
            for each in tree.iter()
            if each.tag in {f"{ATOM}summary", "description"} and (each.text or "").startswith("<p>")
        ]
        found = html5lib.parse(html, namespaceHTMLElements=False)
        assert [each.tag for each in found.iter()] == ["html", "head", "body", "p"]
        assert "".join(found.itertext()) == XSS
    (item,) = json.loads(built.read("feeds/mentions/pages/about.json"))["items"]
    assert item["content_html"].count("<") == 2


def test_check_finds_nothing_in_them(built):
    feeds = {
        str(each.relative_to(built.output)): each.read_bytes()
        for each in (built.output / "feeds").rglob("*.*")
    }
    checked = check(feeds, Expected(BASE, MAY + dt.timedelta(days=9)))
    assert checked.findings == ()
    assert checked.feeds == 3 + 2 + 12
    newest = {each.path: each.newest for each in listed(feeds, BASE)}
    assert newest["feeds/all.atom"] == dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC)
    assert newest["feeds/all.json"] == dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC)
    assert newest["feeds/mentions.json"] == MAY + dt.timedelta(days=1)


def test_the_page_of_an_article_links_to_the_feed_of_its_mentions(built):
    assert 'href="https://me.example.io/feeds/mentions/one.atom.xml"' in built.read("one.html")
    assert "feeds/mentions/" not in built.read("two.html")
    assert "feeds/mentions/pages/about.json" in built.read("pages/about.html")


def test_the_page_of_feeds_names_that_of_the_site_alone(built):
    page = built.read("feeds.html")
    assert "feeds/mentions.atom.xml" in page
    assert "feeds/mentions/" not in page


def files(output):
    return {
        str(each.relative_to(output)): (each.stat().st_mtime_ns, each.read_bytes())
        for each in (output / "feeds").rglob("*.*")
    }


def test_an_unchanged_build_writes_nothing_and_an_end_of_mentions_removes_their_feed(tmp_path):
    site = OneSite(tmp_path)
    before = files(site.build(MENTIONS).output)
    assert files(site.build(MENTIONS).output) == before
    after = files(site.build(ONES).output)
    assert "feeds/mentions/one.rss.xml" in after
    assert "feeds/mentions/one-de.rss.xml" not in after


def test_a_feed_of_mentions_that_fails_costs_no_entry_of_an_article(tmp_path, caplog):
    class Broken(MentionFeed):
        def objects(self, site):
            raise KeyError("lost")

    feeds = [*STOCK_FEEDS, Broken, AtomMentionFeed]
    built = OneSite(tmp_path).build(MENTIONS, LINKBACK_FEEDS=feeds)
    rss = entries(built, "feeds/all.rss")[ONE]
    assert rss.wfw_commentrss == f"{BASE}/feeds/mentions/one.atom.xml"  # better than none
    (error,) = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert error == f"Feed Broken: KeyError: 'lost', in objects of Site({BASE!r})"


# The aspects by themselves


class Content(SimpleNamespace):
    slug = "one"
    url = "one.html#part"
    save_as = ""
    lang = None
    title = "One"
    mentions = All((REPLY,))


def a_site(**more):
    return Site(BASE, "A Site", MAY, **more)


def aspect_of(aspect, item, **more):
    feed = AtomMentionFeed()
    feed.site = a_site(**more)
    return feed.aspect(aspect, item)


def test_a_long_text_is_cut_for_the_title():
    item = MentionItem(replace(REPLY, text="界" * 500), Content())
    title = aspect_of("item_title", item)
    assert (len(title), title[-2:]) == (100, "界…")


@pytest.mark.parametrize(
    ("mention", "words", "title"),
    [
        (Said("1", "like"), {"likes": "Mag"}, "Bo Ek: Mag"),
        (Said("1", "rsvp", rsvp="yes"), {"yes": "Kommt"}, "Bo Ek: Kommt"),
        (Said("1", "rsvp"), {"rsvps": "Zusagen"}, "Bo Ek: Zusagen"),
        (Said("1", "quote"), {"mentions": "Erwähnt"}, "Bo Ek: Erwähnt"),
        (Said("1", "like"), {}, "Bo Ek: like"),
        (Said("1", "mention", title="A page"), {"mentions": "no"}, "Bo Ek: A page"),
    ],
)
def test_a_mention_without_words_has_those_of_the_page_as_its_title(mention, words, title):
    item = MentionItem(mention, Content(mentions=All((mention,), words)))
    assert aspect_of("item_title", item) == title


def test_a_mention_without_an_address_leads_to_its_article():
    assert aspect_of("item_link", MentionItem(REPLY, Content())) == REPLY.url
    assert aspect_of("item_link", MentionItem(Said("1"), Content())) == "one.html#part"


def test_an_id_with_a_fragment_goes_on_in_it():
    item = MentionItem(REPLY, Content())
    assert aspect_of("item_guid", item) == f"{BASE}/one.html#part-mention-1a"
    assert aspect_of("item_guid", item, entry_id=lambda _: "tag:a,2026:1").endswith(":1#mention-1a")
    dated = MentionItem(REPLY, Content(date=MAY, url="one.html"))
    assert aspect_of("item_guid", dated) == "tag:me.example.io,2026-05-01:/one.html#mention-1a"


def test_the_path_of_an_article_without_a_page_is_that_of_its_slug():
    feed = MentionFeed()
    assert feed.document_path(Content()) == "feeds/mentions/one.rss.xml"
    assert feed.document_path(Content(save_as="a/b/index.html")) == "feeds/mentions/a/b.rss.xml"
    assert feed.document_path(None) == "feeds/mentions.rss.xml"


def test_only_the_feed_of_the_site_names_hubs():
    assert aspect_of("hubs", None, hubs=["https://hub.example/"]) == ["https://hub.example/"]
    assert aspect_of("hubs", Content(), hubs=["https://hub.example/"]) == ()


def test_a_site_that_receives_nothing_has_an_empty_feed():
    feed = MentionFeed()
    site = a_site(articles=[Content(date=MAY, mentions="open")])
    document = feed.get_feed(None, site)
    assert (document.num_items(), document.feed["title"]) == (0, "A Site - Responses")
    assert list(feed.objects(site)) == [None]
    assert feed.get_feed(Content(), site).num_items() == 0


def test_the_mentions_of_an_article_that_is_not_there_yet_are_not_either():
    future = Content(date=MAY + dt.timedelta(days=1))
    assert list(MentionFeed().objects(a_site(articles=[future]))) == [None]
    assert list(MentionFeed().objects(a_site(articles=[future], future=True))) == [None, future]


@pytest.mark.parametrize("said", ["open", "", None, ["held"], {"count": 3}, All()])
def test_metadata_of_this_name_are_no_mentions(said):
    assert mentions_of(SimpleNamespace(mentions=said)) is None
    assert mentions_of(SimpleNamespace()) is None


def test_an_item_is_named_in_messages():
    assert str(MentionItem(REPLY, Content())) == "Bo Ek (https://bo.example/re)"


def test_an_entry_links_only_to_feeds_that_have_a_path():
    class ForOne(MentionFeed):
        def path(self, content):
            return "feeds/said-of-two.xml" if content and content.slug == "two" else None

    one, two = Content(date=MAY, url="one.html"), Content(date=MAY, url="two.html", slug="two")
    feed = SiteFeed()
    feed.site = a_site(articles=[one, two], mention_feeds=[ForOne])
    assert feed.aspect("item_comments_feed", one) is None
    said = {"application/rss+xml": f"{BASE}/feeds/said-of-two.xml"}
    assert feed.aspect("item_comments_feed", two) == said


def test_an_answer_to_an_answer_is_in_reply_to_both():
    answer = Said("5e", text="No.", url="https://cy.example/3", parent="1a")
    lost = Said("6f", text="So?", url="https://cy.example/4", parent="gone")
    content = Content(date=MAY, url="one.html", mentions=All((REPLY, answer, lost)))
    site = a_site(articles=[content])
    text = AtomMentionFeed().get_feed(content, site).writeString("utf-8")
    entries = ET.fromstring(text).findall(f"{ATOM}entry")
    (of_answer,) = [each for each in entries if each.findtext(f"{ATOM}id").endswith("-5e")]
    (of_lost,) = [each for each in entries if each.findtext(f"{ATOM}id").endswith("-6f")]
    article = "tag:me.example.io,2026-05-01:/one.html"
    refs = [each.get("ref") for each in of_answer.findall(f"{THR}in-reply-to")]
    assert refs == [f"{article}#mention-1a", article]
    assert [each.get("ref") for each in of_lost.findall(f"{THR}in-reply-to")] == [article]


class Shouting(MentionFeed):
    """A class of an author's, with one hook of its own."""

    def item_title(self, item):
        return item.mention.author.name.upper()


def test_entries_that_documents_share_are_what_unshared_ones_are():
    contents = [
        Content(date=MAY, url=f"{name}.html", slug=name, mentions=All((REPLY, LIKE, HOSTILE)))
        for name in ("one", "two")
    ]
    written = []
    for sharing in (EntryCache(on=True), EntryCache(on=False)):
        site = a_site(articles=contents, sharing=sharing)
        feeds = [each() for each in (*MENTION_FEEDS, Shouting, *MENTION_FEEDS)]
        written.append(
            [
                feed.get_feed(obj, site).writeString("utf-8")
                for feed in feeds
                for obj in (None, *contents)
            ]
        )
    assert written[0] == written[1]
    assert "<title>BO EK</title>" in written[0][9]
    assert "<title>BO EK</title>" not in written[0][0]


def test_entries_lead_to_where_the_page_shows_the_mentions():
    template = resources.files("pelican_linkback.receiving.display") / "mentions.html"
    assert f'id="{ANCHOR}"' in template.read_text("utf-8")

"""A feed links only to pages that Pelican writes."""

from __future__ import annotations

import datetime as dt
import json
import xml.etree.ElementTree as ET
from importlib.metadata import version
from types import SimpleNamespace

import pytest

from pelican_linkback.feeds import ArticleFeed, Site, TagFeed
from pelican_linkback.feeds.articles.pages import has_page, page_of_article, page_of_group

BASE = "https://me.example.io"
HOME = f"{BASE}/"
FEEDS = {
    f"{kind.upper()}_FEED_{form}": f"{kind}.{form.lower()}"
    for kind in ("category", "tag", "author", "feed_all")
    for form in ("ATOM", "RSS", "JSON")
}
FEEDS = {name.replace("FEED_ALL_FEED", "FEED_ALL"): path for name, path in FEEDS.items()}


def links(build, kind):
    """The page that each format names for the feed, and those of its entries."""
    atom, rss = (ET.fromstring(build.read(f"{kind}.{form}")) for form in ("atom", "rss"))
    data = json.loads(build.read(f"{kind}.json"))
    pages = {
        atom.find("{*}link[@rel='alternate']").get("href"),
        rss.findtext("channel/link"),
        data["home_page_url"],
    }
    entries = {
        *(e.find("{*}link[@rel='alternate']").get("href") for e in atom.findall("{*}entry")),
        *(item.findtext("link") for item in rss.iter("item")),
        *(item["url"] for item in data["items"]),
    }
    return pages, entries


@pytest.mark.parametrize("kind", ["category", "tag", "author"])
@pytest.mark.parametrize("save_as", ["", False, None])
def test_a_group_without_a_page_links_to_the_home_page(site, kind, save_as):
    if save_as is None and version("pelican").startswith("4.8."):
        pytest.skip("Pelican 4.8 breaks off itself")
    site.article("a", category="Boats", tags="rope", author="Ann")
    slug = {"category": "boats", "tag": "rope", "author": "ann"}[kind]
    build = site.build(**FEEDS)
    assert links(build, kind)[0] == {f"{BASE}/{kind}/{slug}.html"}
    build = site.build(**FEEDS, **{f"{kind.upper()}_SAVE_AS": save_as})
    assert links(build, kind)[0] == {HOME}


PER_LANGUAGE = {"CATEGORY_FEED_ATOM": "{slug}.{lang}.xml", "TAG_FEED_ATOM": "tag/{slug}.{lang}.xml"}


@pytest.mark.parametrize("tags", ["", "Holz"])
def test_a_group_of_translations_only_links_to_the_home_page(site, tags):
    site.article("a", category="Boats", slug="a", tags=tags)
    site.article("a-de", category="Boats", slug="a", lang="de", tags="Tau")
    site.article("b", category="Bread", slug="b")
    site.article("b-de", category="Brot", slug="b", lang="de")
    build = site.build(**PER_LANGUAGE)
    assert build.parse("boats.de.xml").feed.link == f"{BASE}/category/boats.html"
    assert build.parse("bread.en.xml").feed.link == f"{BASE}/category/bread.html"
    assert build.parse("brot.de.xml").feed.link == HOME
    assert build.parse("tag/tau.de.xml").feed.link == HOME
    assert not (build.output / "category" / "brot.html").exists()
    assert not (build.output / "tag" / "tau.html").exists()


def test_a_group_of_another_plugins_keeps_its_page(site):
    class Series(str):
        slug, url = "s", "series/s/"

    class SeriesFeed(TagFeed):
        path = "{slug}.{lang}.xml"

        def groups_of(self, article):
            return [Series("S")]

    site.article("a", tags="rope")
    build = site.build(LINKBACK_FEEDS=[SeriesFeed])
    assert build.parse("s.en.xml").feed.link == f"{BASE}/series/s/"


@pytest.mark.parametrize(
    ("settings", "metadata", "link"),
    [
        pytest.param({}, {}, "a.html", id="a page of its own"),
        pytest.param({}, {"save_as": "b.html", "url": "b"}, "b", id="another page of its own"),
        pytest.param({}, {"save_as": ""}, "", id="none: the home page"),
        pytest.param({}, {"save_as": "", "url": ""}, "", id="neither page nor URL"),
        pytest.param({}, {"save_as": "", "url": "news.html#a"}, "news.html#a", id="it names one"),
        pytest.param({}, {"save_as": "", "url": "news/"}, "news/", id="it names a page for all"),
        pytest.param({"ARTICLE_SAVE_AS": ""}, {}, "", id="no article has one"),
        pytest.param({"ARTICLE_LANG_SAVE_AS": ""}, {"lang": "de"}, "", id="no translation has"),
        pytest.param({"ARTICLE_LANG_SAVE_AS": ""}, {}, "a.html", id="others have"),
        pytest.param({"ARTICLE_SAVE_AS": ""}, {"save_as": "x"}, "a.html", id="this one has"),
        pytest.param(
            {"ARTICLE_SAVE_AS": "", "ARTICLE_URL": "{category}.html#{slug}"},
            {},
            "misc.html#a",
            id="the setting names a part of a page",
        ),
        pytest.param(
            {"ARTICLE_SAVE_AS": "", "ARTICLE_URL": "news/"}, {}, "news/", id="or one for all"
        ),
    ],
)
def test_an_article_links_to_its_page_or_to_the_one_it_names(site, settings, metadata, link):
    site.article("a", **metadata)
    build = site.build(**FEEDS, **settings)
    assert links(build, "feed_all")[1] == {f"{BASE}/{link}"}


def test_what_is_not_pelicans_has_the_page_that_it_says():
    note = SimpleNamespace(url="n.html")
    assert has_page(note)
    assert page_of_article(note, note.url) == page_of_group(note) == "n.html"
    assert page_of_group("en") == page_of_group(None) == ""
    assert page_of_group(SimpleNamespace(url=False)) == ""
    site = Site(BASE, "Me", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    feed = ArticleFeed()
    feed.site = site
    assert feed.item_link(note) == f"{BASE}/n.html"


MARKS = {"pingback": "https://other.example/"}
PUBLISHES = {"LINKBACK_ALLOW_HOSTS": ["me.example.io"]}
WITHOUT = "has no page of its own, since its Save_as is empty"


def test_linkbacks_of_an_article_without_a_page_are_none_and_it_is_said_once(site):
    site.article("a", **MARKS)
    site.article("b", save_as="", **MARKS)
    site.article("c", save_as="", url="news.html#c", **MARKS)
    site.article("d", save_as="")
    build = site.build(**PUBLISHES)
    said = [problem for problem in build.problems if WITHOUT in problem]
    assert [problem[:4] for problem in sorted(said)] == ["b.md", "c.md"]
    journal = (site.folder / "linkback" / "deliveries.jsonl").read_text()
    assert f'"{BASE}/a.html"' in journal
    assert "b.html" not in journal
    assert "news.html" not in journal
    site.article("b", **MARKS)
    build = site.build(**PUBLISHES)
    assert sum(WITHOUT in problem for problem in build.problems) == 1
    assert "b.html" in (site.folder / "linkback" / "deliveries.jsonl").read_text()


def test_links_that_are_found_are_not_sent_either(site):
    for name in "abcdefgh":
        site.article(name, "[x](https://other.example/)", save_as="")
    build = site.build(**PUBLISHES, LINKBACK_TARGETS="all", LINKBACK_SINCE="2020-01-01")
    (said,) = [problem for problem in build.problems if WITHOUT in problem]
    assert said.endswith("(and 7 more like it; -v names them)")

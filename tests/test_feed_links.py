"""The links from pages to feeds: distinct, none twice, and none that costs a page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.feeds import STOCK_FEEDS, Atom1Feed, Feed, SiteFeed, TagFeed
from pelican_linkback.plugin.feeds.links import FeedLink, told_apart, with_missing_links
from tests.conftest import Build, SiteBuilder

BASE = """<!DOCTYPE html><html><head><title>x</title>{%s}
</head><body>{%% block content %%}{%% endblock %%}</body></html>"""


def theme(site: SiteBuilder, head: str = "") -> None:
    """Give every page a head with ``head`` in it."""
    folder = site.folder / "templates"
    folder.mkdir(exist_ok=True)
    (folder / "base.html").write_text(BASE.replace("{%s}", head).replace("%%", "%"))
    site.settings["THEME_TEMPLATES_OVERRIDES"] = [str(folder)]
    others = ("CATEGORY_FEED_ATOM", "AUTHOR_FEED_ATOM", "AUTHOR_FEED_RSS", "TRANSLATION_FEED_ATOM")
    site.settings |= dict.fromkeys(others)


def links(build: Build, page: str) -> list[dict[str, str]]:
    tags = re.findall(r"<link [^>]*>", build.read(page))
    return [dict(re.findall(r'([a-z]+)="([^"]*)"', tag)) for tag in tags]


def addresses(build: Build, page: str) -> list[str]:
    home = "https://me.example.io/"
    found = (urljoin(home + page, each["href"]) for each in links(build, page))
    return [each.replace(":443", "").replace("http://", "https://") for each in found]


# One link for a feed, however the theme writes its address


WAYS = {
    "absolute": "https://me.example.io/feeds/all.atom.xml",
    "another scheme": "http://me.example.io/feeds/all.atom.xml",
    "from the root": "/feeds/all.atom.xml",
    "without the scheme": "//me.example.io/feeds/all.atom.xml",
    "with the port": "https://me.example.io:443/feeds/all.atom.xml",
    "with capitals": "HTTPS://ME.example.io/feeds/all.atom.xml",
    "with escapes": "/feeds/%61ll.atom.xml",
    "with dots": "/theme/../feeds/./all.atom.xml",
    "with white space": " /feeds/all.atom.xml\n",
    "from the page": "{{ '../' * output_file.count('/') }}feeds/all.atom.xml",
}


@pytest.mark.parametrize("href", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("relative", [False, True])
def test_a_feed_is_linked_to_once(site: SiteBuilder, href: str, relative: bool) -> None:
    theme(site, f'<link rel="alternate" type="application/atom+xml" title="All" href="{href}">')
    site.article("a", category="Boats", save_as="deep/er/a.html", url="deep/er/a.html")
    build = site.build(
        LINKBACK_AUTODISCOVERY=True,
        RELATIVE_URLS=relative,
        FEED_ATOM="feeds/site.atom.xml",
        CATEGORY_FEED_ATOM="feeds/{slug}.atom.xml",
    )
    for page in ("index.html", "deep/er/a.html", "category/boats.html"):
        found = [each.strip() for each in addresses(build, page)]
        assert len(found) == (2 if page == "index.html" else 3)
        assert sum("ll.atom.xml" in each for each in found) == 1


@pytest.mark.parametrize(
    ("site_url", "head", "missing"),
    [
        pytest.param("https://a.example/blog", "/blog/f.xml", 0, id="a folder"),
        pytest.param("https://a.example/blog", "/f.xml", 1, id="outside of the folder"),
        pytest.param("https://a.example/blog", "f.xml", 1, id="from the page"),
        pytest.param("https://a.example/blog", "../f.xml", 0, id="from the page, upwards"),
        pytest.param("", "/f.xml", 0, id="without SITEURL"),
        pytest.param("//a.example", "https://a.example/f.xml", 0, id="SITEURL without a scheme"),
        pytest.param("https://a.example", "http://[", 1, id="no address"),
        pytest.param("https://a.example", "/g.xml", 1, id="another feed"),
        pytest.param("https://a.example", 'f.xml"><base href="/', 0, id="with a base"),
        pytest.param(
            "https://a.example", '/f.xml"><base href="https://b.example/', 1, id="its own"
        ),
    ],
)
def test_what_a_link_leads_to(site_url: str, head: str, missing: int) -> None:
    page = f'<head><link rel="alternate" href="{head}"></head>'
    link = FeedLink(f"{site_url}/f.xml", "text/xml", "F", "f.xml")
    page = with_missing_links(page, [link], site_url, "p/p.html")
    assert page.count('title="F"') == missing


def test_a_link_of_another_kind_is_none_to_a_feed() -> None:
    page = '<head><link rel="icon" href="/f.xml"><a rel="alternate"></a></head>'
    page = with_missing_links(page, [FeedLink("/f.xml", "text/xml", "F", "f.xml")])
    assert page.count("f.xml") == 2


def test_the_file_of_a_feed_with_another_address_is_the_feed() -> None:
    page = '<head><link rel="alternate" href="a b.xml"></head>'
    link = FeedLink("https://feeds.example/news/", "text/xml", "F", "a b.xml")
    assert with_missing_links(page, [link], "https://a.example", "p.html") == page


# Titles that tell links apart


ATOM, RSS, JSON = "application/atom+xml", "application/rss+xml", "application/feed+json"


@pytest.mark.parametrize(
    ("given", "titles", "hreflangs"),
    [
        pytest.param([("A", ATOM, "en")], ["A"], [""], id="one"),
        pytest.param([("A", ATOM, "en"), ("B", RSS, "de")], ["A", "B"], ["", ""], id="two titles"),
        pytest.param(
            [("A", ATOM, "en"), ("A", RSS, "en"), ("A", JSON, "en")],
            ["A (Atom)", "A (RSS)", "A (JSON Feed)"],
            ["", "", ""],
            id="formats",
        ),
        pytest.param(
            [("A", ATOM, "en"), ("A", ATOM, "de"), ("A", ATOM, "de en")],
            ["A (en)", "A (de)", "A (de/en)"],
            ["en", "de", ""],
            id="languages",
        ),
        pytest.param(
            [("A", ATOM, "en"), ("A", RSS, "de")],
            ["A (en, Atom)", "A (de, RSS)"],
            ["en", "de"],
            id="both",
        ),
        pytest.param(
            [("A", ATOM, "en"), ("A", ATOM, "en")],
            ["A (0.xml)", "A (1.xml)"],
            ["", ""],
            id="neither",
        ),
        pytest.param(
            [("A", ATOM, "en"), ("A", "", ""), ("A", "text/plain", "")],
            ["A (en, Atom)", "A", "A (text/plain)"],
            ["en", "", ""],
            id="unknown",
        ),
    ],
)
def test_titles_distinguish_links(
    given: list[tuple[str, str, str]], titles: list[str], hreflangs: list[str]
) -> None:
    links = [
        FeedLink(
            f"/{number}",
            kind,
            title,
            f"{number}.xml",
            tuple(languages.split()),
            format={ATOM: "Atom", RSS: "RSS", JSON: "JSON Feed"}.get(kind, ""),
        )
        for number, (title, kind, languages) in enumerate(given)
    ]
    found = told_apart(links)
    assert [each.title for each in found] == titles
    assert [each.hreflang for each in found] == hreflangs
    assert [each.href for each in found] == [each.href for each in links]


def test_the_feeds_of_a_site_in_two_languages(site: SiteBuilder) -> None:
    theme(site)
    site.article("one", category="Boats")
    (site.content / "eins.md").write_text(
        "Title: Eins\nSlug: one\nLang: de\nDate: 2026-01-02\nCategory: Boats\n\nEins.\n"
    )
    build = site.build(
        LINKBACK_AUTODISCOVERY=True,
        FEED_RSS="feeds/site.rss.xml",
        TRANSLATION_FEED_ATOM="feeds/all-{lang}.atom.xml",
        CATEGORY_FEED_ATOM=None,
    )
    said = [(each["title"], each.get("hreflang")) for each in links(build, "one-de.html")]
    assert said == [
        ("A Site (de, Atom)", "de"),
        ("A Site (en, RSS)", "en"),
        ("A Site (de/en, Atom)", None),
    ]


# What fails costs its link and one message


class Odd:
    """Equal to nothing, not even to itself, and cannot be hashed."""

    def __eq__(self, other: object) -> bool:
        raise ValueError("incomparable")

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return "odd"


class OddHash:
    def __hash__(self) -> int:
        raise RuntimeError("no hash")


class Untyped(SyndicationFeed):
    """A format of one's own."""

    def write(self, outfile: Any, encoding: str) -> None:
        outfile.write("".join(f"{item['title']} {item['link']}\n" for item in self.items))


class Typed(Untyped):
    content_type = "text/plain; charset=utf-8"


class Shy(Untyped):
    @property
    def content_type(self) -> str:
        raise ZeroDivisionError


def raising(*_: object) -> Any:
    raise KeyError("nothing")


FAILING: dict[str, tuple[dict[str, Any], int, int]] = {
    # The aspects of a class, and how many links and messages there are of it.
    "title": ({"title": raising}, 0, 1),
    "no title": ({"title": None}, 0, 1),
    "feed_type": ({"feed_type": "Atom"}, 0, 1),
    "feed_type()": ({"feed_type": raising}, 0, 1),
    "url": ({"url": raising}, 0, 1),
    "language": ({"language": raising}, 0, 1),
    "items": ({"items": raising}, 1, 1),
    "unhashable": ({"objects": lambda *_: [["a"], {"b": 1}]}, 0, 0),
    "unhashable inside": ({"objects": lambda *_: [("news", ["a", "b"])]}, 0, 0),
    "odd": ({"objects": lambda *_: [Odd()]}, 0, 0),
    "odd hash": ({"objects": lambda *_: [OddHash()]}, 0, 0),
    "typed": ({"feed_type": Typed}, 1, 0),
    "untyped": ({"feed_type": Untyped}, 1, 0),
    "content_type": ({"feed_type": type("Bad", (Atom1Feed,), {"content_type": 5})}, 1, 0),
}


@pytest.mark.parametrize("kind", FAILING)
@pytest.mark.parametrize("how", ["feed_links", "AUTODISCOVERY", "neither"])
def test_a_class_that_fails_costs_its_link_and_one_message(
    site: SiteBuilder, kind: str, how: str
) -> None:
    aspects, count, messages = FAILING[kind]
    mine = type("Mine", (SiteFeed,), {"path": lambda _, obj: f"mine{str(obj)[:3]}.xml", **aspects})
    theme(site, "{{ feed_links() }}" if how == "feed_links" else "")
    site.article("a")
    build = site.build(
        LINKBACK_AUTODISCOVERY=how == "AUTODISCOVERY", LINKBACK_FEEDS=[*STOCK_FEEDS, mine]
    )
    assert len(build.problems) == messages
    assert all("Mine" in problem for problem in build.problems)
    assert (build.output / "feeds/all.atom.xml").exists()
    if how != "neither":
        for page in ("index.html", "a.html"):
            found = addresses(build, page)
            assert "https://me.example.io/feeds/all.atom.xml" in found
            assert sum("mine" in each for each in found) == count


def test_a_format_that_names_no_type_is_known_by_its_ending(site: SiteBuilder) -> None:
    theme(site)
    site.article("a", tags="sea, land")
    shy = type("ShyTag", (TagFeed,), {"feed_type": Shy, "path": "shy/{slug}.txt"})
    plain = type("PlainTag", (TagFeed,), {"feed_type": Untyped, "path": "plain/{slug}.txt"})
    build = site.build(LINKBACK_AUTODISCOVERY=True, LINKBACK_FEEDS=[shy, plain])
    assert [(each["type"], each["title"]) for each in links(build, "tag/sea.html")] == [
        ("text/plain", "A Site - sea (shy/sea.txt)"),
        ("text/plain", "A Site - sea (plain/sea.txt)"),
    ]
    assert build.read("plain/sea.txt") == "a https://me.example.io/a.html\n"
    assert build.problems == []


def test_a_language_and_a_category_of_one_name_are_two(site: SiteBuilder) -> None:
    theme(site)
    site.article("a", category="en")
    build = site.build(
        LINKBACK_AUTODISCOVERY=True,
        FEED_ALL_ATOM=None,
        CATEGORY_FEED_ATOM=None,
        TRANSLATION_FEED_ATOM="feeds/{lang}.xml",
    )
    assert addresses(build, "category/en.html") == []


@pytest.mark.parametrize(
    "page", ["42", "['a']", "nothing_of_that_name", "articles", "SITENAME", "Odd"]
)
def test_a_template_may_hand_over_anything(site: SiteBuilder, page: str) -> None:
    theme(site, f"{{{{ feed_links({page}) }}}}")
    site.article("a")
    build = site.build(Odd=Odd())
    assert "Some text." in build.read("a.html")
    assert len(build.problems) <= 1


def test_a_page_that_cannot_be_read_again_is_left(site: SiteBuilder) -> None:
    from pelican import signals

    def remove(path: str, context: dict[str, Any]) -> None:
        if path.endswith("a.html"):
            Path(path).unlink()

    theme(site)
    signals.content_written.connect(remove)
    site.article("a")
    site.article("b")
    build = site.build(LINKBACK_AUTODISCOVERY=True)
    assert addresses(build, "b.html")
    assert len(build.problems) <= 1


def test_a_page_that_another_plugin_writes_needs_no_context(site: SiteBuilder) -> None:
    from pelican import signals

    own = site.folder / "own.html"

    def finish(pelican: Any) -> None:
        own.write_text("<head></head>")
        signals.content_written.send(str(own), context={"LINKBACK_AUTODISCOVERY": True})

    signals.finalized.connect(finish)
    site.article("a")
    build = site.build(LINKBACK_AUTODISCOVERY=True)
    assert own.read_text() == "<head></head>"
    assert build.problems == []


def test_a_plain_class_has_its_own_language(site: SiteBuilder) -> None:
    class Plain(Feed):
        title, link, description, path, items = "A Site", "/", "", "plain.xml", ()
        language = "de"

    theme(site)
    site.article("a")
    build = site.build(LINKBACK_AUTODISCOVERY=True, LINKBACK_FEEDS=[*STOCK_FEEDS, Plain])
    said = {each["title"]: each.get("hreflang") for each in links(build, "index.html")}
    assert said == {"A Site (en, Atom)": "en", "A Site (de, RSS)": "de"}


def test_a_hook_may_use_what_the_feed_is_for(site: SiteBuilder) -> None:
    class Mine(SiteFeed):
        path = property(lambda self: f"mine-{self.obj}.xml")

        def objects(self, site: Any) -> list[str]:
            return ["a", "b"]

        def title(self) -> str:
            return f"Mine of {self.obj}"

    class Of(TagFeed):
        path = "of/{slug}.xml"

        def title(self) -> str:
            return f"About {self.obj}"

    theme(site)
    site.article("x", tags="sea, land")
    build = site.build(LINKBACK_AUTODISCOVERY=True, LINKBACK_FEEDS=[Mine, Of])
    assert [each["title"] for each in links(build, "tag/sea.html")] == ["About sea"]
    assert build.problems == []
    assert build.parse("mine-b.xml").feed.title == "Mine of b"

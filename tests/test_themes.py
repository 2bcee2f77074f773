"""What themes get: links to feeds, what was delivered, and a look for feeds."""

from __future__ import annotations

import re

import pytest

from pelican_linkback.journal.journal import Journal
from pelican_linkback.sending import Sending
from tests.versions import PELICAN

LINKS = re.compile(
    r'<link rel="alternate" type="([^"]+)" title="([^"]+)"(?: hreflang="\w+")? href="([^"]+)">'
)


@pytest.fixture
def blog(site):
    site.settings |= {
        "FEED_ALL_ATOM": "feeds/all.atom.xml",
        "CATEGORY_FEED_ATOM": "feeds/category/{slug}.{lang}.atom.xml",
        "TAG_FEED_RSS": "feeds/tag/{slug}.rss.xml",
        "AUTHOR_FEED_ATOM": "feeds/author/{slug}.atom.xml",
        "AUTHOR_FEED_RSS": None,
        "TRANSLATION_FEED_ATOM": "feeds/all-{lang}.atom.xml",
    }
    site.article("one", category="Bread & Boats", tags="wood")
    (site.content / "eins.md").write_text(
        "Title: Eins\nSlug: one\nLang: de\nDate: 2026-01-02\nCategory: Bread & Boats\n\nEins.\n"
    )
    templates = site.folder / "templates"
    templates.mkdir()
    site.settings["THEME_TEMPLATES_OVERRIDES"] = [str(templates)]
    site.templates = templates
    return site


def theme(blog, text):
    for name in ("index", "category", "tag", "author", "article"):
        (blog.templates / f"{name}.html").write_text(text)


def places(html):
    return [href.removeprefix("https://me.example.io/feeds/") for _, _, href in LINKS.findall(html)]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("index.html", ["all.atom.xml"]),
        (
            "category/bread-boats.html",
            [
                "category/bread-boats.en.atom.xml",
                "category/bread-boats.de.atom.xml",
                "all.atom.xml",
            ],
        ),
        ("tag/wood.html", ["tag/wood.rss.xml", "all.atom.xml"]),
        ("author/ann-lee.html", ["author/ann-lee.atom.xml", "all.atom.xml"]),
        ("one.html", ["category/bread-boats.en.atom.xml", "all-en.atom.xml", "all.atom.xml"]),
        ("one-de.html", ["category/bread-boats.de.atom.xml", "all-de.atom.xml", "all.atom.xml"]),
    ],
)
def test_each_kind_of_page_links_to_its_feeds(blog, page, expected):
    theme(blog, "<head>{{ feed_links() }}</head>")
    html = blog.build().read(page)
    assert places(html) == expected
    assert all(
        kind in {"application/atom+xml", "application/rss+xml"}
        for kind, _, _ in LINKS.findall(html)
    )


def test_titles_are_escaped(blog):
    theme(blog, "{{ feed_links() }}")
    html = blog.build().read("category/bread-boats.html")
    assert 'title="A Site - Bread &amp; Boats (en)"' in html


def test_a_template_may_name_the_page(blog):
    theme(blog, "{{ feed_links(articles[0]) }}|{{ feed_links(articles[0].category) }}")
    article, category = blog.build().read("index.html").split("|")
    assert places(article)[0] == "category/bread-boats.en.atom.xml"
    assert places(category)[0] == "category/bread-boats.en.atom.xml"
    assert len(places(article)) == 3


def test_a_head_gets_the_links_that_it_lacks_and_only_those(blog):
    there = '<link href="https://me.example.io/feeds/all.atom.xml" rel="alternate">'
    theme(blog, f"<html><head><title>x</title>{there}</head><body>head</body></html>")
    (blog.templates / "tag.html").write_text("no head here")
    build = blog.build(LINKBACK_AUTODISCOVERY=True)
    assert places(build.read("author/ann-lee.html")) == ["author/ann-lee.atom.xml"]
    assert places(build.read("index.html")) == []
    assert build.read("tag/wood.html") == "no head here"
    assert places(blog.build().read("author/ann-lee.html")) == []


def test_a_link_that_is_no_address_is_passed_over(blog):
    theme(blog, '<head><link rel="alternate" href="http://["></head>')
    assert places(blog.build(LINKBACK_AUTODISCOVERY=True).read("index.html")) == ["all.atom.xml"]


def test_an_article_lists_its_linkbacks(blog):
    theme(
        blog,
        "{% if article %}{% for each in article.linkbacks %}{{ each.target }} {{ each.state }} "
        "{{ each.protocol }} {{ each.when.date() }}{% endfor %}|{{ article.linkbacks|length }}"
        "{% endif %}",
    )
    (blog.templates / "index.html").write_text("{{ articles[0].linkbacks[0].target }}")
    journal = Journal(blog.folder / "linkback" / "deliveries.jsonl")
    head = {"v": 1, "source": "https://elsewhere.example/one", "target": "https://you.example/"}
    at = "2026-05-01T10:00:0{}.000000+00:00"
    journal.append(
        head | {"at": at.format(0), "event": "queued", "article": "one.md", "fingerprint": "f"},
        head
        | {
            "at": at.format(1),
            "event": "outcome",
            "verdict": "delivered",
            "reason": "accepted",
            "protocol": "pingback",
            "endpoint": "https://you.example/x",
        },
    )
    build = blog.build()
    assert build.read("one.html") == "https://you.example/ delivered pingback 2026-05-01|1"
    assert build.read("one-de.html") == "|0"
    assert build.read("index.html") == "https://you.example/"


def test_a_journal_that_cannot_be_read_shows_nothing_and_is_read_once(blog, monkeypatch):
    theme(blog, "{% if article %}{{ article.linkbacks|length }}{% endif %}")
    (blog.templates / "page.html").write_text("{{ page.linkbacks|length }}")
    blog.article("pages/about", slug="about")
    (blog.folder / "linkback" / "deliveries.jsonl").mkdir(parents=True)
    reads, ledger = [], Sending.ledger
    monkeypatch.setattr(Sending, "ledger", lambda self: reads.append(self) or ledger(self))
    build = blog.build()
    assert (build.read("one.html"), build.read("pages/about.html")) == ("0", "0")
    assert "article.linkbacks is empty" in build.problems[0]
    assert len(reads) == 1


@pytest.mark.parametrize("layer", ["reader", "generator"])
def test_pelicans_cache_is_not_in_the_way(blog, layer):
    theme(blog, "{{ feed_links() }}{% if article %}{{ article.linkbacks|length }}{% endif %}")
    cache = {
        "CACHE_CONTENT": True,
        "LOAD_CONTENT_CACHE": True,
        "CONTENT_CACHING_LAYER": layer,
        # Pelican 4.8 warns if this is True and the layer "generator", later ones if it is False.
        "WITH_FUTURE_DATES": PELICAN > (4, 8),
        "CACHE_PATH": str(blog.folder / "cache"),
    }
    first = blog.build(**cache).read("one.html")
    again = blog.build(**cache)
    assert again.read("one.html") == first
    assert again.problems == []


def test_a_feed_for_something_that_is_no_page_is_on_none(blog):
    from pelican_linkback.feeds import STOCK_FEEDS, SiteFeed

    class Pairs(SiteFeed):
        path = "pairs.xml"

        def objects(self, site):
            return [["no", "page"]]

    theme(blog, "{{ feed_links() }}")
    assert places(blog.build(LINKBACK_FEEDS=[*STOCK_FEEDS, Pairs]).read("index.html")) == [
        "all.atom.xml"
    ]


# A look for feeds


def test_feeds_have_a_look_on_request(blog):
    build = blog.build(LINKBACK_FEED_STYLE=True)
    for path in ("feeds/all.atom.xml", "feeds/tag/wood.rss.xml"):
        head = build.read(path).splitlines()[1]
        assert head.startswith(
            '<?xml-stylesheet href="https://me.example.io/linkback-feed.css" type="text/css"?>'
        )
        assert build.parse(path).entries
    assert ":root" in build.read("linkback-feed.css")
    own = blog.build(LINKBACK_FEED_STYLE="/theme/mine.css")
    assert '<?xml-stylesheet href="/theme/mine.css" type="text/css"?>' in own.read(
        "feeds/all.atom.xml"
    )
    assert "stylesheet" not in blog.build().read("feeds/all.atom.xml")

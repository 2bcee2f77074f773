"""LINKBACK_FEEDS_PAGE: a page for readers that lists the feeds, in the theme's look."""

from __future__ import annotations

import json
import re
from pathlib import Path

import html5lib
import pelican
import pytest
from pelican import signals

from pelican_linkback.feeds.articles.groups import InLanguage
from pelican_linkback.plugin.feeds.links import FeedLink
from pelican_linkback.plugin.feeds.page import contents
from pelican_linkback.plugin.feeds.page.contents import page_of
from pelican_linkback.settings.validators import page

PAGE = "feeds/index.html"
NOTMYIDEA = str(Path(pelican.__file__).parent / "themes" / "notmyidea")
WORDS = json.loads((Path(contents.__file__).parent / "words.json").read_text("utf-8"))


@pytest.fixture
def harbour(site):
    site.article("mast", category="Boats", tags="rope, wood", author="Ann Lee")
    site.article("bread", category="C & <Bread>", author="Bo Ek")
    site.settings |= {
        "SITENAME": "The Harbour",
        "FEED_RSS": "feeds/site.rss.xml",
        "TRANSLATION_FEED_ATOM": None,
        "TAG_FEED_ATOM": "feeds/tag/{slug}.atom.xml",
        "LINKBACK_FEEDS_PAGE": PAGE,
    }
    return site


def addresses(text):
    return re.findall(r"<code[^>]*>(.*?)</code>", text)


@pytest.mark.parametrize("theme", ["simple", NOTMYIDEA])
def test_it_lists_the_feeds_by_kind_in_the_theme(harbour, theme):
    build = harbour.build(THEME=theme)
    assert build.problems == []
    text = build.read(PAGE)
    headings = re.findall("<h2>(.*?)</h2>", text)
    first = headings.index("The whole site")
    assert headings[first + 1 : first + 4] == ["Categories", "Tags", "Authors"]
    assert re.findall("<dt[^>]*>(.*?)</dt>", text) == [
        "The Harbour",
        "Boats",
        "C &amp; &lt;Bread&gt;",
        "rope",
        "wood",
        "Ann Lee",
        "Bo Ek",
    ]
    found = addresses(text)
    home = "https://me.example.io/"
    assert {f"{home}feeds/site.rss.xml", f"{home}feeds/tag/rope.atom.xml"} <= set(found)
    assert all((build.output / url.removeprefix(home)).is_file() for url in found)
    assert len(found) == len(set(found)) == 10
    assert 'lang="en" dir="ltr"' in text
    assert re.search("<title>(The Harbour - Feeds|Feeds)</title>", text)  # the theme's


def test_what_did_not_change_is_not_written(harbour):
    first = harbour.build()
    before = (first.output / PAGE).stat()
    again = harbour.build()
    after = (again.output / PAGE).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert f'Unchanged: "{again.output / PAGE}"' in [r.getMessage() for r in again.records]
    harbour.article("new", category="News")
    assert "feeds/news.atom.xml" in harbour.build().read(PAGE)
    harbour.build(LINKBACK_FEEDS_PAGE="")
    assert not (again.output / PAGE).exists()


def test_a_theme_without_a_base_template_gets_a_page_that_stands_by_itself(harbour):
    theme = harbour.folder / "theme" / "templates"
    theme.mkdir(parents=True)
    (theme / "index.html").write_text("mine")
    build = harbour.build(THEME=str(theme.parent))
    assert build.problems == []
    text = build.read(PAGE)
    assert text.startswith("<!DOCTYPE html>")
    assert '<a href="https://me.example.io/">The Harbour</a>' in text
    assert '<link rel="alternate"' in text
    assert len(addresses(text)) == 10
    html5lib.HTMLParser(strict=True).parse(text)


@pytest.mark.parametrize(
    ("name", "template", "problem"),
    [
        ("page.html", "{{ nobody.knows.that }}", "page.html of the theme cannot be used for it"),
        ("page.html", "a page without what it is about", ""),
        ("linkback_feeds.html", "{% if %}", "linkback_feeds.html of the theme cannot be used"),
        ("linkback_feeds_list.html", "{{ 1 / 0 }}", "it cannot be written: ZeroDivisionError"),
    ],
)
def test_a_template_that_does_not_serve_costs_the_look(harbour, name, template, problem):
    templates = harbour.folder / "templates"
    templates.mkdir()
    harbour.build()
    before = (harbour.output / PAGE).read_bytes()
    (templates / name).write_text(template)
    build = harbour.build(THEME_TEMPLATES_OVERRIDES=[str(templates)])
    assert [each for each in build.problems if problem in each] == build.problems
    assert len(build.problems) == bool(problem)
    if "written" in problem:
        assert (build.output / PAGE).read_bytes() == before
    else:
        assert build.read(PAGE).startswith("<!DOCTYPE html>")
        assert len(addresses(build.read(PAGE))) == 10


def test_a_theme_makes_the_page_itself(harbour):
    templates = harbour.folder / "templates"
    templates.mkdir()
    (templates / "linkback_feeds.html").write_text(
        "{{ SITEURL }} {{ page.title }}, {{ page.url }}, {{ page.save_as }}"
        "{% for group in feeds_page.groups %}|{{ group.kind }}: {{ group.feeds[0].name }} "
        "{{ group.feeds[0].addresses[0].type }}{% endfor %}"
    )
    settings = {"THEME_TEMPLATES_OVERRIDES": [str(templates)], "RELATIVE_URLS": True}
    build = harbour.build(**settings, LINKBACK_FEED_STYLE=True)
    atom = "application/atom+xml"
    assert build.read(PAGE) == (
        f".. Feeds, feeds/, {PAGE}|site: The Harbour application/rss+xml"
        f"|category: Boats {atom}|tag: rope {atom}|author: Ann Lee {atom}"
    )


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            {"LINKBACK_FEEDS_PAGE": "mast.html"},
            "'mast.html': this is the article mast.md; give the page another path",
        ),
        (
            {"LINKBACK_FEEDS_PAGE": "about.html", "TEMPLATE_PAGES": {"about.md": "about.html"}},
            "'about.html': this is what TEMPLATE_PAGES makes of about.md; give the page another",
        ),
        (
            {"LINKBACK_FEEDS_PAGE": "all.html", "FEED_ALL_ATOM": "all.html"},
            "'all.html': this is a feed of the site; give the page another path",
        ),
    ],
)
def test_a_path_that_is_taken_is_named(harbour, settings, says):
    (harbour.content / "about.md").write_text("About.")
    build = harbour.build(IGNORE_FILES=["about.md"], **settings)
    (problem,) = [each for each in build.problems if "LINKBACK_FEEDS_PAGE" in each]
    assert says in problem
    assert "linkback-feeds" not in build.read(settings["LINKBACK_FEEDS_PAGE"])


def test_listeners_see_the_page_and_one_that_fails_is_named(harbour):
    seen = []

    def listens(path, context):
        seen.append(context["output_file"])
        if context["output_file"] == PAGE:
            text = Path(path).read_text("utf-8")
            Path(path).write_text(text + "<!-- seen -->", "utf-8")
            raise ValueError("enough")

    with signals.content_written.connected_to(listens):
        build = harbour.build()
        before = (build.output / PAGE).stat().st_mtime_ns
        assert build.read(PAGE).endswith("<!-- seen -->")
        assert "listens to content_written and fails: ValueError: enough" in build.problems[0]
        harbour.build()
    assert (build.output / PAGE).stat().st_mtime_ns == before
    assert seen.count(PAGE) == 2


def test_with_autodiscovery_its_head_has_the_links(harbour):
    build = harbour.build(LINKBACK_AUTODISCOVERY=True, FEED_JSON="feeds/site.json")
    assert '<link rel="alternate" type="application/feed+json"' in build.read(PAGE)


def test_subsites_have_their_own_in_their_language(harbour):
    harbour.article("bread", lang="en")
    harbour.article("mast", category="Boats", lang="en")
    (harbour.content / "mast-de.md").write_text(
        "Title: Mast\nSlug: mast\nLang: de\nDate: 2026-01-01\nCategory: Boats\n\nText.\n"
    )
    build = harbour.build(
        PLUGINS=["i18n_subsites", "pelican_linkback"],
        I18N_SUBSITES={"de": {}},
        JINJA_ENVIRONMENT={"extensions": ["jinja2.ext.i18n"]},
    )
    assert "https://me.example.io/feeds/boats.atom.xml" in addresses(build.read(PAGE))
    german = build.read(f"de/{PAGE}")
    assert "https://me.example.io/de/feeds/boats.atom.xml" in addresses(german)
    assert "<h2>Kategorien</h2>" in german


# The contents by themselves


def feed(path, title="T", kind="application/atom+xml", href=""):
    form = "Atom" if kind == "application/atom+xml" else ""
    url = href or f"https://x.example/{path}"
    return FeedLink(href=url, type=kind, title=title, path=path, format=form)


class Category(str):
    __slots__ = ()


class Tag:
    def __str__(self):
        return "rope"


def test_kinds_and_names():
    feeds = [
        ("de", feed("de.xml")),
        (InLanguage(Tag(), "de"), feed("tag.xml")),
        (3, feed("three.xml", "Three", "text/x-strange")),
        (None, feed("all.xml", href="all.xml")),
    ]
    found = page_of(feeds, "..", "en")
    listed = [
        (g.kind, each.name, a.url, a.format)
        for g in found.groups
        for each in g.feeds
        for a in each.addresses
    ]
    assert listed == [
        ("site", "T (de)", "https://x.example/de.xml", "Atom"),
        ("site", "T", "../all.xml", "Atom"),
        ("tag", "rope (de)", "https://x.example/tag.xml", "Atom"),
        ("other", "Three", "https://x.example/three.xml", "text/x-strange"),
    ]


@pytest.mark.parametrize(
    ("language", "spoken", "direction"),
    [
        ("en", "en", "ltr"),
        ("de_AT", "de", "ltr"),
        ("he", "he", "rtl"),
        ("zh-TW", "zh-Hant", "ltr"),
        ("zh_CN", "zh", "ltr"),
        ("sv", "en", "ltr"),
        ("", "en", "ltr"),
        ("english", "en", "ltr"),
    ],
)
def test_the_language_of_the_page(language, spoken, direction):
    found = page_of([], "", language)
    assert (found.language, found.direction) == (spoken, direction)
    assert found.title == WORDS[spoken]["title"]


def test_it_speaks_the_languages_of_the_style_sheet():
    sheet = Path(contents.__file__).parents[3] / "feeds" / "feed.css"
    spoken = re.findall(r":root:lang\(([\w-]+)\)[^{]*::before \{", sheet.read_text("utf-8"))
    assert set(WORDS) == {"en", *spoken}
    assert {frozenset(words) for words in WORDS.values()} == {
        frozenset({"title", "intro", *contents.KINDS})
    }


@pytest.mark.parametrize("value", ["", "feeds.html", "a/b/index.htm", "über uns/feeds.html"])
def test_paths_of_pages(value):
    assert page(value) == value


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        "feeds",
        "/feeds.html",
        "../x.html",
        "a/../x.html",
        "a//b.html",
        "c:\\x.html",
        "./a.html",
        ".html",
    ],
)
def test_what_is_no_path_of_a_page(value):
    with pytest.raises(ValueError, match="takes the path of a page"):
        page(value)

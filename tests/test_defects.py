"""What Pelican's own feeds get wrong, by number: there without the plugin, gone with it.

Each test builds a tiny site with the real Pelican, first as it is, then with the plugin. The
first build shows the defect, so that the test can fail.
"""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET

import feedparser
import pytest
from feedgenerator.django.utils.xmlutils import UnserializableContentError
from pelican import writers
from pelican.settings import DEFAULT_CONFIG

ATOM = "{http://www.w3.org/2005/Atom}"

RSS_AND_ATOM = {
    f"{kind}_{form}": f"feeds/{kind.lower()}/{name}.{form.lower()}"
    for form in ("ATOM", "RSS")
    for kind, name in (
        ("FEED_ALL", "all"),
        ("CATEGORY_FEED", "{slug}"),
        ("AUTHOR_FEED", "{slug}"),
        ("TAG_FEED", "{slug}"),
    )
}
OVERWRITES = getattr(writers, "FileOverwriteFailedError", RuntimeError)  # the latter before 4.12
ALL = "feeds/feed_all/all.atom"
ALL_RSS = "feeds/feed_all/all.rss"


def category(slug, form="atom"):
    return f"feeds/category_feed/{slug}.{form}"


@pytest.fixture
def blog(site):
    """A site with one article in one category, and feeds that do not collide."""
    site.settings |= RSS_AND_ATOM
    site.article("one", category="Boats", tags="wood")
    return site


def both(blog, **settings):
    """Build without the plugin and with it; Pelican's build goes to a folder of its own."""
    stock = blog.build_without_plugin(OUTPUT_PATH=str(blog.folder / "stock"), **settings)
    stock.output = blog.folder / "stock"
    return stock, blog.build(**settings)


def parse(build, path):
    return feedparser.parse((build.output / path).read_bytes())


def ids(build, path=ALL):
    return {entry.link: entry.id for entry in parse(build, path).entries}


def test_p1_each_feed_has_an_id_and_an_alternate_link_of_its_own(blog):
    stock, ours = both(blog)
    paths = [ALL, category("boats"), "feeds/author_feed/ann-lee.atom", "feeds/tag_feed/wood.atom"]
    assert len({parse(stock, path).feed.id for path in paths}) == 1
    assert len({parse(ours, path).feed.id for path in paths}) == len(paths)
    assert parse(stock, category("boats")).feed.link == "https://me.example.io/"
    assert [
        parse(ours, path).feed.link.removeprefix("https://me.example.io/") for path in paths
    ] == [
        "",
        "category/boats.html",
        "author/ann-lee.html",
        "tag/wood.html",
    ]


def test_p2_an_rss_guid_says_that_it_is_no_permalink(blog):
    stock, ours = both(blog)
    assert "<guid>tag:" in stock.read(ALL_RSS)
    assert '<guid isPermaLink="false">tag:' in ours.read(ALL_RSS)


def test_p3_a_category_called_all_does_not_abort_the_build(site):
    site.article("one", category="All")
    with pytest.raises(OVERWRITES):
        site.build_without_plugin()
    build = site.build()
    assert "CATEGORY_FEED_ATOM" in build.problems[0]
    assert "FEED_ALL_ATOM" in build.problems[0]
    assert build.parse("feeds/all.atom.xml").feed.title == "A Site"


def test_p4_an_author_and_a_category_with_one_slug_do_not_abort_the_build(site):
    site.article("one", category="Ann Lee")
    with pytest.raises(OVERWRITES):
        site.build_without_plugin()
    build = site.build()
    assert "AtomAuthorFeed for 'Ann Lee': is not written" in build.problems[0]
    assert "AtomCategoryFeed for 'Ann Lee'" in build.problems[0]
    assert build.parse("feeds/ann-lee.atom.xml").feed.link.endswith("/category/ann-lee.html")
    assert build.parse("feeds/ann-lee.rss.xml")


def test_p5_a_control_character_does_not_abort_the_build(blog):
    blog.article("esc", "$ ls\x1b[0m --color", category="Boats")
    with pytest.raises(UnserializableContentError):
        blog.build_without_plugin(OUTPUT_PATH=str(blog.folder / "stock"))
    build = blog.build()
    assert "$ ls[0m --color" in build.parse(ALL).entries[0].content[0].value
    (problem,) = build.problems
    assert problem.startswith("esc.md ")
    assert "control characters" in problem


def test_p6_a_non_character_does_not_make_ill_formed_xml(blog):
    blog.article("fffe", "a\ufffeb", category="Boats")
    stock, ours = both(blog)
    with pytest.raises(ET.ParseError):
        ET.parse(stock.output / ALL)
    assert "ab" in ours.parse(ALL).entries[0].content[0].value
    assert "fffe.md" in ours.problems[0]


def test_p7_nobody_is_no_author(blog):
    stock, ours = both(blog, AUTHOR="")
    assert "<name/>" in stock.read(ALL) or "<name></name>" in stock.read(ALL)
    assert (stock.output / "feeds/author_feed/.atom").exists()
    entry = ET.parse(ours.output / ALL).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}author") is None
    assert ET.parse(ours.output / ALL).findtext(f"{ATOM}author/{ATOM}name") == "A Site"
    assert not (ours.output / "feeds/author_feed/.atom").exists()


def test_p8_every_author_is_named_also_in_a_co_authors_feed(blog):
    blog.article("two", authors="Ann Lee, Bo Ek", category="Boats")
    stock, ours = both(blog)
    path = "feeds/author_feed/bo-ek.atom"
    assert [a.name for a in parse(stock, path).entries[0].authors] == ["Ann Lee"]
    assert [a.name for a in ours.parse(path).entries[0].authors] == ["Ann Lee", "Bo Ek"]
    assert re.findall("<dc:creator[^>]*>([^<]*)<", ours.read(path.replace("atom", "rss"))) == [
        "Ann Lee",
        "Bo Ek",
    ]


def test_p9_tags_that_share_a_slug_show_an_article_once(blog):
    blog.article("two", tags="C++, C#", category="Boats")
    stock, ours = both(blog)
    assert len(parse(stock, "feeds/tag_feed/c.atom").entries) == 2
    assert len(ours.parse("feeds/tag_feed/c.atom").entries) == 1
    (problem,) = ours.problems
    assert "C# and C++ share the slug 'c'" in problem
    assert "TAG_REGEX_SUBSTITUTIONS" in problem


CHANGES = {
    "date": {"date": "2020-02-02"},
    "slug": {"slug": "renamed"},
}
SETTINGS = {
    "path pattern": {
        "ARTICLE_URL": "{date:%Y}/{slug}/",
        "ARTICLE_SAVE_AS": "{date:%Y}/{slug}/index.html",
    },
    "domain": {"SITEURL": "https://new.example.io"},
}


@pytest.mark.parametrize("change", [*CHANGES, *SETTINGS])
def test_p10_an_id_survives_changes(blog, change):
    stock, ours = both(blog)
    assert set(ids(stock).values()) == set(ids(ours).values()), "turned on: nothing changes"
    blog.article("one", category="Boats", **CHANGES.get(change, {}))
    stock_after, ours_after = both(blog, **SETTINGS.get(change, {}))
    assert set(ids(stock_after).values()) != {"tag:me.example.io,2026-01-01:/one.html"}
    assert set(ids(ours_after).values()) == {"tag:me.example.io,2026-01-01:/one.html"}
    assert ids(ours_after, ALL_RSS) == ids(ours_after)


def test_p11_urls_with_a_query_have_ids_and_links_of_their_own(blog):
    blog.article("two", category="Boats")
    query = {"ARTICLE_URL": "?p={slug}", "ARTICLE_SAVE_AS": "{slug}.html", "FEED_APPEND_REF": True}
    stock, ours = both(blog, **query)
    assert set(ids(stock).values()) == {"tag:me.example.io,2026-01-01:/"}
    if "FEED_APPEND_REF" in DEFAULT_CONFIG:  # from Pelican 4.9 on
        assert "https://me.example.io/?p=one?ref=feed" in ids(stock)
    assert ids(ours) == {
        f"https://me.example.io/?p={name}&ref=feed": f"tag:me.example.io,2026-01-01:/?p={name}"
        for name in ("one", "two")
    }


def test_p12_unicode_slugs_and_hosts_are_valid_uris(blog):
    blog.article("two", category="Boats", slug="maré")
    stock, ours = both(blog, SITEURL="https://bücher.example.io")
    assert any("maré" in id_ for id_ in ids(stock).values())
    assert any("b%C3%BCcher" in link for link in ids(stock))
    assert ids(ours)["https://xn--bcher-kva.example.io/mar%C3%A9.html"] == (
        "tag:xn--bcher-kva.example.io,2026-01-01:/mar%C3%A9.html"
    )


def test_p13_an_empty_siteurl_has_ids_all_the_same(blog):
    stock, ours = both(blog, SITEURL="")
    assert "tag:None," in stock.read(ALL)
    assert "<id>/</id>" in stock.read(ALL)
    assert "None" not in ours.read(ALL)
    assert "<id>/</id>" not in ours.read(ALL)
    assert "SITEURL is empty, so their links are relative" in " ".join(ours.printed.split())
    assert not (blog.folder / "linkback").exists()


def test_p14_no_feed_domain_does_not_crash(blog):
    with pytest.raises(AttributeError):
        blog.build_without_plugin(OUTPUT_PATH=str(blog.folder / "stock"), FEED_DOMAIN=None)
    assert blog.build(FEED_DOMAIN=None).parse(ALL).feed.id == f"https://me.example.io/{ALL}"


def test_p15_the_newest_post_reaches_the_feed(blog):
    blog.article("two", category="Boats", date="2026-02-01")
    stock, ours = both(blog, ARTICLE_ORDER_BY="title", FEED_MAX_ITEMS=1)
    assert list(ids(stock)) == ["https://me.example.io/one.html"]
    assert list(ids(ours)) == ["https://me.example.io/two.html"]


def test_p16_titles_survive_links_are_absolute_and_scripts_stay_out(blog):
    blog.article(
        "two",
        '<a href="/x">x</a> <img src="y.png" srcset="z.png 2x"> <video poster="p.png"></video>'
        "<script>alert(1)</script>",
        title="Why vector<int>",
        category="Boats",
        date="2026-02-01",
    )
    stock, ours = both(blog)
    assert parse(stock, ALL).entries[0].title == "Why vector"
    entry = ours.parse(ALL).entries[0]
    assert entry.title_detail.value == "Why vector<int>"
    assert ours.parse(ALL_RSS).entries[0].title == "Why vector<int>"
    before, after = (
        ET.parse(build.output / ALL).findtext(f"{ATOM}entry/{ATOM}content")
        for build in (stock, ours)
    )
    for attribute in ("href", "src", "srcset", "poster"):
        assert f'{attribute}="https://me.example.io/' not in before
        assert f'{attribute}="https://me.example.io/' in after
    assert "script" in stock.read(ALL)
    assert "script" not in ours.read(ALL)


def test_p17_feeds_and_entries_say_their_language_and_translations_have_feeds(blog):
    (blog.content / "eins.md").write_text(
        "Title: Eins\nSlug: one\nLang: de\nDate: 2026-01-02\nCategory: Boats\n\nEins.\n"
    )
    by_language = {"CATEGORY_FEED_ATOM": "feeds/category_feed/{slug}.{lang}.atom"}
    stock = blog.build_without_plugin(OUTPUT_PATH=str(blog.folder / "stock"))
    assert "lang" not in (blog.folder / "stock" / ALL).read_text()
    assert stock
    plain = blog.build()
    assert plain.parse(ALL).feed.language == "en"
    entries = ET.parse(plain.output / ALL).findall(f"{ATOM}entry")
    assert [e.get("{http://www.w3.org/XML/1998/namespace}lang") for e in entries] == ["de", None]
    assert plain.parse(ALL_RSS).feed.language == "en"
    assert list(ids(plain, category("boats"))) == ["https://me.example.io/one.html"]
    ours = blog.build(**by_language)
    assert list(ids(ours, category("boats.de"))) == ["https://me.example.io/one-de.html"]
    assert list(ids(ours, category("boats.en"))) == ["https://me.example.io/one.html"]
    assert ours.parse(category("boats.de")).feed.language == "de"


def test_p18_an_empty_feed_is_as_old_as_the_site(site):
    site.settings["FEED_ALL_ATOM"] = ALL
    stock, ours = both(site)
    assert not parse(stock, ALL).feed.updated.startswith(("1970", "2026-01"))
    assert ours.parse(ALL).feed.updated == "1970-01-01T00:00:00+00:00"
    site.article("one")
    assert ours != site.build(FEED_MAX_ITEMS=0)
    assert site.build(FEED_MAX_ITEMS=0).parse(ALL).feed.updated == "2026-01-01T10:00:00+00:00"


def test_p19_a_retracted_article_does_not_stay_in_a_feed_that_is_gone(blog):
    blog.article("secret", "Secret text.", category="Secret", tags="secret")
    both(blog)
    blog.article("secret", "Secret text.", category="Secret", tags="secret", status="draft")
    stock, ours = both(blog)
    assert "Secret text" in stock.read(category("secret"))
    assert not any(
        "Secret text" in path.read_text() for path in (ours.output / "feeds").rglob("*.*")
    )
    assert not (ours.output / category("secret")).exists()
    assert (ours.output / category("boats")).exists()


def test_p20_an_unchanged_feed_is_not_written_again(blog):
    stock, ours = both(blog)
    paths = [build.output / ALL for build in (stock, ours)]
    for path in paths:
        os.utime(path, (1, 1))
    both(blog)
    assert [path.stat().st_mtime == 1 for path in paths] == [False, True]


def test_p22_a_future_dated_post_waits_for_its_date(blog):
    blog.article("later", category="Boats", date="2999-01-01")
    stock, ours = both(blog)
    later = "https://me.example.io/later.html"
    assert later in ids(stock)
    assert later not in ids(ours)
    assert later in ids(blog.build(LINKBACK_FUTURE=True))


def test_p24_relative_urls_do_not_leak_into_summaries(blog):
    blog.article("two", "See [one]({filename}one.md).", category="Boats", date="2026-02-01")
    settings = {
        "RELATIVE_URLS": True,
        "ARTICLE_SAVE_AS": "a/b/{slug}.html",
        "ARTICLE_URL": "a/b/{slug}.html",
        "SUMMARY_MAX_LENGTH": 2,
    }
    blog.settings |= settings
    _, ours = both(blog)
    for path in (ALL, ALL_RSS):
        text = ours.read(path)
        assert "../" not in text
        assert "https://me.example.io/a/b/one.html" in text

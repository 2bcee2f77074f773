"""A real Pelican build: the plugin owns every stock feed."""

import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds import (
    STOCK_FEEDS,
    ArticleFeed,
    Atom1Feed,
    AtomCategoryFeed,
    AtomSiteFeed,
)
from pelican_linkback.plugin.feeds.stage import FeedStage
from pelican_linkback.plugin.messages import MessageBuffer

ALL_FEEDS = {
    f"{kind}_{form}": f"feeds/{folder}{name}.{form.lower()}.xml"
    for form in ("ATOM", "RSS")
    for kind, folder, name in (
        ("FEED", "", "site"),
        ("FEED_ALL", "", "all"),
        ("CATEGORY_FEED", "category/", "{slug}"),
        ("AUTHOR_FEED", "author/", "{slug}"),
        ("TAG_FEED", "tag/", "{slug}"),
        ("TRANSLATION_FEED", "lang/", "{lang}"),
    )
}


@pytest.fixture
def blog(site):
    site.settings |= ALL_FEEDS
    site.article("one", "First.", category="Boats", authors="Ann Lee, Bo Ek", tags="wood")
    site.article("two", "Second.", category="Bread", author="Bo Ek", date="2026-02-01")
    site.article("three", "Third.", category="Boats", date="2026-03-01", tags="wood, rope")
    site.article("draft", category="Boats", status="draft")
    site.article("hidden", category="Boats", status="hidden")
    (site.content / "zwei.md").write_text(
        "Title: Zwei\nSlug: two\nLang: de\nDate: 2026-02-01\nCategory: Bread\n\nZweitens.\n"
    )
    return site


def slugs(feed):
    return [entry.link.rpartition("/")[2].removesuffix(".html") for entry in feed.entries]


@pytest.mark.parametrize("form", ["atom", "rss"])
@pytest.mark.parametrize(
    ("path", "title", "expected"),
    [
        ("site", "A Site", ["three", "two", "one"]),
        ("all", "A Site", ["three", "two", "two-de", "one"]),
        ("category/boats", "A Site - Boats", ["three", "one"]),
        ("category/bread", "A Site - Bread", ["two"]),
        ("author/ann-lee", "A Site - Ann Lee", ["three", "one"]),
        ("author/bo-ek", "A Site - Bo Ek", ["two", "one"]),
        ("tag/wood", "A Site - wood", ["three", "one"]),
        ("tag/rope", "A Site - rope", ["three"]),
        ("lang/en", "A Site", ["three", "two", "one"]),
        ("lang/de", "A Site", ["two-de"]),
    ],
)
def test_each_stock_feed_holds_its_published_articles(blog, path, title, expected, form):
    feed = blog.build().parse(f"feeds/{path}.{form}.xml")
    assert sorted(slugs(feed)) == sorted(expected)
    assert feed.feed.title == title


def test_pelicans_own_feeds_are_not_written_too(blog):
    build = blog.build(FEED_ATOM="feeds/site.atom.xml")
    assert not any(
        r.name.startswith("pelican.writers") and "feeds/" in r.getMessage() for r in build.records
    )


def test_themes_see_the_settings_and_the_signals_are_sent(blog):
    from pelican import signals

    seen = []

    def generated(context, feed):
        seen.append((context["CATEGORY_FEED_ATOM"], feed.feed["title"]))

    def written(path, context, feed):
        seen.append(path.rpartition("/output/")[2])

    signals.feed_generated.connect(generated)
    signals.feed_written.connect(written)
    (blog.folder / "theme" / "templates").mkdir(parents=True)
    (blog.folder / "theme" / "templates" / "index.html").write_text("{{ CATEGORY_FEED_ATOM }}")
    build = blog.build(THEME_TEMPLATES_OVERRIDES=[str(blog.folder / "theme" / "templates")])
    assert build.read("index.html") == "feeds/category/{slug}.atom.xml"
    assert seen[:2] == [("feeds/category/{slug}.atom.xml", "A Site"), "feeds/site.atom.xml"]
    assert len(seen) == 2 * len(list((build.output / "feeds").rglob("*.xml")))


def test_where_a_feed_is_and_what_it_calls_itself(blog):
    build = blog.build(
        CATEGORY_FEED_ATOM="feeds/{slug}/index.xml",
        CATEGORY_FEED_ATOM_URL="feeds/{slug}/",
        FEED_DOMAIN="https://feeds.example.io",
    )
    feed = build.parse("feeds/boats/index.xml").feed
    assert feed.id == "https://feeds.example.io/feeds/boats/"
    assert {link.rel: link.href for link in feed.links} == {
        "self": "https://feeds.example.io/feeds/boats/",
        "alternate": "https://me.example.io/category/boats.html",
    }


def test_rss_carries_summaries_or_all(blog):
    blog.article("long", "word " * 100, category="Long")
    summary_only = blog.build().parse("feeds/category/long.rss.xml").entries[0]
    assert "content" not in summary_only
    assert summary_only.summary.endswith("…</p>")
    assert len(summary_only.summary) < 300
    both = blog.build(RSS_FEED_SUMMARY_ONLY=False).parse("feeds/category/long.rss.xml").entries[0]
    assert both.summary == summary_only.summary
    assert both.content[0].value == f"<p>{'word ' * 100}</p>"
    atom = blog.build().parse("feeds/category/long.atom.xml").entries[0]
    assert (atom.summary, atom.content[0].value) == (both.summary, both.content[0].value)


def test_a_summary_that_says_it_all_is_said_once(blog):
    build = blog.build(RSS_FEED_SUMMARY_ONLY=False)
    atom = build.read("feeds/category/bread.atom.xml")
    assert atom.count("Second.") == 1
    assert build.read("feeds/category/bread.rss.xml").count("Second.") == 1


def test_the_newest_reach_a_short_feed_whatever_the_order_of_pages(blog):
    build = blog.build(FEED_MAX_ITEMS=1, ARTICLE_ORDER_BY="title")
    assert slugs(build.parse("feeds/site.atom.xml")) == ["three"]


def test_the_default_of_an_old_pelican_is_no_limit(blog):
    ours = blog.build(FEED_MAX_ITEMS=None).read("feeds/site.atom.xml")
    assert blog.build(FEED_MAX_ITEMS="").read("feeds/site.atom.xml") == ours


def test_relative_urls_do_not_leak_into_summaries(blog):
    blog.article("linked", "See [one]({filename}one.md).", category="Linked")
    build = blog.build(RELATIVE_URLS=True)
    entry = build.parse("feeds/category/linked.atom.xml").entries[0]
    assert 'href="https://me.example.io/one.html"' in entry.content[0].value


def test_feed_append_ref_marks_the_link_and_not_the_id(blog):
    entry = blog.build(FEED_APPEND_REF=True).parse("feeds/tag/rope.atom.xml").entries[0]
    assert entry.link == "https://me.example.io/three.html?ref=feed"
    assert entry.id == "tag:me.example.io,2026-03-01:/three.html"


def test_an_unchanged_feed_is_not_written_again(blog):
    first = blog.build()
    stamps = {path: path.stat().st_mtime_ns for path in (first.output / "feeds").rglob("*.xml")}
    again = blog.build()
    assert f"Feeds: 0 written, {len(stamps)} unchanged" in again.printed
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items())


def test_a_generator_class_that_cannot_say_its_format_costs_its_feeds_and_one_message(blog):
    from pelican_linkback.feeds import SiteFeed, TagFeed
    from pelican_linkback.feeds.formats.atom import Atom1Feed

    class Unsaid(type):
        @property
        def label(cls):
            raise ValueError("no label")

    class Odd(Atom1Feed, metaclass=Unsaid):
        pass

    class OddTags(TagFeed):
        feed_type = Odd
        path = "odd/{slug}.xml"

    build = blog.build(LINKBACK_FEEDS=[SiteFeed, OddTags], FEED_RSS="feeds/site.xml")
    (problem,) = build.problems
    assert problem.startswith("Feed OddTags for ")
    assert re.search(r": ValueError: no label \(and [1-9] more in [\w.<>]+\.Odd\)$", problem)
    assert build.parse("feeds/site.xml").entries


def test_two_feeds_for_one_path_cost_one_of_them_and_not_the_site(blog):
    build = blog.build(
        CATEGORY_FEED_ATOM="feeds/tag/wood.atom.xml", TAG_FEED_ATOM="feeds/tag/{slug}.atom.xml"
    )
    bread, wood = build.problems
    assert "AtomCategoryFeed for 'Bread': is not written" in bread
    assert "feeds/tag/wood.atom.xml belongs to AtomCategoryFeed for 'Boats'" in wood
    assert "give TAG_FEED_ATOM a path" in wood
    assert (build.output / "index.html").exists()


def test_with_debug_a_broken_feed_shows_its_traceback(blog):
    from pelican_linkback.feeds import AtomSiteFeed

    broken = type("Broken", (AtomSiteFeed,), {"item_title": lambda _, item: 1 / 0})
    (record,) = [
        r for r in blog.build(LINKBACK_FEEDS=[broken], DEBUG=True).records if r.levelno > 30
    ]
    assert record.exc_info[0] is ZeroDivisionError


def test_with_quiet_nothing_is_said(blog):
    import logging

    logging.getLogger("pelican_linkback").setLevel(logging.CRITICAL)
    try:
        assert "Feeds" not in blog.build().printed
    finally:
        logging.getLogger("pelican_linkback").setLevel(logging.NOTSET)


def test_a_feed_never_takes_the_place_of_a_page(blog):
    build = blog.build(FEED_ATOM="index.html")
    assert "index.html is a page of the site" in build.problems[0]
    assert "<feed" not in build.read("index.html")


def test_one_broken_feed_class_costs_that_feed(blog):
    from pelican_linkback.feeds import STOCK_FEEDS, AtomSiteFeed

    class Broken(AtomSiteFeed):
        path = "broken.xml"

        def item_title(self, article):
            return article.no_such_thing

    build = blog.build(LINKBACK_FEEDS=[*STOCK_FEEDS, Broken, "no.such.Feed"])
    assert [problem.split(":")[0] for problem in build.problems] == [
        "Feed no.such.Feed",
        "Feed Broken",
    ]
    assert "no_such_thing" in build.problems[1]
    assert build.problems[1].endswith(", in item_title of 'three.md'")
    assert not (build.output / "broken.xml").exists()
    assert (build.output / "feeds" / "site.atom.xml").exists()


def test_an_author_without_a_name_is_no_author(blog):
    build = blog.build(AUTHOR="")
    assert not (build.output / "feeds" / "author" / ".atom.xml").exists()
    assert "<author>" not in build.read("feeds/tag/rope.atom.xml").partition("<entry>")[2]


@pytest.mark.parametrize(
    ("aspects", "says"),
    [
        ({"__init__": lambda _: 1 / 0}, "Broken: ZeroDivisionError"),
        ({"path": property(lambda self: self.gone)}, "Broken: .*AttributeError"),
        ({"feed_type": "Atom1Feed"}, "Broken: feed_type is 'Atom1Feed'"),
        ({"path": "b.xml", "feed_type": lambda _: 1 / 0}, "Broken: ZeroDivisionError.* feed_type"),
        ({"objects": lambda _: 1 / 0}, "Broken: ZeroDivisionError.* objects"),
    ],
    ids=["constructor", "path", "feed_type", "feed_type()", "objects"],
)
def test_wherever_a_feed_class_breaks_it_costs_that_feed(blog, aspects, says):
    broken = type("Broken", (AtomSiteFeed,), aspects)
    build = blog.build(LINKBACK_FEEDS=[broken, *STOCK_FEEDS])
    (problem,) = build.problems
    assert re.search(says, problem)
    assert (build.output / "feeds" / "site.atom.xml").exists()


class LinksToNowhere(SyndicationFeed):
    archive_links = 7


class Forgetful(Atom1Feed):
    def write(self, outfile, encoding):
        super().write(outfile, encoding)
        self.feed = None


class Loud(Atom1Feed):
    def write(self, outfile, encoding):
        super().write(outfile, encoding)
        self.feed["hubs"] = map(int, ["no number"])
        self.feed["feed_url"] = 7


@pytest.mark.parametrize("generator", [LinksToNowhere, Forgetful])
def test_wherever_a_format_breaks_it_costs_its_feeds(blog, generator):
    broken = type("Broken", (AtomCategoryFeed,), {"feed_type": generator, "path": "b/{slug}.xml"})
    build = blog.build(LINKBACK_FEEDS=[broken, *STOCK_FEEDS])
    assert len(build.problems) in {1, 2}
    assert all(re.search("Broken for 'B.*Error", problem) for problem in build.problems)
    assert (build.output / "feeds" / "site.atom.xml").exists()


def test_a_feed_that_changes_its_address_as_it_is_written_names_no_hub(blog):
    loud = type("Loud", (AtomSiteFeed,), {"feed_type": Loud, "path": "loud.xml"})
    assert blog.build(LINKBACK_FEEDS=[loud]).problems == []


def test_what_sets_a_path_is_named_though_it_cannot_be_asked(blog):
    aspects = {"path_source": lambda *_: 1 / 0, "path": "feeds/site.atom.xml"}
    nameless = type("Nameless", (AtomSiteFeed,), aspects)
    (problem,) = blog.build(LINKBACK_FEEDS=[*STOCK_FEEDS, nameless]).problems
    assert "give Nameless.path a path that differs from FEED_ATOM's" in problem


SETTINGS = """
import sys
sys.path.insert(0, {folder!r})
from pelican_linkback.feeds import STOCK_FEEDS, ArticleFeed, CategoryFeed

class MyFeed(ArticleFeed):
    path = "mine.xml"
    def items(self):
        return self.site.articles{more}

class OneAuthorsCategories(CategoryFeed):
    path = "x/{{slug}}.xml"

SITENAME, SITEURL, TIMEZONE, THEME = "A Site", "https://me.example.io", "UTC", "simple"
PLUGINS, LINKBACK_SEND = ["pelican_linkback"], False
LINKBACK_FEEDS = [*STOCK_FEEDS, MyFeed, "myfeeds.Theirs", OneAuthorsCategories]
CATEGORY_FEED_ATOM = "feeds/{{slug}}.atom.xml"
"""


def command(blog, more="", theirs="theirs/{slug}.xml"):
    """Run the real command, errors fatal, on a pelicanconf.py that declares feeds."""
    conf = blog.folder / "pelicanconf.py"
    conf.write_text(SETTINGS.format(folder=str(blog.folder), more=more))
    (blog.folder / "myfeeds.py").write_text(
        "from pelican_linkback.feeds import CategoryFeed\n"
        f"class Theirs(CategoryFeed):\n    path = {theirs!r}\n"
    )
    arguments = [blog.content, "-o", blog.output, "-s", conf, "--fatal", "errors"]
    return subprocess.run(
        [sys.executable, "-m", "pelican", *map(str, arguments)],
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"COLUMNS": "1000"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_classes_and_names_stand_beside_the_stock_feeds_in_pelicanconf(blog):
    done = command(blog)
    assert done.returncode == 0, done.stdout + done.stderr
    for path in ("mine.xml", "theirs/boats.xml", "x/boats.xml", "feeds/boats.atom.xml"):
        assert (blog.output / path).exists()


def test_a_broken_feed_class_stops_the_build_where_errors_are_fatal(blog):
    done = command(blog, more="[0].no_such_thing")
    assert done.returncode != 0
    assert "Feed MyFeed: AttributeError" in done.stdout + done.stderr
    assert "in items of the site" in done.stdout + done.stderr


def test_two_authors_of_one_path_are_reported_of_each_other(blog):
    done = command(blog, theirs="x/{slug}.xml")
    assert done.returncode != 0
    said = " ".join((done.stdout + done.stderr).split())
    assert "Feed OneAuthorsCategories for 'Boats': is not written, because x/boats.xml" in said
    assert "belongs to Theirs for 'Boats'; give OneAuthorsCategories.path a path that" in said
    assert "(and 1 more like it)" in said


@pytest.mark.parametrize("emptied", [False, True])
def test_a_rebuild_in_another_zone_and_locale_writes_nothing(blog, emptied, monkeypatch):
    import time

    blog.settings["DELETE_OUTPUT_DIRECTORY"] = emptied
    del blog.settings["TIMEZONE"]
    first = blog.build()
    before = {
        p: (p.stat().st_mtime_ns, p.read_bytes()) for p in (first.output / "feeds").rglob("*.xml")
    }
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        again = blog.build(LOCALE=["C.UTF-8"])
    finally:
        monkeypatch.undo()
        time.tzset()
    assert f"Feeds: 0 written, {len(before)} unchanged" in again.printed
    assert before == {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in before}


def test_a_removed_category_takes_its_feeds_with_it(blog):
    build = blog.build()
    assert (build.output / "feeds" / "category" / "bread.rss.xml").exists()
    for path in [blog.content / "two.md", blog.content / "zwei.md"]:
        path.unlink()
    build = blog.build()
    assert sorted(p.name for p in (build.output / "feeds" / "category").iterdir()) == [
        "boats.atom.xml",
        "boats.rss.xml",
    ]


def test_people_are_described_by_the_settings_or_the_metadata(blog):
    blog.article("four", author="Bo Ek", category="Boats", author_url="/bo/")
    build = blog.build(LINKBACK_AUTHORS={"Ann Lee": {"email": "ann@me.example.io"}})
    # Not by feedparser, which gives the first author's address to the others too.
    text = build.read("feeds/category/boats.atom.xml")
    one, four = text.partition("<title>one")[2], text.partition("<title>four")[2]
    assert (
        "<author><name>Ann Lee</name><email>ann@me.example.io</email></author>"
        "<author><name>Bo Ek</name></author>"
    ) in one
    assert "<author><name>Bo Ek</name><uri>https://me.example.io/bo/</uri></author>" in four


def test_ids_that_cannot_be_read_keep_the_feeds_as_they_are(blog):
    blog.build()
    path = blog.folder / "linkback" / "ids.jsonl"
    path.unlink()
    path.mkdir()
    (blog.output / "feeds" / "site.atom.xml").write_text("as it was")
    build = blog.build()
    assert "Feeds: none written" in build.printed
    assert "their ids cannot be read" in build.problems[0]
    assert build.read("feeds/site.atom.xml") == "as it was"


def test_a_damaged_line_of_the_ids_is_reported(blog):
    blog.build()
    path = blog.folder / "linkback" / "ids.jsonl"
    before = path.read_text()
    path.write_text("garbage\n" + before)
    build = blog.build()
    assert "line 1 is not used" in build.problems[0]
    assert path.read_text() == "garbage\n" + before


def test_an_id_may_be_given_in_the_metadata(blog):
    blog.article("own", category="Own", feed_id="urn:x:own")
    blog.article("bad", category="Own", feed_id="not a uri")
    build = blog.build()
    found = {e.title: e.id for e in build.parse("feeds/category/own.atom.xml").entries}
    assert found == {"own": "urn:x:own", "bad": "tag:me.example.io,2026-01-01:/bad.html"}
    (problem,) = build.problems
    assert problem.startswith("bad.md: Feed_ID: 'not a uri' is not a URI; write one such as tag:")


def test_nothing_is_remembered_while_writing(blog):
    blog.build(SITEURL="")
    assert not (blog.folder / "linkback").exists()


def test_a_site_that_pelican_published_before_is_continued(blog):
    from tests.conftest import ids_of

    stock = blog.build_without_plugin(OUTPUT_PATH=str(blog.folder / "stock"))
    stock.output = blog.folder / "stock"
    first = blog.build()
    paths = [p.relative_to(stock.output) for p in (stock.output / "feeds").rglob("*.xml")]
    assert len(paths) == 20
    for path in paths:
        assert sorted(ids_of(stock, path)) == sorted(ids_of(first, path)), path
    before = sorted(ids_of(first, "feeds/all.atom.xml"))
    for path in blog.content.glob("*.md"):
        text = (
            path.read_text().replace("Date: 2026-0", "Date: 2025-0").replace("Slug: ", "Slug: new-")
        )
        path.write_text(text)
    changed = blog.build(
        SITEURL="https://elsewhere.example.io/blog",
        ARTICLE_URL="posts/{slug}/",
        ARTICLE_SAVE_AS="posts/{slug}/index.html",
        ARTICLE_LANG_URL="{lang}/{slug}/",
        ARTICLE_LANG_SAVE_AS="{lang}/{slug}/index.html",
    )
    assert sorted(ids_of(changed, "feeds/all.atom.xml")) == before
    assert sorted(ids_of(changed, "feeds/all.rss.xml")) == before


def test_a_site_at_an_international_address(blog):
    build = blog.build(SITEURL="https://bücher.example.io", FEED_DOMAIN="https://bücher.example.io")
    feed = build.parse("feeds/site.atom.xml").feed
    assert feed.link == "https://xn--bcher-kva.example.io/"
    assert feed.id == "https://xn--bcher-kva.example.io/feeds/site.atom.xml"


def test_a_siteurl_that_is_none_is_left_as_it_is(blog):
    build = blog.build(SITEURL="//bücher.example.io", FEED_DOMAIN="https://me.example.io")
    assert build.parse("feeds/site.atom.xml").feed.id == "https://me.example.io/feeds/site.atom.xml"
    remark = "SITEURL = '//bücher.example.io' has no scheme, so their links are relative"
    assert remark in " ".join(build.printed.split())


def test_each_subsite_of_i18n_subsites_has_feeds_and_ids_of_its_own(site):
    site.settings |= {
        "PLUGINS": ["i18n_subsites", "pelican_linkback"],
        "I18N_SUBSITES": {"de": {"SITENAME": "Eine Seite"}},
        "FEED_DOMAIN": "https://me.example.io",
        "CATEGORY_FEED_ATOM": "feeds/category/{slug}.atom.xml",
        "JINJA_ENVIRONMENT": {"extensions": ["jinja2.ext.i18n"]},
        "AUTHOR_FEED_ATOM": None,
        "AUTHOR_FEED_RSS": None,
    }
    site.article("one", category="Boats", lang="en")
    (site.content / "eins.md").write_text(
        "Title: Eins\nSlug: one\nLang: de\nDate: 2026-01-02\nCategory: Boats\n\nEins.\n"
    )
    build = site.build()
    english = build.parse("feeds/category/boats.atom.xml")
    german = build.parse("de/feeds/category/boats.atom.xml")
    assert [e.title for e in english.entries] == ["one"]
    assert [e.title for e in german.entries] == ["Eins"]
    assert (english.feed.title, german.feed.title) == ("A Site - Boats", "Eine Seite - Boats")
    assert (english.feed.language, german.feed.language) == ("en", "de")
    assert english.feed.id == "https://me.example.io/feeds/category/boats.atom.xml"
    assert german.feed.id == "https://me.example.io/de/feeds/category/boats.atom.xml"
    assert german.entries[0].link == "https://me.example.io/de/one.html"
    before = english.entries[0].id, german.entries[0].id
    for name in ("one.md", "eins.md"):
        path = site.content / name
        path.write_text(path.read_text().replace("Slug: one", "Slug: uno"))
    build = site.build()
    after = [
        build.parse(f"{lang}feeds/category/boats.atom.xml").entries[0].id for lang in ("", "de/")
    ]
    assert (*after,) == before


@pytest.mark.parametrize("path", ["/feeds/atom.xml", ".", "../side/{slug}.xml"])
@pytest.mark.parametrize("emptied", [True, False])
def test_a_path_that_leads_elsewhere_costs_its_feed_and_touches_nothing(blog, path, emptied):
    side = blog.folder / "side" / "boats.xml"
    side.parent.mkdir()
    side.write_text("<feed><generator>pelican_linkback</generator></feed>")
    for _ in range(2):
        build = blog.build(CATEGORY_FEED_ATOM=path, DELETE_OUTPUT_DIRECTORY=emptied)
        assert all("is not a file below the output folder" in each for each in build.problems)
    assert side.exists()
    assert (build.output / "feeds" / "site.atom.xml").exists()


def test_a_subsites_feed_at_a_place_of_the_main_sites_pattern_stays(site):
    site.settings |= {
        "PLUGINS": ["i18n_subsites", "pelican_linkback"],
        "I18N_SUBSITES": {"de": {}},
        "JINJA_ENVIRONMENT": {"extensions": ["jinja2.ext.i18n"]},
        "FEED_ATOM": "feed.xml",
        "CATEGORY_FEED_ATOM": "{slug}/feed.xml",
    }
    site.article("one", category="Boats", lang="en")
    site.build()
    site.build()
    assert (site.output / "de" / "feed.xml").exists()


def test_ids_of_feeds_are_uris_whatever_the_names(blog):
    blog.article("four", category="Ça")
    pattern = "feeds/[c]/{slug}.xml"
    build = blog.build(CATEGORY_FEED_ATOM=pattern, SLUGIFY_USE_UNICODE=True)
    feed = build.parse("feeds/[c]/ça.xml").feed
    assert feed.id == "https://me.example.io/feeds/%5Bc%5D/%C3%A7a.xml"
    assert feed.links[1].href == feed.id


def test_a_folder_that_cannot_be_swept_is_reported(blog):
    blog.build()
    (blog.output / ".linkback-feeds").unlink()
    (blog.output / ".linkback-feeds").mkdir()
    build = blog.build()
    assert "Feeds whose subject is gone cannot be removed" in build.problems[0]


def test_rights_can_be_said_in_all_stock_feeds(site):
    from pelican_linkback.feeds import STOCK_FEEDS

    licensed = type("Licensed", (), {"feed_copyright": "CC BY 4.0 & more"})
    site.article("one")
    build = site.build(
        LINKBACK_FEEDS=[type(feed.__name__, (licensed, feed), {}) for feed in STOCK_FEEDS],
        FEED_RSS="r.xml",
        FEED_ATOM="a.xml",
        FEED_JSON="j.json",
    )
    assert build.problems == []
    assert build.parse("r.xml").feed.rights == "CC BY 4.0 & more"
    assert build.parse("a.xml").feed.rights == "CC BY 4.0 & more"
    assert '"_copyright": {"text": "CC BY 4.0 & more"}' in build.read("j.json")


def test_with_debug_a_failing_class_is_shown_with_its_traceback(site, caplog):
    class Failing(ArticleFeed):
        path = "mine.xml"

        def title(self, obj):
            raise RuntimeError("no title")

    site.article("one")
    site.build(LINKBACK_FEEDS=[Failing], DEBUG=True)
    assert any(record.exc_info for record in caplog.records if "no title" in record.getMessage())


def test_with_debug_what_costs_a_link_is_shown_with_its_traceback(caplog):
    stage = object.__new__(FeedStage)
    stage._generator, stage.is_over = SimpleNamespace(settings={"DEBUG": True}), False
    stage.report(SimpleNamespace(feed=None), FeedError("MyFeed", "has no title"))
    (record,) = caplog.records
    assert record.exc_info
    assert "has no title" in record.getMessage()


def test_what_costs_a_link_is_said_at_once_when_the_feeds_are_written(caplog):
    stage = object.__new__(FeedStage)
    stage._generator, stage.is_over = SimpleNamespace(settings={}), True
    stage._messages = MessageBuffer(logging.getLogger("pelican_linkback"))
    stage.report(SimpleNamespace(feed=None), FeedError("MyFeed", "has no title"))
    (record,) = caplog.records
    assert not record.exc_info
    assert "has no title" in record.getMessage()

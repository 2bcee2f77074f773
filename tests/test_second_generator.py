"""A plugin's own articles generator beside Pelican's: each has its feeds, and neither loses any."""

from __future__ import annotations

from typing import Any

import pytest
from pelican import signals
from pelican.generators import ArticlesGenerator

from pelican_linkback.plugin import build as build_module
from tests.conftest import Build, SiteBuilder, ids_of

OWN: dict[str, Any] = {
    "ARTICLE_PATHS": ["news"],
    "ARTICLE_EXCLUDES": [],
    "DIRECT_TEMPLATES": [],
    "CATEGORY_SAVE_AS": "",
    "TAG_SAVE_AS": "",
    "AUTHOR_SAVE_AS": "",
    "FEED_ALL_ATOM": "feeds/news.atom.xml",
}


@pytest.fixture
def blog(site: SiteBuilder) -> SiteBuilder:
    """A site with a second blog in the folder ``news``."""

    class News(ArticlesGenerator):  # type: ignore[misc]
        own = OWN.copy()

        def __init__(self, context: Any, settings: Any, **more: Any) -> None:
            super().__init__(context=context, settings=settings | self.own, **more)

    def generator(pelican: Any) -> type:
        return News

    site.keep = generator  # type: ignore[attr-defined]  # blinker holds it weakly
    signals.get_generators.connect(generator)
    site.news = News.own  # type: ignore[attr-defined]
    site.settings |= {
        "ARTICLE_EXCLUDES": ["news"],
        "CATEGORY_FEED_ATOM": None,
        "AUTHOR_FEED_ATOM": None,
        "AUTHOR_FEED_RSS": None,
        "TRANSLATION_FEED_ATOM": None,
    }
    site.article("one", category="c")
    site.article("news/two", slug="two", title="two", category="c")
    return site


def titles(build: Build, path: str) -> list[str]:
    return [entry.title for entry in build.parse(path).entries]


@pytest.mark.parametrize("emptied", [False, True])
def test_each_has_its_own_feeds_in_each_build(blog: SiteBuilder, emptied: bool) -> None:
    for number in range(3):
        build = blog.build(DELETE_OUTPUT_DIRECTORY=emptied)
        assert titles(build, "feeds/all.atom.xml") == ["one"]
        assert titles(build, "feeds/news.atom.xml") == ["two"]
        assert build.problems == []
        assert ("1 written" in build.printed) == (number == 0)


def test_a_feed_that_is_gone_is_removed_of_either(blog: SiteBuilder) -> None:
    blog.build(CATEGORY_FEED_ATOM="feeds/main/{slug}.xml", FEED_RSS="feeds/site.rss")
    blog.news["TAG_FEED_ATOM"] = "feeds/news/{slug}.xml"  # type: ignore[attr-defined]
    blog.article("news/three", slug="three", title="three", category="c", tags="t")
    build = blog.build()
    assert not (build.output / "feeds/main").exists() or not list(
        (build.output / "feeds/main").iterdir()
    )
    assert (build.output / "feeds/news/t.xml").exists()
    (blog.content / "news/three.md").unlink()
    build = blog.build()
    assert not (build.output / "feeds/news/t.xml").exists()
    assert titles(build, "feeds/news.atom.xml") == ["two"]


def test_two_feeds_of_one_path_cost_the_second(blog: SiteBuilder) -> None:
    blog.news["FEED_ALL_ATOM"] = "feeds/all.atom.xml"  # type: ignore[attr-defined]
    build = blog.build()
    (problem,) = build.problems
    assert "feeds/all.atom.xml belongs to a feed of another articles generator" in problem
    assert titles(build, "feeds/all.atom.xml") == ["one"]


def test_pages_link_to_the_feeds_of_both(blog: SiteBuilder) -> None:
    build = blog.build(LINKBACK_AUTODISCOVERY=True)
    for page in ("one.html", "two.html"):
        assert "feeds/all.atom.xml" in build.read(page)
        assert "feeds/news.atom.xml" in build.read(page)


def test_ids_that_are_not_known_keep_the_feeds_of_both(blog: SiteBuilder) -> None:
    blog.build()
    ids = blog.folder / "linkback" / "ids.jsonl"
    ids.unlink()
    ids.mkdir()
    build = blog.build()
    assert "none written" in build.printed
    assert titles(build, "feeds/news.atom.xml") == ["two"]


def test_a_generator_that_began_elsewhere_has_no_feeds(site: SiteBuilder) -> None:
    def lose(generator: Any) -> None:
        build_module.current().stages.clear()

    signals.article_generator_finalized.connect(lose)
    site.article("one")
    build = site.build()
    assert "Some text." in build.read("one.html")
    assert build.problems == []


def test_a_build_is_there_before_it_begins(site: SiteBuilder) -> None:
    build_module._current.set(None)
    assert build_module.current() is build_module.current()


def test_the_page_that_lists_the_feeds_has_those_of_both(blog: SiteBuilder) -> None:
    text = blog.build(LINKBACK_FEEDS_PAGE="feeds.html").read("feeds.html")
    for path in ("feeds/all.atom.xml", "feeds/news.atom.xml"):
        assert f">https://me.example.io/{path}</code>" in text


def test_a_translation_that_only_its_original_has_keeps_its_id(site: SiteBuilder) -> None:
    """i18n_subsites takes translations out of the generator of the main site."""

    def take_out(generator: Any) -> None:
        generator.translations.clear()

    signals.article_generator_finalized.connect(take_out)
    site.settings["SITEURL"] = "https://me.example.io"
    site.article("one", lang="en")
    site.article("eins", slug="one", lang="de")
    before = ids_of(site.build(), "feeds/all.atom.xml")
    assert len(set(before)) == 2
    site.article("eins", slug="one", lang="de", save_as="eins.html", url="eins.html")
    assert ids_of(site.build(), "feeds/all.atom.xml") == before


def test_translations_at_one_url_have_ids_of_their_own(site: SiteBuilder) -> None:
    def take_out(generator: Any) -> None:
        for each in generator.translations:
            each.override_url = "./one.html"
        generator.translations.clear()

    signals.article_generator_finalized.connect(take_out)
    site.article("one", lang="en")
    site.article("eins", slug="one", lang="de")
    assert len(set(ids_of(site.build(), "feeds/all.atom.xml"))) == 2

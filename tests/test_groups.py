"""Which articles a feed has: each once, and in every category that it is given."""

from __future__ import annotations

import json
from itertools import chain

import pytest
from pelican import signals
from pelican.urlwrappers import Category

from pelican_linkback.feeds import AtomAllFeed, AtomSiteFeed, AuthorFeed, PodcastFeed

FORMS = {"FEED_ALL_ATOM": "all.xml", "FEED_ALL_RSS": "all.rss", "FEED_ALL_JSON": "all.json"}
DATED = {"ARTICLE_URL": "{date:%Y-%m}/{slug}/", "ARTICLE_SAVE_AS": "{date:%Y-%m}/{slug}/index.html"}


def titles(build, path):
    return [entry.title for entry in build.parse(path).entries]


def assert_each_once(build, wanted):
    items = json.loads(build.read("all.json"))["items"]
    found = {
        "atom": [(entry.title, entry.id) for entry in build.parse("all.xml").entries],
        "rss": [(entry.title, entry.id) for entry in build.parse("all.rss").entries],
        "json": [(item["title"], item["id"]) for item in items],
    }
    for form, entries in found.items():
        assert sorted(title for title, _ in entries) == sorted(wanted), form
        assert len({name for _, name in entries}) == len(entries), form


class Walked(AtomSiteFeed):
    """As one writes it after Pelican's own feeds."""

    path = "walked.xml"

    def items(self):
        return [*self.site.articles, *chain(*(each.translations for each in self.site.articles))]


def test_several_originals_of_one_slug_stand_there_once_each(site):
    names = [f"Links of {month}" for month in range(1, 6)]
    for month, name in enumerate(names, 1):
        site.article(f"{month}", title=name, slug="links", date=f"2026-0{month}-01")
    site.article("other", title="Other", date="2025-01-01")
    feeds = [AtomAllFeed, Walked]
    assert_each_once(site.build(**FORMS, **DATED, FEED_MAX_ITEMS=6), [*names, "Other"])
    build = site.build(**FORMS, **DATED, FEED_MAX_ITEMS=6, LINKBACK_FEEDS=feeds)
    assert titles(build, "walked.xml") == [*reversed(names), "Other"]


@pytest.mark.parametrize(
    "languages", [("en", "de", "fr"), ("de", "fr"), ("de",), ("en", "en", "de", "de")]
)
def test_an_article_stands_there_once_in_each_language(site, languages):
    names = "abcd"[: len(languages)]
    for name, lang in zip(names, languages, strict=True):
        site.article(name, slug="x", lang=lang, url=f"{name}/", save_as=f"{name}/x.html")
    assert_each_once(site.build(**FORMS), names)


class Nested(Category):
    """A category as more_categories makes them: "Boats/Sails" is below "Boats"."""

    @property
    def ancestors(self):
        parent = self.name.rpartition("/")[0]
        return [*(Nested(parent, self.settings).ancestors if parent else ()), self]


# Its settings are CATEGORY_URL and the like.
Nested.__name__ = "Category"


def read(generator, metadata):
    names = str(metadata["category"]).split(", ")
    metadata["categories"] = [Nested(name, generator.settings) for name in names]
    metadata["category"] = metadata["categories"][0]


def fill(generator):
    found = {}
    for article in generator.articles:
        for category in dict.fromkeys(chain(*(each.ancestors for each in article.categories))):
            found.setdefault(category, []).append(article)
    generator.categories = sorted(found.items())


@pytest.fixture
def nested(site):
    site.article("a", category="Boats/Sails, Bread", slug="a", date="2026-03-01", tags="wood")
    site.article("a-de", category="Boats/Sails, Bread", slug="a", lang="de")
    site.article("b", category="Bread, Boats", date="2026-02-01")
    with (
        signals.article_generator_context.connected_to(read),
        signals.article_generator_finalized.connected_to(fill),
    ):
        yield site


WANTED = {"boats": ["a", "b"], "boatssails": ["a"], "bread": ["a", "b"]}


def test_each_category_has_its_feed_with_and_without_a_language(nested):
    build = nested.build(CATEGORY_FEED_ATOM="{slug}.xml", CATEGORY_FEED_RSS="{slug}.{lang}.rss")
    for slug, wanted in WANTED.items():
        assert titles(build, f"{slug}.xml") == wanted
        assert titles(build, f"{slug}.en.rss") == wanted
        assert titles(build, f"{slug}.de.rss") == ["a-de"]
    assert len(list(build.output.glob("*.rss"))) == 2 * len(WANTED)


def test_an_entry_names_all_its_categories(nested):
    entries = nested.build(CATEGORY_FEED_ATOM="{slug}.xml").parse("bread.xml").entries
    assert [[tag.term for tag in entry.tags] for entry in entries] == [
        ["Boats/Sails", "Bread", "Boats", "wood"],
        ["Bread", "Boats"],
    ]


@pytest.mark.parametrize("words", ["Boats, Bread", ""])
def test_a_field_of_that_name_is_no_list_of_categories(site, words):
    site.article("a", category="Rope", categories=words)
    build = site.build(CATEGORY_FEED_ATOM="{slug}.{lang}.xml")
    (entry,) = build.parse("rope.en.xml").entries
    assert [tag.term for tag in entry.tags] == ["Rope"]


def test_a_podcast_is_what_is_in_its_category_and_below(nested):
    nested.article("c", category="Rope, Boats", enclosure="https://cdn.example.io/c.mp3")
    nested.article("d", category="Bread", enclosure="https://cdn.example.io/d.mp3")
    nested.article("e", category="Boats/Oars", enclosure="https://cdn.example.io/e.mp3")
    show = type("Show", (PodcastFeed,), {"path": "show.xml", "category": "Boats"})
    assert sorted(titles(nested.build(LINKBACK_FEEDS=[show]), "show.xml")) == ["c", "e"]
    show.category = None
    assert len(titles(nested.build(LINKBACK_FEEDS=[show]), "show.xml")) == 3


def test_the_feed_of_an_author_has_the_name_that_its_class_gives(site):
    class Signed(AuthorFeed):
        path = "{slug}.xml"
        author_name = "The harbour master"

    site.article("a", author="Ann Lee")
    build = site.build(LINKBACK_FEEDS=[Signed])
    assert build.parse("ann-lee.xml").feed.title.endswith("- The harbour master")

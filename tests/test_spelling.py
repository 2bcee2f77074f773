"""A name in a Feed class that looks like an aspect, and is none."""

from __future__ import annotations

import pytest

from pelican_linkback import feeds
from pelican_linkback.feeds.framework.spelling import misspelt


def declared(base=feeds.Feed, **aspects):
    return type("Mine", (base,), aspects)


@pytest.mark.parametrize(
    ("base", "name", "meant"),
    [
        (feeds.Feed, "item_pubdat", "item_pubdate"),
        (feeds.Feed, "item_updatedate", "item_updateddate"),
        (feeds.Feed, "item_autors", "item_authors"),
        (feeds.Feed, "item_author_mail", "item_author_email"),
        (feeds.Feed, "item_enclosure_mimetype", "item_enclosure_mime_type"),
        (feeds.Feed, "item_categorys", "item_categories"),
        (feeds.Feed, "item_titel", "item_title"),
        (feeds.Feed, "tittle", "title"),
        (feeds.Feed, "descripton", "description"),
        (feeds.Feed, "feed_copyrite", "feed_copyright"),
        (feeds.Feed, "orderby", "order_by"),
        (feeds.Feed, "feedtype", "feed_type"),
        (feeds.Feed, "languge", "language"),
        (feeds.Feed, "contributers", "contributors"),
        (feeds.ArticleFeed, "sumary_only", "summary_only"),
        (feeds.PodcastFeed, "itunes_categorys", "itunes_categories"),
        (feeds.PodcastFeed, "item_transcrip", "item_transcript"),
    ],
)
def test_a_slip_is_named_with_what_was_perhaps_meant(base, name, meant):
    expected = [f"Mine.{name} is not an aspect of a feed, and has no effect; did you mean {meant}?"]
    assert list(misspelt([declared(base, **{name: None})])) == expected
    assert list(misspelt([declared(declared(base, **{name: None}), path="below.xml")])) == expected


def test_names_of_the_authors_own_are_passed_over():
    class Mine(feeds.ArticleFeed):
        path = "mine.xml"
        tide_table = (("spring", 3),)
        links = ("/spring",)
        _titel = "private"

        def height(self, item):
            return dict(self.tide_table)[item]

        def item_link(self, item):
            return self.links[0]

        @property
        def harbour(self):
            return "Lagos"

    assert list(misspelt([Mine])) == []


def test_what_is_in_the_package_is_in_order():
    classes = [each for each in vars(feeds).values() if isinstance(each, type)]
    own = [type(each.__name__, (each,), {}) for each in classes if issubclass(each, feeds.Feed)]
    assert list(misspelt(own)) == []


def test_all_aspects_of_the_reference_are_known():
    from tests.test_aspects_page import VALUES

    assert list(misspelt([declared(feeds.PodcastFeed, **dict.fromkeys(VALUES))])) == []


def test_a_build_names_each_slip_once(site):
    site.article("one")
    slip = declared(feeds.AtomAllFeed, path="slip.xml", item_autors=())
    below = type("Below", (slip,), {"path": "below.xml"})
    build = site.build(LINKBACK_FEEDS=[slip, below])
    (problem,) = build.problems
    assert problem.startswith("Mine.item_autors is not an aspect")
    assert (build.output / "slip.xml").exists()

"""Groups that have only future articles: no empty feed names them before their time."""

from __future__ import annotations

import pytest

GROUPS = {
    "AUTHOR_FEED_ATOM": "feeds/author-{slug}.xml",
    "CATEGORY_FEED_ATOM": "feeds/category-{slug}.xml",
    "TAG_FEED_ATOM": "feeds/tag-{slug}.xml",
    "TRANSLATION_FEED_ATOM": "feeds/lang-{lang}.xml",
}


@pytest.mark.parametrize("form", ["ATOM", "RSS", "JSON"])
def test_who_has_only_future_articles_is_not_named_by_an_empty_feed(site, form):
    settings = {name.replace("ATOM", form): path for name, path in GROUPS.items()}
    if form != "ATOM":
        settings |= dict.fromkeys(GROUPS)
    site.article("one", author="Ann", category="now", tags="both, now")
    later = {"date": "2999-01-01 10:00", "author": "Secret", "category": "soon"}
    site.article("two", tags="both, soon", **later)
    site.article("drei", lang="de", slug="three", **later)
    build = site.build(**settings)
    here = {"author-ann", "category-now", "tag-both", "tag-now", "lang-en"}
    assert {path.stem for path in build.output.glob("feeds/*-*.xml")} == here
    build = site.build(**settings, LINKBACK_FUTURE=True)
    soon = {"author-secret", "category-soon", "tag-soon", "lang-de"}
    assert {path.stem for path in build.output.glob("feeds/*-*.xml")} == here | soon


def test_a_filter_of_ones_own_says_which_feeds_there_are(site):
    from pelican_linkback.feeds import AtomCategoryFeed

    class Rare(AtomCategoryFeed):
        path = "feeds/{slug}.xml"

        def filter(self, article):
            return False

    site.article("one", category="now")
    site.article("two", category="soon", date="2999-01-01")
    build = site.build(LINKBACK_FEEDS=[Rare])
    assert {path.stem for path in build.output.glob("feeds/*.xml")} == {"now", "soon"}

"""Answered: what an article's entry says of the mentions of it, and where they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import cast

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.feeds.articles.pages import page_of_article
from pelican_linkback.feeds.formats.registry import format_of, media_type
from pelican_linkback.feeds.framework.aspects import default
from pelican_linkback.feeds.framework.contents import Content, Mentions
from pelican_linkback.feeds.framework.feed import Feed
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.feeds.framework.site_aspects import SiteAspects

__all__ = ["ANCHOR", "Answered", "is_unread", "mentions_of"]

ANCHOR = "linkback-mentions"
"""The id of the element with the mentions, on the page of an article."""


def mentions_of(content: object) -> Mentions | None:
    """Return the mentions of an article or a page; None where it has none."""
    found = getattr(content, "mentions", None)  # where nothing is received: text, or nothing
    if found is None:
        return None
    count = getattr(found, "count", None)
    return cast("Mentions", found) if isinstance(count, int) and count else None


def is_unread(content: object) -> bool:
    """Return whether the mentions of an article or a page could not be read in this build."""
    return getattr(getattr(content, "mentions", None), "is_unread", False) is True


class Answered(SiteAspects):
    """A feed of articles, each with the number of its mentions, and where they can be read."""

    @default
    def item_comment_count(self, article: Content) -> int | None:
        """Return the number of the article's mentions; None where it has none."""
        mentions = mentions_of(article)
        return mentions.count if mentions else None

    @default
    def item_comments_updated(self, article: Content) -> dt.date | None:
        """Return when the last of them came. The article is not changed by it."""
        mentions = mentions_of(article)
        return mentions.updated if mentions else None

    @default
    def item_replies(self, article: Content) -> str | None:
        """Return the place on the article's page where they are shown."""
        if not mentions_of(article):
            return None
        page = page_of_article(article, self.site.url_of(article)).partition("#")[0]
        return f"{self.site.absolute_uri(page)}#{ANCHOR}"

    @default
    def item_comments_feed(self, article: Content) -> str | Mapping[str, str] | None:
        """Return the feeds of the article's mentions that the site has, by their media types."""
        if not mentions_of(article):
            return None
        feeds = self.site.sharing.once(_feeds_of_mentions, self.site, _feeds_of_mentions)
        return feeds.get(id(article))


def _feeds_of_mentions(site: Site) -> Mapping[int, dict[str, str]]:
    """Return the URLs of the feeds of each article's mentions, by the object's ``id()``."""
    found: dict[int, dict[str, str]] = {}
    for feed_class in site.mention_feeds:
        with suppress(*FAULTS):  # of an author's class, which the catalogue reports
            feed = cast("type[Feed]", feed_class)()
            feed.site = site
            for obj in cast("Iterable[object]", feed.aspect("objects", site)):
                feed.obj = obj
                if path := feed.document_path(obj):
                    kind = media_type(format_of(feed.generator_class(obj)), path)
                    url = site.absolute_feed(feed.document_url(obj) or path)
                    found.setdefault(id(obj), {}).setdefault(kind, url)
    return found

"""A feed of an author's own, which fails in some builds."""

from __future__ import annotations

from typing import Any

from pelican_linkback import feeds

MOODS = {"fails": False}


class TagFeed(feeds.TagFeed):
    """The feed of each tag; in a bad mood none of them can be made."""

    feed_type = feeds.Atom1Feed

    def path(self, obj: Any) -> str:
        return f"feeds/tag-{obj.slug}.atom.xml"

    def title(self, obj: Any) -> str:
        if MOODS["fails"]:
            raise RuntimeError("the feed is in a bad mood")
        return str(obj)


class Every(feeds.ArticleFeed):
    """All articles, without a limit."""

    feed_type = feeds.Atom1Feed
    path = "feeds/every.atom.xml"
    limit = None

    def items(self) -> Any:
        return self.site.articles

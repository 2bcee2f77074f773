"""SiteAspects: what a feed of the site says of itself, whatever its items are."""

from __future__ import annotations

from collections.abc import Iterable

from pelican_linkback.feeds.formats.extensions import Stylesheet
from pelican_linkback.feeds.framework.aspects import Extras, default, hook
from pelican_linkback.feeds.framework.feed import Feed
from pelican_linkback.feeds.framework.head import FEED_ASPECTS, FEED_EXTRAS
from pelican_linkback.text.titles import plain_text

__all__ = ["SAFE_IN_SITE", "SiteAspects"]

GENERATOR = "pelican_linkback"
"""The program that made the document (RFC 4287, section 4.2.4)."""

SAFE_IN_SITE = (
    *("path", "url", "path_fields", "path_source", "path_pattern", "expand", "document_path"),
    *("document_url", "objects", "items", "filter", "order_by", "limit", "title", "link"),
    *("language", "feed_url", "feed_type", "feed_extra_kwargs", "archive_path", "hubs"),
    *(*FEED_ASPECTS, *FEED_EXTRAS),
)
"""The names on which no entry depends: see ``safe_overrides``."""


class SiteAspects(Feed):
    """A feed that says of itself what the settings say of the site."""

    @default
    def description(self) -> str | None:
        """Return SITESUBTITLE, as plain text; ``subtitle`` is the same."""
        return plain_text(self.site.subtitle)

    subtitle = description

    @default
    def feed_guid(self, obj: object) -> str | None:
        """Return the feed's own URL: unique, and as permanent as the subscription (P1)."""
        return self.site.absolute_feed(self.document_url(obj) or "")

    @default
    def author_name(self, obj: object) -> str | None:  # noqa: ARG002 (an author's feed knows better)
        """Return the feed's author: AUTHOR, else the site (RFC 4287, section 4.1.1)."""
        return plain_text(str(self.site.settings.get("AUTHOR") or self.site.name))

    @default
    def stylesheets(self) -> Iterable[Stylesheet | str] | None:
        """Return the style sheet that LINKBACK_FEED_STYLE asks for, if it does."""
        return [Stylesheet(self.site.style, media=None)] if self.site.style else None

    @default
    def icon(self) -> str | None:
        """Return LINKBACK_ICON."""
        return self.site.icon or None

    @default
    def logo(self) -> str | None:
        """Return LINKBACK_LOGO."""
        return self.site.logo or None

    @default
    def limit(self) -> int | None:
        """Return FEED_MAX_ITEMS, which is ``""`` by default in Pelican 4.8."""
        limit: int | str | None = self.site.settings.get("FEED_MAX_ITEMS")
        return limit if isinstance(limit, int) else None

    @hook
    def feed_extra_kwargs(self, obj: object) -> Extras:  # noqa: ARG002
        """Return further arguments for the generator: the program that made the document."""
        return {"generator": GENERATOR, "styled_by_language": bool(self.site.style)}

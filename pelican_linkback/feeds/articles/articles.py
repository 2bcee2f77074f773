"""ArticleFeed: the default aspects of feeds of Pelican's articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from typing import TypeVar, cast

from feedgenerator.django.utils.feedgenerator import SyndicationFeed

from pelican_linkback.feeds.articles.entries import ArticleEntries
from pelican_linkback.feeds.articles.pages import page_of_group
from pelican_linkback.feeds.formats.kinds import safe_overrides
from pelican_linkback.feeds.framework.archives import numbered
from pelican_linkback.feeds.framework.aspects import Order, default
from pelican_linkback.feeds.framework.contents import Article
from pelican_linkback.feeds.framework.items import ARGUMENTS_OF
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.feeds.framework.site_aspects import SAFE_IN_SITE
from pelican_linkback.text.titles import plain_text

__all__ = ["ArticleFeed", "each_once"]

T = TypeVar("T")

_KEPT_OUT = -1
"""The rank of an article that is not in the feeds yet."""


@safe_overrides(
    *SAFE_IN_SITE,
    *("setting", "group", "groups_of", "_members", "_members_by_language", "_has_page"),
    "_shared_slugs",
    state=("site", "obj", "_mode"),
    asked=ARGUMENTS_OF
    | {
        "item_authors": ("author_name", "authors"),
        "summary_only": ("content", "description"),
    },
)
class ArticleFeed(ArticleEntries):
    """A feed whose items are Pelican's articles, newest first.

    All that an entry says is known of an article; a subclass says which articles, and where the
    document goes::

        class Longest(ArticleFeed):
            path = "feeds/longest.xml"
            limit = 10

            def items(self) -> Sequence[Article]:
                return self.site.articles

            def order_by(self, article: Article) -> int:
                return len(article.content)

    Beside the aspects of Feed it has ``summary_only``.
    """

    setting = ""
    """The first part of the Pelican settings that say where the document goes.

    ``"CATEGORY_FEED"`` for CATEGORY_FEED_RSS, CATEGORY_FEED_RSS_URL and so on; with neither a
    ``path`` nor a value of the setting there is no document.
    """

    order_by: Order = "date"

    def path_setting(self, obj: object) -> str:
        """Return the name of Pelican's setting for the path: ``"CATEGORY_FEED_ATOM"``."""
        return f"{self.setting}_{self._format(obj).setting}"

    def path_source(self, obj: object) -> str:
        """Return what sets the path, as messages name it: the class, else Pelican's setting."""
        return self.path_setting(obj) if self._is_placed_by_setting else super().path_source(obj)

    @property
    def _is_placed_by_setting(self) -> bool:
        return not self.path and bool(self.setting)

    # Paths and URLs. Patterns come from the settings, so they are looked up when the site is known.

    def path_pattern(self) -> str | None:
        """Return the pattern of the documents' paths: ``path``, else the value of the setting."""
        if self._is_placed_by_setting:
            return self._setting("", None) or None
        return super().path_pattern()

    def document_path(self, obj: object) -> str | None:
        """Return the path that ``path`` gives, else the setting; None for no document."""
        if self._is_placed_by_setting:
            return self._from_setting("", obj)
        return super().document_path(obj)

    def document_url(self, obj: object) -> str | None:
        """Return the URL that ``url``, else the setting gives; where neither does, the path."""
        if self.url or not self._is_placed_by_setting:
            return super().document_url(obj)
        return self._from_setting("_URL", obj) or self.document_path(obj)

    @default
    def archive_path(self, obj: object) -> str | None:
        """Return the pattern of archive documents with LINKBACK_ARCHIVES, else None.

        A format without links to them has none: nobody would find them.
        """
        if not self.site.archives or not self._format(obj).archive_links:
            return None
        place = self.path_pattern() or self.document_path(obj)
        return numbered(place) if place else None

    def _from_setting(self, suffix: str, obj: object) -> str | None:
        pattern = self._setting(suffix, obj)
        return self.expand(pattern, obj) if pattern else None

    def _setting(self, suffix: str, obj: object) -> str:
        return str(self.site.settings.get(self.path_setting(obj) + suffix) or "")

    # Aspects of the feed

    @default
    def title(self, obj: object) -> str:
        """Return SITENAME, with the name of the object where there is one: ``My Site - Boats``."""
        return plain_text(f"{self.site.name} - {obj}" if obj else self.site.name)

    @default
    def link(self, obj: object) -> str:
        """Return the URL of the object's page, else "", the home page."""
        return page_of_group(obj)

    def filter(self, article: Article) -> bool:
        """Return whether the article's date has come, or LINKBACK_FUTURE lets it in (P22)."""
        return self.site.future or self.site.aware(article.date) <= self.site.now

    def _has_begun(self, articles: Sequence[Article]) -> bool:
        """Return whether the date of any article has come, unless ``filter`` is overridden."""
        usual = type(self).filter is ArticleFeed.filter and "filter" not in vars(self)
        return not (usual and articles) or any(map(self.filter, articles))

    def _arranged(self, items: Sequence[object], obj: object) -> list[object]:
        cls, own = type(self), vars(self)
        is_usual = cls.filter is ArticleFeed.filter and cls.order_by == "date"
        if is_usual and self.site.sharing.on and not own.keys() & {"filter", "order_by"}:
            with suppress(KeyError):  # an item that is no article of the site, such as a page
                if isinstance(items, tuple):  # of a group: the same for all formats
                    return list(self.site.sharing.once("arranged", items, self._in_rank))
                return self._in_rank(each_once(items))
        return super()._arranged(each_once(items), obj)

    def _in_rank(self, items: Sequence[object]) -> list[object]:
        ranks = self.site.sharing.once("ranks", self.site, self._ranks)
        places = list(map(ranks.__getitem__, map(id, items)))
        if _KEPT_OUT not in places and places == sorted(places):  # in Pelican's order
            return list(items)
        due = [each for each in zip(places, items, strict=True) if each[0] != _KEPT_OUT]
        return [item for _, item in sorted(due, key=itemgetter(0))]

    def _ranks(self, site: Site) -> dict[int, int]:
        """Return the rank of each article among those of the site.

        A fast path of ``_arranged``, which would read the dates of each feed's articles.
        """
        everything = [*site.articles, *site.translations]
        ranks = dict.fromkeys(map(id, everything), _KEPT_OUT)
        in_order = cast("list[Article]", super()._arranged(everything, None))
        for rank, (_, same) in enumerate(groupby(in_order, lambda each: site.aware(each.date))):
            ranks |= dict.fromkeys(map(id, same), rank)
        return ranks

    def get_feed(self, obj: object, site: Site) -> SyndicationFeed:
        """Return the generator, with its items, of the document for ``obj``.

        One without items is as old as the newest article of the site (P18).
        """
        feed = super().get_feed(obj, site)
        if not feed.num_items() and not feed.feed.get("updated"):
            dates = [site.aware(a.date) for a in site.articles if self.filter(a)]
            feed.feed["updated"] = max(dates, default=None)
        return feed


def each_once(articles: Iterable[T]) -> tuple[T, ...]:
    """Return ``articles`` in order, without duplicates."""
    found = tuple(articles)
    if len(set(map(id, found))) == len(found):  # as nearly always
        return found
    return tuple({id(article): article for article in found}.values())

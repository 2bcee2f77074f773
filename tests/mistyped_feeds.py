"""What ``mypy --strict`` says of Feed classes: ``refused`` lines and revealed types. Not run."""

from __future__ import annotations

from typing import reveal_type

from pelican_linkback.feeds import Article, ArticleFeed, AtomSiteFeed, Feed, Group, PodcastFeed


class Wrong(Feed):
    title = 3  # refused: assignment
    limit = "ten"  # refused: assignment
    items = 7  # refused: assignment
    feed_type = "atom"  # refused: assignment
    item_pubdate = "yesterday"  # refused: assignment
    item_guid_is_permalink = "no"  # refused: assignment

    def link(self) -> int:  # refused: override
        return len(self.sight)  # refused: attr-defined

    def subtitle(self, obj: object) -> str:
        return str(self.site.nmae)  # refused: attr-defined

    def item_title(self, article: Article) -> str:
        return str(article.titel)  # refused: attr-defined


class WrongArticles(ArticleFeed):
    title = b"News"  # refused: assignment
    item_image = 3  # refused: assignment
    order_by = 3  # refused: assignment

    def description(self, obj: Group) -> list[str]:  # refused: override
        return [obj.nmae]  # refused: attr-defined

    def item_title(self, article: Article) -> int:  # refused: override
        return 3


class WrongShow(PodcastFeed):
    explicit = "clean"  # refused: assignment
    funding = "/give/"  # refused: assignment
    owner = "Ann Lee"  # refused: assignment


# What an editor shows of an aspect, of a stock feed's own, and of a hook.
reveal_type(Feed().title)  # str | (def (*Any, **Any) -> str)
reveal_type(Feed().limit)  # int | None | (def (*Any, **Any) -> int | None)
reveal_type(AtomSiteFeed().title)  # str | (def (*Any, **Any) -> str)
reveal_type(AtomSiteFeed().item_title)  # def (Article) -> str
reveal_type(Feed().site.articles)  # Sequence[Article]

"""Articles in, feed documents out.

``from pelican_linkback.feeds import Feed`` and declare one; ``STOCK_FEEDS`` are those that
Pelican's own settings ask for.
"""

from pelican_linkback.feeds.articles.articles import ArticleFeed
from pelican_linkback.feeds.articles.podcast import PodcastFeed
from pelican_linkback.feeds.articles.stock import (
    STOCK_FEEDS,
    AllFeed,
    AtomAllFeed,
    AtomAuthorFeed,
    AtomCategoryFeed,
    AtomSiteFeed,
    AtomTagFeed,
    AtomTranslationFeed,
    AuthorFeed,
    CategoryFeed,
    JsonAllFeed,
    JsonAuthorFeed,
    JsonCategoryFeed,
    JsonSiteFeed,
    JsonTagFeed,
    JsonTranslationFeed,
    SiteFeed,
    TagFeed,
    TranslationFeed,
)
from pelican_linkback.feeds.formats.atom import Atom1Feed
from pelican_linkback.feeds.formats.base import Enclosure, Stylesheet
from pelican_linkback.feeds.formats.extensions import Category
from pelican_linkback.feeds.formats.jsonfeed import JsonFeed
from pelican_linkback.feeds.formats.people import Person
from pelican_linkback.feeds.formats.podcast import PodcastRss
from pelican_linkback.feeds.formats.rss import Rss201rev2Feed, RssUserland091Feed
from pelican_linkback.feeds.framework.aspects import Aspect
from pelican_linkback.feeds.framework.contents import Article, Content, Group
from pelican_linkback.feeds.framework.feed import Feed
from pelican_linkback.feeds.framework.site import Site

__all__ = [
    "STOCK_FEEDS",
    "AllFeed",
    "Article",
    "ArticleFeed",
    "Aspect",
    "Atom1Feed",
    "AtomAllFeed",
    "AtomAuthorFeed",
    "AtomCategoryFeed",
    "AtomSiteFeed",
    "AtomTagFeed",
    "AtomTranslationFeed",
    "AuthorFeed",
    "Category",
    "CategoryFeed",
    "Content",
    "Enclosure",
    "Feed",
    "Group",
    "JsonAllFeed",
    "JsonAuthorFeed",
    "JsonCategoryFeed",
    "JsonFeed",
    "JsonSiteFeed",
    "JsonTagFeed",
    "JsonTranslationFeed",
    "Person",
    "PodcastFeed",
    "PodcastRss",
    "Rss201rev2Feed",
    "RssUserland091Feed",
    "Site",
    "SiteFeed",
    "Stylesheet",
    "TagFeed",
    "TranslationFeed",
]

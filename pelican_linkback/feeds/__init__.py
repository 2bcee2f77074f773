"""What a site imports to declare feeds: classes to subclass, and what their aspects are made of.

A feed is a class. In pelicanconf.py::

    from pelican_linkback.feeds import STOCK_FEEDS, Article, AtomSiteFeed

    class Boats(AtomSiteFeed):
        path = "feeds/boats.xml"
        title = "Boats"

        def items(self) -> list[Article]:
            return [each for each in self.site.articles if each.category == "Boats"]

    LINKBACK_FEEDS = [*STOCK_FEEDS, Boats]

To subclass:
    Feed                of anything: every aspect has to be said
    ArticleFeed         of Pelican's articles: what an entry says is known
    SiteFeed, AllFeed, CategoryFeed, AuthorFeed, TagFeed, TranslationFeed
                        the feeds that Pelican's settings ask for, in RSS 2.0; in Atom and JSON they
                        are AtomSiteFeed, JsonSiteFeed and so on; STOCK_FEEDS are all of them
    PodcastFeed         of articles that name a recording
    MentionFeed         of what others say about the articles; AtomMentionFeed, JsonMentionFeed;
                        MENTION_FEEDS are all of them

The aspect ``feed_type`` takes a format:
    Rss201rev2Feed, RssUserland091Feed, Atom1Feed, JsonFeed, PodcastRss
    Generator, XmlGenerator     to subclass for a format of your own, which register_format
                                makes one of the site

What aspects return:
    Person, Category, Enclosure, Stylesheet, InReplyTo

What aspects get:
    Site                what is known of the site: ``self.site``
    Article, Content, Group
                        Pelican's articles, articles or pages, and categories, authors or tags
    MentionItem         a mention, and the article that it is of

Aspect is the type of all aspects: a value, a method, or a method of the object or item.

docs/feeds.rst has recipes, docs/reference/aspects.rst every aspect with an example.
"""

from pelican_linkback.feeds.articles.articles import ArticleFeed
from pelican_linkback.feeds.articles.kinds import (
    AllFeed,
    AuthorFeed,
    CategoryFeed,
    SiteFeed,
    TagFeed,
    TranslationFeed,
)
from pelican_linkback.feeds.articles.mentions import (
    MENTION_FEEDS,
    AtomMentionFeed,
    JsonMentionFeed,
    MentionFeed,
    MentionItem,
)
from pelican_linkback.feeds.articles.podcast import PodcastFeed
from pelican_linkback.feeds.articles.stock import (
    STOCK_FEEDS,
    AtomAllFeed,
    AtomAuthorFeed,
    AtomCategoryFeed,
    AtomSiteFeed,
    AtomTagFeed,
    AtomTranslationFeed,
    JsonAllFeed,
    JsonAuthorFeed,
    JsonCategoryFeed,
    JsonSiteFeed,
    JsonTagFeed,
    JsonTranslationFeed,
)
from pelican_linkback.feeds.formats.atom import Atom1Feed
from pelican_linkback.feeds.formats.base import Generator
from pelican_linkback.feeds.formats.extensions import Category, Enclosure, InReplyTo, Stylesheet
from pelican_linkback.feeds.formats.jsonfeed import JsonFeed
from pelican_linkback.feeds.formats.people import Person
from pelican_linkback.feeds.formats.podcast import PodcastRss
from pelican_linkback.feeds.formats.registry import register_format
from pelican_linkback.feeds.formats.rss import Rss201rev2Feed, RssUserland091Feed
from pelican_linkback.feeds.formats.xml_base import XmlGenerator
from pelican_linkback.feeds.framework.aspects import Aspect
from pelican_linkback.feeds.framework.contents import Article, Content, Group
from pelican_linkback.feeds.framework.feed import Feed
from pelican_linkback.feeds.framework.site import Site

__all__ = [
    "MENTION_FEEDS",
    "STOCK_FEEDS",
    "AllFeed",
    "Article",
    "ArticleFeed",
    "Aspect",
    "Atom1Feed",
    "AtomAllFeed",
    "AtomAuthorFeed",
    "AtomCategoryFeed",
    "AtomMentionFeed",
    "AtomSiteFeed",
    "AtomTagFeed",
    "AtomTranslationFeed",
    "AuthorFeed",
    "Category",
    "CategoryFeed",
    "Content",
    "Enclosure",
    "Feed",
    "Generator",
    "Group",
    "InReplyTo",
    "JsonAllFeed",
    "JsonAuthorFeed",
    "JsonCategoryFeed",
    "JsonFeed",
    "JsonMentionFeed",
    "JsonSiteFeed",
    "JsonTagFeed",
    "JsonTranslationFeed",
    "MentionFeed",
    "MentionItem",
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
    "XmlGenerator",
    "register_format",
]

"""The feeds that Pelican's own settings ask for, as Feed classes and nothing more.

Each kind is declared once, for RSS 2.0; its sibling for Atom 1.0 differs by one line.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from feedgenerator.django.utils.feedgenerator import Atom1Feed as _Atom1Feed
from feedgenerator.django.utils.feedgenerator import get_tag_uri

from pelican_linkback.feeds.content import plain_text
from pelican_linkback.feeds.feed import Feed
from pelican_linkback.feeds.formats import Atom1Feed, Person
from pelican_linkback.feeds.site import Site

__all__ = [
    "STOCK_FEEDS",
    "AllFeed",
    "ArticleFeed",
    "AtomAllFeed",
    "AtomAuthorFeed",
    "AtomCategoryFeed",
    "AtomSiteFeed",
    "AtomTagFeed",
    "AtomTranslationFeed",
    "AuthorFeed",
    "CategoryFeed",
    "SiteFeed",
    "TagFeed",
    "TranslationFeed",
]


class ArticleFeed(Feed):
    """A feed whose items are Pelican's articles, newest first.

    ``setting`` is the first part of the Pelican settings that say where the feed goes:
    ``CATEGORY_FEED`` for CATEGORY_FEED_RSS, CATEGORY_FEED_RSS_URL, CATEGORY_FEED_ATOM and
    CATEGORY_FEED_ATOM_URL. A feed whose setting is empty does not exist.
    """

    setting = ""
    order_by: Any = "date"

    @property
    def _is_atom(self) -> bool:
        return issubclass(self.generator_class(self.obj), _Atom1Feed)

    def path_setting(self, obj: Any) -> str:
        """Return the name of the Pelican setting that says where the feed for ``obj`` goes."""
        atom = issubclass(self.generator_class(obj), _Atom1Feed)
        return f"{self.setting}_{'ATOM' if atom else 'RSS'}"

    def path_source(self, obj: Any) -> str:
        """Return what says where the document goes: ``path``, else the setting."""
        return self.path_setting(obj) if self._is_placed_by_setting else super().path_source(obj)

    @property
    def _is_placed_by_setting(self) -> bool:
        return not self.path and bool(self.setting)

    # Where. Patterns come from the settings, so they are looked up when the site is known.

    def document_path(self, obj: Any) -> str | None:
        """Return the place that ``path``, else the setting gives."""
        if self._is_placed_by_setting:
            return self._from_setting("", obj)
        return super().document_path(obj)

    def document_url(self, obj: Any) -> str | None:
        """Return the URL that ``url``, else the setting gives; where neither does, the path."""
        if self.url or not self._is_placed_by_setting:
            return super().document_url(obj)
        return self._from_setting("_URL", obj) or self.document_path(obj)

    def _from_setting(self, suffix: str, obj: Any) -> str | None:
        pattern = self.site.settings.get(self.path_setting(obj) + suffix)
        return self.expand(str(pattern), obj) if pattern else None

    # The feed.

    def title(self, obj: Any) -> str:
        """Return the site's name, followed by the object's where there is one."""
        return plain_text(f"{self.site.name} - {obj}" if obj else self.site.name)

    def link(self, obj: Any) -> str:
        """Return the page that shows the same: the object's, else the home page."""
        return str(getattr(obj, "url", ""))

    def description(self) -> str:
        """Return the site's subtitle."""
        return plain_text(self.site.subtitle)

    subtitle = description

    def feed_guid(self, obj: Any) -> str:
        """Return the feed's own URL: unique, and as permanent as the subscription (P1)."""
        return self.site.absolute_feed(self.document_url(obj) or "")

    def limit(self) -> int | None:
        """Return FEED_MAX_ITEMS."""
        limit: int | None = self.site.settings.get("FEED_MAX_ITEMS")
        return limit

    def summary_only(self) -> bool:
        """Tell whether items carry no more than their summaries: RSS_FEED_SUMMARY_ONLY for RSS."""
        return not self._is_atom and bool(self.site.settings.get("RSS_FEED_SUMMARY_ONLY", True))

    # The items.

    def item_title(self, article: Any) -> str:
        """Return the title as plain text."""
        return plain_text(str(article.title))

    def item_link(self, article: Any) -> str:
        """Return the article's URL, with ``?ref=feed`` where FEED_APPEND_REF asks for it."""
        reference = "?ref=feed" if self.site.settings.get("FEED_APPEND_REF") else ""
        return self.site.absolute(article.url) + reference

    def item_guid(self, article: Any) -> str:
        """Return the id under which Pelican publishes the article."""
        guid: str = get_tag_uri(self.site.absolute(article.url), article.date)
        return guid

    item_guid_is_permalink = False

    def item_description(self, article: Any) -> str | None:
        """Return the summary; None in Atom where it would only repeat the content."""
        summary = str(article.summary)
        repeats = self._is_atom and not self.summary_only() and summary == self._content(article)
        return None if repeats else summary

    def item_content(self, article: Any) -> str | None:
        """Return the article's HTML; None where summaries have to do, or say as much."""
        if self.summary_only():
            return None
        content = self._content(article)
        return None if not self._is_atom and content == article.summary else content

    def _content(self, article: Any) -> str:
        return str(article.get_content(self.site.url))

    def item_author_name(self, article: Any) -> str | None:
        """Return the first author's name, for formats that know only one."""
        names = [person.name for person in self.item_authors(article)]
        return names[0] if names else None

    def item_authors(self, article: Any) -> list[Person]:
        """Return every author who has a name (P7, P8)."""
        names = (str(author).strip() for author in getattr(article, "authors", ()))
        return [Person(name) for name in names if name]

    def item_pubdate(self, article: Any) -> dt.datetime:
        """Return the article's date."""
        date: dt.datetime = article.date
        return date

    def item_updateddate(self, article: Any) -> dt.datetime | None:
        """Return when the article was modified, if it was."""
        return getattr(article, "modified", None)

    def item_categories(self, article: Any) -> list[str]:
        """Return the names of the article's category and tags."""
        category = [article.category] if hasattr(article, "category") else []
        return [str(label) for label in chain(category, getattr(article, "tags", ()))]

    def item_language(self, article: Any) -> str | None:
        """Return the article's language."""
        return getattr(article, "lang", None)


class SiteFeed(ArticleFeed):
    """The articles in the default language."""

    setting = "FEED"

    def items(self) -> Sequence[Any]:
        """Return the site's articles."""
        return self.site.articles


class AllFeed(ArticleFeed):
    """The articles in all languages."""

    setting = "FEED_ALL"

    def items(self) -> list[Any]:
        """Return the site's articles, and each one's translations."""
        return [*self.site.articles, *chain(*(a.translations for a in self.site.articles))]


class _GroupFeed(ArticleFeed):
    """A feed for each object of a kind: the articles that belong to it."""

    group = ""

    def objects(self, site: Site) -> list[Any]:
        """Return the objects that have a name to make a path of (P7)."""
        return [obj for obj in getattr(site, self.group) if obj.slug]

    def items(self, obj: Any) -> Iterable[Any]:
        """Return the object's articles, each once: C++ and C# share a slug (P9)."""
        groups: Mapping[Any, Sequence[Any]] = getattr(self.site, self.group)
        return {id(article): article for article in groups[obj]}.values()


class CategoryFeed(_GroupFeed):
    """The articles of a category."""

    setting = "CATEGORY_FEED"
    group = "categories"


class AuthorFeed(_GroupFeed):
    """The articles of an author, those written with others included."""

    setting = "AUTHOR_FEED"
    group = "authors"


class TagFeed(_GroupFeed):
    """The articles with a tag."""

    setting = "TAG_FEED"
    group = "tags"


class TranslationFeed(ArticleFeed):
    """The articles in a language; the object is the language's code."""

    setting = "TRANSLATION_FEED"

    def objects(self, site: Site) -> list[str]:
        """Return the languages of the site's articles."""
        return sorted(_by_language(site))

    def items(self, language: str) -> list[Any]:
        """Return the articles and translations in the language."""
        return _by_language(self.site)[language]

    def path_fields(self, obj: Any) -> Mapping[str, Any]:
        """Return what a pattern may name: ``lang``."""
        return {"obj": obj, "lang": obj}

    def title(self, obj: str) -> str:  # noqa: ARG002 (a language is no subject)
        """Return the site's name."""
        return plain_text(self.site.name)

    def language(self, obj: str) -> str:
        """Return the language itself."""
        return obj


def _by_language(site: Site) -> dict[str, list[Any]]:
    languages = defaultdict(list)
    for article in chain(site.articles, site.translations):
        languages[article.lang].append(article)
    return dict(languages)


class AtomSiteFeed(SiteFeed):
    """SiteFeed in Atom."""

    feed_type = Atom1Feed


class AtomAllFeed(AllFeed):
    """AllFeed in Atom."""

    feed_type = Atom1Feed


class AtomCategoryFeed(CategoryFeed):
    """CategoryFeed in Atom."""

    feed_type = Atom1Feed


class AtomAuthorFeed(AuthorFeed):
    """AuthorFeed in Atom."""

    feed_type = Atom1Feed


class AtomTagFeed(TagFeed):
    """TagFeed in Atom."""

    feed_type = Atom1Feed


class AtomTranslationFeed(TranslationFeed):
    """TranslationFeed in Atom."""

    feed_type = Atom1Feed


STOCK_FEEDS: tuple[type[Feed], ...] = (
    *(AtomSiteFeed, SiteFeed, AtomAllFeed, AllFeed),
    *(AtomCategoryFeed, CategoryFeed, AtomAuthorFeed, AuthorFeed),
    *(AtomTagFeed, TagFeed, AtomTranslationFeed, TranslationFeed),
)
"""Every feed that Pelican has a setting for, in the order in which paths are given away."""

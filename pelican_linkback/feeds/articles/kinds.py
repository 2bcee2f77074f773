"""The kinds of feeds that Pelican's own settings ask for, as Feed classes and nothing more.

Each is declared once, for RSS 2.0; its siblings in other formats (``stock``) differ by one line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from pelican_linkback.feeds.articles.articles import ArticleFeed, each_once
from pelican_linkback.feeds.articles.entries import categories_of
from pelican_linkback.feeds.articles.groups import GroupFeed
from pelican_linkback.feeds.formats.people import as_person
from pelican_linkback.feeds.framework.aspects import default, hook
from pelican_linkback.feeds.framework.contents import Article, Group
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.text.titles import plain_text

__all__ = [
    "KINDS",
    "AllFeed",
    "AuthorFeed",
    "CategoryFeed",
    "SiteFeed",
    "TagFeed",
    "TranslationFeed",
]


class SiteFeed(ArticleFeed):
    """The articles in the default language, as FEED_RSS asks for."""

    setting = "FEED"

    @hook
    def items(self) -> Iterable[Article]:
        """Return the site's articles."""
        return self.site.articles


class AllFeed(ArticleFeed):
    """The articles in all languages, as FEED_ALL_RSS asks for."""

    setting = "FEED_ALL"

    @hook
    def items(self) -> Iterable[Article]:
        """Return the site's articles, and each one's translations: several may have the same."""
        articles = self.site.articles
        return list(each_once(chain(articles, *(each.translations for each in articles))))


class CategoryFeed(GroupFeed):
    """The articles of each category, as CATEGORY_FEED_RSS asks for."""

    setting = "CATEGORY_FEED"
    group = "categories"

    def groups_of(self, article: Article) -> Iterable[Group]:
        """Return the article's categories, their parents included."""
        return categories_of(article)


class AuthorFeed(GroupFeed):
    """The articles of each author, as AUTHOR_FEED_RSS asks for."""

    setting = "AUTHOR_FEED"
    group = "authors"

    @default
    def title(self, obj: object) -> str:
        """Return the site's name, followed by the author's."""
        name = str(self.aspect("author_name", obj))
        return plain_text(f"{self.site.name} - {as_person(name).name or name}")

    @default
    def author_name(self, obj: object) -> str | None:
        """Return the author; an e-mail address in the name is separated in the document."""
        return plain_text(str(obj))


class TagFeed(GroupFeed):
    """The articles of each tag, as TAG_FEED_RSS asks for."""

    setting = "TAG_FEED"
    group = "tags"


class TranslationFeed(ArticleFeed):
    """The articles in each language, as TRANSLATION_FEED_RSS asks for; the object is its code."""

    setting = "TRANSLATION_FEED"

    def objects(self, site: Site) -> Iterable[object]:
        """Return the languages of the site's articles, of which not all are in the future."""
        by_language = site.sharing.once(_by_language, site, _by_language)
        return sorted(lang for lang, each in by_language.items() if self._has_begun(each))

    @hook
    def items(self, language: str) -> Iterable[Article]:
        """Return the articles and translations in the language."""
        return list(self.site.sharing.once(_by_language, self.site, _by_language)[language])

    @hook
    def path_fields(self, obj: str) -> Mapping[str, object]:
        """Return what a pattern may name: ``lang``."""
        return {"obj": obj, "lang": obj}

    @default
    def title(self, obj: str) -> str:  # noqa: ARG002 (a language is no subject)
        """Return the site's name."""
        return plain_text(self.site.name)

    @default
    def language(self, obj: str) -> str | None:
        """Return the language itself."""
        return obj


def _by_language(site: Site) -> dict[str, list[Article]]:
    languages = defaultdict(list)
    for article in chain(site.articles, site.translations):
        languages[article.lang].append(article)
    return dict(languages)


KINDS: tuple[type[ArticleFeed], ...] = (
    *(SiteFeed, AllFeed, CategoryFeed, AuthorFeed, TagFeed, TranslationFeed),
)
"""Each of them, in the order in which paths are given away."""

"""The feeds that Pelican's own settings ask for, as Feed classes.

Each kind is declared once, for RSS 2.0; the variants for Atom 1.0 and JSON Feed 1.1 differ by one
line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from pelican_linkback.feeds.articles.articles import ArticleFeed, categories_of, each_once
from pelican_linkback.feeds.content.titles import plain_text
from pelican_linkback.feeds.formats.atom import Atom1Feed
from pelican_linkback.feeds.formats.jsonfeed import JsonFeed
from pelican_linkback.feeds.formats.people import as_person
from pelican_linkback.feeds.framework.aspects import as_method, default, hook
from pelican_linkback.feeds.framework.contents import Article, Group
from pelican_linkback.feeds.framework.feed import Feed
from pelican_linkback.feeds.framework.site import Site

__all__ = [
    "STOCK_FEEDS",
    "AllFeed",
    "AtomAllFeed",
    "AtomAuthorFeed",
    "AtomCategoryFeed",
    "AtomSiteFeed",
    "AtomTagFeed",
    "AtomTranslationFeed",
    "AuthorFeed",
    "CategoryFeed",
    "JsonAllFeed",
    "JsonAuthorFeed",
    "JsonCategoryFeed",
    "JsonSiteFeed",
    "JsonTagFeed",
    "JsonTranslationFeed",
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


@dataclass(frozen=True, slots=True)
class InLanguage:
    """A category, author or tag in one language; it has the attributes of its object."""

    obj: Group
    lang: str

    def __getattr__(self, name: str) -> object:
        return getattr(self.obj, name)

    def __str__(self) -> str:
        return str(self.obj)


Members: TypeAlias = Mapping[Group | InLanguage, Sequence[Article]]
"""The articles of each object."""


class GroupFeed(ArticleFeed):
    """A feed for each category, author or tag: the articles that belong to it.

    These are the articles in the default language, unless the path's pattern names ``{lang}``:
    then there is a feed for each object and language, translations included (P17).
    """

    group = ""
    """The attribute of the site that maps the objects to their articles: ``"categories"``."""

    groups_of: Callable[[Article], Iterable[Group]]
    """The method that returns the objects that an article belongs to."""

    def objects(self, site: Site) -> Iterable[object]:
        """Return the objects that have a slug (P7) and an article whose date has come.

        An empty feed would publish the name of a category before its time.
        """
        for words, names in site.sharing.once((self.group, "slugs"), site, self._shared_slugs):
            site.warn(words, *names)
        members = self._members(site).items()
        return [obj for obj, articles in members if obj.slug and self._has_begun(articles)]

    @hook
    def items(self, obj: Group) -> Iterable[Article]:
        """Return the object's articles, each once: C++ and C# share a slug (P9)."""
        return self.site.sharing.once(each_once, self._members(self.site)[obj], each_once)

    @default
    def link(self, obj: object) -> str:
        """Return the object's page, else the home page."""
        return as_method(super().link)(obj) if self._has_page(obj) else ""

    def _has_page(self, obj: object) -> bool:
        """Return whether the object has a page, in all languages.

        Pelican writes it if an article in the default language belongs to it. A class may have
        objects of another kind, with pages that a plugin writes.
        """
        if not isinstance(obj, InLanguage):
            return True
        known: Members = getattr(self.site, self.group)
        kinds = set(map(type, known))
        return obj.obj in known or (bool(kinds) and type(obj.obj) not in kinds)

    @default
    def language(self, obj: object) -> str | None:
        """Return the object's language where it has one."""
        return obj.lang if isinstance(obj, InLanguage) else self.site.language

    def _members(self, site: Site) -> Members:
        if "{lang" not in (self.path_pattern() or ""):
            members: Members = getattr(site, self.group)
            return members
        return site.sharing.once((type(self), "members"), site, self._members_by_language)

    def _members_by_language(self, site: Site) -> Members:
        by_language: dict[Group | InLanguage, list[Article]] = defaultdict(list)
        for article in chain(site.articles, site.translations):
            for obj in self.groups_of(article):
                by_language[InLanguage(obj, article.lang)].append(article)
        return dict(by_language)

    def _shared_slugs(self, site: Site) -> list[tuple[str, tuple[str, ...]]]:
        """Return a warning for each slug that several names share: message and arguments."""
        names: dict[str, dict[str, str]] = defaultdict(dict)
        groups = list(chain(*map(self.groups_of, chain(site.articles, site.translations))))
        for name, obj in dict(zip(map(str, groups), groups, strict=True)).items():
            names[obj.slug].setdefault(name.casefold(), name)
        kind = self.setting.removesuffix("_FEED")
        return [
            (
                _ONE if len({_SPELLING.sub("", name) for name in same}) == 1 else _SEVERAL,
                (self.group, " and ".join(sorted(same.values())), slug, kind),
            )
            for slug, same in sorted(names.items())
            if len(same) > 1
        ]


_SPELLING = re.compile(r"[\s_.'’‐-―-]+")
"""The characters that spellings of one name differ in, besides capitals."""

_ONE = (
    "The {} {} share the slug {!r} and so have one page and one feed; "
    "they look like one: write the name alike everywhere"
)
_SEVERAL = (
    "The {} {} share the slug {!r} and so have one page and one feed; "
    "keep them apart with {}_REGEX_SUBSTITUTIONS, or write them alike if they are one"
)


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

    def groups_of(self, article: Article) -> Iterable[Group]:
        """Return the article's authors."""
        authors: Iterable[Group] = getattr(article, "authors", ())
        return authors

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

    def groups_of(self, article: Article) -> Iterable[Group]:
        """Return the article's tags."""
        tags: Iterable[Group] = getattr(article, "tags", ())
        return tags


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


class AtomSiteFeed(SiteFeed):
    """SiteFeed in Atom 1.0."""

    feed_type = Atom1Feed


class AtomAllFeed(AllFeed):
    """AllFeed in Atom 1.0."""

    feed_type = Atom1Feed


class AtomCategoryFeed(CategoryFeed):
    """CategoryFeed in Atom 1.0."""

    feed_type = Atom1Feed


class AtomAuthorFeed(AuthorFeed):
    """AuthorFeed in Atom 1.0."""

    feed_type = Atom1Feed


class AtomTagFeed(TagFeed):
    """TagFeed in Atom 1.0."""

    feed_type = Atom1Feed


class AtomTranslationFeed(TranslationFeed):
    """TranslationFeed in Atom 1.0."""

    feed_type = Atom1Feed


class JsonSiteFeed(SiteFeed):
    """SiteFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


class JsonAllFeed(AllFeed):
    """AllFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


class JsonCategoryFeed(CategoryFeed):
    """CategoryFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


class JsonAuthorFeed(AuthorFeed):
    """AuthorFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


class JsonTagFeed(TagFeed):
    """TagFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


class JsonTranslationFeed(TranslationFeed):
    """TranslationFeed in JSON Feed 1.1."""

    feed_type = JsonFeed


STOCK_FEEDS: tuple[type[Feed], ...] = (
    *(AtomSiteFeed, SiteFeed, JsonSiteFeed, AtomAllFeed, AllFeed, JsonAllFeed),
    *(AtomCategoryFeed, CategoryFeed, JsonCategoryFeed),
    *(AtomAuthorFeed, AuthorFeed, JsonAuthorFeed),
    *(AtomTagFeed, TagFeed, JsonTagFeed),
    *(AtomTranslationFeed, TranslationFeed, JsonTranslationFeed),
)
"""Every feed class of Pelican's settings, in the order in which they get paths."""

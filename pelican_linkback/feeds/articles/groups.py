"""GroupFeed: a feed for each category, author or tag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from pelican_linkback.feeds.articles.articles import ArticleFeed, each_once
from pelican_linkback.feeds.framework.aspects import as_method, default, hook
from pelican_linkback.feeds.framework.contents import Article, Group
from pelican_linkback.feeds.framework.site import Site
from pelican_linkback.text.regex import regex

__all__ = ["GroupFeed", "InLanguage"]


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

    @hook
    def groups_of(self, article: Article) -> Iterable[Group]:
        """Return the objects that an article belongs to: its attribute of the group's name."""
        groups: Iterable[Group] = getattr(article, self.group, ())
        return groups

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


_SPELLING = regex(r"[\s_.'’‐-―-]+")
"""The characters that spellings of one name differ in, besides capitals."""

_ONE = (
    "The {} {} share the slug {!r} and so have one page and one feed; "
    "they look like one: write the name alike everywhere"
)
_SEVERAL = (
    "The {} {} share the slug {!r} and so have one page and one feed; "
    "keep them apart with {}_REGEX_SUBSTITUTIONS, or write them alike if they are one"
)

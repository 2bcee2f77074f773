"""What the page says: the feeds of the site by kind, in the site's language. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from pelican_linkback.feeds.articles.groups import InLanguage
from pelican_linkback.plugin.feeds.links import FeedLink
from pelican_linkback.text.language import direction_of, translation_for

__all__ = ["Address", "FeedsPage", "Group", "Listed", "page_of"]

KINDS = ("site", "category", "tag", "author", "other")
"""In the order of the page."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a feed is, and in which format; ``type`` is its media type."""

    url: str
    format: str
    type: str


@dataclass(slots=True)
class Listed:
    """What can be followed: its name, and the addresses of its feeds, one for each format."""

    name: str
    addresses: list[Address] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """The feeds of a kind ("site", "category", "tag", "author", "other"), under their heading."""

    kind: str
    heading: str
    feeds: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class FeedsPage:
    """What a template has as ``feeds_page``.

    ``title`` and ``intro`` are in ``language``, a tag of BCP 47, whose letters go in ``direction``
    ("ltr" or "rtl").
    """

    title: str
    intro: str
    language: str
    direction: str
    groups: tuple[Group, ...]


def page_of(feeds: Iterable[tuple[object, FeedLink]], home: str, language: str) -> FeedsPage:
    """Return the page about ``feeds``, each with what it is for, in the site's ``language``.

    ``home`` is the address of the site, for a site whose feeds have no absolute ones.
    """
    spoken = translation_for(language, _translations())
    words = _translations()[spoken]
    by_kind: dict[str, dict[str, Listed]] = {kind: {} for kind in KINDS}
    for subject, link in feeds:
        kind, name = _subject(subject, link)
        listed = by_kind[kind].setdefault(name, Listed(name))
        url = link.href if "://" in link.href else f"{home}/{link.path}"
        listed.addresses.append(Address(url, link.format or link.type, link.type))
    return FeedsPage(
        title=words["title"],
        intro=words["intro"],
        language=spoken,
        direction=direction_of(spoken),
        groups=tuple(
            Group(kind, words[kind], tuple(_sorted(kind, listed.values())))
            for kind, listed in by_kind.items()
            if listed
        ),
    )


def _sorted(kind: str, listed: Iterable[Listed]) -> Iterable[Listed]:
    named = kind in {"category", "tag", "author"}
    return sorted(listed, key=lambda each: each.name.casefold()) if named else listed


def _subject(subject: object, link: FeedLink) -> tuple[str, str]:
    """Return the kind of a feed, and the name under which it is listed."""
    if subject is None:
        return "site", link.title
    if isinstance(subject, str):  # a language of the whole site
        return "site", f"{link.title} ({subject})"
    if isinstance(subject, InLanguage):
        kind, name = _subject(subject.obj, link)
        return kind, f"{name} ({subject.lang})"
    kind = type(subject).__name__.lower()
    return (kind, str(subject)) if kind in KINDS else ("other", link.title)


@cache
def _translations() -> Mapping[str, Mapping[str, str]]:
    text = files(__package__).joinpath("words.json").read_text(encoding="utf-8")
    translations: Mapping[str, Mapping[str, str]] = json.loads(text)
    return translations

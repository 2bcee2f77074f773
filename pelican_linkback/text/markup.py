"""One pass over a page: its links and their rels, its tags, or the end of its head.

Contains no business logic.

The parser calls methods and builds no tree, so that a page of a hundred thousand nested elements
takes a tenth of a second and no recursion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.text import urls
from pelican_linkback.text.regex import regex

__all__ = ["Link", "Page", "Tag", "end_of_head", "parse", "read", "tags"]

CODE = frozenset({"code", "kbd", "pre", "samp"})

_END_OF_HEAD = regex(
    r"<!--[^-]*+(?:-(?!->)[^-]*+)*+"
    r"|<(?P<raw>script|style|title|template)\b.*?(?:</(?P=raw)\b|\Z)"
    r"""|<[a-z](?:[^=>]++|=\s*+(?:"[^"]*+"?+|'[^']*+'?+)?+)*+"""
    r"|(?P<end></head\s*>)",
    re.IGNORECASE | re.DOTALL,
)
"""The end of the head, after what may contain its text: a comment, a script, an attribute."""


class Link(NamedTuple):
    """An ``<a>`` or ``<link>`` element.

    ``href`` is the unescaped attribute (None without one), ``rels`` are its rel tokens in lower
    case and in order, ``in_code`` says whether it is in a code listing.
    """

    name: str
    href: str | None
    rels: tuple[str, ...]
    in_code: bool = False


class Page(NamedTuple):
    """The links of a page in document order, and the value of its first ``<base href>``."""

    links: tuple[Link, ...]
    base: str | None = None

    def resolve(self, url: str, reference: str) -> str:
        """Return the URL that ``reference`` means on this page, which was read from ``url``.

        Raises InvalidURL if it cannot be parsed.
        """
        return urls.resolve(_base(url, self.base) if self.base else url, reference)


@lru_cache(maxsize=16)
def _base(url: str, declared: str) -> str:
    """Return the base URL of a page; cached, as a page has many references.

    As browsers do, one that is a script or a document is ignored (HTML, section 4.2.3).
    """
    if urls.is_script(declared):
        return url
    try:
        return urls.resolve(url, declared)
    except InvalidURL:
        return url


class Tag(NamedTuple):
    """A start tag: its name and its attributes, unescaped, names in lower case."""

    name: str
    attributes: tuple[tuple[str, str], ...]


def read(html: str) -> Page:
    """Return the links of a page or a fragment, as a browser without scripts sees them.

    Comments, scripts, escaped markup and ``<template>`` contain no links. A truncated tag is no
    tag.
    """
    page: Page = parse(html, _Reader())
    return page


def tags(html: str) -> tuple[Tag, ...]:
    """Return the start tags of a page or a fragment, including those that HTML implies."""
    found: tuple[Tag, ...] = parse(html, _Tags())
    return found


def end_of_head(html: str) -> int | None:
    """Return the position of the end tag of a page's head; None if there is none."""
    return next((found.start() for found in _END_OF_HEAD.finditer(html) if found["end"]), None)


def parse(html: str, target: object) -> Any:
    """Return the result of the parser ``target`` (with lxml's methods) for a page or a fragment."""
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415 (an idle build reads none)

    parser = etree.HTMLParser(target=target, encoding="utf-8")
    # Fed as bytes, because a string that declares an encoding in its first line is refused.
    whole = html[: html.rfind(">") + 1] or " "
    parser.feed(whole.encode("utf-8", "replace"))
    return parser.close()


class _Reader:
    """A parser target that makes a Page. The method names are lxml's."""

    def __init__(self) -> None:
        self.links: list[Link] = []
        self.base: str | None = None
        self.code = 0
        self.templates = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "template":
            self.templates += 1
        elif self.templates:
            return  # its content is not part of the page, until a script puts it there
        elif name in CODE:
            self.code += 1
        elif name in {"a", "link"}:
            rels = tuple(attributes.get("rel", "").lower().split())
            self.links.append(Link(name, attributes.get("href"), rels, in_code=self.code > 0))
        elif name == "base" and self.base is None:
            self.base = attributes.get("href")

    def end(self, name: str) -> None:
        self.templates -= name == "template"
        self.code -= name in CODE and not self.templates

    def data(self, text: str) -> None:
        """Ignore text."""

    def close(self) -> Page:
        return Page(tuple(self.links), self.base)


class _Tags:
    """A parser target that makes Tags."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.tags.append(Tag(name, tuple(attributes.items())))

    def end(self, name: str) -> None:
        """Ignore end tags."""

    def data(self, text: str) -> None:
        """Ignore text."""

    def close(self) -> tuple[Tag, ...]:
        return tuple(self.tags)

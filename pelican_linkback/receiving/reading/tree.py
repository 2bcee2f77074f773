"""The parts of a page that have microformats, as the Beautiful Soup that mf2py reads. Pure.

To make an object of Python of each element takes most of the time, and most of a page is navigation
or text. So only the elements with the class of a root (``h-entry``, ``hentry``) are taken, and what
is in them; of the content of a post, which is embedded markup, only what is a property or a root
itself. A mark in the text stands for the markup of the content.

The parser of HTML is turbohtml, or html5lib where that has no wheel, which takes a hundred times as
long.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from bs4 import BeautifulSoup
from bs4.builder import HTMLTreeBuilder
from bs4.element import NavigableString, Tag
from mf2py import backcompat, mf2_classes

from pelican_linkback.receiving.reading.links import LINKS, references_of
from pelican_linkback.text.elements import BLOCKS
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import has_other_scheme

__all__ = ["MARK", "Root", "Tree", "tree_of"]

MARK = regex("\x00([0-9]+)\x00")
"""What stands for embedded markup: its number in ``Tree.markup``. No page has a NUL in its text."""

_DEEPEST = 150
"""How many levels of elements are kept; deeper ones lose their tags. mf2py calls itself."""

_ATTRIBUTES = 100
"""The maximum for one element; further attributes are not read."""

_NOT_READ = frozenset({"base", "iframe", "object", "script", "select", "style", "svg", "template"})
"""Elements whose content is no text of the page; of ``base``, mf2py would take any."""

_HAVE_RELS = frozenset({"a", "area", "link"})

_LONGEST_CONTENT, _CONTENTS = 200_000, 2_000_000
"""How many characters of embedded markup are kept: of each piece, and of all that is in others."""

_CONTENT_OF_OLD = frozenset({"entry-content", "entry-summary"})
"""The classes of embedded markup from before microformats2."""

_FRACTION = regex(r"(\d[Tt ]\d\d:\d\d:\d\d)\.(?=\d)", re.ASCII)
"""mf2py leaves out the fraction of a second, but for one behind a comma (ISO 8601 has both)."""

_READ_BY_MF2PY = frozenset(
    {
        *("alt", "class", "data", "datetime", "href", "lang", "poster", "rel", "src", "title"),
        *("value", "xlink:href", "cite"),
    }
)


@dataclass(slots=True)
class Root:
    """What mf2py does not say of a root: its ``id``, and whether it ``links`` to our page.

    ``has_url``: it says its URL, which otherwise is the only link in it.
    """

    id: str = ""
    links: bool = False
    has_url: bool = False


class Tree(NamedTuple):
    """The microformats of a page.

    The ``id`` of a root in ``soup`` is its number in ``roots``. ``author`` is the reference of the
    first link with rel=author, and ``markup`` is what the marks stand for.
    """

    soup: BeautifulSoup
    roots: Sequence[Root]
    author: str
    markup: Sequence[str]


class _Element(NamedTuple):
    name: str
    attributes: Mapping[str, str]


_Node = _Element | str | None
"""An element, a text, or what is neither."""


class _Parser(NamedTuple):
    """A parser library.

    ``parse`` returns the nodes of a page, ``read`` says what a node is, ``write`` returns the
    markup in an element.
    """

    parse: Callable[[str], Iterable[Any]]
    read: Callable[[Any], _Node]
    write: Callable[[Any], str]


def tree_of(html: str, links: Collection[str]) -> Tree:
    """Return the microformats of a page; ``links`` are its references to the page of ours."""
    builder = _Builder(html, links)
    soup = BeautifulSoup("", builder=builder)
    return Tree(soup, builder.roots, builder.author, builder.markup)


class _Open(NamedTuple):
    """An element whose children are being read.

    ``name`` is empty if the soup does not have it; ``is_whole`` says whether it has all that is in
    it.
    """

    name: str = ""
    is_root: bool = False
    is_whole: bool = False


class _Builder(HTMLTreeBuilder):
    """Feeds Beautiful Soup with the roots of a page."""

    NAME = "html.parser"
    """mf2py makes elements of its own with the builder of this name."""

    def __init__(self, html: str, links: Collection[str]) -> None:
        super().__init__()
        self.html = html
        self.links = links
        self.parser = _parser()
        self.roots: list[Root] = []
        self.author = ""
        self.markup: list[str] = []
        self.characters_left = _CONTENTS
        self.open: list[Root] = []
        self.depth = 0

    def feed(self, markup: object) -> None:  # noqa: ARG002 (of the library's interface)
        """Add the roots to the soup; does not call itself, however deep a page is."""
        waiting: list[tuple[_Open, Iterator[Any]]]
        waiting = [(_Open(), iter(self.parser.parse(self.html)))]
        while waiting:
            opened, nodes = waiting[-1]
            for node in nodes:
                found = self.parser.read(node)
                if isinstance(found, str):
                    self._add(found, opened)
                elif found is not None and found.name not in _NOT_READ:
                    waiting.append((self._start(found, opened, node), iter(node.children)))
                    break
            else:
                waiting.pop()
                self._end(opened)

    def _add(self, text: str, opened: _Open) -> None:
        if opened.is_whole and self.soup:
            self.soup.handle_data(text)

    def _start(self, element: _Element, around: _Open, node: Any) -> _Open:
        name, attributes = element
        means = _meaning(attributes["class"]) if "class" in attributes else _NOTHING
        self._begin(means, attributes)
        if name in LINKS:
            self._note(name, attributes)
        if not self.open or not (around.is_whole or means.is_root or means.is_property):
            return _Open("", means.is_root)
        if self.depth >= _DEEPEST or self.soup is None:
            return _Open("", means.is_root, around.is_whole)
        if means.is_value_title:
            return self._add_value(self.soup, attributes.get("title", ""))
        kept = {key: value for key, value in attributes.items() if key in _READ_BY_MF2PY}
        if means.is_property and "datetime" in kept:
            kept["datetime"] = _FRACTION.sub(r"\1,", kept["datetime"])
        if means.is_root:
            kept["id"] = str(len(self.roots) - 1)
        if name in BLOCKS and self.depth:
            self.soup.handle_data(" ")  # mf2py has words run together that are not in paragraphs
        self.soup.handle_starttag(name, None, None, kept)
        self.depth += 1
        if means.is_markup and self.characters_left > 0:
            self.soup.handle_data(f"\0{len(self.markup)}\0")
            self.markup.append(self.parser.write(node)[:_LONGEST_CONTENT])
            self.characters_left -= len(self.markup[-1])
        return _Open(name, means.is_root, not means.is_markup)

    def _begin(self, means: _Meaning, attributes: Mapping[str, str]) -> None:
        """Note what an element is to the microformats around it, and which one it begins."""
        if means.is_url and self.open:
            self.open[-1].has_url = True
        if means.is_root:
            # An old one has no URL that it does not say.
            self.open.append(Root(attributes.get("id", ""), has_url=not means.is_new))
            self.roots.append(self.open[-1])

    def _add_value(self, soup: BeautifulSoup, title: str) -> _Open:
        """Add a value that is in a title (value-class-pattern), in a way that mf2py can read."""
        soup.handle_starttag("data", None, None, {"class": "value", "value": title})
        soup.handle_data(title)
        self.depth += 1
        return _Open("data")

    def _note(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note what is known of an element that refers to something."""
        if any(each in self.links for each in references_of(name, attributes)):
            for root in reversed(self.open):
                if root.links:
                    break  # and so do those around it
                root.links = True
        if not self.author and name in _HAVE_RELS:
            href, rels = attributes.get("href", ""), attributes.get("rel", "").lower().split()
            self.author = href if "author" in rels and not has_other_scheme(href) else ""

    def _end(self, opened: _Open) -> None:
        if opened.is_root:
            self.open.pop()
        if opened.name and self.soup:
            self.soup.handle_endtag(opened.name)
            self.depth -= 1
            if opened.name in BLOCKS and self.depth:
                self.soup.handle_data(" ")


class _Meaning(NamedTuple):
    """What an element is by its classes: a microformat, a property of one, embedded markup.

    ``is_new``: the microformat is one by the new rules, too. ``is_value_title``: its title is a
    value of the property around it. ``is_url``: it is the URL of the microformat around it.
    """

    is_root: bool = False
    is_property: bool = False
    is_markup: bool = False
    is_value_title: bool = False
    is_url: bool = False
    is_new: bool = False


_NOTHING = _Meaning()


def _meaning(classes: str) -> _Meaning:
    """Return what classes say, as mf2py reads them; most are on many elements of a page."""
    return _known(classes) if len(classes) <= _LONGEST_KEPT else _read(classes)


def _read(text: str) -> _Meaning:
    classes = text.split()
    is_new = mf2_classes.root(classes, mf2_classes.CONFLICTING_ROOTS_TAILWIND)
    return _Meaning(
        bool(is_new or backcompat.root(classes)),
        any(map(mf2_classes.is_property_class, classes)),
        mf2_classes.has_embedded_class(classes) or not _CONTENT_OF_OLD.isdisjoint(classes),
        "value-title" in classes,
        "u-url" in classes,
        bool(is_new),
    )


_known = functools.lru_cache(maxsize=1000)(_read)
_LONGEST_KEPT = 200


@functools.cache
def _parser() -> _Parser:
    try:
        return _turbohtml()
    except ImportError:
        return _html5lib()


def _turbohtml() -> _Parser:
    from turbohtml import Element, Text, parse  # noqa: PLC0415

    def nodes(html: str) -> Iterable[Any]:
        return parse(html, positions=False).children

    def read(node: Any) -> _Node:
        if isinstance(node, Element):
            found = islice(node.attrs.items(), _ATTRIBUTES)
            return _Element(node.tag, {name: _text_of(value) for name, value in found})
        return node.data if isinstance(node, Text) else None

    def write(node: Any) -> str:
        return str(node.inner_html)

    return _Parser(nodes, read, write)


def _text_of(value: str | list[str] | None) -> str:
    """Return the value of an attribute; class and rel are lists."""
    return value if isinstance(value, str) else " ".join(value or ())


def _html5lib() -> _Parser:
    def nodes(html: str) -> Iterable[Any]:
        return BeautifulSoup(html, "html5lib", multi_valued_attributes=None).children

    def read(node: Any) -> _Node:
        if isinstance(node, Tag):
            return _Element(node.name, {key: str(value) for key, value in node.attrs.items()})
        return str(node) if type(node) is NavigableString else None

    def write(node: Any) -> str:
        return str(node.decode_contents())

    return _Parser(nodes, read, write)

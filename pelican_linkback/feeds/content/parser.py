"""Parses HTML into a tree, as browsers do (HTML, section 13.2). The only module that does.

turbohtml is used, which is written in C, if it has a wheel for this machine; else Beautiful Soup
with html5lib, which takes a hundred times as long and differs from browsers in rare cases.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from pelican_linkback.feeds.content.tree import Element, Node
from pelican_linkback.text.elements import DROPPED

__all__ = ["parse", "repaired"]

MOST_ATTRIBUTES = 200
"""The maximum for one tag; further attributes are left out."""

MOST_LEVELS = 200
"""The maximum depth of elements: deeper ones lose their tags."""

_SPACES = {"http://www.w3.org/2000/svg": "svg", "http://www.w3.org/1998/Math/MathML": "math"}


class _Parser(NamedTuple):
    """A parser library.

    ``parse`` returns the nodes of a piece of HTML; ``read`` converts a node: to its text, an
    element without children yet, or None for comments and the like. ``children`` are an element's.
    """

    parse: Callable[[str], Iterable[Any]]
    read: Callable[[Any], Node | None]
    children: Callable[[Any], Iterable[Any]]
    write: Callable[[str], str] | None = None
    """Returns a piece of HTML as a browser writes what it has read of it; None if that is slow."""


def repaired(html: str) -> str | None:
    """Return a piece of HTML parsed and written again, without making a tree of it in Python.

    None where there is no fast way, or ``tree.write`` would write it in another way.
    """
    write = _parser().write
    written = write(_encodable(html)) if write else None
    if written is None or "\r" in written:
        return None
    # Every other ampersand is written as a reference, and so this is never the text "&nbsp;".
    return written.replace("&nbsp;", "\xa0")


def _encodable(html: str) -> str:
    """Return HTML without lone surrogates, which XML forbids and parsers cannot encode."""
    return html.encode(errors="ignore").decode()


def parse(html: str) -> Element:
    """Return a ``div`` with the tree that a browser makes of a piece of HTML, without comments."""
    parser = _parser()
    nodes = parser.parse(_encodable(html))
    root = Element("div")
    waiting: list[tuple[list[Node], Any]] = [(root.children, iter(nodes))]
    while waiting:
        into, nodes = waiting[-1]
        for node in nodes:
            found = parser.read(node)
            if isinstance(found, str):
                into.append(found)
            elif found is not None:
                if len(waiting) <= MOST_LEVELS:
                    into.append(found)
                    into = found.children
                elif found.name in DROPPED:
                    continue
                waiting.append((into, iter(parser.children(node))))
                break
        else:
            waiting.pop()
    return root


@functools.cache
def _parser() -> _Parser:
    try:
        return _turbohtml()
    except ImportError:
        return _beautiful_soup()


def _turbohtml() -> _Parser:
    from turbohtml import Element as Parsed  # noqa: PLC0415
    from turbohtml import Namespace, Text, parse_fragment  # noqa: PLC0415

    def read(node: Any) -> Node | None:
        if isinstance(node, Text):
            return node.data
        if not isinstance(node, Parsed):
            return None
        # Class and rel are lists in ``attrs``; ``attr`` returns them as written.
        names = list(node.attrs)[:MOST_ATTRIBUTES]
        attributes = {name: node.attr(name) or "" for name in names}
        space = node.namespace
        return Element(node.tag, attributes, [], "html" if space is html else space.value)

    def nodes(text: str) -> Iterable[Any]:
        return parse_fragment(text, positions=False).children

    def write(text: str) -> str:
        return parse_fragment(text, positions=False).inner_html

    html = Namespace.HTML
    return _Parser(nodes, read, _children, write)


def _beautiful_soup() -> _Parser:
    from bs4 import BeautifulSoup  # noqa: PLC0415
    from bs4.element import NavigableString, PreformattedString  # noqa: PLC0415

    def nodes(text: str) -> Iterable[Any]:
        # In the body, as a fragment is; Beautiful Soup has no other way to parse one.
        soup = BeautifulSoup(
            f"<!DOCTYPE html><body>{text}", "html5lib", multi_valued_attributes=None
        )
        return soup.body.children if soup.body else ()

    def read(node: Any) -> Node | None:
        if isinstance(node, PreformattedString):  # a comment, a declaration, an instruction
            return None
        if isinstance(node, NavigableString):
            return str(node)
        attributes = dict(list(node.attrs.items())[:MOST_ATTRIBUTES])
        named = {str(name): str(value) for name, value in attributes.items()}
        return Element(node.name, named, [], _SPACES.get(node.namespace, "html"))

    return _Parser(nodes, read, _children)


def _children(node: Any) -> Iterable[Any]:
    children: Iterable[Any] = node.children
    return children

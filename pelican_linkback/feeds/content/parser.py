"""HTML text to a tree, as browsers read it (HTML, section 13.2). The only place that knows how."""

from __future__ import annotations

from typing import Any

from turbohtml import Element as Parsed
from turbohtml import Namespace, Text, parse_fragment

from pelican_linkback.feeds.content.elements import DROPPED
from pelican_linkback.feeds.content.tree import Element, Node

__all__ = ["parse"]

_HTML = Namespace.HTML

MOST_ATTRIBUTES = 200
"""Of one tag; what comes behind them is left out."""

MOST_LEVELS = 200
"""How deep elements may be: what is deeper loses its tags."""


def parse(html: str) -> Element:
    """Return a ``div`` that holds what a browser makes of a piece of HTML, without its comments."""
    # Lone surrogates, which XML forbids, are more than a parser can encode.
    fragment = parse_fragment(html.encode(errors="ignore").decode(), positions=False)
    root = Element("div")
    waiting: list[tuple[list[Node], Any]] = [(root.children, iter(fragment.children))]
    while waiting:
        into, nodes = waiting[-1]
        for node in nodes:
            if isinstance(node, Text):
                into.append(node.data)
            elif isinstance(node, Parsed):
                if len(waiting) <= MOST_LEVELS:
                    element = _element(node)
                    into.append(element)
                    into = element.children
                elif node.tag in DROPPED:
                    continue
                waiting.append((into, iter(node.children)))
                break
        else:
            waiting.pop()
    return root


def _element(node: Parsed) -> Element:
    # Class and rel are lists in ``attrs``; ``attr`` gives what is written.
    names = list(node.attrs)[:MOST_ATTRIBUTES]
    attributes = {name: node.attr(name) or "" for name in names}
    space = node.namespace
    return Element(node.tag, attributes, [], "html" if space is _HTML else space.value)

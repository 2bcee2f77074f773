"""Parses, cleans and serialises HTML until a parser would change nothing more. Pure."""

from __future__ import annotations

import re
from html import escape

from pelican_linkback.feeds.content import embeds, lazy
from pelican_linkback.feeds.content.page_only import formula_in, is_for_the_page, without_permalinks
from pelican_linkback.feeds.content.parser import parse, repaired
from pelican_linkback.feeds.content.references import (
    EDGES,
    is_alive,
    linked,
    mended_srcset,
    mended_style,
    shown,
)
from pelican_linkback.feeds.content.scanner import Order, scan
from pelican_linkback.feeds.content.tree import Element, Node, elements, text_of, write
from pelican_linkback.text.elements import (
    DROPPED,
    HEADINGS,
    LINKED,
    MATHML,
    PHRASING,
    RENAMED,
    SHOWN,
    SVG,
)
from pelican_linkback.text.regex import regex

__all__ = ["clean", "clean_tree"]

MOST_TIMES = 8
"""The maximum number of passes: twice is the rule, once more for each element that moves."""

_NAME = regex(r"[A-Za-z_][A-Za-z0-9_.-]*+(?::[A-Za-z_][A-Za-z0-9_.-]*+)?")
_NEVER = frozenset(
    {
        *("action", "autofocus", "autoplay", "formaction", "http-equiv", "is", "nonce", "ping"),
        *("srcdoc", "dynsrc", "lowsrc", "popovertarget", "commandfor", "contenteditable"),
    }
)
_SHOWN_URLS = frozenset({"background", "poster", "src"})
_LINKED_URLS = frozenset({"cite", "href", "longdesc", "xlink:href"})
_ITEMS = frozenset({"dd", "dt", "li"})
_NEWER = frozenset({"figcaption", "hgroup", "main", "search", "summary"})
_SEEN_THROUGH = PHRASING | {"address", "audio", "dialog", "div", "p", "picture", "video"}
_ANIMATIONS = frozenset({"animate", "animateMotion", "animateTransform", "set"})

# XHTML's way to close a frame, which browsers do not know: they put all that follows inside.
_CLOSED_FRAME = regex(r"""(<iframe\b(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+(?<=/)>)""", re.IGNORECASE)


def clean(html: str, base: str) -> str:
    """Return HTML prepared for feed readers, which every parser reads alike.

    ``base`` is the URL that references are relative to. Idempotent.

    Mostly a parser corrects everything by itself, such as an end tag that is not there. That is
    the fast path, on which no tree is made; it gives what ``clean_tree`` does.
    """
    tidy = repaired(_with_frames_closed(html))
    if tidy is not None and scan(tidy) is Order.IN_ORDER:
        return tidy
    return clean_tree(html, base)


def clean_tree(html: str, base: str) -> str:
    """Do as ``clean``, element by element."""
    written = _with_frames_closed(html)
    for _ in range(MOST_TIMES):
        before, written = written, _cleaned_once(written, base)
        if written == before or scan(written) is Order.IN_ORDER:
            return written
    return escape(text_of(parse(written)), quote=False)


def _with_frames_closed(html: str) -> str:
    return _CLOSED_FRAME.sub(r"\1</iframe>", html) if "/>" in html else html


def _cleaned_once(html: str, base: str) -> str:
    root = parse(html)
    if lazy.may_be_late(html):
        lazy.load(root, base)
    _rename_items(root)
    # The content of an element is clean before the element itself is looked at.
    for parent in reversed(list(elements(root))):
        children: list[Node] = []
        for node in without_permalinks(parent) if parent.name in HEADINGS else parent.children:
            if isinstance(node, str) or _is_plain(node):
                children.append(node)
            else:
                children += _instead_of(node, base)
        parent.children = children
    return write(root.children)


def _is_plain(element: Element) -> bool:
    """Return whether an element stays as it is, which is quickly found for most."""
    return not element.attributes and element.space == "html" and element.name in SHOWN


def _rename_items(root: Element) -> None:
    """Make blocks of list items where parsers differ on whether they end one another.

    For older parsers the elements of ``_NEWER`` are no blocks, so an item does not end there.
    """
    for element in elements(root):
        waiting: list[Node] = [*element.children] if element.name in _NEWER else []
        while waiting:
            node = waiting.pop()
            if isinstance(node, Element) and (node.name in _ITEMS or node.name in _SEEN_THROUGH):
                if node.name in _ITEMS:
                    node.name = "div"
                waiting += node.children


def _instead_of(element: Element, base: str) -> list[Node]:
    """Return the replacement of an element whose contents are clean."""
    if element.space == "svg":
        nodes = _svg(element, base)
    elif element.space == "math":
        nodes = _math(element)
    elif is_for_the_page(element):
        return []
    else:
        nodes = _html(element, base)
    if nodes == [element]:
        element.attributes = _attributes(element, base)
    return nodes


def _html(element: Element, base: str) -> list[Node]:
    name = element.name
    if formula := formula_in(element):
        return [formula]
    if name in embeds.PLAYERS:
        element = embeds.frame_of(element)
    if element.name in LINKED:
        return embeds.instead_of(element, base)
    if name in DROPPED:
        return _box(element)
    if name in RENAMED:
        element.name, element.attributes = RENAMED[name], {}
    elif name not in SHOWN:
        return element.children
    return [element]


def _box(element: Element) -> list[Node]:
    """Return what replaces a removed form element: a character for the box of a task list."""
    said = element.attributes
    if element.name != "input" or said.get("type") != "checkbox" or "disabled" not in said:
        return []
    return ["☑" if "checked" in said else "☐"]


def _svg(element: Element, base: str) -> list[Node]:
    name = element.name
    if name in _ANIMATIONS and _animates_a_link(element):
        return []
    if name == "style":
        style = mended_style(text_of(element), base) or ""
        # Some parsers read it as markup, and some do not: it must mean the same to both.
        element.children = [] if set("<&") & set(style) else [style]
    elif name in {"desc", "title"}:
        element.children = [text_of(element)]
    return [element] if name in SVG else []


def _animates_a_link(element: Element) -> bool:
    animated = element.attributes.get("attributeName", "").strip().lower()
    return animated.endswith("href") or animated.startswith("on")


def _math(element: Element) -> list[Node]:
    if element.name in MATHML:
        return [element]
    return [] if element.name in DROPPED or element.name == "annotation-xml" else element.children


def _attributes(element: Element, base: str) -> dict[str, str]:
    """Return the attributes for a feed."""
    mended = {
        name: _attribute(element, name, value, base) for name, value in element.attributes.items()
    }
    return {name: value for name, value in mended.items() if value is not None}


def _attribute(element: Element, name: str, value: str, base: str) -> str | None:
    if name.lower().startswith("on") or name in _NEVER or not _NAME.fullmatch(name):
        return None
    if name == "style":
        return mended_style(value, base)
    if name == "srcset":
        return mended_srcset(value, base)
    if name in _LINKED_URLS:
        return _link(element, name, value, base)
    if name in _SHOWN_URLS:
        return shown(value, base)
    return None if element.space != "html" and is_alive(value) else value


def _link(element: Element, name: str, value: str, base: str) -> str | None:
    """Return the target of a reference; in SVG it may be a part of the drawing, or a picture."""
    if name.endswith("href") and element.name not in {"a", "area"}:
        if value.startswith("#"):
            return value
        if element.name in {"feImage", "image"}:
            return shown(value, base)
    return linked(value, base) if value.strip(EDGES) or name == "href" else None

"""Pictures and frames that a script would load lazily. Pure.

Readers run no scripts, so these are loaded at once; and if a page has the same in ``<noscript>``,
it is shown once.
"""

from __future__ import annotations

import re
from itertools import chain

from pelican_linkback.feeds.content.references import absolute
from pelican_linkback.feeds.content.srcset import candidates
from pelican_linkback.feeds.content.tree import Element, Node, elements
from pelican_linkback.text.elements import LOADED
from pelican_linkback.text.regex import regex

__all__ = ["load", "may_be_late"]

# What scripts read the address from: many of them, Lazy Load for jQuery, WordPress (Jetpack, WP
# Rocket, a3), slick, Echo, Cloudflare, Ezoic, PageSpeed, Flickity, in the order of preference.
_SOURCES = (
    *("data-src", "data-original", "data-lazy-src", "data-lazy", "data-lazyload", "data-echo"),
    *("data-ll-src", "data-cfsrc", "data-ezsrc", "data-pagespeed-lazy-src"),
    *("data-flickity-lazyload", "data-orig-src"),
)
_SETS = (
    *("data-srcset", "data-lazy-srcset", "data-original-set", "data-ll-srcset"),
    *("data-flickity-lazyload-srcset", "data-ezsrcset"),
)
_LATE = {
    "src": _SOURCES,
    "srcset": _SETS,
    "sizes": ("data-sizes", "data-lazy-sizes"),
    "poster": ("data-poster",),
}
_MEDIA = frozenset({"iframe", "img", "video"})
_PLACEHOLDER = regex(r"\s*(?:data:|about:|#|$)", re.IGNORECASE)
_PICTURES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")
_LAZY_CLASS = regex(r"\blazy|\blozad\b|\bjs-lazy", re.IGNORECASE)


def may_be_late(html: str) -> bool:
    """Return whether there may be anything to load."""
    lower = html.lower()
    return "data-" in lower or "<noscript" in lower


def load(root: Element, base: str) -> None:
    """Let everything in ``root`` show at once, and once; ``base`` is what URLs are relative to."""
    late = {id(each): each for each in elements(root) if each.name in LOADED and _load(each)}
    twins = _Twins(base, late)
    for element in elements(root):
        if any(map(_is_noscript, element.children)):
            twins.settle(element)


def _load(element: Element) -> bool:
    """Put the URLs where they belong; return whether a script would have done so."""
    attributes, late = element.attributes, False
    for name, sources in _LATE.items():
        values = [attributes.pop(source, "").strip() for source in sources]
        value = next((each for each in values if _is_said(name, each)), "")
        if value:
            attributes[name] = value
            late = late or name in {"src", "srcset"}
    if element.name == "img" and _PLACEHOLDER.match(attributes.get("src", "")):
        late = _load_anything(attributes) or late
    return late


def _load_anything(attributes: dict[str, str]) -> bool:
    """Find a URL for a picture that waits for an unknown script."""
    sets = (url for url, _ in candidates(attributes.get("srcset", "")))
    others = {name: said.strip() for name, said in attributes.items() if name.startswith("data-")}
    found = next(chain(sets, filter(_is_picture, others.values())), "")
    if found:
        attributes["src"] = found
        for name in (name for name, said in others.items() if said == found):
            del attributes[name]
    return bool(found)


def _is_picture(value: str) -> bool:
    """Return whether the path of a URL has the extension of a picture."""
    path = re.split("[?#]", value, maxsplit=1)[0].lower()
    return path.endswith(_PICTURES) and value.split() == [value]


def _is_said(name: str, value: str) -> bool:
    """Return whether a value is a URL, and not a switch such as ``data-lazy="true"``."""
    if name == "sizes":
        return value not in {"", "auto"}
    return "." in value or "/" in value or value.startswith("data:")


class _Twins:
    """Compares what a page shows with scripts and what it has in ``<noscript>``."""

    def __init__(self, base: str, late: dict[int, Element]) -> None:
        self.base = base
        self.late = late
        self.loaded = {(each.name, self._source(each)) for each in late.values()}

    def settle(self, parent: Element) -> None:
        """Keep each ``<noscript>`` of ``parent``, or remove it if its content is shown already."""
        nodes = [each for each in parent.children if not _is_blank(each)]
        gone = {
            id(node)
            for before, node, after in zip(["", *nodes], nodes, [*nodes[1:], ""], strict=False)
            if _is_noscript(node) and self._is_twin(node, before, after)
        }
        parent.children = [each for each in parent.children if id(each) not in gone]

    def _is_twin(self, noscript: Node, *neighbours: Node) -> bool:
        medium = _only_medium(noscript)
        return medium is not None and (
            self._is_shown(medium)
            or any(self._takes_over(_only_medium(each), medium) for each in neighbours)
        )

    def _is_shown(self, medium: Element) -> bool:
        return (medium.name, self._source(medium)) in self.loaded

    def _takes_over(self, twin: Element | None, medium: Element) -> bool:
        """Return whether a neighbour shows the same; one that waits for a script is loaded."""
        if twin is None or twin.name != medium.name:
            return False
        if self._source(twin) == self._source(medium):
            return True
        if id(twin) in self.late or _waits(twin):
            twin.attributes = dict(medium.attributes)
            return True
        return False

    def _source(self, element: Element) -> str | None:
        return absolute(element.attributes.get("src", ""), self.base)


def _waits(element: Element) -> bool:
    said = element.attributes
    return bool(
        _LAZY_CLASS.search(said.get("class", ""))
        or (_PLACEHOLDER.match(said.get("src", "")) and "srcset" not in said)
    )


def _only_medium(node: Node) -> Element | None:
    """Return the picture, frame or video that is the only content of a node, if so."""
    if isinstance(node, str):
        return None
    found = [each for each in elements(node) if each.name in _MEDIA]
    return found[0] if len(found) == 1 else None


def _is_noscript(node: Node) -> bool:
    return isinstance(node, Element) and node.name == "noscript"


def _is_blank(node: Node) -> bool:
    return isinstance(node, str) and not node.strip()

"""A tree of HTML, and its serialisation, which every parser reads as the same tree. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pelican_linkback.text.elements import VOID

__all__ = ["Element", "Node", "elements", "text_of", "write"]


class Element:
    """An element: ``space`` is ``html``, ``svg`` or ``math``. Text is a plain string."""

    __slots__ = ("attributes", "children", "name", "space")

    def __init__(
        self,
        name: str,
        attributes: dict[str, str] | None = None,
        children: list[Node] | None = None,
        space: str = "html",
    ) -> None:
        self.name = name
        self.attributes = {} if attributes is None else attributes
        self.children: list[Node] = [] if children is None else children
        self.space = space


Node = Element | str


def elements(root: Element) -> Iterator[Element]:
    """Yield ``root`` and all elements in it, each before its content."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += [each for each in reversed(element.children) if isinstance(each, Element)]


def text_of(root: Element) -> str:
    """Return the text of an element."""
    waiting: list[Node] = [root]
    found = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            found.append(node)
        else:
            waiting += reversed(node.children)
    return "".join(found)


def write(children: list[Node]) -> str:
    """Return nodes as HTML: with all end tags, all values in quotes, ``<>&`` escaped.

    The tree must not be deeper than Python's stack allows.
    """
    pieces: list[str] = []
    _write(children, pieces)
    return "".join(pieces)


def _write(children: list[Node], pieces: list[str]) -> None:
    for node in children:
        if isinstance(node, str):
            pieces.append(_escaped(node))
            continue
        name = node.name
        pieces.append(f"<{name}")
        for attribute, value in node.attributes.items():
            pieces.append(f' {attribute}="{_escaped(value).replace(chr(34), "&quot;")}"')
        pieces.append(">")
        if node.space == "html":
            if name in VOID:
                continue
            if name == "pre" and _begins_with_newline(node):
                pieces.append("\n")  # a parser removes the first newline
            _write(node.children, pieces)
        elif name == "style":
            pieces += [each for each in node.children if isinstance(each, str)]
        else:
            _write(node.children, pieces)
        pieces.append(f"</{name}>")


def _escaped(text: str) -> str:
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _begins_with_newline(element: Element) -> bool:
    first = element.children[0] if element.children else ""
    return isinstance(first, str) and first.startswith("\n")

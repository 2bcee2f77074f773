"""XML-RPC documents from untrusted servers, with anything around them.

No document type is ever read, so there are no entities but XML's own five; a DOCTYPE is refused
before any parser sees it. Time and memory grow linearly with the size of the body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from pelican_linkback.text.encodings import decode
from pelican_linkback.text.regex import regex
from pelican_linkback.text.xml_characters import FORBIDDEN

__all__ = ["Unreadable", "quote", "read", "read_leniently", "words"]

MOST_ELEMENTS = 1000
"""The maximum number; a message of either protocol has twenty."""

_PIECE = 16_384

_DOCTYPE = regex(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_HTML = regex(r"<(?:!DOCTYPE\s+html|html|head|body)\b", re.IGNORECASE)
_BARE_AMPERSAND = regex(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a body is no XML-RPC: a stable code in kebab-case, and a sentence for people."""

    reason: str
    detail: str


def read(body: bytes, root: str) -> Element | Unreadable:
    """Return the well-formed document in ``body`` whose root element is called ``root``."""
    document = _find(body, root)
    if isinstance(document, Unreadable):
        return document
    parser = XMLParser(target=_Builder())  # noqa: S314 (the document has no DOCTYPE)
    try:
        _feed(parser, document)
        root_element: Element = parser.close()
    except ParseError as error:
        return Unreadable("not-xml", f"the message cannot be read as XML: {error}")
    return root_element


def read_leniently(body: bytes, root: str) -> Element | Unreadable:
    """Return the document in ``body`` as far as it can be read.

    Characters that XML does not allow become U+FFFD, and undeclared entities stay as written. If it
    is truncated, not well-formed or endless, the part before is returned.
    """
    document = _find(body, root)
    if isinstance(document, Unreadable):
        return document
    builder = _Builder()
    parser = XMLParser(target=builder)  # noqa: S314 (the document has no DOCTYPE)
    problem = "it ends in its first tag"
    try:
        _feed(parser, _BARE_AMPERSAND.sub("&amp;", FORBIDDEN.sub("\ufffd", document)))
    except ParseError as error:
        problem = str(error)
    if builder.root is None:
        return Unreadable("not-xml", f"the message cannot be read as XML: {problem}")
    return builder.root


def words(element: Element | None) -> str:
    """Return the text of an element and all within it, or "" for none."""
    return "" if element is None else "".join(element.itertext()).strip()


def quote(text: str) -> str:
    """Return ``text`` escaped for an XML document, whatever it contains."""
    return escape(FORBIDDEN.sub("\ufffd", text), quote=False)


class _Builder(TreeBuilder):
    """Builds a tree of bounded size, and keeps its root in case it is never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.root: Element | None = None
        self.count = 0

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self.count += 1
        if self.count > MOST_ELEMENTS:
            raise ParseError(f"it has more than {MOST_ELEMENTS} elements")
        # Some servers give the document a namespace, which XML-RPC does not know.
        element = super().start(tag.rpartition("}")[2], attributes)
        self.root = element if self.root is None else self.root
        return element


def _feed(parser: XMLParser, document: str) -> None:
    """Give ``document`` to the parser in pieces: it reads a piece to its end whatever is raised.

    Of a megabyte of start tags it would keep forty.
    """
    for start in range(0, len(document), _PIECE):
        parser.feed(document[start : start + _PIECE])


def _find(body: bytes, root: str) -> str | Unreadable:
    """Return the text from the root's first tag to its last, or to the end if it has none.

    Anything before it (a byte-order mark, white space, PHP warnings) and after it is ignored.
    """
    text = decode(body)
    if not text.strip():
        return Unreadable("empty", "the message is empty")
    start = re.search(rf"<{root}[\s>]", text)
    if start is None:
        if _HTML.search(text):
            return Unreadable("html-page", "the message is an HTML page")
        return Unreadable("not-xml-rpc", f"the message has no {root} element")
    if _DOCTYPE.search(text, 0, start.start()):
        return Unreadable(
            "doctype", "the message declares a document type, which XML-RPC does not know"
        )
    document = text[start.start() :]
    inside, end, _ = document.partition(f"</{root}>")
    return inside + end

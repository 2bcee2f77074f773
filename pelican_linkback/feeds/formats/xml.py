"""XML text, written through the SAX methods that feed generators call. Contains no business logic.

``XMLWriter`` is feedgenerator's ``SimplerXMLGenerator`` (a generator's hooks may use any of its
methods) with two differences: it writes UTF-8 to a binary file, whatever it declares, and it leaves
out the characters that XML 1.0 forbids instead of refusing the document.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from types import NoneType
from typing import Any, Protocol, TypeVar
from xml.sax.saxutils import quoteattr

from feedgenerator.django.utils.xmlutils import SimplerXMLGenerator

from pelican_linkback.text.xml_characters import LONG, clean, escape

__all__ = ["AT_A_TIME", "Fragments", "Sink", "XMLWriter", "batched", "repeat", "repeat_each"]

T = TypeVar("T")

AT_A_TIME = 16
"""The number of entries in one piece: about a file's buffer, not a whole document."""


def batched(iterable: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of ``size`` items, and of what is left: ``itertools.batched`` of Python 3.12."""
    waiting = iter(iterable)
    while some := list(itertools.islice(waiting, size)):
        yield some


class Sink(Protocol):
    """What a document can be written to, such as a binary file."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""


class XMLWriter(SimplerXMLGenerator):
    """A document in the making, written to ``out``."""

    def __init__(self, out: Sink, encoding: str = "utf-8") -> None:
        super().__init__(StringIO(), encoding, short_empty_elements=True)
        self._declared = encoding
        self._emit = out.write
        self._open = False

    def startDocument(self) -> None:
        """Write the XML declaration."""
        self._emit(f'<?xml version="1.0" encoding="{self._declared}"?>\n'.encode())

    def startElement(self, name: str, attrs: Mapping[str, str]) -> None:
        """Open an element; attributes are written in the order of their names."""
        if self._open:
            self._emit(b">")
        self._emit(f"<{name}{_attributes(attrs) if attrs else ''}".encode())
        self._open = True

    def endElement(self, name: str) -> None:
        """Close an element, as an empty-element tag where it has no content."""
        if self._open:
            self._emit(b"/>")
            self._open = False
        else:
            self._emit(f"</{name}>".encode())

    def characters(self, content: str) -> None:
        """Write text, less the characters that XML forbids."""
        if content:
            self.put(escape(content))

    def ignorableWhitespace(self, content: str) -> None:
        """Write white space."""
        self.put(content.encode())

    def processingInstruction(self, target: str, data: object) -> None:
        """Write a processing instruction, such as a stylesheet's."""
        self.put(f"<?{target} {data}?>".encode())

    def put(self, data: bytes) -> None:
        """Write a piece of a document that is ready as it is."""
        if self._open:
            self._close_start_tag()
        self._emit(data)

    def put_all(self, pieces: Iterable[bytes]) -> None:
        """Write pieces of a document that are ready as they are, some at a time."""
        for some in batched(pieces, AT_A_TIME):
            self.put(b"".join(some))

    def put_at_once(self, write: Callable[..., None], *arguments: Any) -> None:
        """Write in one piece what ``write`` writes, when called with this handler and more."""
        emit, pieces = self._emit, list[bytes]()
        self._emit = pieces.append
        try:
            write(self, *arguments)
        finally:
            self._emit = emit
        self._emit(b"".join(pieces))

    def addQuickElement(
        self, name: str, contents: str | None = None, attrs: Mapping[str, str] | None = None
    ) -> None:
        """Write an element that has no children."""
        if self._open:
            self._close_start_tag()
        attributes = _attributes(attrs) if attrs else ""
        if not contents:
            self._emit(f"<{name}{attributes}/>".encode())
        elif len(contents) < LONG and contents.isprintable():
            self._emit(f"<{name}{attributes}>{_escaped(contents)}</{name}>".encode())
        else:
            self._emit(f"<{name}{attributes}>".encode())
            self._emit(escape(contents))
            self._emit(f"</{name}>".encode())

    def add_html_safe_element(self, name: str, contents: str | None) -> None:
        """Write an element whose text survives readers that unescape it once too often.

        ``&`` and ``<`` become numeric references, as the RSS Advisory Board's profile
        recommends for titles: a parser sees the same text.
        """
        if contents and len(contents) < LONG and contents.isprintable():
            text = contents.replace("&", "&#x26;").replace("<", "&#x3C;").replace(">", "&gt;")
            self.put(f"<{name}>{text}</{name}>".encode())
            return
        data = escape(contents or "").replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
        self.put(b"<%b>%b</%b>" % (name.encode(), data, name.encode()))

    def _close_start_tag(self) -> None:
        self._emit(b">")
        self._open = False


_PLAIN_TYPES = frozenset({str, NoneType})


def repeat(handler: XMLWriter, write: Callable[..., None], *words: str | None) -> None:
    """Write the result of ``write`` for ``words``, which many entries share: it is cached."""
    if _can_repeat(handler, words):
        handler.put(_fragment(write, *words))
    else:
        write(handler, *words)


def repeat_each(
    handler: XMLWriter, write: Callable[[XMLWriter, str], None], said: Iterable[str]
) -> None:
    """Write the result of ``write`` for each word of ``said``, as ``repeat`` does."""
    words = list(said)
    if words and _can_repeat(handler, words):
        handler.put(b"".join(map(_fragment, itertools.repeat(write), words)))
    else:
        for word in words:
            write(handler, word)


def _can_repeat(handler: XMLWriter, words: Sequence[str | None]) -> bool:
    # A subclass of str may be equal to one that is written differently.
    return type(handler) is XMLWriter and _PLAIN_TYPES.issuperset(map(type, words))


@functools.lru_cache(maxsize=4096)
def _fragment(write: Callable[..., None], *words: str | None) -> bytes:
    return Fragments().written(write, *words)


class Fragments:
    """A writer of many pieces of documents, one after the other."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.write = self._pieces.append
        self._handler = XMLWriter(self)

    def written(self, write: Callable[..., None], *arguments: Any) -> bytes:
        """Return what ``write`` writes, when called with a handler and the arguments."""
        self._pieces.clear()
        write(self._handler, *arguments)
        return b"".join(self._pieces)


def _attributes(attrs: Mapping[str, str]) -> str:
    text = ""
    for name in sorted(attrs):
        value = str(attrs[name])
        text += f' {name}="{value}"' if value.isalnum() else f" {name}={_quoted(value)}"
    return text


def _quoted(value: str) -> str:
    if value.isprintable() and '"' not in value:
        return f'"{_escaped(value)}"'
    # quoteattr keeps white space through a parser by references (XML 1.0, section 3.3.3).
    return quoteattr(clean(value))


def _escaped(text: str) -> str:
    """Return as character data what is printable: XML forbids nothing of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

"""Text of the characters that XML allows, in UTF-8 and escaped. Contains no business logic.

Bytes, because looking for a character and replacing it takes a fraction of what it takes in a str.
A long text is an article, of which a script mostly makes entries in several formats: what it is in
UTF-8 is kept, up to some size of all. A build keeps whole entries instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pelican_linkback.text.regex import regex

__all__ = ["FORBIDDEN", "LONG", "clean", "escape", "is_clean", "keeping_no_texts", "utf8"]

FORBIDDEN = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""XML 1.0, section 2.2: every character that production [2] does not have.

They are listed, since the complement of all others takes 5 ms to compile, at every start.
"""

_CONTROLS = bytes(code for code in range(32) if chr(code) not in "\t\n\r")
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_BEGIN_NONCHARACTERS = b"\xef"

LONG = 500
"""From this length on a text is written in bytes, and kept; a short one is mostly plain."""

_SIZE = 5 << 20
"""The bytes of long texts that are kept: those of a feed of a thousand articles."""


def is_clean(text: str) -> bool:
    """Return whether ``text`` is free of the characters that XML 1.0 forbids (section 2.2)."""
    if len(text) >= LONG:
        return _long_texts.find(text).is_clean
    return text.isprintable() or _encoded(text)[1]


def clean(text: str) -> str:
    """Return ``text`` without the characters that XML 1.0 forbids."""
    return text if is_clean(text) else FORBIDDEN.sub("", text)


def utf8(text: str) -> bytes:
    """Return ``text`` in UTF-8, less the characters that XML forbids."""
    return _long_texts.find(text).in_utf8() if len(text) >= LONG else _encoded(text)[0]


def escape(text: str) -> bytes:
    """Return ``text`` as character data in UTF-8, less the characters that XML forbids.

    A carriage return becomes a reference, since a parser would read it as a line feed
    (XML 1.0, section 2.11).
    """
    if len(text) >= LONG:
        return _long_texts.find(text).in_xml()
    return _escaped(_encoded(text)[0])


def _encoded(text: str) -> tuple[bytes, bool]:
    """Return ``text`` in UTF-8 without what is forbidden, and whether nothing was."""
    try:
        data = text.encode()
    except UnicodeEncodeError:  # lone surrogates
        return FORBIDDEN.sub("", text).encode(), False
    allowed = data.translate(None, _CONTROLS)
    if _BEGIN_NONCHARACTERS in allowed:  # one byte is found much sooner than three
        for noncharacter in _NONCHARACTERS:
            allowed = allowed.replace(noncharacter, b"")
    return allowed, len(allowed) == len(data)


def _escaped(data: bytes) -> bytes:
    # The ampersand first: the other references contain one.
    data = data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return data.replace(b"\r", b"&#13;")


class _LongText:
    """A text and its bytes: in UTF-8 until they are asked for in XML, then these instead."""

    __slots__ = ("_utf8", "_xml", "is_clean", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._utf8, self.is_clean = _encoded(text)
        self._xml = b""

    def in_utf8(self) -> bytes:
        return self._utf8 or _encoded(self.text)[0]

    def in_xml(self) -> bytes:
        if not self._xml:
            self._xml, self._utf8 = _escaped(self._utf8), b""
        return self._xml


class _LongTexts:
    """The long texts of late, up to ``size`` bytes of them. The same *object* is found again."""

    def __init__(self, size: int) -> None:
        self.limit(size)

    def limit(self, size: int) -> None:
        """Forget all texts, and keep up to ``size`` bytes of others; 0 for none."""
        self._size = self._left = size
        self._known: dict[int, _LongText] = {}

    def find(self, text: str) -> _LongText:
        if not self._size:
            return _LongText(text)
        found = self._known.get(id(text))  # unique: what is kept keeps its text
        if found is None:
            if self._left < 0:
                self.limit(self._size)
            found = self._known[id(text)] = _LongText(text)
            self._left -= len(found.in_utf8())
        return found


_long_texts = _LongTexts(_SIZE)


@contextmanager
def keeping_no_texts() -> Iterator[None]:
    """Keep no long texts for a while."""
    _long_texts.limit(0)
    try:
        yield
    finally:
        _long_texts.limit(_SIZE)

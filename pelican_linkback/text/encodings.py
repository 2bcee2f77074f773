"""The text of a document whose encoding is said in one of many ways, or in none. Pure.

As browsers find it: WHATWG Encoding, section 4.2, and HTML, section 13.2.3.2.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from pelican_linkback.text.regex import regex

__all__ = ["decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF_16 = regex(rb"(<\0[^\0]\0)|\0<\0[^\0]", re.DOTALL)
"""How a page in UTF-16 without a byte-order mark begins; the label alone is mostly wrong."""

_HEAD = 8192
"""The number of bytes in which a declaration is looked for."""

_XML = regex(rb"""\s*+<\?xml\b[^<>]*?\bencoding\s*+=\s*+["']?+\s*+([\w.:-]++)""", re.IGNORECASE)
_META = regex(
    rb"""<!--.*?(?:-->|\Z)|<meta(?=[\s/])(?P<inside>(?:[^>"']++|"[^"]*+"?+|'[^']*+'?+)*+)""",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = regex(
    rb"""(?<![^\s/"'])([^\s=>/"']++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++))"""
)
_CHARSET = regex(rb"""\bcharset\s*+=\s*+["']?+\s*+([^\s"';]++)""", re.IGNORECASE)

# Only these declared encodings are used: Python has codecs that are no charsets of the web, some of
# which take quadratic time (Punycode).
_OF_THE_WEB = regex(
    r"utf-8|iso8859|cp(?:125\d|866|874|932|949|950)|koi8|gb|big5|euc_|iso2022_jp|mac-"
)
# Labels that Python does not know, without the "x-" that some begin with.
_LABELS = {
    "dos-874": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "koi8-ru": "koi8-u",
    "logical": "iso-8859-8",
    "mac-ukrainian": "mac-cyrillic",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "windows-949": "cp949",
}
# What pages that declare the first have in truth: curly quotes, and the characters of later
# versions of a standard.
_READ_AS = {
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}


def decode(body: bytes, charset: str | None = None) -> str:
    """Return a page or an XML document as text, whatever it contains; never raises.

    The encoding is that of a byte-order mark, or ``charset`` (from the Content-Type), or what the
    document itself declares, or UTF-8, or else Windows-1252; undecodable bytes become U+FFFD.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    if found := _UTF_16.match(body):
        return body.decode("utf-16-le" if found[1] else "utf-16-be", "replace")
    for label in (charset or "", *_declared(body[:_HEAD])):
        if encoding := _known(label):
            return body.decode(encoding, "replace")
    return _of_undeclared(body)


def _declared(head: bytes) -> Iterator[str]:
    """Yield the labels that a document has for its encoding, valid or not."""
    if declaration := _XML.match(head):
        yield declaration[1].decode("latin-1")
    for found in _META.finditer(head):
        attributes = {
            name.lower(): double or single or bare
            for name, double, single, bare in reversed(_ATTRIBUTE.findall(found["inside"] or b""))
        }
        if label := attributes.get(b"charset"):
            yield label.decode("latin-1")
        elif attributes.get(b"http-equiv", b"").strip().lower() == b"content-type" and (
            named := _CHARSET.search(attributes.get(b"content", b""))
        ):
            yield named[1].decode("latin-1")


def _known(label: str) -> str:
    """Return the encoding that a label means; "" if it is none of the web."""
    name = label.strip(" \t\r\n\f/").lower()
    while name.startswith("x-"):
        name = name[2:]
    try:
        name = codecs.lookup(_LABELS.get(name, name)).name
    except (LookupError, ValueError):
        return ""
    encoding = _READ_AS.get(name, name)
    return encoding if _OF_THE_WEB.match(encoding) else ""


def _of_undeclared(body: bytes) -> str:
    """Return a text that is UTF-8, unless most of what is beyond ASCII is not."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken and 2 * broken > len(text) - len(text.encode("ascii", "ignore")):
        return body.decode("cp1252", "replace")
    return text

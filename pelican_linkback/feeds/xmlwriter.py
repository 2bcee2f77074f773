"""XML text, written through the SAX methods that feed generators call. Contains no business logic.

``XMLWriter`` is feedgenerator's ``SimplerXMLGenerator`` (a generator's hooks may use any of its
methods) with two differences: it gathers text instead of writing to a stream at each event,
and it leaves out the characters that XML 1.0 forbids instead of refusing the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from xml.sax.saxutils import quoteattr

from feedgenerator.django.utils.xmlutils import SimplerXMLGenerator

__all__ = ["XMLWriter", "clean", "escape"]

# XML 1.0, section 2.2, production [2]: everything that is not a Char.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CARRIAGE_RETURN = "&#13;"


def clean(text: str) -> str:
    """Return ``text`` without the characters that XML 1.0 forbids (section 2.2)."""
    return _FORBIDDEN.sub("", text)


def escape(text: str) -> str:
    """Return ``text`` as character data.

    A carriage return becomes a reference, since a parser would read it as a line feed
    (XML 1.0, section 2.11).
    """
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", _CARRIAGE_RETURN)
    return text


class XMLWriter(SimplerXMLGenerator):
    """A document in the making; ``text()`` is what was written so far."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(StringIO(), encoding, short_empty_elements=True)
        self._declared = encoding
        self._parts: list[str] = []
        self._open = False

    def text(self) -> str:
        """The document as text."""
        self._close_start_tag()
        return "".join(self._parts)

    def startDocument(self) -> None:
        """Write the XML declaration."""
        self._parts.append(f'<?xml version="1.0" encoding="{self._declared}"?>\n')

    def startElement(self, name: str, attrs: Mapping[str, str]) -> None:
        """Open an element; attributes are written in the order of their names."""
        self._close_start_tag()
        self._parts.append(f"<{name}{_attributes(attrs)}")
        self._open = True

    def endElement(self, name: str) -> None:
        """Close an element, as an empty-element tag where it has no content."""
        if self._open:
            self._parts.append("/>")
            self._open = False
        else:
            self._parts.append(f"</{name}>")

    def characters(self, content: str) -> None:
        """Write text, less the characters that XML forbids."""
        if content:
            self._put(escape(clean(content)))

    def ignorableWhitespace(self, content: str) -> None:
        """Write white space."""
        self._put(content)

    def processingInstruction(self, target: str, data: object) -> None:
        """Write a processing instruction, such as a stylesheet's."""
        self._put(f"<?{target} {data}?>")

    def addQuickElement(
        self, name: str, contents: str | None = None, attrs: Mapping[str, str] | None = None
    ) -> None:
        """Write an element that has no children."""
        self.startElement(name, attrs or {})
        if contents is not None:
            self.characters(contents)
        self.endElement(name)

    def add_html_safe_element(self, name: str, contents: str | None) -> None:
        """Write an element whose text survives readers that unescape it once too often.

        ``&`` and ``<`` become numeric references, as the RSS Advisory Board's profile
        recommends for titles: a parser sees the same text.
        """
        text = escape(clean(contents or "")).replace("&amp;", "&#x26;").replace("&lt;", "&#x3C;")
        self._put(f"<{name}>{text}</{name}>")

    def _put(self, text: str) -> None:
        self._close_start_tag()
        self._parts.append(text)

    def _close_start_tag(self) -> None:
        if self._open:
            self._parts.append(">")
            self._open = False


def _attributes(attrs: Mapping[str, str]) -> str:
    # quoteattr keeps white space through a parser by references (XML 1.0, section 3.3.3).
    return "".join(f" {name}={quoteattr(clean(str(attrs[name])))}" for name in sorted(attrs))

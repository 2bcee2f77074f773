"""What the generators of XML share.

Each is a template: ``root_attributes``, ``add_root_elements``, ``item_attributes`` and
``add_item_elements`` are meant to be overridden, with a call of ``super()``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from pelican_linkback.feeds.formats.base import Generator
from pelican_linkback.feeds.formats.entry_cache import Item, has_patterns
from pelican_linkback.feeds.formats.kinds import kind_of
from pelican_linkback.feeds.formats.xml import AT_A_TIME, Fragments, Sink, XMLWriter, batched

__all__ = ["XmlGenerator"]


class XmlGenerator(Generator):
    """A generator of XML: the elements of an item depend on it alone."""

    extension = ".xml"
    archive_links = ("previous", "following")
    feed_hooks = (
        *("root_attributes", "rss_attributes", "add_root_elements"),
        *("endChannelElement", "add_stylesheets"),
    )
    item_element = "item"

    def save(self, file: Sink, encoding: str = "utf-8") -> None:
        """Write the document to ``file`` in UTF-8; ``encoding`` is what its declaration says."""
        handler = XMLWriter(file, encoding)
        handler.startDocument()
        self.add_stylesheets(handler)
        self.write_document(handler)

    def write_items(self, handler: XMLWriter) -> None:
        """Write the items, in their order."""
        if type(handler) is not XMLWriter:
            self._write_some(handler, self.items)
        elif has_patterns(self.entries) and kind_of(self):
            handler.put_all(self.rendered())
        else:
            for some in batched(self.items, AT_A_TIME):
                handler.put_at_once(self._write_some, some)

    def _write_some(self, handler: XMLWriter, items: Iterable[Item]) -> None:
        for item in items:
            self._write_item(handler, item)

    def render(self, item: Item) -> bytes:
        """Return an item's element."""
        return self._renderer()(item)

    def _renderer(self) -> Callable[[Any], bytes]:
        return partial(Fragments().written, self._write_item)

    def _write_item(self, handler: XMLWriter, item: Item) -> None:
        handler.startElement(self.item_element, self.item_attributes(item))
        self.add_item_elements(handler, item)
        handler.endElement(self.item_element)

    def add_stylesheets(self, handler: XMLWriter) -> None:
        """Write the stylesheets' instructions, before the first element."""
        for stylesheet in self.feed["stylesheets"]:
            handler.processingInstruction("xml-stylesheet", stylesheet)

    def write_document(self, handler: XMLWriter) -> None:
        """Write the root element and all below it; each format has its own."""
        raise NotImplementedError

    def _encoded(self, text: str, encoding: str) -> bytes:
        return text.encode(encoding, "xmlcharrefreplace")

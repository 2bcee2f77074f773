"""What is known of HTML's elements, in one place. Only tables."""

from __future__ import annotations

__all__ = ["BLOCKS", "KNOWN", "PHRASING", "TABLE_PARTS", "VOID"]

VOID = frozenset({"br", "col", "hr", "img", "source", "track", "wbr"})
"""Elements that have no contents and no end tag, as far as a feed may hold them."""

PHRASING = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "ins", "kbd", "mark", "meter", "nobr", "progress", "q", "rb", "rp"),
        *("rt", "rtc", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup"),
        *("time", "tt", "u", "var"),
    }
)
"""What marks words within a paragraph."""

TABLE_PARTS = frozenset(
    {"caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
)

BLOCKS = TABLE_PARTS | {
    *("address", "article", "aside", "blockquote", "center", "dd", "details", "dialog", "dir"),
    *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3"),
    *("h4", "h5", "h6", "header", "hgroup", "hr", "legend", "li", "listing", "main", "menu"),
    *("nav", "ol", "p", "plaintext", "pre", "search", "section", "summary", "ul", "xmp"),
}
"""Where one of these begins or ends, so does a word."""

KNOWN = PHRASING | BLOCKS | VOID | {"audio", "map", "area", "picture", "video"}
"""The elements of HTML that stay as they are in a feed, and those that become others of these."""

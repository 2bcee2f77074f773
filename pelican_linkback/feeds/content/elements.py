"""What is known of the elements of HTML, SVG and MathML, in one place. Only tables."""

from __future__ import annotations

__all__ = [
    "BLOCKS",
    "DROPPED",
    "HEADINGS",
    "KNOWN",
    "LINKED",
    "LOADED",
    "MATHML",
    "PHRASING",
    "RENAMED",
    "SHOWN",
    "SVG",
    "VOID",
]

VOID = frozenset({"area", "br", "col", "hr", "img", "source", "track", "wbr"})
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

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

BLOCKS = HEADINGS | {
    *("address", "article", "aside", "blockquote", "caption", "center", "col", "colgroup", "dd"),
    *("details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure"),
    *("footer", "form", "header", "hgroup", "hr", "legend", "li", "listing", "main", "menu"),
    *("nav", "ol", "p", "plaintext", "pre", "search", "section", "summary", "table", "tbody"),
    *("td", "tfoot", "th", "thead", "tr", "ul", "xmp"),
}
"""Where one of these begins or ends, so does a word."""

KNOWN = PHRASING | BLOCKS | VOID | {"audio", "map", "picture", "video"}
"""The elements of HTML that a feed holds, and those that become others of these."""

DROPPED = frozenset(
    {
        *("base", "button", "clipboard-copy", "datalist", "frame", "frameset", "input", "link"),
        *("meta", "noembed", "noframes", "option", "optgroup", "param", "script", "select"),
        *("style", "template", "textarea", "title"),
    }
)
"""What a reader must not get, or can do nothing with, goes with all that is in it."""

RENAMED = {
    "fieldset": "div",
    "form": "div",
    "legend": "div",
    "listing": "pre",
    "plaintext": "pre",
    "xmp": "pre",
}
"""A block stays a block, and a listing stays a listing that every parser reads alike."""

SHOWN = KNOWN - RENAMED.keys()
"""The elements of HTML that stay as they are."""

LINKED = {"embed": "src", "iframe": "src", "object": "data"}
"""Readers take these out and leave nothing: a link says what was there. Here is who has the URL."""

LOADED = frozenset({"audio", "embed", "iframe", "img", "source", "video"})
"""What a script may load when it scrolls into sight."""

SVG = frozenset(
    {
        *("a", "animate", "animateMotion", "animateTransform", "circle", "clipPath", "defs"),
        *("desc", "ellipse", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite"),
        *("feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight"),
        *("feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR"),
        *("feGaussianBlur", "feImage", "feMerge", "feMergeNode", "feMorphology", "feOffset"),
        *("fePointLight", "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence"),
        *("filter", "foreignObject", "g", "image", "line", "linearGradient", "marker", "mask"),
        *("mpath", "path", "pattern", "polygon", "polyline", "radialGradient", "rect", "set"),
        *("stop", "style", "svg", "switch", "symbol", "text", "textPath", "title", "tspan"),
        *("use", "view"),
    }
)
"""The elements of SVG that draw or move something; others draw nothing, and go."""

MATHML = frozenset(
    {
        *("annotation", "maction", "math", "menclose", "merror", "mfenced", "mfrac", "mi"),
        *("mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts", "mroot"),
        *("mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable"),
        *("mtd", "mtext", "mtr", "munder", "munderover", "none", "semantics"),
    }
)
"""The elements of MathML that say something."""

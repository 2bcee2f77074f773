"""Tables of the elements of HTML, SVG and MathML."""

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
"""Elements without content and end tag that a feed may contain."""

PHRASING = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "ins", "kbd", "mark", "meter", "nobr", "progress", "q", "rb", "rp"),
        *("rt", "rtc", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup"),
        *("time", "tt", "u", "var"),
    }
)
"""Elements within a paragraph."""

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

BLOCKS = HEADINGS | {
    *("address", "article", "aside", "blockquote", "caption", "center", "col", "colgroup", "dd"),
    *("details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure"),
    *("footer", "form", "header", "hgroup", "hr", "legend", "li", "listing", "main", "menu"),
    *("nav", "ol", "p", "plaintext", "pre", "search", "section", "summary", "table", "tbody"),
    *("td", "tfoot", "th", "thead", "tr", "ul", "xmp"),
}
"""Elements that separate words."""

KNOWN = PHRASING | BLOCKS | VOID | {"audio", "map", "picture", "video"}
"""The elements of HTML in a feed, and those that are renamed to one of them."""

DROPPED = frozenset(
    {
        *("base", "button", "clipboard-copy", "datalist", "frame", "frameset", "input", "link"),
        *("meta", "noembed", "noframes", "option", "optgroup", "param", "script", "select"),
        *("style", "template", "textarea", "title"),
    }
)
"""Elements that are removed with their content: unsafe or useless in a reader."""

RENAMED = {
    "fieldset": "div",
    "form": "div",
    "legend": "div",
    "listing": "pre",
    "plaintext": "pre",
    "xmp": "pre",
}
"""A block stays a block, and a listing a listing that every parser reads alike."""

SHOWN = KNOWN - RENAMED.keys()
"""The elements of HTML that stay as they are."""

LINKED = {"embed": "src", "iframe": "src", "object": "data"}
"""Readers remove these without a trace, so a link replaces them. The attribute has the URL."""

LOADED = frozenset({"audio", "embed", "iframe", "img", "source", "video"})
"""What a script may load lazily."""

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
"""The elements of SVG that draw or move something; others are removed."""

MATHML = frozenset(
    {
        *("annotation", "maction", "math", "menclose", "merror", "mfenced", "mfrac", "mi"),
        *("mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts", "mroot"),
        *("mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable"),
        *("mtd", "mtext", "mtr", "munder", "munderover", "none", "semantics"),
    }
)
"""The elements of MathML with a meaning."""

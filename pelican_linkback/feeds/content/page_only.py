"""What only the page's style sheet or scripts make readable, and what a feed has instead. Pure.

A feed has no style sheet: there the sign behind each heading, the column of line numbers beside a
listing and the second rendering of a formula would stand as text.
"""

from __future__ import annotations

from pelican_linkback.feeds.content.elements import HEADINGS
from pelican_linkback.feeds.content.tree import Element, elements, text_of

__all__ = ["MARKS", "formula_in", "is_for_the_page"]

# Sphinx and Markdown, GitHub, markdown-it, Jupyter, AnchorJS, Docusaurus and VuePress.
_PERMALINKS = frozenset(
    {
        *("headerlink", "permalink", "anchor", "anchor-link", "anchorjs-link", "hash-link"),
        *("header-anchor", "heading-anchor", "heading-link", "headinglink"),
    }
)
_SIGNS = frozenset("¶#§🔗⚓∞\ufe0f")

# Pygments, docutils, Chroma, Rouge, highlight.js, Prism, GitHub, Hexo.
_NUMBERS = frozenset(
    {
        *("linenos", "lineno", "linenodiv", "ln", "lnt", "lntd", "rouge-gutter", "gutter", "gl"),
        *("hljs-ln-numbers", "line-numbers-rows", "blob-num"),
    }
)
# KaTeX and both generations of MathJax.
_FORMULAS = frozenset({"katex", "MathJax", "MathJax_Display", "MathJax_SVG"})
_BUTTONS = frozenset(
    {
        *("copybtn", "copy-btn", "copy-button", "copy-code-button", "copybutton", "btn-clipboard"),
        *("btn-copy", "clipboard-button", "code-copy", "zeroclipboard-container"),
    }
)

MARKS = _PERMALINKS | _NUMBERS | _FORMULAS | _BUTTONS
"""The classes by which these are known."""


def is_for_the_page(element: Element, parent: Element) -> bool:
    """Tell whether an element is of no use without the page's style sheet and scripts."""
    classes = set(element.attributes.get("class", "").split())
    if element.name == "a" and _is_permalink(element, classes, parent):
        return True
    if classes & _NUMBERS:
        return not any(map(str.isalpha, text_of(element))) and not _has_pictures(element)
    return bool(classes & _BUTTONS)


def _is_permalink(link: Element, classes: set[str], parent: Element) -> bool:
    text = text_of(link)
    if any(map(str.isalnum, text)) or _has_pictures(link):
        return False
    if "href" not in link.attributes:  # the place that other links lead to
        return False
    if classes & _PERMALINKS:
        return True
    if not link.attributes["href"].startswith("#"):
        return False
    hidden = link.attributes.get("aria-hidden") == "true"
    return hidden or (parent.name in HEADINGS and not set(text.strip()) - _SIGNS)


def _has_pictures(element: Element) -> bool:
    return any(each.name == "img" for each in elements(element))


def formula_in(element: Element) -> Element | None:
    """Return the MathML of what KaTeX or MathJax made of a formula; None for anything else."""
    classes = element.attributes.get("class", "").split()
    if element.name != "mjx-container" and _FORMULAS.isdisjoint(classes):
        return None
    return next((each for each in elements(element) if each.name == "math"), None)

"""Removes or replaces what only the page's style sheet or scripts make readable. Pure.

A feed has no style sheet: there the permalink of each heading, the column of line numbers beside a
listing and the second rendering of a formula would be shown as text.
"""

from __future__ import annotations

from pelican_linkback.feeds.content.tree import Element, Node, elements, text_of

__all__ = ["MARKS", "formula_in", "is_for_the_page", "without_permalinks"]

# Sphinx and Markdown, GitHub, markdown-it, Jupyter, AnchorJS, Docusaurus and VuePress.
_PERMALINKS = frozenset(
    {
        *("headerlink", "permalink", "anchor", "anchor-link", "anchorjs-link", "hash-link"),
        *("header-anchor", "heading-anchor", "heading-link", "headinglink"),
    }
)
# Characters that may also surround the text of a heading.
_OF_MANY_USES = frozenset({"anchor", "permalink"})
_SIGNS = frozenset("¶#§🔗⚓∞\ufe0f")

# Pygments, docutils, Chroma, Rouge, highlight.js, Prism, GitHub, Hexo.
_NUMBERS = frozenset(
    {
        *("linenos", "lineno", "linenodiv", "ln", "lnt", "rouge-gutter", "gutter"),
        *("hljs-ln-numbers", "line-numbers-rows", "blob-num"),
    }
)
# KaTeX and both generations of MathJax.
_FORMULAS = frozenset({"katex", "MathJax", "MathJax_Display", "MathJax_SVG"})
_EMPTIED = "lntd"  # Chroma's cell of line numbers has the same class as the cell of the code.
_BUTTONS = frozenset(
    {
        *("copybtn", "copy-btn", "copy-button", "copy-code-button", "copybutton", "btn-clipboard"),
        *("btn-copy", "clipboard-button", "code-copy", "zeroclipboard-container"),
        "MathJax_Preview",
    }
)

MARKS = _PERMALINKS | _NUMBERS | _FORMULAS | _BUTTONS | {_EMPTIED}
"""The classes that mark these."""


def is_for_the_page(element: Element) -> bool:
    """Return whether an element is of no use without the page's style sheet and scripts."""
    classes = _classes(element)
    if element.name == "a" and _is_permalink(element, classes):
        return True
    if classes & _NUMBERS:
        return not any(map(str.isalpha, text_of(element))) and not _has_pictures(element)
    return bool(classes & _BUTTONS) or (_EMPTIED in classes and not text_of(element).strip())


def _classes(element: Element) -> set[str]:
    return set(element.attributes.get("class", "").split())


def _is_permalink(link: Element, classes: set[str]) -> bool:
    """Return whether a link leads to its own position, and has no text."""
    address = link.attributes.get("href")
    if address is None:  # it is a target of links
        return False
    text = text_of(link)
    if classes & _PERMALINKS or (address.startswith("#") and _is_hidden(link)):
        return not _has_words(text) and not _has_pictures(link)
    is_place = link.attributes.keys() & {"id", "name"}
    return address.startswith("#") and not is_place and not text.strip() and not link.children


def without_permalinks(heading: Element) -> list[Node]:
    """Return the content of a heading without links to itself: signs, or words beside its own."""
    texts = [each if isinstance(each, str) else text_of(each) for each in heading.children]
    worded = list(map(_has_words, texts))
    several = sum(worded) > 1  # a link with words is removed only if other words are left
    return [
        node
        for node, has_words in zip(heading.children, worded, strict=True)
        if isinstance(node, str)
        or node.name != "a"
        or _has_pictures(node)
        or not ((several and _is_marked(node)) if has_words else _is_sign(node))
    ]


def _is_marked(link: Element) -> bool:
    """Return whether a link of a heading is shown only on hover."""
    inside = link.attributes.get("href", "").startswith("#")
    return bool(_classes(link) & (_PERMALINKS - _OF_MANY_USES)) or (inside and _is_hidden(link))


def _is_sign(link: Element) -> bool:
    inside = link.attributes.get("href", "").startswith("#")
    return inside and not set(text_of(link).strip()) - _SIGNS


def _is_hidden(link: Element) -> bool:
    return link.attributes.get("aria-hidden") == "true"


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def _has_pictures(element: Element) -> bool:
    return any(each.name == "img" for each in elements(element))


def formula_in(element: Element) -> Element | None:
    """Return the MathML in the output of KaTeX or MathJax; None for anything else."""
    classes = element.attributes.get("class", "").split()
    if element.name != "mjx-container" and _FORMULAS.isdisjoint(classes):
        return None
    return next((each for each in elements(element) if each.name == "math"), None)

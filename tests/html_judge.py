"""What a browser makes of HTML, as html5lib reads it: the judge of what goes into feeds."""

from __future__ import annotations

import re
import warnings
from html import unescape

import html5lib

from pelican_linkback.feeds.content.tree import Element

SPACES = {
    "http://www.w3.org/1999/xhtml": "html",
    "http://www.w3.org/2000/svg": "svg",
    "http://www.w3.org/1998/Math/MathML": "math",
}
PREFIXES = {
    "http://www.w3.org/1999/xlink": "xlink:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
    "http://www.w3.org/2000/xmlns/": "xmlns:",
}
BUILDER = html5lib.getTreeBuilder("etree")

Tree = list  # of texts, and of (space, name, attributes, tree)


def judged(html: str) -> Tree:
    """The tree that html5lib makes of a piece of HTML."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = html5lib.HTMLParser(tree=BUILDER)
        # html5lib forgets in a cell that the first newline of <pre> is none (HTML, 13.2.6.4.7).
        type(parser.phases["inCell"]).processSpaceCharacters = _in_a_cell
        return _tree(parser.parseFragment(html))


def _in_a_cell(phase, token) -> None:
    phase.parser.phases["inBody"].processSpaceCharacters(token)


def _tree(element) -> Tree:
    nodes: Tree = []
    _add_text(nodes, element.text)
    for child in element:
        if isinstance(child.tag, str):
            space, _, name = child.tag[1:].partition("}")
            said = sorted((_name(key), value) for key, value in child.attrib.items())
            nodes.append((SPACES[space], name, tuple(said), _tree(child)))
        _add_text(nodes, child.tail)
    return nodes


def _name(key: str) -> str:
    if not key.startswith("{"):
        return key
    space, _, name = key[1:].partition("}")
    return (PREFIXES[space] + name).replace("xmlns:xmlns", "xmlns")


def _add_text(nodes: Tree, text: str | None) -> None:
    if text and nodes and isinstance(nodes[-1], str):
        nodes[-1] += text
    elif text:
        nodes.append(text)


def as_judged(element: Element) -> Tree:
    """A tree of ours in the form of the judge's."""
    nodes: Tree = []
    for child in element.children:
        if isinstance(child, str):
            _add_text(nodes, child)
        else:
            said = tuple(sorted(child.attributes.items()))
            nodes.append((child.space, child.name, said, as_judged(child)))
    return nodes


GONE = frozenset(
    {
        *("base", "button", "embed", "form", "frame", "iframe", "input", "link", "meta"),
        *("noscript", "object", "plaintext", "script", "select", "template", "textarea", "xmp"),
    }
)
SCRIPT = re.compile(r"(?:java|vb)script:|data:(?:text/html|application/xhtml|text/xml)", re.I)
DRAWING = re.compile(r"data:image/svg", re.IGNORECASE)
SHOWS = frozenset({"feImage", "image", "img", "source", "video"})
STYLE = re.compile(r"expression\(|script:|-moz-binding", re.IGNORECASE)


def alive(nodes: Tree) -> str | None:
    """What could run in a reader; None where nothing can."""
    for node in nodes:
        if isinstance(node, str):
            continue
        space, name, attributes, children = node
        if name in GONE or (space == "html" and name in {"style", "title"}):
            return name
        if space == "svg" and name == "style" and children and "<" in str(children[0]):
            return "style"
        for attribute, value in attributes:
            if _is_alive(name, attribute.lower(), value):
                return f"{name} {attribute}={value}"
        if found := alive(children):
            return found
    return None


def _is_alive(name: str, attribute: str, value: str) -> bool:
    plain = re.sub(r"[\t\r\n]", "", unescape(value)).strip("".join(map(chr, range(33))))
    if attribute.startswith("on") or attribute in {"srcdoc", "action", "formaction"}:
        return True
    if attribute == "style":
        return STYLE.search(plain) is not None
    if attribute == "attributename":
        return plain.lower().endswith("href") or plain.lower().startswith("on")
    return bool(SCRIPT.match(plain) or (DRAWING.match(plain) and name not in SHOWS))

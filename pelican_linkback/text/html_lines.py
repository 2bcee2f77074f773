"""The text of HTML as lines, as a reader without style sheets sees it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from pelican_linkback.text import markup
from pelican_linkback.text.elements import BLOCKS

__all__ = ["HtmlText", "lines_of"]

# Elements whose content is for programs, or is shown only where something does not work.
_NOT_SHOWN = frozenset(
    {
        "head",
        "iframe",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "title",
    }
)


class HtmlText(NamedTuple):
    """The text of a piece of HTML, and where in it its links begin: their hrefs and positions."""

    text: str
    links: tuple[tuple[str, int], ...]


@lru_cache(maxsize=8)
def lines_of(html: str) -> HtmlText:
    """Return the text of a piece of HTML: white space folded, and each block on a line of its own.

    A picture is its description, such as an emoji that a blog shows as a picture. Comments,
    scripts, style sheets and drawings are no text. Never raises, whatever the input.
    Cached for a few pieces: of a long text, the words around a link are asked for next.
    """
    found: HtmlText = markup.parse(f"<body>{html}</body>", _Lines())
    return found


class _Lines:
    """A parser target that makes an HtmlText. The method names are lxml's."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.gap = ""  # what separates the next word from the last one
        self.hidden = 0
        self.links: list[tuple[str, int]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.hidden += name in _NOT_SHOWN
        self._separate(name)
        if name == "a" and not self.hidden and (href := attributes.get("href")):
            self.links.append((href, self.length))
        elif name == "img":
            self.data(f" {attributes.get('alt', '')} ")

    def end(self, name: str) -> None:
        self.hidden -= self.hidden > 0 and name in _NOT_SHOWN
        self._separate(name)

    def data(self, text: str) -> None:
        if self.hidden:
            return
        words = " ".join(text.split())
        if text[:1].isspace():
            self.gap = self.gap or " "
        if words:
            self._add(self.gap if self.pieces else "")
            self._add(words)
            self.gap = " " if text[-1].isspace() else ""

    def close(self) -> HtmlText:
        return HtmlText("".join(self.pieces), tuple(self.links))

    def _separate(self, name: str) -> None:
        if name == "br" or name in BLOCKS:
            self.gap = "\n"

    def _add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)

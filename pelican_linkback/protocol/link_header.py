"""The ``Link`` header field: RFC 8288. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.text import urls
from pelican_linkback.text.regex import regex

__all__ = ["linked"]

# The parts of a Link header (section 3): targets and their parameters. A part ends where the next
# may start, so that any header takes one pass. Single quotation marks are none of the grammar, and
# some servers write them; a quotation mark that is not closed quotes the rest.
_PIECE = regex(
    r"""<(?P<target>[^<>]*)>
      | ;\s*(?P<name>[^\s=;,<"]+)\s*(?:=\s*(?:
            "(?P<quoted>(?:[^"\\]|\\.)*+)(?:"|\\?\Z)
          | '(?P<single>[^'"<>;,]*+)'
          | (?P<token>[^\s;,<"]*)
        ))?
    """,
    re.VERBOSE | re.DOTALL,
)
_PAIR = regex(r"\\(.)", re.DOTALL)


def linked(url: str, value: str, rels: Collection[str]) -> Iterator[str]:
    """Yield what a header ``value`` of the page ``url`` links to with one of ``rels``, as written.

    ``rels`` are in lower case. Links about another page (section 3.2, anchor) are skipped.
    """
    for target, parameters in _links(value):
        named = parameters.get("rel", "").lower().split()
        if any(rel in rels for rel in named) and _is_about(url, parameters.get("anchor")):
            yield target


def _links(value: str) -> list[tuple[str, dict[str, str]]]:
    """Return the links of a Link header: each target and its parameters.

    Of several parameters of one name the first counts (section 3.3 on rel).
    """
    found: list[tuple[str, dict[str, str]]] = []
    for piece in _PIECE.finditer(value):
        if piece["target"] is not None:
            found.append((piece["target"], {}))
        elif found:
            words = piece["quoted"] or piece["single"] or piece["token"] or ""
            found[-1][1].setdefault(piece["name"].lower(), _PAIR.sub(r"\1", words))
    return found


def _is_about(url: str, anchor: str | None) -> bool:
    """Return whether a link is about the page that it came with (section 3.2)."""
    if anchor is None:
        return True
    try:
        named = urls.resolve(url, anchor)
        return "#" not in named and urls.normalise(named) == urls.normalise(url)
    except InvalidURL:
        return False

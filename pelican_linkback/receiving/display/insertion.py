"""Where the mentions go in a page whose theme does not show them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pelican_linkback.text.regex import regex

__all__ = ["MARK", "has_mentions", "is_twice", "with_mentions"]

MARK = "linkback-mentions"
"""The class of the element that has the mentions, in our template and in those of themes."""

_MARKED = regex(rf"<[a-z][^<>]*\b{MARK}\b[^<>]*", re.IGNORECASE)
_NAMES = regex(
    r"""\s(?:class|id)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>=]++))""", re.IGNORECASE
)
"""What an element can be known by; another one may link to it."""

_OURS = f'<section class="{MARK}"'

_PLACE = regex(r"<!--(?i:\s*+linkback mentions\s*+)-->")
_RAW = ("script", "style", "textarea", "title", "template")


def _tags(*names: str) -> re.Pattern[str]:
    """Return what finds comments, starts of what is raw, and the tags of elements with ``names``.

    Nearly all tags of a page are of others. Three characters are looked at, a set for each, which
    takes half of the time that it takes to compare names.
    """
    wanted = (*names, *_RAW)
    starts = zip("!--", *wanted, *(f"/{name}" for name in wanted), strict=False)
    sets = ("".join(sorted({*each, *map(str.upper, each)})) for each in starts)
    first_three = "".join(f"[{re.escape(each)}]" for each in sets)
    return regex(
        rf"<(?={first_three})(?:(?P<comment>!--)"
        rf"|(?P<end>/?)(?ai:(?P<name>{'|'.join(names)})|(?P<raw>{'|'.join(_RAW)}))(?=[\s/>]))"
    )


_SECTIONS = _tags("article", "main")
_ROOTS = _tags("body", "html")
_HIDDEN = regex(
    rf"<!--.*?(?:-->|\Z)|<(?P<raw>{'|'.join(_RAW)})(?=[\s/>]).*?(?:</(?P=raw)|\Z)",
    re.IGNORECASE | re.DOTALL,
)
"""What has no elements, such as an include that a theme has in a comment."""

_ENDS_OF_RAW = {name: regex(f"</{name}", re.IGNORECASE) for name in _RAW}
_IMPLIED = frozenset({"body", "html"})
"""Their start tags may be left out."""


def has_mentions(html: str) -> bool:
    """Return whether a page has an element for mentions, be it the theme's own."""
    if MARK not in html:
        return False
    tags = (each for each in _MARKED.finditer(html) if _is_marked(each[0]))
    return any(_HIDDEN.sub("", html[: tag.end()]).endswith(tag[0]) for tag in tags)


def _is_marked(tag: str) -> bool:
    names = (" ".join(found) for found in _NAMES.findall(tag))
    return any(MARK in each.split() for each in names)


def is_twice(html: str) -> bool:
    """Return whether a page has our template two times."""
    return html.count(_OURS) > 1 and _HIDDEN.sub("", html).count(_OURS) > 1


def with_mentions(html: str, mentions: str) -> str:
    """Return a page with ``mentions``, HTML, in it; all else stays as it is.

    They are where ``<!-- linkback mentions -->`` stands, else at the end of the first ``<article>``
    (of that in ``<main>``, if there is one), else of ``<main>``, else of ``<body>``.
    """
    ends = _ends(html, _SECTIONS)
    if place := _PLACE.match(html, ends.get("place", len(html))):
        return f"{html[: place.start()]}{mentions}{html[place.end() :]}"
    ends = ends or _ends(html, _ROOTS)
    at = next((ends[name] for name in _ORDER if name in ends), len(html))
    return f"{html[:at]}{mentions}{html[at:]}"


_ORDER = ("main article", "article", "main", "body", "html")


def _ends(html: str, tags: re.Pattern[str]) -> Mapping[str, int]:
    """Return where the first element of each name ends: the position of its end tag.

    "main article" is the first article within the first main, "place" where our comment begins.
    """
    found: dict[str, int] = {}
    open_: dict[str, int] = {}
    at = 0
    while tag := tags.search(html, at):
        at = tag.end()
        if tag["comment"]:
            if _PLACE.match(html, tag.start()):
                found.setdefault("place", tag.start())
            at = _or_end(html.find("-->", at), html)
        elif not tag["name"]:
            if not tag["end"]:
                end = _ENDS_OF_RAW[tag["raw"].lower()].search(html, at)
                at = end.start() if end else len(html)
        else:
            _count(tag, open_, found)
    return found


def _or_end(at: int, html: str) -> int:
    return len(html) if at < 0 else at


def _count(tag: re.Match[str], open_: dict[str, int], found: dict[str, int]) -> None:
    """Count the element of a tag in or out; note where the first one ends."""
    name = tag["name"].lower()
    depth = open_.get(name, 0)
    if not tag["end"]:
        open_[name] = depth + 1
    elif depth or name in _IMPLIED:
        open_[name] = depth - 1
        if depth <= 1:
            found.setdefault(name, tag.start())
            if name == "article" and open_.get("main"):
                found.setdefault("main article", tag.start())

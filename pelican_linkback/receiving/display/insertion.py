"""Where the mentions go in a page whose theme does not show them. Pure."""

from __future__ import annotations

import re
from collections import Counter
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
_TAG = regex(
    # Most tags of a page are of others, and end with the look ahead: it takes half of the time.
    r"<(?=/?[!ambhstAMBHST][a-zA-Z-]{2})(?:(?P<comment>!--)|(?P<end>/?)(?i:(?P<name>article|main|body|html)|"
    rf"(?P<raw>{'|'.join(_RAW)}))(?=[\s/>]))"
)
_END_OF_COMMENT = regex("-->")
_HIDDEN = regex(
    rf"<!--.*?(?:-->|\Z)|<(?P<raw>{'|'.join(_RAW)})(?=[\s/>]).*?(?:</(?P=raw)|\Z)",
    re.IGNORECASE | re.DOTALL,
)
"""What has no elements, such as an include that a theme has in a comment."""

_ENDS_OF_RAW = {name: regex(f"</{name}", re.IGNORECASE) for name in _RAW}
_IMPLIED = frozenset({"body", "html"})
"""Their start tags may be left out."""

_ORDER = ("main article", "article", "main", "body", "html")


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
    ends = _ends(html)
    if place := _PLACE.match(html, ends.get("place", len(html))):
        return f"{html[: place.start()]}{mentions}{html[place.end() :]}"
    at = next((ends[name] for name in _ORDER if name in ends), len(html))
    return f"{html[:at]}{mentions}{html[at:]}"


def _ends(html: str) -> Mapping[str, int]:
    """Return where the first element of each name ends: the position of its end tag.

    "main article" is the first article within the first main, "place" where our comment begins.
    """
    found: dict[str, int] = {}
    open_: Counter[str] = Counter()
    at = 0
    while tag := _TAG.search(html, at):
        at = _behind(tag, html)
        name = (tag["name"] or "").lower()
        if tag["comment"] and _PLACE.match(html, tag.start()):
            found.setdefault("place", tag.start())
        if not name:
            continue
        if not tag["end"]:
            open_[name] += 1
        elif open_[name] or name in _IMPLIED:
            open_[name] -= 1
            if open_[name] <= 0:
                found.setdefault(name, tag.start())
                if name == "article" and open_["main"]:
                    found.setdefault("main article", tag.start())
    return found


def _behind(tag: re.Match[str], html: str) -> int:
    """Return where to go on behind a tag: what is in a comment or a script is no tag."""
    if tag["comment"]:
        end = _END_OF_COMMENT.search(html, tag.end())
    elif tag["raw"] and not tag["end"]:
        end = _ENDS_OF_RAW[tag["raw"].lower()].search(html, tag.end())
    else:
        return tag.end()
    return end.start() if end else len(html)

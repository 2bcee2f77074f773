"""LINKBACK_RECEIVE: the head of a page that takes mentions says where they are sent to."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pelican_linkback.plugin.mentions.targets import SiteTargets
from pelican_linkback.plugin.written_pages import Edit
from pelican_linkback.receiving.endpoints import Endpoints
from pelican_linkback.receiving.memory.targets import Mode, Target
from pelican_linkback.text import markup
from pelican_linkback.text.printable import described, printable
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import page_key

__all__ = ["EndpointLinks", "Named", "named_in", "with_endpoints"]

logger = logging.getLogger(__name__)

FIRST = 5_000
"""The links are within so many characters: clients may stop to read a page early."""

_AFTER = (
    regex(r"<meta\s[^<>]*?charset[^<>]*>\s*", re.IGNORECASE),
    regex(r"</title\s*>\s*", re.IGNORECASE),
    regex(r"<head(?:\s[^<>]*)?>\s*", re.IGNORECASE),
    regex(r"<html(?:\s[^<>]*)?>\s*", re.IGNORECASE),
    regex(r"<!doctype[^<>]*>\s*", re.IGNORECASE),
    regex(r"(?=<body[\s/>])", re.IGNORECASE),
)
"""What the links may stand behind if the head has no end, or a far one; the best first."""

_NO_MARKUP = regex(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>script|style|template)\b.*?(?:</(?P=raw)\b|\Z)|<body[\s/>].*",
    re.IGNORECASE | re.DOTALL,
)
"""What is in a comment or a script is no tag, and what is in the body is none of the head."""

_REL = regex(r"webmention|pingback", re.IGNORECASE)


class Named(NamedTuple):
    """An endpoint that a page names: its rel, and the URL as it is written there."""

    rel: str
    href: str


def with_endpoints(html: str, endpoints: Endpoints, named: Iterable[Named] | None = None) -> str:
    """Return a page with a link to each endpoint whose protocol it names none for.

    ``named`` are those that it names, where that is known. The links are the last elements of its
    head, if that ends early enough. The rest of the page stays as it is.
    """
    known = {each.rel for each in (named_in(html) if named is None else named)}
    elements = endpoints.elements()
    missing = [element for rel, element in elements.items() if rel not in known]
    place = _place_in(html)
    if not missing or place is None:
        return html
    line_end = "\r\n" if "\r\n" in html[:place] else "\n"
    return html[:place] + line_end.join([*missing, ""]) + html[place:]


def named_in(html: str) -> Iterator[Named]:
    """Yield the endpoints that a page names: in its head, and for webmentions in its text, too."""
    head = html[: markup.end_of_head(html)]
    # Few themes name any, and few articles are about webmentions: the others are not parsed.
    body = html[len(head) :].encode("utf-8", "surrogatepass")  # twice as fast as the text's lower()
    if b"webmention" in body.lower():
        read = html
    elif _REL.search(head):
        read = head
    else:
        return
    for link in markup.read(read).links:
        for rel in {"webmention", "pingback"}.intersection(link.rels):
            if link.href is not None and (link.name == "link" or rel == "webmention"):
                yield Named(rel, link.href)


def _place_in(html: str) -> int | None:
    """Return where links belong in the head of a page; None if it has no such place."""
    end = markup.end_of_head(html)
    if end is not None and end <= FIRST:
        return end
    begin = _NO_MARKUP.sub(_masked, html[:FIRST])
    found = next(filter(None, (place.search(begin) for place in _AFTER)), None)
    return found.end() if found else end


def _masked(found: re.Match[str]) -> str:
    """Return as many letters, which no link would stand behind; the start of a body stays."""
    kept = found[0][:6] if found[0][:5].lower() == "<body" else ""
    return kept + "x" * (len(found[0]) - len(kept))


class EndpointLinks:
    """Adds the links to the pages of a site; what is wrong with a theme is reported once.

    ``endpoints`` are where the links lead, ``targets`` the pages, and ``output`` is the folder that
    the site is written to.
    """

    def __init__(self, endpoints: Endpoints, targets: SiteTargets, output: Path) -> None:
        self._endpoints, self._targets = endpoints, targets
        self._home = output / "index.html"
        self._reported: set[str] = set()

    def edit_of(self, path: Path, context: Mapping[str, object]) -> Edit | None:
        """Return what adds the links that its theme leaves out to the page at ``path``.

        None if the page takes no mentions. ``context`` has the variables of its template.
        """
        content = context.get("article") or context.get("page")
        target = self._targets.of(content) if content else self._home_at(path)
        if target is None or target.mentions is Mode.CLOSED:
            return None
        return partial(self._edited, path.name)

    def report(self, name: str, error: BaseException) -> None:
        """Report that the page ``name`` could not be edited."""
        why = described(error)
        self._report(why, f"{name} does not say where mentions are sent to: {why}")

    def _home_at(self, path: Path) -> Target | None:
        return self._targets.home if path.absolute() == self._home else None

    def _edited(self, name: str, html: str) -> str:
        ours = {page_key(url) for url in self._endpoints}
        named = list(named_in(html))
        for each in named:
            if page_key(each.href.strip()) not in ours:
                self._report(
                    each.href,
                    f"the theme names another receiver of mentions, as in {name}: "
                    f"{printable(each.href)}; it counts, and not that of LINKBACK_RECEIVE: take "
                    f'the link with rel="{each.rel}" out of the theme',
                )
        return with_endpoints(html, self._endpoints, named)

    def _report(self, kind: str, problem: str) -> None:
        if kind not in self._reported:
            self._reported.add(kind)
            logger.warning("%s", problem)

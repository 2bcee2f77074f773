"""What we read of made pages, beside what another program reads of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.reading.microformats import item_of
from pelican_linkback.receiving.reading.page import MentionRequest, Page, read
from pelican_linkback.receiving.received import Received
from tests.made_pages import SOURCE, WALLS, MadePage
from tests.receiving import NOW

__all__ = ["Reading", "differences"]

TARGETS = Targets([Target("walls", WALLS)], "https://blog.example")


class Reading(NamedTuple):
    """What a program reads of a page; empty where it finds nothing."""

    kind: str
    name: str = ""
    url: str = ""
    text: str = ""


def ours(html: str) -> Reading:
    answer = Page(SOURCE, [("Content-Type", "text/html; charset=utf-8")], html.encode())
    mention = read(answer, MentionRequest(SOURCE, WALLS, "walls", NOW), TARGETS, item_of).mention
    assert isinstance(mention, Received)
    author = mention.author
    name = "" if author.name == "ann.example" else author.name  # the host stands for nobody's name
    return Reading(mention.kind.value, name, author.url, " ".join(mention.text.split()))


def differences(
    pages: Iterable[tuple[MadePage, Reading]],
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """What differs, ours first: by the field, and what of a page it is about."""
    differing: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for page, theirs in pages:
        we = ours(page.html)
        for field, value, other in zip(Reading._fields, we, theirs, strict=True):
            if value != other:
                where = field, _about(field, page, we.kind)
                differing.setdefault(where, []).append((value, other))
    return differing


def _about(field: str, page: MadePage, kind: str) -> str:
    if field == "text":
        return "a like or repost" if kind in {"like", "repost"} else page.text
    return page.kind if field == "kind" else page.author

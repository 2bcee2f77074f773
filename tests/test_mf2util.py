"""What we read of microformats, and what mf2util does: differences are meant, and listed.

mf2util is what programs of the IndieWeb in Python have read mentions with for ten years; the pages
are made to cover the authorship algorithm and post type discovery.
"""

from __future__ import annotations

from typing import Any

import mf2py
import mf2util

from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.reading.microformats import item_of
from pelican_linkback.receiving.reading.page import Asked, Page, read
from pelican_linkback.receiving.received import Received
from tests.made_pages import SOURCE, WALLS, MadePage, made_pages
from tests.receiving import NOW

TARGETS = Targets([Target("walls", WALLS)], "https://blog.example")
THEIR_KINDS = ("rsvp", "reply", "repost", "like")

HOME = "of the page alone: mf2util looks for its author at another page, which is not fetched"
DIFFERENCES = {
    ("kind", "a bookmark"): "a response of its own; mf2util knows three, and RSVPs",
    ("kind", "an RSVP of no word"): "yes, no, maybe or interested are RSVPs; else it is a reply",
    ("name", "a card with a nickname"): "the next best name",
    ("url", "a card with a nickname"): "mf2util takes a card without a name for nobody's",
    ("url", "a URL"): f"{HOME}; the URL says who",
    ("url", "a URL as a text"): f"{HOME}; the URL says who",
    ("url", "rel=author"): f"{HOME}; the URL says who",
    ("name", "a card around"): "who has the page around the entry wrote it",
    ("url", "a card around"): "who has the page around the entry wrote it",
    ("name", "the only card of the site"): f"{HOME}; the card of the site is the author's",
    ("url", "the only card of the site"): f"{HOME}; the card of the site is the author's",
    ("text", "a like or repost"): "bridges copy the text of the original into it",
    ("text", "a summary and content"): "of a mention the summary is shown, as it is shorter",
    ("text", "a title"): "the title of a bookmark is shown as one, and not as its text",
}
"""Where we differ: the field, what is on the page, and why."""


def ours(html: str) -> dict[str, str]:
    answer = Page(SOURCE, [("Content-Type", "text/html; charset=utf-8")], html.encode())
    mention = read(answer, Asked(SOURCE, WALLS, "walls", NOW), TARGETS, item_of).mention
    assert isinstance(mention, Received)
    name = mention.author.name
    return {
        "kind": mention.kind.value,
        "name": "" if name == "ann.example" else name,
        "url": mention.author.url,
        "text": " ".join(mention.text.split()),
    }


def theirs(html: str) -> dict[str, str]:
    parsed = mf2py.parse(html, url=SOURCE)

    def fetch(url: str) -> Any:
        return mf2py.parse(html, url=url)  # the only page that there is

    found = mf2util.interpret_comment(parsed, SOURCE, [WALLS], fetch_mf2_func=fetch)
    kinds = found["comment_type"]
    author = found.get("author") or {}
    text = found.get("content-plain") or found.get("name") or found.get("summary") or ""
    return {
        "kind": next((each for each in THEIR_KINDS if each in kinds), "mention"),
        "name": author.get("name", ""),
        "url": author.get("url", ""),
        "text": " ".join(text.split()),
    }


def axis_of(field: str, page: MadePage, kind: str) -> str:
    """What of a page a difference in a field is about."""
    if field == "text":
        return "a like or repost" if kind in {"like", "repost"} else page.text
    return page.kind if field == "kind" else page.author


def test_we_read_what_mf2util_reads_but_for_what_is_listed():
    pages = list(made_pages())
    assert len(pages) >= 200
    differing: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for page in pages:
        we, they = ours(page.html), theirs(page.html)
        for field, value in we.items():
            if value != they[field]:
                where = field, axis_of(field, page, we["kind"])
                differing.setdefault(where, []).append((value, they[field]))
    assert {key: found for key, found in differing.items() if key not in DIFFERENCES} == {}
    assert set(differing) == set(DIFFERENCES)

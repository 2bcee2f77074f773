"""What we read of microformats, and what mf2util does: differences are meant, and listed.

mf2util is what programs of the IndieWeb in Python have read mentions with for ten years; the pages
are made to cover the authorship algorithm and post type discovery.
"""

from __future__ import annotations

from typing import Any

import mf2py
import mf2util

from tests.judged import Reading, differences
from tests.made_pages import SOURCE, WALLS, made_pages

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


def theirs(html: str) -> Reading:
    def parsed(url: str) -> Any:
        return mf2py.parse(html, url=url)  # the only page that there is

    found = mf2util.interpret_comment(parsed(SOURCE), SOURCE, [WALLS], fetch_mf2_func=parsed)
    kinds, author = found["comment_type"], found.get("author") or {}
    kind = next((each for each in ("rsvp", "reply", "repost", "like") if each in kinds), "mention")
    text = found.get("content-plain") or found.get("name") or found.get("summary") or ""
    return Reading(kind, author.get("name", ""), author.get("url", ""), " ".join(text.split()))


def test_we_read_what_mf2util_reads_but_for_what_is_listed():
    pages = list(made_pages())
    assert len(pages) >= 200
    found = differences((page, theirs(page.html)) for page in pages)
    assert {key: values for key, values in found.items() if key not in DIFFERENCES} == {}
    assert set(found) == set(DIFFERENCES)

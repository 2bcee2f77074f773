"""What we read of microformats, and what granary does: differences are meant, and listed.

granary is what bridges of the IndieWeb read posts with. It makes activities of them, and has no
notion of a target: what a post is to others, it is.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

from peers.senders import ROOT
from pelican_linkback.text.html_lines import lines_of
from tests.judged import Reading, differences
from tests.made_pages import SOURCE, WALLS, made_pages

PYTHON = ROOT / ".venv-granary" / "bin" / "python"

HOME = "of the page alone: granary looks for its author at another page, which is not fetched"
AROUND = "granary takes the card for the post that the page is"
OLD = "the class from before like-of is still read"
DIFFERENCES = {
    ("kind", "a like of old"): OLD,
    ("kind", "an RSVP of no word"): "yes, no, maybe or interested are RSVPs; else it is a reply",
    ("kind", "an RSVP to others"): "to our page it is a mention",
    **{("kind", each): AROUND for each in ("a reply", "a reply by citation", "a like", "an RSVP")},
    ("name", "a card with a nickname"): "the next best name",
    ("name", "a URL, and its card"): "the card with that URL on the page says who it is",
    ("name", "the author of the feed"): "the author of a feed wrote what is in it",
    ("name", "a card around"): AROUND,
    ("url", "a card around"): AROUND,
    ("url", "rel=author"): HOME,
    ("name", "rel=author, and a card with that URL"): HOME,
    ("url", "rel=author, and a card with that URL"): HOME,
    ("name", "the only card of the site"): HOME,
    ("url", "the only card of the site"): HOME,
    ("text", "a like or repost"): "bridges copy the text of the original into it",
    ("text", "a summary and content"): "of a mention the summary is shown, as it is shorter",
    **{
        ("text", each): "granary makes a bookmark of it that has no text (also where the card is)"
        for each in (
            *("content", "content as text", "a name that is content", "a title and content"),
            *("paragraphs", "a script"),
        )
    },
}
"""Where we differ: the field, what is on the page, and why."""


def reading_of(activity: dict[str, Any]) -> Reading:
    verb, said = str(activity.get("verb")), activity
    if verb in {"like", "share"}:
        kind = {"like": "like", "share": "repost"}[verb]
    elif verb.startswith("rsvp"):
        kind = "rsvp"
    else:
        said = activity.get("object", {})
        kind = "reply" if WALLS in said.get("inReplyTo", ()) else "mention"
        if said.get("objectType") == "bookmark" or said.get("targetUrl"):
            kind = "bookmark"
    person = said.get("actor") or said.get("author") or activity.get("actor") or {}
    text = lines_of(said.get("content", "")).text or said.get("displayName", "")
    name = person.get("displayName", "")
    return Reading(kind, name, person.get("url", ""), " ".join(text.split()))


def test_we_read_what_granary_reads_but_for_what_is_listed():
    pages = list(made_pages())
    question = json.dumps([SOURCE, [page.html for page in pages]])
    command = [PYTHON, ROOT / "peers" / "granary_reads.py"]
    answer = subprocess.run(command, input=question, capture_output=True, text=True, check=True)
    theirs = map(reading_of, json.loads(answer.stdout))
    found = differences(zip(pages, theirs, strict=True))
    assert {key: values for key, values in found.items() if key not in DIFFERENCES} == {}
    assert set(found) == set(DIFFERENCES)

"""What feeds say beside what feedgenerator knows, read by a parser that others wrote."""

from __future__ import annotations

import re

from pelican_linkback.feeds import Atom1Feed, Person, Rss201rev2Feed
from tests.test_formats import add, make, parse

PEOPLE = ["Cy Tide", Person("Di Ebb", "di@a.example", "https://a.example/di")]
FULL = {
    "skip_hours": range(2),
    "skip_days": ["Saturday", "Sunday"],
    "ttl": 60,
    "generator": "me",
    "contributors": PEOPLE,
    "feed_copyright": "(c) & more",
}


def test_what_rss_says_of_a_channel():
    feed = make(Rss201rev2Feed, **FULL)
    found = parse(feed).feed
    assert (found.ttl, found.generator, found.rights) == ("60", "me", "(c) & more")
    assert "skiphours" in found
    assert "skipdays" in found
    # feedparser keeps the last of several.
    text = feed.writeString("utf-8")
    assert re.findall(r"<hour>(.*?)</hour>", text) == ["0", "1"]
    assert re.findall(r"<day>(.*?)</day>", text) == ["Saturday", "Sunday"]


def test_what_atom_says_of_a_feed_and_its_entries():
    found = parse(
        add(
            make(Atom1Feed, **FULL),
            comment_count=3,
            contributors=PEOPLE,
            item_copyright="(c) Bo",
            replies="https://a.example/#replies",
        )
    )
    people = [
        {"name": "Cy Tide"},
        {"name": "Di Ebb", "email": "di@a.example", "href": "https://a.example/di"},
    ]
    assert found.feed.contributors == people
    assert (found.feed.generator, found.feed.rights) == ("me", "(c) & more")
    (entry,) = found.entries
    assert entry.contributors == people
    assert entry.rights == "(c) Bo"
    assert entry.thr_total == "3"
    replies = {"rel": "replies", "href": "https://a.example/#replies", "type": "text/html"}
    assert replies in entry.links


def test_rss_has_no_place_for_contributors_and_replies():
    feed = add(make(Rss201rev2Feed, **FULL), contributors=PEOPLE, replies="https://a.example/#r")
    text = feed.writeString("utf-8")
    assert "Cy Tide" not in text
    assert "a.example/#r" not in text

"""What answers an item, and what it answers, in all formats, read by parsers that others wrote."""

from __future__ import annotations

import datetime as dt
import json
from xml.etree import ElementTree as ET

import pytest

from pelican_linkback.feeds import Atom1Feed, Feed, InReplyTo, JsonFeed, Rss201rev2Feed, Site
from tests.test_formats import parse

MAY = dt.datetime(2026, 5, 1, 8, 30, tzinfo=dt.UTC)
ATOM, THR = "{http://www.w3.org/2005/Atom}", "{http://purl.org/syndication/thread/1.0}"
WFW = "{http://wellformedweb.org/CommentAPI/}"
REPLIES = {
    "application/rss+xml": "replies.rss.xml",
    "application/atom+xml": "replies.atom.xml",
    "application/feed+json": "replies.json",
}


def document(feed_type, warnings=None, **aspects):
    """Return the document of a feed with one item, of which it says these ``item_`` aspects."""
    values = {f"item_{name}": value for name, value in aspects.items()}
    declared = {"title": "News", "link": "/", "path": "news.xml", "items": ["A race"]}
    more = {"item_link": "/race", "item_pubdate": dt.date(2026, 1, 1), "feed_type": feed_type}
    cls = type("News", (Feed,), {**declared, **more, **values})
    heard = [] if warnings is None else warnings
    site = Site(
        "https://a.example",
        "Site",
        MAY,
        warn=lambda words, *names: heard.append(words.format(*names)),
    )
    return cls().get_feed(None, site)


def atom_entry(**aspects):
    feed = document(Atom1Feed, **aspects)
    return ET.fromstring(feed.writeString("utf-8")).find(f"{ATOM}entry")


def rss_item(**aspects):
    feed = document(Rss201rev2Feed, **aspects)
    return ET.fromstring(feed.writeString("utf-8")).find("channel/item")


def linkback(**aspects):
    feed = document(JsonFeed, **aspects)
    return json.loads(feed.writeString("utf-8"))["items"][0].get("_linkback")


def replies(entry):
    return [each.attrib for each in entry.findall(f"{ATOM}link") if each.get("rel") == "replies"]


FULL = {
    "comment_count": 3,
    "replies": "/race#replies",
    "comments_feed": REPLIES,
    "comments_updated": MAY,
}


def test_atom_has_the_page_and_the_feed_of_the_replies_with_number_and_date():
    hints = {f"{THR}count": "3", f"{THR}updated": "2026-05-01T08:30:00+00:00"}
    page = {"href": "https://a.example/race#replies", "type": "text/html"}
    feed = {"href": "https://a.example/replies.atom.xml", "type": "application/atom+xml"}
    entry = atom_entry(**FULL)
    assert replies(entry) == [{"rel": "replies", **each, **hints} for each in (page, feed)]
    assert entry.findtext(f"{THR}total") == "3"


def test_rss_has_the_number_and_the_feed():
    item = rss_item(**FULL)
    assert item.findtext(f"{WFW}commentRss") == "https://a.example/replies.rss.xml"
    assert parse(document(Rss201rev2Feed, **FULL)).entries[0].slash_comments == "3"
    assert parse(document(Rss201rev2Feed, **FULL)).entries[0].wfw_commentrss.endswith(".rss.xml")


def test_json_has_all_of_it_under_one_name():
    assert linkback(**FULL) == {
        "count": 3,
        "url": "https://a.example/race#replies",
        "feed_url": "https://a.example/replies.json",
        "updated": "2026-05-01T08:30:00+00:00",
    }


def test_the_newest_reply_does_not_date_the_item_nor_its_feed():
    feed = document(Atom1Feed, **FULL)
    assert feed.newest() == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert parse(feed).entries[0].updated == "2026-01-01T00:00:00+00:00"


def test_without_replies_there_is_nothing():
    assert linkback() is None
    assert replies(atom_entry()) == []
    assert all("comment" not in each.tag for each in rss_item())


def test_hints_need_a_date_and_a_number_is_no_condition():
    (link,) = replies(atom_entry(replies="/race#replies", comment_count=3))
    assert f"{THR}count" not in link
    (link,) = replies(atom_entry(replies="/race#replies", comments_updated=MAY))
    assert link[f"{THR}updated"] == "2026-05-01T08:30:00+00:00"
    assert f"{THR}count" not in link


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("replies.xml", None),
        ({"application/rss+xml": "replies.xml"}, "application/rss+xml"),
    ],
)
def test_a_feed_in_another_format_is_better_than_none(said, kind):
    url = "https://a.example/replies.xml"
    (link,) = replies(atom_entry(comments_feed=said))
    assert (link["href"], link.get("type")) == (url, kind)
    assert rss_item(comments_feed=said).findtext(f"{WFW}commentRss") == url
    assert linkback(comments_feed=said) == {"feed_url": url}


RACE = InReplyTo("tag:a.example,2026:race", "https://a.example/race")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("tag:a.example,2026:cup", [{"ref": "tag:a.example,2026:cup"}]),
        (RACE, [{"ref": RACE.ref, "href": RACE.href, "type": "text/html"}]),
        (
            ["tag:a.example,2026:cup", RACE],
            [
                {"ref": "tag:a.example,2026:cup"},
                {"ref": RACE.ref, "href": RACE.href, "type": "text/html"},
            ],
        ),
        ([""], []),
    ],
)
def test_what_an_item_answers(said, expected):
    for item in (atom_entry(in_reply_to=said), rss_item(in_reply_to=said)):
        assert [each.attrib for each in item.findall(f"{THR}in-reply-to")] == expected
    in_json = (linkback(in_reply_to=said) or {}).get("in_reply_to", [])
    assert [each["id"] for each in in_json] == [each["ref"] for each in expected]


def test_a_script_is_no_address():
    script, heard = "javascript:alert(1)", []
    feed = document(
        Atom1Feed,
        heard,
        comments_feed={"application/atom+xml": script},
        in_reply_to=InReplyTo("tag:a.example,2026:race", script),
    )
    text = feed.writeString("utf-8")
    assert "javascript" not in text
    assert 'ref="tag:a.example,2026:race"' in text
    assert len(heard) == 2

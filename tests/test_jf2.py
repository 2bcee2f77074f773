"""Items of JF2 feeds, as hosted services give them: the whole corpus, and what is not in it."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from typing import Any

import pytest

from pelican_linkback.receiving.hosted.dates import moment
from pelican_linkback.receiving.hosted.jf2 import NotKept, WhyNotKept, read
from pelican_linkback.receiving.received import Author, Kind, Received, id_of
from tests.jf2_corpus import CORPUS, NOW, find, item_of, wrong
from tests.webmention_io import item

WALLS = "https://blog.example/2025/03/garden-walls/"


@pytest.mark.parametrize("case", CORPUS["cases"], ids=lambda case: f"{case['id']}: {case['why']}")
def test_an_item_of_the_corpus_is_read_as_expected(case: dict[str, Any]):
    assert wrong(case) == []


@pytest.mark.parametrize(
    "case", [each for each in CORPUS["malformed"] if "item" in each], ids=lambda case: case["why"]
)
def test_what_is_no_item_is_none(case):
    assert item_of(case["item"]) == NotKept(WhyNotKept.NO_ITEM)


def reading(number: int = 7, **fields: Any) -> Received:
    found = item_of(item(number, target=WALLS, **fields))
    assert isinstance(found, Received), found
    return found


def reply(**fields: Any) -> Received:
    return reading(wm_property="in-reply-to", **fields)


def mention(**fields: Any) -> Received:
    return reading(wm_property="mention-of", **fields)


def test_every_field_of_an_item_has_its_place():
    found = item_of(
        {
            "author": {"name": "Ann", "url": "https://ann.example/", "photo": "/me.png"},
            "url": "https://social.example/@ann/1",
            "published": "2025-04-02T10:20:00+02:00",
            "wm-received": "2025-04-02T09:20:30Z",
            "wm-id": 12,
            "wm-source": "https://bridge.example/ann/1",
            "wm-target": f"{WALLS}#gate",
            "wm-protocol": "Webmention",
            "in-reply-to": [WALLS, "https://social.example/@bob/9"],
            "wm-property": "in-reply-to",
            "name": "On walls",
            "content": {"text": "Mine is of slate."},
        }
    )
    assert found == Received(
        source="https://bridge.example/ann/1",
        target=f"{WALLS}#gate",
        article="a1",
        kind=Kind.REPLY,
        author=Author("Ann", "https://ann.example/", "https://bridge.example/me.png"),
        received=dt.datetime(2025, 4, 2, 9, 20, 30, tzinfo=dt.UTC),
        published=dt.datetime(2025, 4, 2, 8, 20, tzinfo=dt.UTC),
        url="https://social.example/@ann/1",
        title="On walls",
        text="Mine is of slate.",
        fragment="gate",
        parent=id_of("https://social.example/@bob/9", "a1"),
        protocol="webmention",
        via="webmention.io",
        remote="12",
    )


WHY = [
    ({"wm_private": 1}, WhyNotKept.PRIVATE),
    ({"wm_private": "yes"}, WhyNotKept.PRIVATE),
    ({"wm_private": [False, True]}, WhyNotKept.PRIVATE),
    ({"wm_private": {}}, WhyNotKept.PRIVATE),
    ({"visibility": "unlisted"}, WhyNotKept.PRIVATE),
    ({"visibility": ["public", "private"]}, WhyNotKept.PRIVATE),
    ({"audience": "friends"}, WhyNotKept.PRIVATE),
    ({"audience": [{"type": "card", "name": "Bob"}]}, WhyNotKept.PRIVATE),
    ({"wm_source": "", "url": ""}, WhyNotKept.NO_SOURCE),
    ({"wm_source": ["ftp://a.example/"], "url": 5}, WhyNotKept.NO_SOURCE),
    ({"wm_source": "https://a.example/" + 2000 * "x", "url": None}, WhyNotKept.NO_SOURCE),
    ({"wm_target": "http://["}, WhyNotKept.NO_TARGET),
    ({"wm_target": 7}, WhyNotKept.NO_TARGET),
    ({"wm_source": "http://BLOG.example/garden-walls.html"}, WhyNotKept.ITSELF),
]


@pytest.mark.parametrize(("fields", "why"), WHY)
def test_what_is_not_kept(fields, why):
    found = item_of(item(7, target=WALLS, **fields))
    assert isinstance(found, NotKept)
    assert (found.why, found.remote) == (why, "7")


@pytest.mark.parametrize(
    "value",
    [None, [], "", "Public", "as:Public", ["https://www.w3.org/ns/activitystreams#Public", "bob"]],
)
def test_an_audience_with_everybody_in_it_is_public(value):
    assert reading(audience=value).article == "a1"


@pytest.mark.parametrize("value", [False, None, "false", " False ", 0, "0", "no", "", [], "public"])
def test_what_is_said_to_be_public_is(value):
    assert reading(wm_private=value, visibility="public").article == "a1"


def test_a_private_item_names_the_mention_that_may_have_been_kept():
    found = item_of(item(7, target=WALLS, wm_private=True))
    assert found == NotKept(WhyNotKept.PRIVATE, reading().id, "https://reader7.example/note", "7")


def test_without_a_target_the_relation_says_what_is_meant():
    found = read({**item(7, target=WALLS), "wm-target": None}, find, "x", NOW)
    assert isinstance(found, Received)
    assert found.article == "a1"


KINDS = [
    ({"wm_property": "quotation-of"}, Kind.QUOTE),
    ({"wm_property": "rsvp", "rsvp": ["yes"]}, Kind.RSVP),
    ({"wm_property": "rsvp", "rsvp": [None, "perhaps", {"value": "No"}]}, Kind.RSVP),
    ({"wm_property": "rsvp", "rsvp": "perhaps"}, Kind.REPLY),
    ({"wm_property": "", "rsvp": "no"}, Kind.RSVP),
    ({"wm_property": None, "like_of": "https://else.example/", "bookmark_of": WALLS}, "bookmark"),
    ({"wm_property": 5, "like_of": [None, {"url": WALLS}]}, Kind.LIKE),
    ({"wm_property": "", "like_of": "https://else.example/"}, Kind.MENTION),
    ({"wm_property": "tag-of"}, Kind.MENTION),
]


@pytest.mark.parametrize(("fields", "kind"), KINDS)
def test_kinds(fields, kind):
    assert reading(**fields).kind == kind


AUTHORS = [
    (None, ("reader7.example", "")),
    ([], ("reader7.example", "")),
    ("https://ann.example/", ("ann.example", "https://ann.example/")),
    ([{}, "Ann"], ("Ann", "")),
    (5, ("5", "")),
    (True, ("reader7.example", "")),
    ([True, [{"name": "Ann"}]], ("Ann", "")),
    ([[["Ann"]]], ("reader7.example", "")),
    ({"name": {"value": "Ann"}}, ("Ann", "")),
    ({"name": [None, "", "Ann"]}, ("Ann", "")),
    ({"name": "https://ann.example/", "nickname": "ann"}, ("ann", "")),
    ({"name": "\u200b\u2060", "url": "//ann.example"}, ("ann.example", "https://ann.example")),
    (
        {"name": "\u3164\u2800", "url": "https://ann.example"},
        ("ann.example", "https://ann.example"),
    ),
    ({"name": "x", "url": ["https://", "HTTP:"]}, ("x", "")),
    ({"name": "x", "url": "https://ann.example/a b"}, ("x", "https://ann.example/a%20b")),
    ({"name": "<b>Ann</b> &amp; Bob"}, ("Ann & Bob", "")),
    ({"name": "\u202eAnn\u2066"}, ("Ann", "")),
    ({"name": "Ann\nLee"}, ("Ann Lee", "")),
    ({"name": "<3 cats"}, ("<3 cats", "")),
    (
        {"name": "x", "url": ["mailto:x@y", "javascript:x", "/me"]},
        ("x", "https://reader7.example/me"),
    ),
    ({"name": "x", "url": 7, "photo": True}, ("x", "")),
]


@pytest.mark.parametrize(("author", "expected"), AUTHORS)
def test_authors(author, expected):
    found = reading(author=author).author
    assert (found.name, found.url, found.photo) == (*expected, "")


TEXTS = [
    ({"content": {"html": "<p>One</p><p>two<br>three"}}, "One\ntwo\nthree"),
    ({"content": {"content-type": "text/html", "value": "<p>a</p>b"}}, "a\nb"),
    ({"content": {"content-type": ["text/html"], "value": "a<br>b"}}, "a\nb"),
    ({"content": {"value": "a<b"}}, "a<b"),
    ({"content": [None, 5, {"text": " "}, {"text": "second"}]}, "second"),
    ({"content": {"text": "a \t b\r\n\r\n\n\nc"}}, "a b\n\nc"),
    ({"content": {"text": ["first", "second"]}}, "first"),
    ({"summary": "short"}, "short"),
    ({"name": "The <i>title</i>"}, "The title"),
    ({"content": True, "summary": 1, "name": {}}, ""),
]


@pytest.mark.parametrize(("fields", "text"), TEXTS)
def test_the_text_of_a_reply(fields, text):
    assert reply(**fields).text == text


TITLES = [
    ("On walls", "Mine is of slate.", "On walls"),
    ("Mine is of …", "Mine is of slate.", ""),
    ("Mine is of slate.", "Mine is of slate.", ""),
    ("...", "Mine", ""),
    ("x" * 400, "Mine", "x" * 299 + "…"),
]


@pytest.mark.parametrize(("name", "text", "title"), TITLES)
def test_a_title_that_the_text_begins_with_is_none(name, text, title):
    assert reply(name=name, content=text).title == title


def test_a_like_has_no_text_and_a_bookmark_only_a_title():
    fields = {"name": "Walls", "summary": "s", "content": "c"}
    assert (reading(**fields).text, reading(**fields).title) == ("", "Walls")
    found = reading(name="Walls", wm_property="bookmark-of")
    assert (found.text, found.title) == ("", "Walls")


LONG = "The hedge needs no mortar, and the bees come back to it each year. " * 40


@pytest.mark.parametrize("href", [WALLS, "https://blog.example/garden-walls.html#x"])
def test_a_long_page_that_mentions_an_article_is_shown_by_the_words_around_the_link(href):
    html = f"<p>{LONG}<a href='/x'>no</a> see <a href='{href}'>these walls</a>, {LONG}</p>"
    text = mention(content={"html": html, "text": LONG * 3}).text
    assert "no see these walls, The hedge" in text
    assert 250 < len(text) <= 302
    assert (text[0], text[-1]) == ("…", "…")
    assert text[1:4] != "he "


@pytest.mark.parametrize(
    "content",
    [{"text": LONG}, LONG, {"html": f"<p>{LONG}</p>"}, {"html": f"<a href='#x'></a>{LONG}"}],
)
def test_a_long_page_without_a_link_is_shown_by_its_first_words(content):
    text = mention(content=content).text
    assert text.startswith("The hedge needs no mortar")
    assert len(text) <= 301
    assert text.endswith("…")


def test_a_mention_is_shown_by_its_summary():
    assert mention(summary={"value": "In short."}, content=LONG).text == "In short."


DATES = [
    ("2025-04-02 08:00:00 +0200", "2025-04-02T06:00:00+00:00"),
    ("2025-04-02T08:00:00+0200", "2025-04-02T06:00:00+00:00"),
    ("20250402T080000Z", "2025-04-02T08:00:00+00:00"),
    ("2025-04-02 08:00:00 UTC", "2025-04-02T08:00:00+00:00"),
    ("Wed, 02 Apr 2025 08:00:00 GMT", "2025-04-02T08:00:00+00:00"),
    ("Wed, 02 Apr 2025 08:00:00 -0000", "2025-04-02T08:00:00+00:00"),
    (" 2025-04-02 ", "2025-04-02T00:00:00+00:00"),
    ("2025-092", "2025-04-02T00:00:00+00:00"),
    ("2025-366", None),
    ("April 2, 2025 2:05 PM", "2025-04-02T14:05:00+00:00"),
    ("April 2nd, 2025 at 12:05 a.m.", "2025-04-02T00:05:00+00:00"),
    ("2025-04-02 12:05:06pm", "2025-04-02T12:05:06+00:00"),
    ("2025-04-02 2:05", "2025-04-02T02:05:00+00:00"),
    ("2025-04-02T2:05:06-0700", "2025-04-02T09:05:06+00:00"),
    ("Wed Apr 02 2025 08:00:00 GMT+0200 (CEST)", "2025-04-02T06:00:00+00:00"),
    ("1743580000", "2025-04-02T07:46:40+00:00"),
    (1743580000, "2025-04-02T07:46:40+00:00"),
    (1743580000000, "2025-04-02T07:46:40+00:00"),
    ("2025-04-02T08:00:00\u221202:00", "2025-04-02T10:00:00+00:00"),
    ("2025-04-02T08:00:00 02:00", "2025-04-02T06:00:00+00:00"),
    ("2025-04-02T08:00:00+02:00[Europe/Berlin]", "2025-04-02T06:00:00+00:00"),
    ("2025-04-02T08:00:00GMT", "2025-04-02T08:00:00+00:00"),
    ("2025/4/2", "2025-04-02T00:00:00+00:00"),
    ("2025-4-2 08:00", "2025-04-02T08:00:00+00:00"),
    ("April 2, 2025", "2025-04-02T00:00:00+00:00"),
    ("Wed, 2 Apr 2025", "2025-04-02T00:00:00+00:00"),
    ("04/02/2025", None),
    ("2025-04-021", None),
    ("2025-02-30", None),
    ("2 hours ago", None),
    ("yesterday", None),
    ("", None),
    ("0000-00-00T00:00:00", None),
    ("0001-01-01T00:00:00+14:00", None),
    ("1970-01-01T00:00:00Z", None),
    ("9999-12-31T23:59:59-12:00", None),
    ("2025-04-02T08:00:00" + "0" * 10_000, None),
    (True, None),
    (float("nan"), None),
    (10**400, None),
    (-(10**400), None),
    (0, None),
    (None, None),
    ({}, None),
]


@pytest.mark.parametrize(("value", "expected"), DATES, ids=lambda value: str(value)[:40])
def test_dates(value, expected):
    found = moment(value)
    assert (found and found.isoformat()) == expected


@pytest.mark.parametrize("value", [["", "2025-04-02"], [None, "soon", {"value": "2025-04-02"}]])
def test_the_first_date_that_can_be_read_counts(value):
    assert reading(published=value).published == dt.datetime(2025, 4, 2, tzinfo=dt.UTC)


def test_a_source_and_a_target_with_blanks_are_as_browsers_read_them():
    found = reading(wm_source=" https://a.example/my note \n", wm_target=f" {WALLS}?utm_source=a b")
    assert (found.source, found.article) == ("https://a.example/my%20note", "a1")


def test_nobody_published_after_the_receipt():
    found = reading(published="2031-01-01", wm_received="2025-04-05T08:01:00Z")
    assert found.published == found.received == dt.datetime(2025, 4, 5, 8, 1, tzinfo=dt.UTC)


def test_a_receipt_in_the_future_or_none_is_the_publication():
    for received in ("2031-01-01", None, []):
        found = reading(published=["2025-04-04"], wm_received=received)
        assert found.received == found.published == dt.datetime(2025, 4, 4, tzinfo=dt.UTC)
    assert reading(published="2031-01-01", wm_received=None).received == NOW
    assert reading(published=None, wm_received=None).received == NOW


@pytest.mark.parametrize(
    ("value", "remote"),
    [(7, "7"), ("7", "7"), (" a b", "a b"), (0, ""), (-1, ""), (True, ""), (1.5, ""), (10**40, "")],
)
def test_ids_at_the_source(value, remote):
    assert reading(wm_id=value).remote == remote


@pytest.mark.parametrize(
    ("fields", "fragment"),
    [
        ({"wm_fragment": "gate"}, "gate"),
        ({"wm_fragment": "#gate"}, "gate"),
        ({"wm_fragment": "a b"}, ""),
        ({"wm_fragment": "x" * 101}, ""),
        ({"wm_fragment": "\x07"}, ""),
        ({"wm_fragment": "gate", "wm_target": f"{WALLS}#post"}, "post"),
    ],
)
def test_the_fragment_is_that_of_the_target_or_what_the_service_kept(fields, fragment):
    assert reading(**fields).fragment == fragment


def test_a_reply_to_the_article_alone_has_no_parent():
    assert reply(in_reply_to=["javascript:x", WALLS]).parent == ""
    assert reading(in_reply_to=["https://social.example/1"]).parent == ""


@pytest.mark.parametrize(
    ("said", "parent"), [("0123456789ab", "0123456789ab"), ("0123456789AB", ""), ("x", "")]
)
def test_an_export_of_ours_says_what_a_reply_answers(said, parent):
    assert reply(wm_parent=said).parent == parent


def test_a_scheme_in_capitals_is_one():
    found = reading(wm_source="HTTPS://Ann.example/x", url=None, author={"url": "HTTP://a.example"})
    assert (found.source, found.author.url) == ("https://Ann.example/x", "http://a.example")


ODD = [None, [], {}, 7, True, "", [[[]]], {"value": {}}, "\ud83d", 1e99, "\x00" * 9000]
FIELDS = ("content", "summary", "name", "rsvp", "in-reply-to", "author", "wm-property", "wm-id")


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_no_value_of_any_field_breaks_an_item(value):
    whole = item(7, target=WALLS)
    needed = {name: whole[name] for name in ("wm-source", "wm-target", "wm-private")}
    found = item_of(dict.fromkeys((*whole, *FIELDS), value) | needed)
    assert isinstance(found, Received)
    assert Received.read(found.line()) == found


URLS = [
    *("HTTPS://Ann.Example/", "http://[::1]/", "https://x.example:0/", "https://x.example/a b"),
    *("https://x.example/\u202e", "//x", "https://b\u00fccher.example/\u00fc", "https://xn--/"),
    *("https://x.example/#a#b", "\thttps://x.example/\n", "https://x.example/\\x", "https:/x"),
    *("https://x.example/<b>", "javascript:alert(1)//https://x", "https://user:pw@x.example/"),
]
VALUES = [*ODD, *URLS, "<b>", "&#0;", "]]>", True, float("inf"), 10**50, {"html": "<p>x" * 50}]


def test_whatever_is_put_together_is_an_item_or_none():
    dice = random.Random(5)

    def value(depth: int = 0) -> Any:
        if dice.random() < 0.7 or depth > 3:
            return dice.choice(VALUES)
        if dice.random() < 0.5:
            return [value(depth + 1) for _ in range(3)]
        return {dice.choice(["value", "url", "html", "text", "name"]): value(depth + 1)}

    for _ in range(500):
        made = item(7, target=WALLS)
        for _ in range(4):
            made[dice.choice([*made, *FIELDS])] = value()
        found = item_of(made | {"wm-target": WALLS, "wm-private": False})
        if isinstance(found, Received):
            assert Received.read(json.loads(json.dumps(found.line()))) == found
            assert 0 < len(found.author.name) <= 100
            assert len(found.text) <= 2000
            for url in (found.source, found.url, found.author.url, found.author.photo):
                assert re.fullmatch(r"(?:https?://[^\s<>\"]+)?", url)

"""The private feed of what is held."""

from __future__ import annotations

import datetime as dt

import feedparser
import pytest

from pelican_linkback.cli.receiver.held_feed import HeldFeed
from pelican_linkback.cli.receiver.private_feed import PrivateFeed, address_of
from pelican_linkback.feedcheck.check import Expected, check
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.received import Author
from pelican_linkback.receiving.server.application import Application
from tests.asking import ask
from tests.mentions import NOW
from tests.test_digest import HOSTILE, INBOX, held
from tests.test_inbox_database import BLOG, WALLS, add, noted, shown
from tests.test_inbox_database import held as is_held

LATER = NOW + dt.timedelta(days=1)
URL = "https://blog.example/mentions/admin/feed/s3cret"


def feed_of(*entries, site="The Blog"):
    document = HeldFeed(entries, INBOX, URL).document(site, NOW)
    parsed = feedparser.parse(document, sanitize_html=False)
    assert not parsed.bozo
    return parsed


def test_it_has_what_is_held_with_links_that_only_ask():
    feed = feed_of(held(2), held(1, text="Two\nlines"))
    assert feed.feed.title == "The Blog: mentions that wait for you"
    second, first = feed.entries
    assert first.title == "Reader 1: reply, on Dry stone walls"
    assert first.link == second.link == feed.feed.link == INBOX
    assert first.author == "Reader 1"
    assert first.published == "2025-04-02T09:01:00+00:00"
    for said in ("Two<br />lines", 'href="https://reader1.example/notes/1"', "first of its author"):
        assert said in first.summary


def test_nothing_of_a_stranger_is_markup():
    author = Author(HOSTILE, "https://spy.example/")
    (entry,) = feed_of(held(text=HOSTILE, author=author), site="<Blog>").entries
    for text in (entry.title, entry.summary):
        assert "<script" not in text
        assert "<img" not in text


def test_an_entry_is_a_new_one_when_its_text_has_changed():
    ids = [feed_of(held(1, text=text)).entries[0].id for text in ("a", "b", "a")]
    assert ids[0] == ids[2] != ids[1]


def test_its_secret_is_only_in_its_own_address():
    document = HeldFeed([held()], INBOX, URL).document("The Blog", NOW)
    assert document.count(b"s3cret") == 1


def test_it_is_in_order_with_and_without_mentions():
    expected = Expected("https://blog.example", LATER, readdressed=True)
    for entries in ([], [held(1), held(2, text="", title="A page")]):
        document = HeldFeed(entries, INBOX, URL).document("The Blog", LATER)
        checked = check({"held.xml": document}, expected)
        assert (checked.feeds, checked.findings) == (1, ())


# Where it is


@pytest.fixture
def application(store):
    feed = PrivateFeed(store, lambda: Targets([WALLS], BLOG), "The Blog", lambda: LATER)
    return Application(f"{BLOG}/mentions/", feed.routes())


def test_it_is_at_an_address_with_a_secret(application, store):
    add(store, is_held(noted(1)), shown(noted(2)), is_held(noted(3)))
    url = address_of(f"{BLOG}/mentions/", store)
    path = url.removeprefix(f"{BLOG}/mentions")
    answer = ask(application, "GET", path)
    assert (answer.status, answer.header("Cache-Control")) == (200, "no-store")
    assert answer.header("Content-Type") == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(answer.body)
    assert [each.title for each in feed.entries] == [
        "Reader 3: reply, on Dry stone walls",
        "Reader 1: reply, on Dry stone walls",
    ]
    assert {each.link for each in feed.entries} == {f"{BLOG}/mentions/admin/inbox"}
    assert [each.href for each in feed.feed.links if each.rel == "self"] == [url]
    assert ask(application, "GET", path).status == 200
    for other in (f"{path}0", path[:-1], "/admin/feed/é"):
        assert ask(application, "GET", other).status == 404

"""Every state and decision in words for people."""

from __future__ import annotations

import datetime as dt

import pytest

from pelican_linkback.cli import labels
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.sending.deciding import reasons
from pelican_linkback.sending.deciding.decider import Ask, GiveUp, Send, Skip, Wait
from pelican_linkback.sending.memory.delivery import Delivery, State
from tests import spoken

MENTION = Mention("https://me.example.io/one/", "https://you.example.io/two")
UNTIL = dt.datetime(2026, 5, 1, 11, tzinfo=dt.UTC)


def delivery(state=State.QUEUED, reason="", detail="", **fields):
    return Delivery(MENTION, state=state, reason=reason, detail=detail, **fields)


TOLD = {
    "acknowledged": "f",
    "acknowledged_by": spoken.WEBMENTION,
    "protocol": spoken.WEBMENTION,
}


@pytest.mark.parametrize(
    ("known", "decision", "verb", "why"),
    [
        (delivery(), Send(""), "send", "notify once its page is online"),
        (
            delivery(State.LATER, "http-503", "the endpoint answers 503", attempts=2),
            Send(""),
            "send",
            "notify once its page is online, attempt 3: the endpoint answers 503",
        ),
        (
            delivery(State.WAITING, "not-online", "it answers 404"),
            Send(""),
            "wait",
            "its page is not online: it answers 404; the next run looks again",
        ),
        (delivery(**TOLD), Send(""), "update", "notify by webmention of the new version"),
        (
            delivery(fingerprint="gone", **TOLD),
            Send(""),
            "retract",
            "notify by webmention that the page is gone",
        ),
        (
            delivery(fingerprint="unlinked", acknowledged="f", acknowledged_by=spoken.WEBMENTION),
            Send(""),
            "retract",
            "notify that the link is gone",
        ),
        (
            delivery(),
            Ask(""),
            "ask",
            "the receiver was to decide later; ask what became of it",
        ),
        (
            delivery(State.LATER, "fault-16"),
            Wait(UNTIL, ""),
            "later",
            "not before 2026-05-01 11:00 UTC: the receiver refuses (fault 16)",
        ),
        (
            delivery(State.LATER, "target-500", attempts=8),
            GiveUp(""),
            "give up",
            "8 attempts without success: its page answers 500",
        ),
        (delivery(State.DROPPED), Skip(""), "skip", "dropped"),
        (
            delivery(State.DELIVERED, "accepted", protocol=spoken.PINGBACK),
            Skip(""),
            "skip",
            "sent: by pingback (accepted)",
        ),
    ],
)
def test_what_comes_next(known, decision, verb, why):
    assert labels.intent(known, decision) == (verb, why)


@pytest.mark.parametrize(
    ("known", "decision", "word", "why"),
    [
        (delivery(State.DELIVERED, protocol=spoken.PINGBACK), None, "sent", "by pingback"),
        (delivery(State.DELIVERED), None, "sent", ""),
        (
            delivery(State.LATER, "timed-out", attempts=8),
            GiveUp(""),
            "failed",
            "given up after 8 attempts: no answer in time",
        ),
        (delivery(State.REFUSED, "", "a word"), Skip(""), "failed", "a word"),
        (
            delivery(State.LATER, "timed-out", "no answer within 10 s"),
            Wait(UNTIL, ""),
            "later",
            "not before 2026-05-01 11:00 UTC: no answer within 10 s",
        ),
    ],
)
def test_what_became_of_it(known, decision, word, why):
    assert labels.standing(known, decision) == (word, why)


def test_an_article_without_a_path_goes_by_its_address():
    assert labels.name(delivery()) == MENTION.source
    assert labels.name(delivery(article="one.md")) == "one.md"


@pytest.mark.parametrize(
    ("code", "detail", "shown"),
    [
        ("fault--32500", "application error", "the receiver refuses (fault -32500): application"),
        ("status-success", "", "its status page says success"),
        ("status-refused", "the receiver says spam: no", "the receiver says spam: no"),
        ("html-page", "the message is an HTML page", "its endpoint does not answer as pingback"),
    ],
)
def test_no_code_of_the_memory_is_shown_to_people(code, detail, shown):
    said = reasons.reason(delivery(reason=code, detail=detail))
    assert said.startswith(shown)
    assert code not in said


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_word(state):
    assert labels.STANDING[state]

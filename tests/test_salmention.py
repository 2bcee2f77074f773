"""LINKBACK_SALMENTION: new mentions under an article count as an update for whom it mentions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pelican_linkback import cli
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.sending.deciding.changes import Post, reconcile
from pelican_linkback.sending.deciding.versions import (
    is_of_mentions_alone,
    is_same_version,
    version_of,
)
from pelican_linkback.sending.memory.events import Answered, Event, Queued
from pelican_linkback.sending.memory.ledger import fold
from tests import spoken
from tests.page_mentions import received, write
from tests.servers import Receiver, serving

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MENTION = Mention("https://blog.example/a", "https://far.example/b")
TEXT = version_of("text")
NONE, ONE, OTHER = (version_of("text", said) for said in ([], ["one"], ["other"]))


def test_a_version_has_two_parts_if_mentions_count():
    assert (len(TEXT), NONE, len(ONE)) == (16, f"{TEXT}+", 25)
    assert version_of("text", ["a", "b"]) == version_of("text", ["b", "a"])
    assert len({TEXT, NONE, ONE, OTHER, version_of("other", ["one"])}) == 5


@pytest.mark.parametrize(
    ("known", "present", "is_same", "why"),
    [
        (TEXT, TEXT, True, "nothing changed"),
        (ONE, ONE, True, "nothing changed"),
        (NONE, ONE, False, "the first mention"),
        (ONE, OTHER, False, "another mention"),
        (ONE, NONE, False, "the last one is gone"),
        (TEXT, NONE, True, "turned on, and there is none"),
        (TEXT, ONE, False, "turned on, and there is one that was never sent"),
        (ONE, TEXT, True, "turned off"),
        (NONE, TEXT, True, "turned off"),
        (TEXT, version_of("new"), False, "another text"),
        (ONE, version_of("new", ["one"]), False, "another text under the same mentions"),
        (ONE, version_of("new"), False, "another text, and turned off"),
        ("", TEXT, False, "never sent"),
        ("gone", NONE, False, "it was gone"),
        ("gone", "gone", True, "it is"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_who_knows_a_version(known, present, is_same, why):
    assert is_same_version(known, present) is is_same, why


def test_what_changed_is_known():
    assert is_of_mentions_alone(ONE, OTHER)
    assert is_of_mentions_alone(TEXT, ONE)
    assert not is_of_mentions_alone(ONE, ONE)
    assert not is_of_mentions_alone("", ONE)
    assert not is_of_mentions_alone(ONE, version_of("new", ["one"]))


@pytest.mark.parametrize(
    ("sent", "due", "present", "left", "why"),
    [
        (NONE, ONE, TEXT, NONE, "turned off while the first mention waits"),
        (ONE, OTHER, TEXT, ONE, "turned off while another mention waits"),
        (TEXT, ONE, TEXT, TEXT, "turned on and off"),
        (TEXT, ONE, NONE, TEXT, "turned on, and the mention that waits is gone"),
        (NONE, ONE, NONE, NONE, "the mention that waits is gone"),
    ],
    ids=lambda value: value if " " in value else "",
)
def test_what_waits_is_not_sent_when_the_receiver_has_the_present_version(
    sent, due, present, left, why
):
    known = deliveries(sent, due)
    assert [each.is_open for each in known.values()] == [True]
    news = list(reconcile(known, [post(present)]))
    assert news == [(MENTION, Queued("a.md", left))], why
    assert [each.is_open for each in deliveries(sent, due, left).values()] == [False]


def test_what_waits_is_sent_when_the_text_has_changed_too():
    known = deliveries(NONE, version_of("new", ["one"]))
    assert list(reconcile(known, [post(version_of("new"))])) == []


def test_to_turn_it_off_does_not_queue_again_what_was_never_sent():
    known = fold([Event(NOON, MENTION, Queued("a.md", ONE))])
    assert list(reconcile(known, [post(TEXT)])) == []


def deliveries(sent, *queued):
    """Return the delivery of a mention of which one version was sent, and others were queued."""
    accepted = Answered(Outcome(Verdict.DELIVERED, "accepted", protocol=spoken.WEBMENTION))
    facts = [Queued("a.md", sent), accepted, *(Queued("a.md", version) for version in queued)]
    return fold(Event(NOON + timedelta(n), MENTION, fact) for n, fact in enumerate(facts))


def post(version):
    return Post(MENTION.source, "a.md", (MENTION.target,), version, frozenset({MENTION.target}))


def said(host, **more):
    page = f"{host.url}/one.html"
    return received(article=page, target=page, **more)


def test_who_was_mentioned_hears_of_new_mentions_once(site, host, capsys, monkeypatch):
    monkeypatch.chdir(site.folder)
    state = site.folder / "linkback"
    with serving(Receiver()) as friend:
        target = f"{friend.url}/a-post"
        site.article("one", f"[so]({target})", pingback=target)
        assert "1 sent" in site.build(LINKBACK_SALMENTION=True).printed
        write(state, [said(host)])
        site.build(LINKBACK_SALMENTION=False)
        assert len(friend.log) == 1  # off, it is no change

        site.settings["LINKBACK_SALMENTION"] = True
        options = [f"{name} = {value!r}\n" for name, value in site.settings.items()]
        (site.folder / "pelicanconf.py").write_text("".join(options))
        assert cli.main(["plan"]) == 0
        plan = " ".join(capsys.readouterr().out.split())
        assert "notify, since the mentions under it have changed" in plan
        assert "1 of them because mentions changed, under 1 articles (LINKBACK_SALMENTION)" in plan

        site.build()
        assert len(friend.log) == 2
        assert "Mine is of slate." in friend.mentions[f"{host.url}/one.html", target]
        again = said(host, remote="9", via="webmention.io")  # the same, sent again
        write(state, [again])
        site.build()
        assert len(friend.log) == 2
        write(state, [said(host, text="Mine is of chalk.")])
        site.build()
        assert len(friend.log) == 3
        (state / "received.jsonl").write_text('{"v": 99}\n')
        site.build()
        write(state, [said(host, text="Mine is of chalk.")])
        site.build()
        assert len(friend.log) == 3  # what cannot be read has not changed
        write(state, [])
        site.build()
        assert len(friend.log) == 4
        site.build(LINKBACK_SALMENTION=False)
        assert len(friend.log) == 4
        assert cli.main(["plan"]) == 0
        assert "because mentions changed" not in capsys.readouterr().out

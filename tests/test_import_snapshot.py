"""``inbox import linkback/received.jsonl``: a new receiver knows what came before it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pelican_linkback import cli
from pelican_linkback.receiving.inbox.states import MentionState, Removed
from pelican_linkback.receiving.memory.decisions import Act, Decision
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets import Target
from pelican_linkback.receiving.received import Author, Kind, Received
from pelican_linkback.receiving.store import database
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.mentions import Mentions
from pelican_linkback.receiving.store.queue import Queue
from pelican_linkback.receiving.store.rules import Rules
from tests.inbox_commands import BLOG, GATES, WALLS, make_site
from tests.receiving import NOW, arrival


def said(who, page=WALLS, **more):
    fields = {"kind": Kind.REPLY, "author": Author(who), "via": "webmention.io", "remote": "7"}
    fields |= {"text": "Mine is of slate.", "protocol": "webmention"} | more
    return Received(f"https://{who}.example/1", page.url, page.id, received=NOW, **fields)


@pytest.fixture
def site(store, tmp_path, monkeypatch):
    """A site that received by a service, and has a receiver of its own now."""
    monkeypatch.chdir(tmp_path)
    make_site(tmp_path, store)
    return tmp_path / "linkback"


def imports(capsys):
    assert cli.main(["inbox", "import", "linkback/received.jsonl"]) == 0
    return capsys.readouterr().out


def test_what_the_files_have_is_known_as_it_stands(site, store, capsys, monkeypatch):
    monkeypatch.setattr(database, "BATCH_SIZE", 2)
    gone = Target("tag:blog.example:/gone/", f"{BLOG}/gone/")
    refused = said("noise")
    Snapshot(site).write(
        [
            said("ann", fragment="stone"),
            said("bo", GATES),
            refused,
            said("like", kind=Kind.LIKE, text=""),
            said("spam"),
            said("cy", gone),
        ]
    )
    decisions = [Decision.about(Act.HIDE, refused), Decision(Act.BLOCK, "spam.example")]
    Moderation(site).record(decisions, NOW)
    known = "linkback/received.jsonl: {} mentions, {} of them new to the receiver\n"
    assert known.format(6, 5) in imports(capsys)

    mentions = Mentions(store)
    rows = {each.host: each for each in mentions.exported(0, 10)}
    assert sorted(rows) == ["ann.example", "like.example"]
    ann = rows["ann.example"]
    assert (ann.shown, ann.state, ann.fragment) == (said("ann", fragment="stone"), "shown", "stone")
    assert mentions.of_token(ann.token) == ann
    assert sorted(each.number for each in rows.values()) == [1, 2]
    (bo,) = mentions.matching("https://bo.example/1")
    (noise,) = mentions.matching("https://noise.example/1")
    (spam,) = mentions.matching("https://spam.example/1")
    assert [each.state for each in (bo, noise, spam)] == ["held", "refused", "refused"]
    assert [each.decided for each in (ann, bo, noise, spam)] == [False, False, True, False]
    assert [each.rule for each in Rules(store).all()] == ["spam.example"]
    assert mentions.counts()[MentionState.QUEUED] == 0

    # In the file they are as a pull from the receiver would leave them.
    kept = {each.source: (each.via, each.remote) for each in Snapshot(site).read().mentions}
    assert kept == {
        "https://ann.example/1": ("blog.example/mentions/export", str(ann.number)),
        "https://like.example/1": (
            "blog.example/mentions/export",
            str(rows["like.example"].number),
        ),
        "https://cy.example/1": ("webmention.io", "7"),
    }
    assert known.format(3, 0) in imports(capsys)
    assert {each.source for each in Snapshot(site).read().mentions} == set(kept)


def test_what_was_approved_as_another_text_is_not_decided(site, store, capsys):
    shown, held, blocked = said("ann"), said("bo", GATES), said("spam")
    Snapshot(site).write([replace(each, text="Edited.") for each in (shown, held, blocked)])
    decisions = [Decision.about(Act.SHOW, each) for each in (shown, held, blocked)]
    Moderation(site).record([*decisions, Decision(Act.BLOCK, "spam.example")], NOW)
    imports(capsys)
    rows = [Mentions(store).matching(each.source)[0] for each in (shown, held, blocked)]
    assert [each.state for each in rows] == ["shown", "held", "refused"]
    assert [each.why for each in rows] == ["open", "edited", "blocked"]
    assert not any(each.decided for each in rows)


def test_what_the_receiver_knows_stays(site, store, capsys):
    mine = arrival("https://ann.example/1")
    Acceptor(store).accept(mine)
    Snapshot(site).write([replace(said("ann"), target=mine.target, article=mine.article)])
    assert ", 0 of them new to the receiver" in imports(capsys)
    assert Mentions(store).counts()[MentionState.QUEUED] == 1


def test_a_file_that_is_not_there_is_said_and_rules_come_without_one(site, store, capsys):
    assert cli.main(["inbox", "import", "linkback/received.jsonl"]) == 1
    assert "there is no linkback/received.jsonl; name the one in" in capsys.readouterr().err
    Moderation(site).record([Decision(Act.BLOCK, "spam.example")], NOW)
    assert ": 0 mentions" in imports(capsys)
    assert [each.rule for each in Rules(store).all()] == ["spam.example"]


def test_a_service_that_is_still_asked_would_list_it_again(site, store, capsys):
    settings = site.parent / "pelicanconf.py"
    settings.write_text(settings.read_text() + 'LINKBACK_PULL = ["webmention.io"]\n')
    Snapshot(site).write([said("ann")])
    assert cli.main(["inbox", "import", "linkback/received.jsonl"]) == 1
    assert "webmention.io is still asked for mentions" in capsys.readouterr().err
    assert Mentions(store).exported(0, 10) == []


def test_the_file_stays_where_nothing_is_pulled_from_the_receiver(site, store, capsys):
    settings = site.parent / "pelicanconf.py"
    settings.write_text(settings.read_text() + "LINKBACK_PULL = []\n")
    Snapshot(site).write([said("ann")])
    assert "1 of them new" in imports(capsys)
    assert [each.via for each in Snapshot(site).read().mentions] == ["webmention.io"]


def test_an_article_that_has_another_id_now_takes_its_mentions_along(site, store, capsys):
    Snapshot(site).write([replace(said("ann"), article="tag:old.example:/walls/")])
    imports(capsys)
    assert [each.host for each in Mentions(store).shown_on(WALLS.id)] == ["ann.example"]
    assert [each.article for each in Snapshot(site).read().mentions] == [WALLS.id]


def test_what_becomes_of_it_later_comes_to_the_receiver(site, store, capsys):
    Snapshot(site).write([said("ann")])
    imports(capsys)
    (before,) = Mentions(store).exported(0, 10)
    assert not Acceptor(store).accept(arrival("https://ann.example/1")).is_new
    (job,) = Queue(store).claim(1)
    Queue(store).record(job, Removed("it has no link to the page"))
    (after,) = Mentions(store).exported(before.number, 10)
    assert (after.key, after.state, after.shown) == (before.key, MentionState.GONE, None)

"""docs/reference/memory.rst: its lines are those that the program reads and writes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import get_args

import pytest

from pelican_linkback.feeds.ids.entries import Entry
from pelican_linkback.feeds.ids.store import Edition, IdStore
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.receiving.hosted.progress import ProgressFile
from pelican_linkback.receiving.memory.decisions import Act, Decision, Decisions
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.received import Received
from pelican_linkback.sending.memory import event_lines, events
from pelican_linkback.sending.memory.delivery import State
from pelican_linkback.sending.memory.ledger import fold
from pelican_linkback.sending.memory.start_date import StartDate
from pelican_linkback.sending.running.discovery_cache import Discoveries
from tests import spoken
from tests.pages import PAGES, blocks, table

LINES = {block.caption: block.text.splitlines() for block in blocks(PAGES["memory"])}
EVENTS = table("memory", "Deliveries")
MOMENT = datetime(2026, 1, 31, 10, tzinfo=UTC)
FULL = Outcome(
    *(Verdict.LATER, "http-503", "unwell", spoken.WEBMENTION),
    endpoint="https://example.org/x",
    status_url="https://example.org/s",
)
FACTS = [
    events.Queued("one.md", "f", spoken.WEBSUB, "p"),
    events.Waiting("not-online", "it answers 404"),
    events.Attempt(spoken.PINGBACK, "https://example.org/x", "http-404", "f", "p"),
    events.Answered(
        FULL, MOMENT, "f", "https://your.site/one", events.Pause("example.org", MOMENT)
    ),
    events.Asked(
        Verdict.LATER, "status-202", "soon", MOMENT, "f", events.Pause("example.org", MOMENT)
    ),
    events.Dropped(),
]


def test_the_lines_of_the_journal_are_read_and_written_as_they_stand_there():
    read = [spoken.from_line(json.loads(line)) for line in LINES["deliveries.jsonl"]]
    written = [json.dumps(event_lines.to_line(event), sort_keys=True) for event in read]
    assert written == LINES["deliveries.jsonl"]
    ((delivery,),) = [fold(read).values()]
    assert (delivery.state, delivery.acknowledged_by, delivery.attempts) == (
        State.DELIVERED,
        spoken.WEBMENTION,
        1,
    )


ROWS = {name.strip("`"): (have.split(), may.split()) for name, have, may in EVENTS}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_event_is_there_with_its_fields(fact):
    line = event_lines.to_line(events.Event(MOMENT, Mention("s", "t"), fact))
    have, may = ROWS[str(line["event"])]
    assert set(line) == {"v", "at", "event", "source", "target", *have, *may}
    assert spoken.from_line(line).fact == fact
    spoken.from_line({name: value for name, value in line.items() if name not in may})


def test_every_kind_of_event_is_looked_at():
    assert {type(fact) for fact in FACTS} == set(get_args(events.Fact))
    assert len(ROWS) == len(FACTS)


def test_the_other_journals_are_read_as_they_stand_there(tmp_path):
    for name, lines in LINES.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    store = IdStore(tmp_path, Edition("en", "https://your.site"))
    assert store.problems == ()
    assert {(key.source, key.url) for _, key in store.registry().records()} == {
        ("an-answer.md", "an-answer.html"),
        ("", "a-talk.html"),
        ("", "an-older-one.html"),
    }
    renamed = Entry("x.md", "x.html", "https://your.site/x.html", MOMENT, html="It holds.")
    assert renamed.text == json.loads(LINES["entries.jsonl"][0])["text"]
    assert list(store.assign([renamed]).ids) == ["tag:your.site,2026-01-31:/an-answer.html"]
    journals = Journal(tmp_path / "site.jsonl"), Journal(tmp_path / "deliveries.jsonl")
    assert (
        str(StartDate(*journals).day(date(2026, 5, 1))) == json.loads(LINES["site.jsonl"][0])["day"]
    )
    (line,) = LINES["discoveries.jsonl"]
    page = json.loads(line)["page"]
    known = Discoveries(Journal(tmp_path / "discoveries.jsonl"))
    found = known.known(page, MOMENT)
    assert [endpoint.url for endpoint in found.where] == [
        json.loads(line)[each.name] for each in spoken.SPOKEN.order
    ]


def test_every_file_of_the_memory_is_there(site):
    site.article("one", "[a](https://you.example.io/a)", pingback="all")
    site.build(
        SITEURL="http://127.0.0.1:9", LINKBACK_ALLOW_HOSTS=["127.0.0.1"], LINKBACK_TARGETS="all"
    )
    on_page = set(re.findall(r"^``(\S+)``  ", PAGES["memory"], re.MULTILINE))
    made = {
        re.sub(r"^\w+(?=\.lock)", "*", path.name) for path in (site.folder / "linkback").iterdir()
    }
    assert made <= on_page
    assert set(LINES) == {name for name in on_page if name.endswith((".jsonl", ".json"))}


def test_received_mentions_are_read_and_written_as_they_stand_there(tmp_path):
    (tmp_path / "received.jsonl").write_text(
        "".join(f"{each}\n" for each in LINES["received.jsonl"])
    )
    known = Snapshot(tmp_path).read()
    assert known.problems == ()
    assert [json.dumps(each.line(), sort_keys=True) for each in known.mentions] == (
        LINES["received.jsonl"]
    )


def test_decisions_are_read_and_written_as_they_stand_there():
    decisions = [Decision.read(json.loads(line)) for line in LINES["moderation.jsonl"]]
    written = [json.dumps(each.line(at), sort_keys=True) for at, each in decisions]
    assert written == LINES["moderation.jsonl"]
    assert {each.act for _, each in decisions} == {*Act} - {Act.RELEASE}
    assert Decisions.of(decisions).rules.keys() == {
        "spam.example.net",
        "forum.example.net",
        "social.example.net/@ann",
    }
    approved = Received.read(json.loads(LINES["received.jsonl"][0]))
    assert Decisions.of(decisions).about(approved) is Act.SHOW
    assert Decisions.of(decisions).has_changed(replace(approved, text="Of brick."))


def test_the_progress_of_pulls_is_read_and_written_as_it_stands_there(tmp_path):
    (document,) = LINES["pulled.json"]
    (tmp_path / "pulled.json").write_text(document)
    progress = ProgressFile(tmp_path)
    for name in json.loads(document)["sources"]:
        progress.remember(name, progress.of(name))
    assert (tmp_path / "pulled.json").read_text() == document


def test_targets_are_read_and_written_as_they_stand_there():
    document = "\n".join(LINES["targets.json"]) + "\n"
    assert Targets.of_json(document).to_json() == document

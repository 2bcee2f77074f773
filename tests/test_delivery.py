"""The facts about a mention as lines of the journal, and what they amount to."""

from __future__ import annotations

import gc
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.journal import fields
from pelican_linkback.journal.collector import without_collection
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.sending.deciding.changes import Post, reconcile, vanished
from pelican_linkback.sending.memory import event_lines
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.event_lines import to_line
from pelican_linkback.sending.memory.events import (
    GONE,
    UNLINKED,
    Answered,
    Asked,
    Attempt,
    Dropped,
    Event,
    Fact,
    Pause,
    Queued,
    Waiting,
)
from pelican_linkback.sending.memory.ledger import fold, fold_slowly
from tests import spoken

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MENTION = Mention("https://blog.example/a", "https://far.example/b")
ENDPOINT = "https://far.example/xmlrpc"

QUEUED = Queued("a.md", "1")
CHANGED = Queued("a.md", "2")
ATTEMPT = Attempt(spoken.PINGBACK, ENDPOINT)
FALL_BACK = Attempt(spoken.PINGBACK, ENDPOINT, after="http-400")


def answer(verdict: Verdict, endpoint: str | None = ENDPOINT) -> Answered:
    retry_at = NOON + timedelta(days=1) if verdict is Verdict.LATER else None
    return Answered(
        Outcome(verdict, "reason", "detail", spoken.PINGBACK, endpoint), retry_at=retry_at
    )


DELIVERED = answer(Verdict.DELIVERED)
FOLLOWED = Answered(replace(DELIVERED.outcome, protocol=spoken.WEBMENTION))
PROMISED = Answered(replace(FOLLOWED.outcome, status_url="https://far.example/status"))
LATER = answer(Verdict.LATER)
REFUSED = answer(Verdict.REFUSED)


def history(*facts: Fact) -> Delivery:
    """Return the delivery to which ``facts`` happened, a minute apart."""
    events = [Event(NOON + timedelta(minutes=n), MENTION, fact) for n, fact in enumerate(facts)]
    return fold(events)[MENTION]


LEFT = Attempt(spoken.WEBMENTION, ENDPOINT)


@pytest.mark.parametrize(
    "fact", [QUEUED, CHANGED, Waiting("x"), Dropped(), LEFT, Asked(Verdict.LATER, "x")], ids=repr
)
def test_an_attempt_that_was_cut_off_may_have_been_taken_whatever_comes_next(fact):
    assert history(QUEUED, LEFT, fact).unanswered


# Lines

WORDS = st.text(st.characters(codec="utf-8"), min_size=1)
TIMES = st.datetimes(max_value=datetime(8999, 1, 1), timezones=st.just(UTC))
OUTCOMES = st.builds(
    Outcome,
    st.sampled_from(Verdict),
    WORDS,
    st.just("") | WORDS,
    st.none() | st.sampled_from(spoken.ALL),
    st.none() | WORDS,
    st.none(),
    st.none() | WORDS,
)
PAUSES = st.none() | st.builds(Pause, WORDS, TIMES)
FACTS = st.one_of(
    st.builds(Queued, st.just("") | WORDS, WORDS, st.none(), st.just("") | WORDS),
    st.builds(Waiting, WORDS, st.just("") | WORDS),
    st.builds(Attempt, st.sampled_from(spoken.ALL), WORDS, *[st.just("") | WORDS] * 3),
    st.builds(Answered, OUTCOMES, st.none() | TIMES, *[st.just("") | WORDS] * 2, PAUSES),
    st.builds(
        *(Asked, st.sampled_from(Verdict), WORDS, st.just("") | WORDS),
        *(st.none() | TIMES, st.just("") | WORDS),
    ),
    st.just(Dropped()),
)
# Few mentions and few moments, so that events meet.
MENTIONS = st.builds(Mention, st.sampled_from("ab"), st.sampled_from("xy"))
MOMENTS = st.integers(0, 5).map(lambda n: NOON + timedelta(seconds=n))
EVENTS = st.lists(st.builds(Event, MOMENTS, MENTIONS, FACTS), max_size=8)


@given(st.builds(Event, TIMES, st.builds(Mention, WORDS, WORDS), FACTS))
def test_an_event_comes_back_from_its_line(event: Event) -> None:
    line = json.loads(json.dumps(to_line(event)))
    assert spoken.from_line(line) == event
    assert {"v", "at", "event", "source", "target"} <= set(line)
    assert not {None, ""} & set(line.values())


LINES = st.builds(Event, MOMENTS, MENTIONS, FACTS).map(to_line)
STRANGE = st.none() | st.booleans() | st.integers(0, 2) | st.lists(WORDS) | st.just("") | WORDS


@given(LINES, st.data())
def test_a_line_of_texts_is_read_fast_and_as_any_other(
    line: dict[str, object], data: st.DataObject
) -> None:
    """Whatever became of a line, what it says and what is wrong with it are the same."""
    names = st.sampled_from([*line, "detail", "paused", "paused_until", "retry_at", "other"])
    line |= data.draw(st.dictionaries(names, STRANGE, max_size=2))
    for name in data.draw(st.lists(st.sampled_from(sorted(line)), max_size=1)):
        del line[name]

    def read() -> Event | str:
        try:
            return spoken.from_line(line)
        except ValueError as error:
            return str(error)

    fast = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_lines, "texts", fields._Checked)
        assert repr(read()) == repr(fast)


def test_a_pause_is_one_of_a_host() -> None:
    line = to_line(Event(NOON, MENTION, LATER)) | {"paused_until": NOON.isoformat()}
    assert spoken.from_line(line).fact.pause is None
    assert spoken.from_line(line | {"paused": "a"}).fact.pause == Pause("a", NOON)


def test_a_line_as_it_stands_in_the_file() -> None:
    assert to_line(Event(NOON, MENTION, LATER)) == {
        "v": 1,
        "at": "2026-03-01T12:00:00.000000+00:00",
        "event": "outcome",
        "source": "https://blog.example/a",
        "target": "https://far.example/b",
        "verdict": "later",
        "reason": "reason",
        "detail": "detail",
        "protocol": "pingback",
        "endpoint": ENDPOINT,
        "retry_at": "2026-03-02T12:00:00.000000+00:00",
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"v": 0}, "its version is 0, not 1", id="an unknown version"),
        pytest.param({"v": None}, "its version is None, not 1", id="no version"),
        pytest.param({"event": "sung"}, "the event sung is not known", id="unknown kind"),
        pytest.param({"event": ["x"]}, "its event is not a text", id="kind of a wrong type"),
        pytest.param({"event": None}, "its event is missing", id="no kind"),
        pytest.param({"source": None}, "its source is missing", id="no source"),
        pytest.param({"target": 5}, "its target is not a text", id="target of a wrong type"),
        pytest.param({"target": ""}, "its target is empty", id="an empty target"),
        pytest.param({"at": "noon"}, "its at is not a time", id="no time"),
        pytest.param({"at": 1.5}, "its at is not a text", id="time of a wrong type"),
        pytest.param({"at": None}, "its at is missing", id="time missing"),
        pytest.param({"at": "2026-03-01T12:00:00"}, "its at is not a UTC time", id="naive time"),
        pytest.param({"at": "2026-03-01T12:00:00+01:00"}, "not a UTC time", id="time elsewhere"),
        pytest.param(
            {"at": "9999-12-31T23:59:59+00:00"}, "is of the year 9999", id="no clock's time"
        ),
        pytest.param({"verdict": "fine"}, "'fine' is not a valid Verdict", id="unknown verdict"),
        pytest.param({"reason": None}, "its reason is missing", id="no reason"),
        pytest.param({"protocol": 1}, "its protocol is not a text", id="protocol of a wrong type"),
        pytest.param({"detail": {}}, "its detail is not a text", id="detail of a wrong type"),
        pytest.param({"retry_at": "soon"}, "its retry_at is not a time", id="retry without time"),
    ],
)
def test_a_line_that_is_none_of_ours_says_why_and_disturbs_nothing(
    tmp_path: Path, changes: dict[str, object], why: str
) -> None:
    journal = Journal(tmp_path / "deliveries.jsonl")
    good = to_line(Event(NOON, MENTION, LATER))
    bad = {name: value for name, value in (good | changes).items() if value is not None}
    journal.append(bad, good)
    journal.path.write_bytes(journal.path.read_bytes() + b"torn")
    ledger = spoken.ledger_of(journal)
    assert ledger.deliveries == {MENTION: history(LATER)}
    first, second = ledger.problems
    assert first.startswith(f"{journal.path}: line 1 is not used: ")
    assert why in first
    assert second.startswith(f"{journal.path}: line 3 is not used: the line was cut short; fix")


# What they amount to


@pytest.mark.parametrize(
    ("facts", "state", "attempts"),
    [
        pytest.param([QUEUED], State.QUEUED, 0, id="known"),
        pytest.param([QUEUED, Waiting("not-online")], State.WAITING, 0, id="not online"),
        pytest.param([QUEUED, ATTEMPT], State.ATTEMPTED, 1, id="killed in flight"),
        pytest.param([QUEUED, ATTEMPT, LATER], State.LATER, 1, id="one try"),
        pytest.param([ATTEMPT, ATTEMPT, LATER], State.LATER, 2, id="killed, then tried"),
        pytest.param([ATTEMPT, FALL_BACK, LATER], State.LATER, 1, id="a fall-back is the same try"),
        pytest.param([answer(Verdict.LATER, None)] * 2, State.LATER, 2, id="never got to a POST"),
        pytest.param([ATTEMPT, DELIVERED], State.DELIVERED, 1, id="delivered"),
        pytest.param([ATTEMPT, REFUSED, QUEUED], State.QUEUED, 0, id="queued after the fact"),
        pytest.param([QUEUED, REFUSED, QUEUED], State.REFUSED, 0, id="queued twice"),
        pytest.param([QUEUED, REFUSED, CHANGED], State.QUEUED, 0, id="a change is a new chance"),
        pytest.param([QUEUED, LATER, CHANGED], State.QUEUED, 0, id="a change counts anew"),
        pytest.param([DELIVERED, LATER], State.DELIVERED, 0, id="delivered, then later"),
        pytest.param([DELIVERED, ATTEMPT], State.DELIVERED, 0, id="delivered, then attempt"),
        pytest.param([DELIVERED, Dropped()], State.DELIVERED, 0, id="delivered, then dropped"),
        pytest.param([DELIVERED, CHANGED], State.DELIVERED, 0, id="delivered, then changed"),
        pytest.param([QUEUED, Dropped()], State.DROPPED, 0, id="mark taken away"),
        pytest.param([QUEUED, Dropped(), QUEUED], State.QUEUED, 0, id="mark put back"),
        pytest.param([answer(Verdict.NOTHING, None)], State.NOTHING, 1, id="no endpoint"),
        pytest.param([QUEUED, FOLLOWED, CHANGED], State.QUEUED, 0, id="an update"),
        pytest.param([QUEUED, FOLLOWED, CHANGED, FOLLOWED], State.DELIVERED, 0, id="updated"),
        pytest.param([QUEUED, FOLLOWED, CHANGED, REFUSED], State.REFUSED, 0, id="update refused"),
        pytest.param([QUEUED, FOLLOWED, CHANGED, QUEUED], State.DELIVERED, 0, id="taken back"),
        pytest.param(
            [QUEUED, FOLLOWED, CHANGED, ATTEMPT, QUEUED],
            State.QUEUED,
            0,
            id="taken back too late: the receiver may know the other version",
        ),
        pytest.param([QUEUED, FOLLOWED, CHANGED, Dropped()], State.DROPPED, 0, id="vanished"),
        pytest.param(
            [QUEUED, FOLLOWED, Queued("a.md", GONE), FOLLOWED, Queued("a.md", UNLINKED)],
            State.DELIVERED,
            0,
            id="retracted, and unlinked by another branch: removed once",
        ),
        pytest.param(
            [QUEUED, PROMISED, Asked(Verdict.LATER, "x")], State.DELIVERED, 0, id="no verdict yet"
        ),
        pytest.param(
            [QUEUED, PROMISED, Asked(Verdict.REFUSED, "x")], State.REFUSED, 0, id="refused later"
        ),
        pytest.param(
            [QUEUED, FOLLOWED, Asked(Verdict.REFUSED, "x")],
            State.DELIVERED,
            0,
            id="asked, refused",
        ),
    ],
)
def test_facts_amount_to_a_state(facts: list[Fact], state: State, attempts: int) -> None:
    delivery = history(*facts)
    assert delivery.state is state
    assert delivery.attempts == attempts
    assert delivery.at == NOON + timedelta(minutes=len(facts) - 1)


def test_the_last_outcome_is_kept_and_the_version_that_was_sent() -> None:
    told = Answered(replace(DELIVERED.outcome, status_url="https://far.example/status"))
    delivery = history(QUEUED, ATTEMPT, told, CHANGED)
    assert delivery == Delivery(
        MENTION,
        State.DELIVERED,
        at=NOON + timedelta(minutes=3),
        article="a.md",
        fingerprint="2",
        reason="reason",
        detail="detail",
        protocol=spoken.PINGBACK,
        endpoint=ENDPOINT,
        status_url="https://far.example/status",
        attempts=1,
        acknowledged="1",
        acknowledged_by=spoken.PINGBACK,
        seen_version="1",
        since=NOON,
    )


SENT = Attempt(spoken.WEBMENTION, "https://far.example/wm")


def answered(verdict: Verdict, reason: str, endpoint: str | None = SENT.endpoint) -> Answered:
    return Answered(Outcome(verdict, reason, "", spoken.WEBMENTION, endpoint))


LOST = answered(Verdict.LATER, "timed-out")
BUSY = answered(Verdict.LATER, "http-503")
NO = answered(Verdict.REFUSED, "http-403")
UNREACHED = answered(Verdict.LATER, "unreachable", endpoint=None)


@pytest.mark.parametrize(
    ("facts", "perhaps"),
    [
        pytest.param([QUEUED], False, id="nothing sent"),
        pytest.param([QUEUED, SENT], True, id="killed"),
        pytest.param([QUEUED, SENT, CHANGED], True, id="killed, and changed"),
        pytest.param([QUEUED, SENT, Waiting("not-online")], True, id="killed, and offline"),
        pytest.param([QUEUED, SENT, UNREACHED], True, id="killed, and then not even found"),
        pytest.param([QUEUED, SENT, SENT, BUSY], True, id="killed, and then answered"),
        pytest.param([QUEUED, SENT, LOST], True, id="lost"),
        pytest.param([QUEUED, SENT, LOST, SENT, BUSY], True, id="lost, and then answered"),
        pytest.param([QUEUED, SENT, LOST, SENT, NO], True, id="lost, and then refused"),
        pytest.param([QUEUED, SENT, LOST, Dropped()], True, id="lost, and dropped"),
        pytest.param([QUEUED, CHANGED, replace(SENT, fingerprint="1")], True, id="another branch"),
        pytest.param([QUEUED, SENT, BUSY], False, id="answered"),
        pytest.param([QUEUED, SENT, NO], False, id="refused"),
        pytest.param([QUEUED, UNREACHED], False, id="no endpoint was found to send it to"),
        pytest.param([QUEUED, SENT, FALL_BACK, REFUSED], False, id="refused, and by pingback, too"),
        pytest.param([QUEUED, SENT, LOST, DELIVERED], False, id="lost, and taken by pingback"),
        pytest.param([QUEUED, ATTEMPT], False, id="a pingback, which cannot be taken back"),
    ],
)
def test_a_webmention_without_an_answer_may_have_been_taken(
    facts: list[Fact], perhaps: bool
) -> None:
    assert history(*facts).is_shown == perhaps


@given(EVENTS, st.randoms())
def test_neither_order_nor_repetition_of_lines_matters(events, random) -> None:
    shuffled = [*events, *events[:3]]
    random.shuffle(shuffled)
    assert fold(shuffled) == fold(events)


@given(EVENTS, st.booleans())
def test_folding_as_the_lines_come_is_folding_them_sorted(events, in_order) -> None:
    """The fast way is taken by a mention whose events come in order, each once."""
    lines = sorted(events, key=lambda event: event.at) if in_order else events
    assert fold(lines) == fold_slowly(lines)


@given(EVENTS, EVENTS, EVENTS)
def test_two_branches_merge_to_one_state_in_either_order(trunk, ours, theirs) -> None:
    """As git's merge=union does, which keeps the lines of both sides."""
    assert fold([*trunk, *ours, *theirs]) == fold([*trunk, *theirs, *ours])


@given(EVENTS, EVENTS)
def test_what_one_branch_sent_the_merge_knows_as_sent(ours, theirs) -> None:
    told = {event.mention for event in ours if event.fact == DELIVERED}
    assert all(fold([*ours, *theirs])[mention].is_known for mention in told)


# Posts against what is known

POST = Post(MENTION.source, "a.md", (MENTION.target,), "1")


@pytest.mark.parametrize(
    ("facts", "posts", "news"),
    [
        pytest.param([], [POST], [QUEUED], id="new"),
        pytest.param([QUEUED], [POST], [], id="known"),
        pytest.param([QUEUED], [replace(POST, fingerprint="2")], [CHANGED], id="changed"),
        pytest.param(
            [QUEUED], [replace(POST, article="b.md")], [Queued("b.md", "1")], id="renamed"
        ),
        pytest.param([QUEUED, REFUSED], [POST], [], id="refused"),
        pytest.param([QUEUED, DELIVERED], [replace(POST, fingerprint="2")], [], id="delivered"),
        pytest.param([QUEUED, Dropped()], [POST], [QUEUED], id="marked again"),
        pytest.param([QUEUED], [replace(POST, targets=())], [Dropped()], id="unmarked"),
        pytest.param([QUEUED], [], [Dropped()], id="article gone"),
        pytest.param([QUEUED, Dropped()], [], [], id="dropped already"),
        pytest.param([QUEUED, DELIVERED], [], [], id="sent before it was unmarked"),
        pytest.param(
            [QUEUED, FOLLOWED], [replace(POST, fingerprint="2")], [CHANGED], id="an update"
        ),
        pytest.param([QUEUED, FOLLOWED], [POST], [], id="no update"),
        pytest.param(
            [QUEUED, SENT, LOST],
            [replace(POST, targets=())],
            [Queued("a.md", UNLINKED)],
            id="unanswered, and the link taken away",
        ),
        pytest.param(
            [QUEUED, SENT, LOST, Dropped()],
            [replace(POST, targets=())],
            [Queued("a.md", UNLINKED)],
            id="unanswered, and the mark taken away before the link",
        ),
        pytest.param(
            [QUEUED, SENT, LOST],
            [replace(POST, targets=(), links=frozenset({MENTION.target}))],
            [Dropped()],
            id="unanswered, the mark taken away, the link kept",
        ),
        pytest.param(
            [QUEUED, SENT, LOST],
            [replace(POST, source="https://blog.example/moved", targets=())],
            [Queued("a.md", GONE)],
            id="unanswered, and moved",
        ),
        pytest.param([QUEUED, SENT, LOST], [], [Dropped()], id="unanswered, and vanished"),
        pytest.param(
            [QUEUED, FOLLOWED],
            [replace(POST, targets=(), fingerprint="2")],
            [Queued("a.md", UNLINKED)],
            id="link taken away",
        ),
        pytest.param(
            [QUEUED, FOLLOWED, Queued("a.md", UNLINKED), FOLLOWED],
            [replace(POST, targets=(), fingerprint="2")],
            [],
            id="that was sent already",
        ),
        pytest.param(
            [QUEUED, FOLLOWED, Queued("a.md", GONE), FOLLOWED],
            [replace(POST, targets=(), fingerprint="2")],
            [],
            id="retracted, and back without the link",
        ),
        pytest.param(
            [QUEUED, FOLLOWED, Queued("a.md", GONE), FOLLOWED, CHANGED],
            [replace(POST, targets=(), fingerprint="2")],
            [Queued("a.md", GONE)],
            id="retracted, and back, and the link taken away in time",
        ),
        pytest.param(
            [QUEUED, FOLLOWED],
            [replace(POST, targets=(), fingerprint="2", links=frozenset({MENTION.target}))],
            [CHANGED],
            id="mark taken away, link kept",
        ),
        pytest.param(
            [QUEUED, FOLLOWED],
            [replace(POST, source="https://blog.example/moved", targets=())],
            [Queued("a.md", GONE)],
            id="moved",
        ),
        pytest.param([QUEUED, FOLLOWED], [], [], id="vanished: never acted on by itself"),
        pytest.param([QUEUED, FOLLOWED, CHANGED], [], [Dropped()], id="vanished before an update"),
        pytest.param([QUEUED, FOLLOWED, CHANGED, Dropped()], [], [], id="vanished, and dropped"),
        pytest.param(
            [QUEUED, FOLLOWED, CHANGED, Dropped()],
            [replace(POST, fingerprint="2")],
            [CHANGED],
            id="vanished, and back",
        ),
        pytest.param([QUEUED, FOLLOWED, Queued("a.md", GONE)], [], [], id="a retraction goes on"),
        pytest.param(
            [QUEUED, FOLLOWED, Queued("a.md", UNLINKED), FOLLOWED],
            [replace(POST, source="https://blog.example/moved", targets=())],
            [],
            id="moved, but unlinked before",
        ),
    ],
)
def test_reconcile(facts: list[Fact], posts: list[Post], news: list[Fact]) -> None:
    deliveries = {MENTION: history(*facts)} if facts else {}
    assert list(reconcile(deliveries, posts)) == [(MENTION, fact) for fact in news]


@pytest.mark.parametrize(
    ("facts", "posts", "told"),
    [
        pytest.param([QUEUED, FOLLOWED], [], True, id="sent and gone"),
        pytest.param([QUEUED, SENT, LOST], [], True, id="perhaps told, and gone"),
        pytest.param([QUEUED, FOLLOWED], [POST], False, id="there"),
        pytest.param(
            [QUEUED, FOLLOWED],
            [replace(POST, source="https://blog.example/moved")],
            False,
            id="moved",
        ),
        pytest.param([QUEUED, FOLLOWED, Queued("a.md", GONE)], [], False, id="retracted"),
        pytest.param([QUEUED, DELIVERED], [], False, id="sent by a pingback: nothing can be done"),
        pytest.param([QUEUED], [], False, id="never sent"),
        pytest.param(
            [QUEUED, FOLLOWED, Queued("a.md", UNLINKED), FOLLOWED], [], False, id="unlinked before"
        ),
    ],
)
def test_vanished(facts: list[Fact], posts: list[Post], told: bool) -> None:
    delivery = history(*facts)
    assert vanished({MENTION: delivery}, posts) == ([delivery] if told else [])


# The ledger


def test_what_is_recorded_is_known_at_once_and_after_reading(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "deliveries.jsonl")
    ledger = spoken.ledger_of(journal)
    ledger.record([(MENTION, QUEUED)], NOON)
    ledger.record([(MENTION, ATTEMPT)], NOON)
    assert ledger.deliveries[MENTION].state is State.ATTEMPTED
    assert spoken.ledger_of(journal).deliveries == ledger.deliveries
    assert not ledger.problems


@given(events=EVENTS, random=st.randoms())
def test_a_journal_in_any_order_with_damage_in_it_says_the_same(
    tmp_path_factory: pytest.TempPathFactory, events, random
) -> None:
    """As after a merge; the lines are read twice then, and the damage is reported once."""
    journal = Journal(tmp_path_factory.mktemp("state") / "deliveries.jsonl")
    lines = [to_line(event) for event in [*events, *events[:2]]]
    random.shuffle(lines)
    journal.append({"v": 1, "event": "sung"}, *lines)
    ledger = spoken.ledger_of(journal)
    assert ledger.deliveries == fold_slowly(events)
    assert len(ledger.problems) == 1


@pytest.mark.parametrize("enabled", [True, False], ids=["on", "off"])
def test_the_collector_of_garbage_is_left_as_it_was_found(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()
    try:
        with without_collection():
            assert not gc.isenabled()
        assert gc.isenabled() is enabled
    finally:
        gc.enable()


def test_a_clock_that_was_set_back_does_not_turn_history_round(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "deliveries.jsonl")
    ledger = spoken.ledger_of(journal)
    for hours, fact in enumerate([QUEUED, ATTEMPT, LATER, ATTEMPT, DELIVERED]):
        ledger.record([(MENTION, fact)], NOON - timedelta(hours=hours))
    assert ledger.deliveries[MENTION].acknowledged == "1"
    assert spoken.ledger_of(journal).deliveries == ledger.deliveries


def test_what_is_foreseen_or_empty_is_not_written(tmp_path: Path) -> None:
    ledger = spoken.ledger_of(Journal(tmp_path / "state" / "deliveries.jsonl"))
    ledger.foresee([(MENTION, QUEUED)], NOON)
    ledger.record([], NOON)
    assert ledger.deliveries[MENTION].state is State.QUEUED
    assert not list(tmp_path.iterdir())

"""Two clones of a site edit, build and send, and their journals are merged: no update is lost.

The journal of each clone is what it had when they parted and what it wrote since; ``merge=union``
keeps the lines of both. What the receiver really heard is known beside it, and the merged journal
may never say that the receiver knows another version than the last that it was sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.protocol.mention import Mention, Outcome, Traits, Verdict
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
    Queued,
    Waiting,
)
from pelican_linkback.sending.memory.ledger import fold, fold_slowly
from tests import spoken

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MENTION = Mention("https://blog.example/a", "https://far.example/b")
ENDPOINT = "https://far.example/endpoint"
WEBMENTION = {spoken.WEBMENTION}
VERSIONS = ["1", "2", "3", UNLINKED, GONE]


@dataclass
class Receiver:
    """The last version that the receiver was sent (None: nothing), and by which protocols."""

    holds: str | None = None
    heard: set[Traits] = field(default_factory=set)


@dataclass
class Clone:
    """One copy of the site, with its own article and journal."""

    receiver: Receiver
    events: list[Event] = field(default_factory=list)

    @property
    def delivery(self) -> Delivery:
        return fold(self.events).get(MENTION, Delivery(MENTION))

    def record(self, fact: Fact, now: datetime) -> None:
        last = self.delivery.at
        after = now if last is None else max(now, last + timedelta(microseconds=1))
        self.events.append(Event(after, MENTION, fact))

    def act(self, step: str, now: datetime) -> None:
        kind, _, what = step.partition(" ")
        if kind == "build":
            self.record(Queued("a.md", what), now)
        elif kind == "drop":
            self.record(Dropped(), now)
        elif kind == "wait":
            self.record(Waiting("not-online"), now)
        elif kind == "send":
            self.send(what, now)

    def send(self, how: str, now: datetime) -> None:
        """Send as a run does; ``how`` says what comes of it: killed, or the verdict."""
        known = self.delivery
        done = {State.DELIVERED, State.DROPPED, State.REFUSED, State.NOTHING}
        if known.is_up_to_date or known.state in done or not known.fingerprint:
            return
        protocol = spoken.PINGBACK if how == "pingback" else spoken.WEBMENTION
        if known.is_known and protocol is spoken.PINGBACK:
            return
        version = known.fingerprint
        self.record(Attempt(protocol, ENDPOINT, fingerprint=version), now)
        if how in {"delivered", "pingback", "killed after"}:
            self.receiver.holds = version
            self.receiver.heard.add(protocol)
        if how.startswith("killed"):
            return
        verdict = {"refused": Verdict.REFUSED, "later": Verdict.LATER}.get(how, Verdict.DELIVERED)
        outcome = Outcome(verdict, "x", protocol=protocol, endpoint=ENDPOINT)
        self.record(Answered(outcome, fingerprint=version), now + timedelta(milliseconds=1))


ENDS = ["delivered", "pingback", "refused", "later", "killed before", "killed after"]
STEPS = st.one_of(
    st.sampled_from(VERSIONS).map("build {}".format),
    st.sampled_from(ENDS).map("send {}".format),
    st.sampled_from(["drop", "wait"]),
)
HISTORY = st.lists(st.tuples(st.sampled_from("ab"), STEPS), min_size=1, max_size=14)


def merged(trunk: list[str], history: list[tuple[str, str]]) -> tuple[list[Event], Receiver]:
    """Return the lines of both clones after what happened before and after they parted."""
    receiver, now = Receiver(), NOON
    first = Clone(receiver)
    for step in trunk:
        now += timedelta(seconds=1)
        first.act(step, now)
    clones = {"a": first, "b": Clone(receiver, list(first.events))}
    for name, step in history:
        now += timedelta(seconds=1)
        clones[name].act(step, now)
    return [*clones["a"].events, *clones["b"].events], receiver


@given(st.lists(STEPS, max_size=6), HISTORY)
def test_the_merge_knows_no_version_that_was_not_sent(trunk, history) -> None:
    events, receiver = merged(trunk, history)
    delivery = fold(events).get(MENTION, Delivery(MENTION))
    if delivery.acknowledged:
        assert receiver.holds is not None
    if delivery.takes_updates and delivery.acknowledged and receiver.heard == WEBMENTION:
        assert receiver.holds == delivery.acknowledged
    # A change that was not sent is due, or was refused; one removal is as good as another.
    if delivery.state is State.DELIVERED and delivery.takes_updates:
        versions = {delivery.acknowledged, delivery.fingerprint}
        assert len(versions) == 1 or versions == {UNLINKED, GONE}


@given(st.lists(STEPS, max_size=6), HISTORY)
def test_the_merge_is_due_where_the_receiver_lacks_the_present_version(trunk, history) -> None:
    """The update that another clone queued is sent by a run over the merged journal."""
    events, receiver = merged(trunk, history)
    clone = Clone(receiver, sorted(set(events), key=lambda event: (event.at, repr(event))))
    now = max((event.at for event in events), default=NOON) + timedelta(hours=1)
    clone.act("build 4", now)
    clone.act("send delivered", now)
    assert receiver.holds == "4" or spoken.PINGBACK in receiver.heard
    assert clone.delivery.is_up_to_date


@given(st.lists(STEPS, max_size=6), HISTORY, st.randoms())
def test_the_merge_is_a_function_of_the_set_of_lines(trunk, history, random) -> None:
    events, _ = merged(trunk, history)
    lines = [to_line(event) for event in events]
    random.shuffle(lines)
    assert fold([spoken.from_line(line) for line in lines]) == fold_slowly(events)


QUEUED, CHANGED = Queued("a.md", "1"), Queued("a.md", "2")


def told(version: str, verdict: Verdict = Verdict.DELIVERED, **fields) -> Answered:
    outcome = Outcome(verdict, "x", "", spoken.WEBMENTION, ENDPOINT)
    outcome = replace(outcome, **{name: fields.pop(name) for name in [*fields] if name != "at"})
    return Answered(outcome, fingerprint=version)


def tried(version: str) -> Attempt:
    return Attempt(spoken.WEBMENTION, ENDPOINT, fingerprint=version)


def pinged(version: str) -> Answered:
    return told(version, protocol=spoken.PINGBACK)


@pytest.mark.parametrize(
    ("facts", "state", "acknowledged"),
    [
        pytest.param([QUEUED, CHANGED, told("1")], State.QUEUED, "1", id="an update is not lost"),
        pytest.param(
            [QUEUED, CHANGED, tried("1"), told("1")], State.QUEUED, "1", id="nor with its attempt"
        ),
        pytest.param([QUEUED, CHANGED, told("")], State.DELIVERED, "2", id="an old line"),
        pytest.param(
            [QUEUED, CHANGED, tried("1"), told("1", Verdict.REFUSED)],
            *(State.QUEUED, ""),
            id="the old version was refused",
        ),
        pytest.param([QUEUED, told("1"), tried("1")], State.DELIVERED, "1", id="told twice"),
        pytest.param(
            [QUEUED, told("1"), tried("0")], State.QUEUED, "", id="an older one after: who knows"
        ),
        pytest.param(
            [QUEUED, told("1"), tried("0"), told("0")], State.QUEUED, "0", id="and it was taken"
        ),
        pytest.param(
            [QUEUED, told("1"), told("0", Verdict.REFUSED)],
            *(State.DELIVERED, "1"),
            id="an older one was refused",
        ),
        pytest.param([QUEUED, told("1"), told("0")], State.QUEUED, "0", id="an older one, taken"),
        pytest.param([QUEUED, CHANGED, pinged("1")], State.DELIVERED, "1", id="a pingback: once"),
        pytest.param(
            [QUEUED, told("1"), CHANGED, pinged("1")], State.QUEUED, "1", id="webmention counts"
        ),
        pytest.param(
            [
                *(QUEUED, told("1", status_url="https://far.example/s")),
                *(CHANGED, told("2", status_url="https://far.example/t")),
                Asked(Verdict.REFUSED, "x", fingerprint="1"),
            ],
            *(State.DELIVERED, "2"),
            id="a status page of an older version",
        ),
    ],
)
def test_what_lines_of_another_branch_amount_to(
    facts: list[Fact], state: State, acknowledged: str
) -> None:
    events = [Event(NOON + timedelta(minutes=n), MENTION, fact) for n, fact in enumerate(facts)]
    delivery = fold(events)[MENTION]
    assert (delivery.state, delivery.acknowledged) == (state, acknowledged)


def test_an_outcome_without_a_protocol_is_sent_for_good() -> None:
    outcome = Answered(Outcome(Verdict.DELIVERED, "accepted"))
    events = [Event(NOON, MENTION, QUEUED), Event(NOON + timedelta(1), MENTION, outcome)]
    assert fold(events)[MENTION].is_up_to_date

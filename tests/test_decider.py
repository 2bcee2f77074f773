"""Whether to send now: a table, and what holds for every history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.protocol.mention import Mention
from pelican_linkback.sending.deciding.decider import (
    Ask,
    GiveUp,
    Policy,
    Send,
    Skip,
    Wait,
    back_off,
    decide,
)
from pelican_linkback.sending.memory.delivery import Delivery, State
from tests import spoken

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MENTION = Mention("https://blog.example/a", "https://far.example/b")
POLICY = Policy()
PROMISED = {
    "state": State.DELIVERED,
    "acknowledged": "1",
    "status_url": "https://far.example/status",
}


@pytest.mark.parametrize(
    ("delivery", "decision"),
    [
        pytest.param({"state": State.QUEUED}, Send("queued"), id="new"),
        pytest.param({"state": State.WAITING}, Send("waiting"), id="the page is looked at anew"),
        pytest.param(
            {"state": State.ATTEMPTED, "attempts": 1}, Send("attempted"), id="killed some time"
        ),
        pytest.param(
            {"state": State.ATTEMPTED, "attempts": 1, "at": NOON, "reason": "interrupted"},
            Wait(NOON + timedelta(minutes=10), "interrupted"),
            id="killed in flight just now",
        ),
        pytest.param(
            {"state": State.ATTEMPTED, "attempts": 2, "at": NOON - timedelta(minutes=30)},
            Send("attempted"),
            id="killed in flight a while ago",
        ),
        pytest.param({"state": State.LATER, "attempts": 7}, Send("later"), id="no time named"),
        pytest.param({"state": State.LATER, "retry_at": NOON}, Send("later"), id="on the minute"),
        pytest.param(
            {"state": State.LATER, "reason": "x", "retry_at": NOON + timedelta(seconds=1)},
            Wait(NOON + timedelta(seconds=1), "x"),
            id="a second too early",
        ),
        pytest.param(
            {"state": State.LATER, "reason": "x", "attempts": 8}, GiveUp("x"), id="eight times"
        ),
        pytest.param(
            {"state": State.ATTEMPTED, "attempts": 8}, GiveUp(""), id="killed eight times"
        ),
        pytest.param({"state": State.DELIVERED, "acknowledged": "1"}, Skip("delivered"), id="told"),
        pytest.param(
            {"state": State.DELIVERED, "acknowledged": ""}, Skip("delivered"), id="version lost"
        ),
        pytest.param({"state": State.NOTHING}, Skip("nothing"), id="nobody to tell"),
        pytest.param(
            {"acknowledged": "1", "fingerprint": "2", "acknowledged_by": spoken.WEBMENTION},
            Send("queued"),
            id="an update",
        ),
        pytest.param(
            {"acknowledged": "1", "fingerprint": "2", "acknowledged_by": spoken.PINGBACK},
            Skip("queued"),
            id="a pingback is not repeated",
        ),
        pytest.param(PROMISED | {"retry_at": NOON}, Ask("delivered"), id="time to ask"),
        pytest.param(
            PROMISED | {"retry_at": NOON + timedelta(seconds=1)},
            Skip("delivered", NOON + timedelta(seconds=1)),
            id="too early to ask",
        ),
        pytest.param(PROMISED | {"asked": 8}, Skip("delivered"), id="asked often enough"),
        pytest.param({"state": State.REFUSED}, Skip("refused"), id="refused"),
        pytest.param({"state": State.DROPPED}, Skip("dropped"), id="unmarked"),
    ],
)
def test_decide(delivery: dict[str, object], decision: object) -> None:
    assert decide(Delivery(MENTION, **delivery), NOON, POLICY) == decision


TIMES = st.datetimes(timezones=st.just(UTC))


@given(
    st.builds(
        Delivery,
        st.just(MENTION),
        st.sampled_from(State),
        at=st.none() | TIMES,
        retry_at=st.none() | TIMES,
        attempts=st.integers(0, 10),
        acknowledged=st.just("") | st.just("1"),
        acknowledged_by=st.none() | st.sampled_from(spoken.ALL),
        fingerprint=st.sampled_from("12"),
    ),
    TIMES,
)
def test_nothing_is_sent_before_its_time_nor_too_often_nor_twice(delivery, now) -> None:
    if isinstance(decide(delivery, now, POLICY), Send):
        pause = delivery.retry_at - now if delivery.retry_at else timedelta()
        assert pause <= timedelta() or pause > POLICY.longest
        assert delivery.attempts < POLICY.attempts
        assert not delivery.is_known or delivery.takes_updates
        assert not delivery.is_known or delivery.acknowledged != delivery.fingerprint


def test_eight_attempts_take_about_a_week() -> None:
    pauses = [back_off(n, POLICY, chance=0.5) for n in range(1, POLICY.attempts)]
    assert pauses[:3] == [timedelta(minutes=10), timedelta(minutes=30), timedelta(minutes=90)]
    assert timedelta(days=6) < sum(pauses, timedelta()) < timedelta(days=9)


@given(
    st.integers(1, 10**6),
    st.floats(0, 1),
    st.none() | st.floats(0) | st.just(float("nan")),
)
def test_back_off_stays_in_its_bounds_and_honours_what_was_asked(attempts, chance, asked) -> None:
    pause = back_off(attempts, POLICY, chance=chance, retry_after=asked)
    assert POLICY.first * (1 - POLICY.jitter) <= pause <= POLICY.longest
    if asked is not None and asked <= POLICY.longest.total_seconds():
        assert pause >= timedelta(seconds=asked)


@given(st.integers(1, 7), st.floats(0, 1), st.floats(0, 1))
def test_every_pause_is_longer_than_the_one_before_whatever_chance_says(n, one, other) -> None:
    assert back_off(n, POLICY, chance=one) < back_off(n + 1, POLICY, chance=other)

"""What a plan says while hosts ask to be left alone is what a run does then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pelican_linkback.cli import labels
from pelican_linkback.protocol.mention import Endpoint, Mention, Outcome, Verdict
from pelican_linkback.sending.deciding.decider import Ask, Decision, Send, Skip, Wait
from pelican_linkback.sending.deciding.pauses import held_back, paused_hosts, receivers
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import Pause
from tests import spoken
from tests.fakeweb import Reply
from tests.test_hosts_in_trouble import Days
from tests.test_sender import FAR, HUB, accept, offering, post

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
TARGET, ENDPOINT = "https://far.example/b", "https://hub.example/wm"


def asking(host: str, until: datetime) -> Delivery:
    return Delivery(Mention("https://blog.example/a", TARGET), pause=Pause(host, until))


def test_the_longest_pause_counts_that_is_not_over_nor_from_a_wrong_clock() -> None:
    known = [
        asking("a", NOON + HOUR),
        asking("a", NOON + 2 * HOUR),
        asking("a", NOON + HOUR),
        asking("b", NOON),
        asking("c", NOON + WEEK + HOUR),
        Delivery(Mention("x", "y")),
    ]
    assert paused_hosts(known, NOON, WEEK) == {"a": NOON + 2 * HOUR}


NOTHING = Outcome(Verdict.NOTHING, "no-endpoint")
FOUND = (Endpoint(spoken.WEBMENTION, ENDPOINT, "HTTP header"),)


@pytest.mark.parametrize(
    ("fields", "found", "urls"),
    [
        pytest.param({}, None, {TARGET}, id="new"),
        pytest.param({"endpoint": ENDPOINT}, None, {TARGET, ENDPOINT}, id="known"),
        pytest.param({}, FOUND, {ENDPOINT}, id="remembered"),
        pytest.param({}, NOTHING, set(), id="remembered to take nothing"),
        pytest.param(
            {"status_url": "https://s.example/"}, None, {"https://s.example/"}, id="asked"
        ),
    ],
)
def test_whom_a_run_asks(fields: dict[str, str], found: object, urls: set[str]) -> None:
    delivery = Delivery(Mention("https://blog.example/a", TARGET), **fields)
    assert set(receivers(delivery, found)) == urls


@pytest.mark.parametrize(
    ("decision", "waits", "planned"),
    [
        (Send("queued"), 0, Wait(NOON + HOUR, "queued", "far.example:443")),
        (Ask("delivered"), 0, Wait(NOON + HOUR, "delivered", "far.example:443")),
        (Send("queued"), 3600, Send("queued")),
        (Skip("delivered"), 0, Skip("delivered")),
    ],
)
def test_what_is_due_waits_for_the_host(decision: Decision, waits: int, planned: Decision) -> None:
    waits_until = NOON + timedelta(seconds=waits)
    paused = dict.fromkeys(("far.example", "far.example:443"), NOON + HOUR)
    found = held_back(decision, [TARGET], paused, waits_until)
    assert type(found) is type(planned)
    assert getattr(found, "until", None) == getattr(planned, "until", None)
    assert held_back(decision, [ENDPOINT], paused, waits_until) == decision


@pytest.mark.parametrize("at", ["target", "endpoint"])
def test_a_plan_says_what_a_run_would_do(tmp_path: Path, at: str) -> None:
    world = Days(tmp_path)
    world.web.pages |= dict.fromkeys([f"{FAR}/b", f"{FAR}/c"], offering(webmention=f"{HUB}/wm"))
    busy = f"{FAR}/b" if at == "target" else f"{HUB}/wm"
    world.web.pages |= {f"{HUB}/wm": accept, busy: Reply(503, [("Retry-After", "7200")])}
    first, second = post("a", f"{FAR}/b"), post("d", f"{FAR}/c")
    world.sender().run(world.publish(first))

    posts = world.publish(first, second)
    world.sender().run(posts)
    world.now += timedelta(hours=1)
    host = busy.split("/")[2]
    asked = [each for each in world.web.requests if host in each.url]
    rows = {row.article: decision for row, decision in world.sender().plan(posts)}
    if at == "target":  # what is asked first is all that is known of a new mention
        assert isinstance(rows["d.md"], Wait)
        assert rows["d.md"].host.split(":")[0] == host
        for words in (labels.intent, labels.standing):
            row = Delivery(Mention("x", "y"), State.QUEUED)
            assert words(row, rows["d.md"])[1].endswith("asks to be left alone")
        world.sender().run(posts)
        assert [each for each in world.web.requests if host in each.url] == asked
    world.now += timedelta(hours=2)
    assert not [row for row in world.sender().plan(posts) if isinstance(row[1], Wait)]

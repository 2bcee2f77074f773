"""Runs over hosts in trouble: no request too soon or for nothing, nothing is lost, none waits."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pelican_linkback.exceptions import LookupFailed, TimedOut, WebError
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import Answered, Attempt, Pause
from pelican_linkback.sending.running.report import Report
from pelican_linkback.sending.running.sender import Sender
from tests import spoken
from tests.fakeweb import Page, Reply, Request
from tests.test_sender import (
    BLOG,
    FAR,
    HUB,
    NOON,
    TIMEOUT,
    World,
    accept,
    fault,
    offering,
    page,
    post,
)

WORDPRESS = "https://wordpress.example"
XML_RPC = f"{WORDPRESS}/xmlrpc.php"


class Days(World):
    """A world whose time goes on while a run sleeps; ``posted`` has the POSTs and their times."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.posted: list[tuple[str, float]] = []

    @property
    def seconds(self) -> float:
        return (self.now - NOON).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def sender(self, **options: object) -> Sender:
        tools = {"monotonic": lambda: self.seconds, "sleep": self.sleep, "workers": 1}
        return super().sender(**{**tools, **options})

    def answers(self, url: str, *said: Page | Callable[[Request], Page]) -> None:
        """Let ``url`` say one after another, the last for ever, and note when it is posted to."""
        left = list(said)

        def answer(request: Request) -> Page:
            if request.method == "POST":
                self.posted.append((url, self.seconds))
            reply = left.pop(0) if len(left) > 1 else left[0]
            return reply(request) if callable(reply) and not isinstance(reply, type) else reply

        self.web.pages[url] = answer

    def states(self) -> Counter[str]:
        return Counter(
            each.state.value for each in spoken.ledger_of(self.journal).deliveries.values()
        )

    def all(self) -> list[Delivery]:
        return list(spoken.ledger_of(self.journal).deliveries.values())


@pytest.fixture
def world(tmp_path: Path) -> Days:
    return Days(tmp_path)


def wordpress(world: Days, count: int) -> list[str]:
    """Put a WordPress online that takes a pingback every 15 seconds; return its pages."""
    last = [-100.0]

    def xmlrpc(request: Request) -> Reply:
        if world.seconds - last[0] < 15:
            return fault(429)
        last[0] = world.seconds
        return accept(request)

    targets = [f"{WORDPRESS}/?p={number}" for number in range(count)]
    world.web.pages |= dict.fromkeys(targets, offering(pingback=XML_RPC))
    world.answers(XML_RPC, xmlrpc)
    return targets


def lines(report: Report) -> list[str]:
    return [notice.text for notice in report.notices]


# Pauses


def test_three_mentions_to_one_wordpress_are_stored_by_one_run_that_waits(world: Days) -> None:
    targets = wordpress(world, 3)
    report = world.sender(wait=60, deadline=60).run(world.publish(post("a", *targets)))
    assert report.summary() == "Linkbacks: 3 sent"
    assert [at for _, at in world.posted] == [0, 0, 20, 20, 40]
    assert {each.attempts for each in world.all()} == {1}  # what is repeated belongs to one try
    assert len(lines(report)) == 3
    assert all("notified by pingback (accepted" in line for line in lines(report))


def test_a_run_that_does_not_wait_leaves_them_due(world: Days) -> None:
    targets = wordpress(world, 4)
    posts = world.publish(post("a", *targets))
    report = world.sender().run(posts)
    assert report.summary() == ("Linkbacks: 1 sent, 1 to be tried again, 2 left for the next run")
    assert report.held_back == 2
    assert (
        "wordpress.example asks to be left alone: 2 linkbacks are left for the first run after "
        "2026-03-01 12:00 UTC"
    ) in lines(report)
    assert Counter(each.attempts for each in world.all()) == {1: 2, 0: 2}

    world.posted.clear()
    world.now += timedelta(seconds=19)
    assert world.sender().run(posts).held_back == 2
    assert world.posted == []
    for _ in range(4):
        world.now += timedelta(hours=1)
        world.sender().run(posts)
    assert world.states() == {"delivered": 4}


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        pytest.param(Reply(429), 20, id="429"),
        pytest.param(Reply(503), 60, id="503"),
        pytest.param(Reply(429, [("Retry-After", "90")]), 90, id="429 that says when"),
        pytest.param(Reply(500, [("Retry-After", "90")]), 90, id="500 that says when"),
        pytest.param(fault(429), 20, id="fault 429"),
        pytest.param(fault(503), 60, id="fault 503"),
        pytest.param(Reply(429, [("Retry-After", "1000000000")]), 7 * 86400, id="in 30 years"),
        pytest.param(Reply(429, [("Retry-After", "9" * 15)]), 7 * 86400, id="never"),
    ],
)
def test_a_host_is_left_alone_for_what_it_asks_by_this_run_and_the_next(
    world: Days, answer: Reply, pause: float
) -> None:
    targets = wordpress(world, 5)
    world.answers(XML_RPC, answer, accept)
    posts = world.publish(post("a", *targets))
    world.sender().run(posts)
    assert [at for _, at in world.posted] == [0]
    all_of_them = 5 if pause < 600 else 6  # with the one that had asked, which has its own pause
    for seconds, count in [(pause - 1, 1), (pause, all_of_them)]:
        world.now = NOON + timedelta(seconds=seconds)
        world.asked()
        world.sender().run(posts)
        assert len(world.posted) == count
    world.now += timedelta(days=8)
    world.sender().run(posts)
    assert world.states() == {"delivered": 5}


@pytest.mark.parametrize(
    ("status", "held_back"),
    [(202, (2, 2, 1)), (403, (2, 2, 2)), (404, (2, 2, 1))],
    ids=["accepted", "to be tried again", "refused"],
)
def test_a_pause_holds_for_the_next_run_whatever_was_answered(
    world: Days, status: int, held_back: tuple[int, ...]
) -> None:
    targets = [f"{FAR}/{name}" for name in "abc"]
    world.web.pages |= dict.fromkeys(targets, offering(webmention=f"{FAR}/endpoint"))
    world.answers(f"{FAR}/endpoint", Reply(status, [("Retry-After", "3600")]))
    posts = world.publish(post("a", *targets))
    for minutes, requests, held in zip((0, 59, 60), (1, 1, 2), held_back, strict=True):
        world.now = NOON + timedelta(minutes=minutes)
        assert world.sender(workers=1).run(posts).held_back == held
        assert len(world.posted) == requests


def test_a_pause_that_a_wrong_clock_reckoned_holds_nothing_back(world: Days) -> None:
    targets = wordpress(world, 2)
    posts = world.publish(post("a", *targets))
    ledger = spoken.ledger_of(world.journal)
    outcome = Outcome(Verdict.LATER, "fault-429", "", spoken.PINGBACK, XML_RPC)
    pause = Pause("wordpress.example", NOON + timedelta(days=7, seconds=1))
    mention = Mention(f"{BLOG}/z", targets[0])
    ledger.record([(mention, Answered(outcome, NOON + timedelta(days=1), pause=pause))], NOON)
    assert world.sender().run(posts).held_back == 0
    assert len(world.posted) == 2


def test_a_host_that_always_wants_a_pause_is_not_asked_for_ever(world: Days) -> None:
    targets = wordpress(world, 1)
    world.answers(XML_RPC, Reply(429, [("Retry-After", "5")]))
    report = world.sender(wait=1000, deadline=1000).run(world.publish(post("a", *targets)))
    assert [at for _, at in world.posted] == [0, 5, 10, 15]
    assert report.later == 1
    assert world.all()[0].attempts == 1


@pytest.mark.parametrize("url", [f"{BLOG}/a", f"{FAR}/b"], ids=["our page", "the target"])
@pytest.mark.parametrize("wait", [60.0, 3.0])
def test_a_page_is_looked_at_again_when_the_pause_is_over(
    world: Days, url: str, wait: float
) -> None:
    posts = world.publish(post("a", f"{FAR}/b"))
    world.answers(url, Reply(503, [("Retry-After", "5")]), world.web.pages[url])
    report = world.sender(wait=wait, deadline=wait).run(posts)
    assert report.sent == (wait > 5)
    assert world.seconds == (5 if wait > 5 else 0)


def test_the_pause_of_our_own_host_holds_in_the_next_look_of_one_command(world: Days) -> None:
    posts = world.publish(post("a", f"{FAR}/b"))
    world.answers(f"{BLOG}/a", Reply(503, [("Retry-After", "60")]), page(f"{FAR}/b"))
    sender = world.sender()
    for seconds, asked in [(0, 1), (30, 0), (60, 3)]:
        world.now = NOON + timedelta(seconds=seconds)
        sender.run(posts)
        assert len(world.asked()) == asked


def test_a_redirect_to_a_host_that_wants_a_pause_waits_as_well(world: Days) -> None:
    targets = wordpress(world, 1)
    short = [f"https://short{n}.example/" for n in range(4)]
    world.web.pages |= dict.fromkeys(short, Reply(301, [("Location", targets[0])]))
    world.answers(targets[0], Reply(429, [("Retry-After", "7200")]))
    posts = world.publish(post("a", *short))
    report = world.sender(chance=lambda: 0.5).run(posts)
    asked = Counter(world.asked())
    assert asked[f"GET {targets[0]}"] == 1
    assert (report.later, report.held_back) == (1, 3)
    world.now += timedelta(hours=1)
    world.sender().run(posts)
    assert f"GET {targets[0]}" not in world.asked()


def test_a_pause_that_grows_while_one_waits_for_it(world: Days) -> None:
    """It has asked, and is on record: nothing is left, and nothing is said of the host."""
    targets, both = wordpress(world, 2), threading.Barrier(2)
    pauses = iter(["10", "1000"])

    def busy(_: Request) -> Reply:
        both.wait(TIMEOUT)
        return Reply(429, [("Retry-After", next(pauses))])

    world.web.pages[XML_RPC] = busy
    sender = world.sender(workers=2, wait=60, deadline=60)
    report = sender.run(world.publish(post("a", *targets)))
    assert (report.later, report.left, report.held_back) == (2, 0, 0)
    assert len(lines(report)) == 2


def test_redirects_that_want_a_pause_are_followed(world: Days) -> None:
    headers = [("Location", "/b"), ("Retry-After", "3600")]
    world.web.pages[f"{FAR}/old"] = Reply(302, headers)
    assert world.sender().run(world.publish(post("a", f"{FAR}/old"))).sent == 1


def test_redirects_in_a_circle_end(world: Days) -> None:
    world.web.pages[f"{FAR}/old"] = Reply(302, [("Location", "/old")])
    assert world.sender().run(world.publish(post("a", f"{FAR}/old"))).later == 1
    assert world.delivery(f"{FAR}/old").reason == "redirect-loop"


# Hosts that say nothing


@pytest.mark.parametrize("silence", [TimedOut, LookupFailed])
@pytest.mark.parametrize("where", ["page", "endpoint"])
def test_a_silent_host_costs_two_time_outs_and_nobody_else_anything(
    world: Days, where: str, silence: type[WebError]
) -> None:
    targets = wordpress(world, 12)
    hung = targets if where == "page" else [XML_RPC]
    world.web.pages |= dict.fromkeys(hung, silence)
    others = [f"https://far{n}.example/" for n in range(5)]
    world.web.pages |= dict.fromkeys(others, offering(webmention=f"{HUB}/webmention"))
    report = world.sender().run(world.publish(post("a", *targets, *others)))
    assert sum(line.split()[1] in hung for line in world.asked()) == 2
    assert (report.sent, report.later, report.left, report.held_back) == (5, 2, 10, 10)
    assert (
        "wordpress.example does not answer as it should: 10 linkbacks are left for the next run"
    ) in lines(report)
    assert Counter(each.attempts for each in world.all()) == {0: 10, 1: 7}


def test_500_pages_of_a_silent_host_of_our_own_cost_two_time_outs(world: Days) -> None:
    posts = [post(f"a{number}", f"{FAR}/b") for number in range(500)]
    world.web.pages |= dict.fromkeys([each.source for each in posts], TimedOut)
    report = world.sender().run(posts)
    assert len(world.asked()) == 2
    assert (report.waiting, report.left, report.held_back) == (2, 498, 498)


def test_a_silent_host_is_left_alone_by_the_next_look_of_one_command(world: Days) -> None:
    posts = [post(f"a{number}", f"{FAR}/b") for number in range(5)]
    world.web.pages |= dict.fromkeys([each.source for each in posts], TimedOut)
    sender = world.sender()
    for seconds, asked in [(0, 2), (5, 0), (59, 0), (60, 2)]:
        world.now = NOON + timedelta(seconds=seconds)
        sender.run(posts)
        assert len(world.asked()) == asked


# One thing at a time


def test_the_host_that_redirects_lead_to_gets_no_more_than_it_may(world: Days) -> None:
    lock, both = threading.Lock(), threading.Event()
    inside, most = [0], [0]

    def crowded(request: Request) -> Reply:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            if inside[0] == 2:
                both.set()
        assert both.wait(TIMEOUT)
        with lock:
            inside[0] -= 1
        return accept(request) if request.method == "POST" else offering(webmention=f"{HUB}/wm")

    short = {f"https://short{n}.example/": f"{HUB}/{n}" for n in range(12)}
    world.web.pages |= {url: Reply(301, [("Location", to)]) for url, to in short.items()}
    world.web.pages |= dict.fromkeys([*short.values(), f"{HUB}/wm"], crowded)
    posts = world.publish(post("a", *short))
    assert world.sender(workers=16, per_host=2).run(posts).sent == 12
    assert most == [2]


def test_a_small_site_that_does_one_thing_at_a_time_takes_all_in_the_end(world: Days) -> None:
    busy, second = threading.Lock(), threading.Event()

    def small(request: Request) -> Page:
        if not busy.acquire(blocking=False):
            second.set()
            return "<html><p>SQLSTATE[HY000]: database is locked</p></html>"
        with busy_for(busy):
            if not world.posted:
                assert second.wait(TIMEOUT)  # both of the first two are there
            world.posted.append((request.url, world.seconds))
            return accept(request)

    class busy_for:  # noqa: N801 (a context)
        def __init__(self, lock: Any) -> None:
            self.lock = lock

        def __enter__(self) -> None: ...

        def __exit__(self, *_: object) -> None:
            self.lock.release()

    targets = wordpress(world, 6)
    world.web.pages[XML_RPC] = small
    posts = world.publish(post("a", *targets))
    report = world.sender(workers=4, per_host=2).run(posts)
    assert (report.sent, report.later) == (5, 1)
    world.now += timedelta(hours=1)
    assert world.sender().run(posts).sent == 1


# What nobody foresaw


def breaks(_: Request) -> Page:
    raise ValueError("out of the blue")


@pytest.mark.parametrize(
    ("url", "attempts", "endpoint"),
    [
        pytest.param(f"{BLOG}/a", 1, None, id="our page"),
        pytest.param(f"{FAR}/b", 1, None, id="the target"),
        pytest.param(f"{FAR}/xmlrpc", 1, f"{FAR}/xmlrpc", id="the endpoint"),
    ],
)
def test_an_unforeseen_error_costs_one_delivery_for_now(
    world: Days, url: str, attempts: int, endpoint: str | None
) -> None:
    others = [f"https://far{n}.example/" for n in range(3)]
    world.web.pages |= dict.fromkeys(others, offering(webmention=f"{HUB}/webmention"))
    posts = world.publish(post("a", f"{FAR}/b"), post("z", *others))
    well, world.web.pages[url] = world.web.pages[url], breaks
    report = world.sender().run(posts)
    assert (report.sent, report.later, report.failed) == (3, 1, 0)
    delivery = world.delivery()
    assert (delivery.state, delivery.reason) == (State.LATER, "error")
    assert (delivery.attempts, delivery.endpoint) == (attempts, endpoint)
    (warning,) = (each.text for each in report.notices if each.is_warning)
    assert warning.startswith(f"a.md: {FAR}/b not notified yet (this program failed")
    assert "ValueError: out of the blue" in warning
    world.web.pages[url] = well
    world.now += timedelta(hours=1)
    assert world.sender().run(posts).sent == 1


def test_an_unforeseen_error_at_a_status_page_changes_nothing(world: Days) -> None:
    world.web.pages |= {
        f"{FAR}/b": offering(webmention=f"{HUB}/webmention"),
        f"{HUB}/webmention": Reply(201, [("Location", "/status/1")]),
        f"{HUB}/status/1": breaks,
    }
    posts = world.publish(post("a", f"{FAR}/b"))
    world.sender().run(posts)
    world.now += timedelta(hours=1)
    assert world.sender().run(posts).summary() == "Linkbacks: nothing to send"
    assert (world.delivery().state, world.delivery().asked) == (State.DELIVERED, 1)


# Runs that were killed


def interrupted(world: Days, target: str, times: int = 1) -> None:
    """Record attempts that nothing is known of, each an hour after the one before."""
    ledger = spoken.ledger_of(world.journal)
    for _ in range(times):
        attempt = Attempt(spoken.WEBMENTION, f"{HUB}/webmention", fingerprint="1")
        ledger.record([(Mention(f"{BLOG}/a", target), attempt)], world.now)
        world.now += timedelta(hours=1)


def test_a_run_ends_with_the_host_that_an_earlier_one_was_killed_at(world: Days) -> None:
    targets = {"https://a.example/": HUB, "https://b.example/": FAR, "https://c.example/": FAR}
    for target, at in targets.items():
        world.web.pages[target] = offering(webmention=f"{at}/webmention")
        world.answers(f"{at}/webmention", accept)
    posts = world.publish(post("a", *targets))
    world.sender(deadline=0).run(posts)
    interrupted(world, "https://a.example/")
    assert world.sender().run(posts).sent == 3
    assert [url for url, _ in world.posted] == [f"{FAR}/webmention"] * 2 + [f"{HUB}/webmention"]


def test_each_run_begins_with_another_host(world: Days) -> None:
    hosts = [f"https://far{n}.example" for n in range(3)]
    world.web.pages |= {f"{host}/": offering(webmention=f"{host}/wm") for host in hosts}
    for host in hosts:
        world.answers(f"{host}/wm", Reply(500))
    posts = world.publish(post("a", *(f"{host}/" for host in hosts)))
    chances = iter([0.9, 0.1, 0.5, *[0.5] * 99])
    world.sender(chance=lambda: next(chances)).run(posts)
    assert [url for url, _ in world.posted] == [f"{hosts[n]}/wm" for n in (1, 2, 0)]


def test_when_the_last_attempt_was_interrupted_the_next_run_says_so_once(world: Days) -> None:
    posts = world.publish(post("a", f"{FAR}/b"))
    world.sender(deadline=0).run(posts)
    interrupted(world, f"{FAR}/b", times=8)
    world.asked()
    report = world.sender().run(posts)
    assert world.asked() == []
    assert report.failed == 1
    (warning,) = (each.text for each in report.notices if each.is_warning)
    assert "not notified after 8 attempts (the run ended before the answer came)" in warning
    assert world.sender().run(posts) == Report()

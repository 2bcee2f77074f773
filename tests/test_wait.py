"""Waiting for an upload, without waiting."""

from __future__ import annotations

from dataclasses import replace

from pelican_linkback.sending.running.notices import Notice
from pelican_linkback.sending.running.report import Report
from pelican_linkback.sending.running.wait import EVERY, LAST, run_until_ready


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def run(seconds: float, *reports: Report) -> tuple[Report, list[float], list[float]]:
    """Return what comes of all, how long was slept, and how long each look had left."""
    clock, planned, left = Clock(), list(reports), []

    def look(seconds: float) -> Report:
        left.append(seconds)
        return planned.pop(0)

    report = run_until_ready(look, seconds, monotonic=lambda: clock.now, sleep=clock.sleep)
    assert not planned
    return report, clock.slept, left


OFFLINE = Notice("info", "not online", passing=True)
TOLD = Notice("info", "told")
WARNED = Notice("warning", "refused")
WAITS = Report(sent=1, waiting=1, soon=1, notices=(OFFLINE, WARNED))


def test_it_looks_again_until_nothing_waits_for_an_upload() -> None:
    done = Report(sent=2, failed=1, nothing=3, notices=(TOLD, WARNED))
    report, slept, left = run(60, WAITS, WAITS, done)
    assert slept == [EVERY, EVERY]
    assert left == [60, 60 - EVERY, 60 - 2 * EVERY]
    assert report == Report(sent=4, failed=1, nothing=3, notices=(WARNED, TOLD))


def test_it_looks_no_longer_than_it_may() -> None:
    report, slept, left = run(7, WAITS, WAITS, WAITS)
    assert slept == [EVERY, 2 - LAST]
    assert left == [7, 2, LAST]
    assert (report.sent, report.waiting) == (3, 1)
    assert report.notices == (WARNED, OFFLINE)


def test_it_does_not_wait_for_the_author_nor_after_ctrl_c() -> None:
    assert run(60, Report(waiting=1)) == (Report(waiting=1), [], [60])
    assert run(60, Report(soon=1, interrupted=True))[1] == []
    assert run(0, WAITS) == (WAITS, [], [0])


def test_ctrl_c_while_it_waits_says_what_is_left() -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    report = run_until_ready(lambda _: WAITS, 60, monotonic=lambda: 0.0, sleep=interrupted)
    assert report == replace(WAITS, interrupted=True)

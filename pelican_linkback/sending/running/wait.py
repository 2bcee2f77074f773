"""Wait for an upload: run again and again until the pages are online."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pelican_linkback.sending.running.report import Report

__all__ = ["EVERY", "LAST", "run_until_ready"]

EVERY = 5.0
"""Seconds between two looks."""

LAST = 1.0
"""Seconds that the last look has for what it begins."""


def run_until_ready(
    run: Callable[[float], Report],
    seconds: float,
    *,
    monotonic: Callable[[], float],
    sleep: Callable[[float], None],
) -> Report:
    """Call ``run`` until nothing waits that an upload mends, for at most ``seconds``.

    It is handed the seconds that are left. Returns what came of all the runs together, when Ctrl-C
    ends it too. What needs the author is not waited for.
    """
    end = monotonic() + seconds
    report = run(seconds)
    while report.soon and not report.interrupted and (left := end - monotonic()) > LAST:
        try:
            sleep(min(EVERY, left - LAST))
        except KeyboardInterrupt:
            return replace(report, interrupted=True)
        report = report.and_then(run(max(end - monotonic(), 0.0)))
    return report

"""Wait for an upload: run again and again until the pages are online."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pelican_linkback.sending.running.report import Report

__all__ = ["EVERY", "run_until_ready"]

EVERY = 5.0
"""Seconds between two looks."""


def run_until_ready(
    run: Callable[[], Report],
    seconds: float,
    *,
    monotonic: Callable[[], float],
    sleep: Callable[[float], None],
) -> Report:
    """Call ``run`` until nothing waits that an upload mends, for at most ``seconds``.

    Returns what came of all the runs together, when Ctrl-C ends it too. What needs the author is
    not waited for.
    """
    end = monotonic() + seconds
    report = run()
    while report.soon and not report.interrupted and (left := end - monotonic()) > 0:
        try:
            sleep(min(EVERY, left))
        except KeyboardInterrupt:
            return replace(report, interrupted=True)
        report = report.and_then(run())
    return report

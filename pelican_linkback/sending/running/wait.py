"""Waits for an upload: runs again and again until the pages are online."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pelican_linkback.sending.running.report import Report

__all__ = ["EVERY", "LAST", "run_until_ready"]

EVERY = 5.0
"""Seconds between two runs."""

LAST = 1.0
"""Seconds that the last run has for what it starts."""


def run_until_ready(
    run: Callable[[float], Report],
    seconds: float,
    *,
    monotonic: Callable[[], float],
    sleep: Callable[[float], None],
) -> Report:
    """Call ``run`` until nothing waits for an upload any more, for at most ``seconds``.

    ``run`` gets the seconds that are left. Returns the result of all runs together, also after
    Ctrl-C. What needs the author is not waited for.
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

"""What ``PLUGINS = ["pelican_linkback"]`` costs a build before it has done anything."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measure import Row

__all__ = ["rows"]

PELICAN = "import pelican"
OURS = "import pelican, pelican_linkback; pelican_linkback.register()"
BUILD = "import pelican, pelican_linkback.plugin.signals"


def rows(times: int = 15) -> Iterator[Row]:
    """Measure both in interpreters of their own, in turn."""
    runs = [[_seconds(code) for code in (OURS, BUILD, PELICAN)] for _ in range(times)]
    ours, build, theirs = (statistics.median(each) for each in zip(*runs, strict=True))
    yield _row("import pelican_linkback and register", ours, theirs, goal=0.15)
    yield _row("all rooms that a build opens", build, theirs)


def _row(work: str, ours: float, theirs: float, goal: float | None = None) -> Row:
    more = ours / theirs - 1
    return Row(
        work,
        PELICAN,
        f"{ours * 1000:.0f} ms",
        f"{theirs * 1000:.0f} ms",
        f"{more:+.0%} CPU",
        f"{goal:+.0%}" if goal else "",
        more <= goal if goal else None,
    )


def _seconds(code: str) -> float:
    before = _children()
    subprocess.run([sys.executable, "-c", code], check=True)
    return _children() - before


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime

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


def rows(times: int = 15) -> Iterator[Row]:
    """Measure both in interpreters of their own, in turn."""
    both = [(_seconds(OURS), _seconds(PELICAN)) for _ in range(times)]
    ours, theirs = (statistics.median(each) for each in zip(*both, strict=True))
    more = ours / theirs - 1
    yield Row(
        "import pelican_linkback and register",
        PELICAN,
        f"{ours * 1000:.0f} ms",
        f"{theirs * 1000:.0f} ms",
        f"{more:+.0%} CPU",
        "+15 %",
        more <= 0.15,
    )


def _seconds(code: str) -> float:
    before = _children()
    subprocess.run([sys.executable, "-c", code], check=True)
    return _children() - before


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime

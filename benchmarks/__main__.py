"""Run every benchmark, print the table, and write it to benchmarks/results.md.

``python -m benchmarks`` runs all; names of modules (``feed_stage``) run those and write nothing.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from benchmarks.measure import MEMORY, Row

BENCHMARKS = (
    "importing",
    "whole_build",
    "one_feed",
    "feed_stage",
    "idle_build",
    "mentions",
    "pulling",
    "receivers",
    "verifying",
    "receiving",
    "moderating",
    "sending",
    "many_mentions",
    "long_journal",
    "status",
    "troubled_hosts",
)
RESULTS = Path(__file__).with_name("results.md")
PEERS = (
    *("pelican", "feedgenerator", "Django", "feedgen", "jsonfeed-util"),
    *("pelican-plugin-linkbacks", "django-wm", "django-webmention", "webmentions"),
)
HEAD = """# How fast it is

Written by `make bench` (`python -m benchmarks`); one part alone: `python -m benchmarks one_feed`.
Peers run in turn with us, each run in a process of its own; figures are medians of process CPU
time (user and system), and peaks of resident memory.
"""


def main(names: list[str]) -> None:
    """Run the benchmarks of these names, or all."""
    start = time.monotonic()
    lines = list(_table(_rows(names or BENCHMARKS)))
    if not names:
        took = f"The whole run took {(time.monotonic() - start) / 60:.0f} minutes."
        RESULTS.write_text("\n".join([HEAD, _machine(), "", took, "", *lines, ""]), "utf-8")


def _rows(names: Iterable[str]) -> Iterator[Row]:
    for name in names:
        start = time.monotonic()
        yield from importlib.import_module(f"benchmarks.{name}").rows()
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


def _table(rows: Iterable[Row]) -> Iterator[str]:
    head = ("work", "against", "ours", "theirs", "figure", "goal", "")
    for cells in chain([head, ("---",) * len(head)], map(_cells, rows)):
        line = f"| {' | '.join(cells)} |"
        print(line, flush=True)
        yield line


def _cells(row: Row) -> tuple[str, ...]:
    reached = {True: "reached", False: "**missed**", None: ""}[row.met]
    return (row.work, row.against, row.ours, row.theirs, row.figure, row.goal, reached)


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PEERS)
    files = "in memory" if MEMORY else "on the disk"
    return (
        f"{_processor()}, {os.cpu_count()} cores; {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}; {versions}; "
        f"documents are written to files {files}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


if __name__ == "__main__":
    main(sys.argv[1:])

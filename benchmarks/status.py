"""What ``pelican-linkback status`` takes, from the start of the process to its end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measure import Row, folder, in_a_process
from benchmarks.sending import write_journal

__all__ = ["rows", "write_site"]

ARTICLES, LINES = 1_000, 10_000
MOST = 2.0
"""Times what Pelican takes to say its version: to import itself, that is."""

VERSION = ["pelican", "--version"]
STATUS = ["pelican_linkback", "status", "-s", "publishconf.py"]


def rows(times: int = 15) -> Iterator[Row]:
    """Measure both in turn, from compiled files; what is printed goes into a pipe."""
    with folder() as home:
        write_site(Path(home))
        runs = [
            [in_a_process([sys.executable, "-m", *words], Path(home)) for words in commands()]
            for _ in range(times + 1)
        ]
    version, *ours = map(median, zip(*runs[1:], strict=True))  # the first run compiles
    for name, seconds in zip(("status", "status --json"), ours, strict=True):
        yield Row(
            f"pelican-linkback {name}, {LINES:,} lines",
            "pelican --version",
            f"{seconds * 1000:.0f} ms",
            f"{version * 1000:.0f} ms",
            f"{seconds / version:.2f} x the CPU",
            f"at most {MOST:.0f} x",
            seconds <= MOST * version,
        )


def commands() -> list[list[str]]:
    """Return the modules to run, with their arguments: Pelican's first."""
    return [VERSION, STATUS, [*STATUS, "--json"]]


def write_site(site: Path) -> None:
    """Write a site that has sent its mentions."""
    (site / "content").mkdir()
    (site / "linkback").mkdir()
    settings = {"SITEURL": "https://me.example.io", "PATH": "content"}
    lines = [f"{name} = {value!r}\n" for name, value in settings.items()]
    lines.append('PLUGINS = ["pelican_linkback"]\n')
    (site / "publishconf.py").write_text("".join(lines), "utf-8")
    write_journal(site / "linkback" / "deliveries.jsonl", ARTICLES, LINES)

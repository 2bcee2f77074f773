"""What the plugin costs a build before it has done anything: the modules that it opens."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.measure import Row, folder, in_a_process, said_by
from benchmarks.whole_build import DEFAULT, WITH, WITHOUT, command, write_blog, write_settings

__all__ = ["opened", "rows"]

PELICAN = "import pelican"
OURS = "import pelican, pelican_linkback; pelican_linkback.register()"
OPEN = """
import importlib, pelican
from contextlib import suppress
for name in {!r}:
    with suppress(ImportError):  # "pelicanconf", and what is no module of a file
        importlib.import_module(name)
"""
BUILD = "import sys, pelican; pelican.main(sys.argv[1:]); print(*sys.modules)"


def rows(times: int = 21) -> Iterator[Row]:
    """Measure them in interpreters of their own, in turn, from compiled files."""
    theirs = opened(WITHOUT)
    ours = [name for name in opened(WITH) if name not in set(theirs)]
    codes = (PELICAN, OURS, OPEN.format(theirs), OPEN.format([*theirs, *ours]))
    for code in codes:
        _seconds(code)  # compiles
    runs = [[_seconds(code) for code in codes] for _ in range(times)]
    pelican, registered, before, after = map(statistics.median, zip(*runs, strict=True))
    yield _row("import pelican_linkback and register", PELICAN, registered, pelican, goal=3)
    yield _row(
        f"{len(ours)} modules that a build of feeds opens",
        "those that it opens without the plugin",
        after,
        before,
        goal=20,
    )


def _row(work: str, against: str, ours: float, theirs: float, goal: int) -> Row:
    more = 1000 * (ours - theirs)
    return Row(
        work,
        against,
        f"{ours * 1000:.0f} ms",
        f"{theirs * 1000:.0f} ms",
        f"{more:+.0f} ms CPU",
        f"at most {goal:+} ms",
        more <= goal,
    )


def _seconds(code: str) -> float:
    return in_a_process([sys.executable, "-c", code])


def opened(plugins: Mapping[str, object]) -> list[str]:
    """Return the modules that are open when ``pelican content`` has built a site again."""
    with folder() as home:
        site = Path(home)
        write_blog(site / "content", 3)
        write_settings(site, {**DEFAULT, **plugins})
        for _ in "first", "second":  # the first records the ids
            said = said_by([sys.executable, "-c", BUILD, *command()], cwd=site)
        return said.splitlines()[-1].split()

"""What the plugin costs a build before it has done anything: the modules that it opens."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.measure import Row, folder, said_by
from benchmarks.whole_build import DEFAULT, WITH, WITHOUT, command, write_blog, write_settings

__all__ = ["opened", "rows"]

PELICAN = "import pelican"
OURS = "import pelican, pelican_linkback; pelican_linkback.register()"
OPEN = """
import importlib, pelican
from contextlib import suppress
def open_all(names):
    for name in names:
        with suppress(ImportError):  # "pelicanconf", and what is no module of a file
            importlib.import_module(name)
open_all({!r})
"""
OPEN_OURS = """
from pelican_linkback.plugin.garbage import modules_set_aside
with modules_set_aside():
    open_all({!r})
"""
SAY = "\nimport time; print(time.process_time())"
BUILD = "import sys, pelican; pelican.main(sys.argv[1:]); print(*sys.modules)"


def rows(times: int = 21) -> Iterator[Row]:
    """Measure them in interpreters of their own, in turn, from compiled files.

    Until they are open, as a build opens them: without the collector, which looks at none of them
    later. What they cost when the process ends is in the rows of whole builds.
    """
    theirs = opened(WITHOUT)
    ours = [name for name in opened(WITH) if name not in set(theirs)]
    before_ours = OPEN.format(theirs)
    codes = (PELICAN, OURS, before_ours, before_ours + OPEN_OURS.format(ours))
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
    return float(said_by([sys.executable, "-c", code + SAY]))


def opened(plugins: Mapping[str, object]) -> list[str]:
    """Return the modules that are open when ``pelican content`` has built a site again."""
    with folder() as home:
        site = Path(home)
        write_blog(site / "content", 3)
        write_settings(site, {**DEFAULT, **plugins})
        for _ in "first", "second":  # the first records the ids
            said = said_by([sys.executable, "-c", BUILD, *command()], cwd=site)
        return said.splitlines()[-1].split()

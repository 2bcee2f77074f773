"""Where the time goes: ``python -m benchmarks.profiling NAME`` profiles one piece of work.

The names are those of ``WORKS``. Printed are the modules, each with the CPU time of its own lines,
and then the functions with all that they call. The profiler makes calls dearer than they are, so
shares are rough.
"""

from __future__ import annotations

import contextlib
import cProfile
import os
import pstats
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pelican

from benchmarks import feed_stage, one_feed, sending
from benchmarks.idle_build import idle_site
from benchmarks.measure import folder
from benchmarks.served import serving
from benchmarks.site import Plan, published
from benchmarks.whole_build import DEFAULT, WITH, command, write_blog, write_settings

Work = Callable[[], object]


@contextmanager
def _feed_stage() -> Iterator[Work]:
    with published(Plan()) as generator:
        yield feed_stage._ours(generator, cached=True)


@contextmanager
def _one_feed() -> Iterator[Work]:
    with folder() as output:
        yield partial(one_feed.write_ours("rss", "atom"), Path(output))


@contextmanager
def _whole_build() -> Iterator[Work]:
    with folder() as home, contextlib.chdir(home):
        write_blog(Path("content"), 300)
        write_settings(Path(), {**DEFAULT, **WITH})
        yield partial(pelican.main, command())


@contextmanager
def _changed_build() -> Iterator[Work]:
    with idle_site() as build:
        yield partial(build, fresh=True)


@contextmanager
def _sending() -> Iterator[Work]:
    with serving(sending.start_hosts) as port:
        yield partial(sending.send, port, workers=400)


WORKS: dict[str, Callable[[], AbstractContextManager[Work]]] = {
    "feed_stage": _feed_stage,
    "one_feed": _one_feed,
    "changed_build": _changed_build,
    "idle_build": idle_site,
    "plan": sending.long_plan,
    "sending": _sending,
    "whole_build": _whole_build,
}
PACKAGE = Path(__file__).parent.parent.as_posix() + os.sep


def main(name: str) -> None:
    """Profile the work of this name in all its threads."""
    with WORKS[name]() as work:
        stats = profiled(work)
    total = stats.total_tt  # type: ignore[attr-defined]
    print(f"{name}: {total:.2f} s of CPU under the profiler")
    for module, seconds in own_times(stats).most_common(25):
        print(f"{seconds / total:6.1%}  {module}")
    stats.sort_stats("cumulative").print_stats(60)


def profiled(work: Work) -> pstats.Stats:
    """Run ``work`` and return the CPU times of this thread and of all that it starts."""
    profiles: dict[threading.Thread, cProfile.Profile] = {}
    run = threading.Thread.run

    def run_profiled(thread: threading.Thread) -> None:
        profiles[thread] = cProfile.Profile(time.thread_time)
        profiles[thread].runcall(run, thread)

    threading.Thread.run = run_profiled  # type: ignore[method-assign]
    profile = cProfile.Profile(time.thread_time)
    try:
        profile.runcall(work)
    finally:
        threading.Thread.run = run  # type: ignore[method-assign]
    stats = pstats.Stats(profile)
    for thread, other in profiles.items():
        # One that has not ended would be measured by the clock of this thread.
        thread.join(2 * sending.TIMEOUT)
        stats.add(other)
    return stats


def own_times(stats: pstats.Stats) -> Counter[str]:
    """Return the CPU seconds by file, without what it calls; what is built in is one."""
    times: Counter[str] = Counter()
    for (file, *_), (_, _, own, *_) in stats.stats.items():  # type: ignore[attr-defined]
        inside = file.removeprefix(PACKAGE)
        name = inside if inside != file else "/".join(Path(file).parts[-2:])
        times["built in" if file == "~" else name] += own
    return times


if __name__ == "__main__":
    main(sys.argv[1])

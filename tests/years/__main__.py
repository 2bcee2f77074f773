"""``python -m tests.years SEEDS PUBLICATIONS``: live so many lives; exit with 1 at a violation."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.years.life import lived


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", type=int, nargs="?", default=20)
    parser.add_argument("publications", type=int, nargs="?", default=100)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--diaries", type=Path, help="a folder for the diaries of the lives")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    begun, publications, violations = time.monotonic(), 0, 0
    deliberate: Counter[str] = Counter()
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    live = partial(lived, publications=arguments.publications, diaries=arguments.diaries)
    # Each life forks, which a process with threads must not do: so it has a process of its own.
    with ProcessPoolExecutor(arguments.jobs, get_context("spawn"), max_tasks_per_child=1) as pool:
        for count, wrong, meant in pool.map(live, seeds):
            for each in wrong:
                print(each, flush=True)
            publications += count
            violations += len(wrong)
            deliberate += meant
    print(
        f"{len(seeds)} seeds, {publications} publications, {violations} violations, "
        f"{time.monotonic() - begun:.0f} s; deliberate: {dict(deliberate)}"
    )
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())

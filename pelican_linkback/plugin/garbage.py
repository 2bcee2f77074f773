"""Python's garbage collector in a build: what it need not look at."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from pelican_linkback.journal.collector import without_collection

__all__ = ["modules_set_aside", "stop_full_collections"]

_NEVER = 1_000_000
"""A number of collections of what is not so young any more."""


@contextmanager
def modules_set_aside() -> Iterator[None]:
    """Import modules without the collector, and exclude them from it, and what there was before.

    Modules are no garbage. The collector would walk through all of them, Pelican's and others',
    several times in a build and three times when the process ends. Done once in a process: the
    sites that it builds one after another become garbage.
    """
    with without_collection():
        yield
        if not gc.get_freeze_count():
            gc.freeze()


def stop_full_collections() -> Callable[[], None]:
    """Have the collector look at young objects alone; return what has it look at all again."""
    before = gc.get_threshold()
    gc.set_threshold(*before[:2], _NEVER)
    return partial(gc.set_threshold, *before)

"""What Python's garbage collector need not look at."""

from __future__ import annotations

import functools
import gc
from collections.abc import Iterator
from contextlib import contextmanager

from pelican_linkback.journal.collector import without_collection

__all__ = ["modules_set_aside", "put_back"]


@contextmanager
def modules_set_aside() -> Iterator[None]:
    """Import modules without the collector, and exclude them from it, and what there was before.

    Modules are no garbage. The collector would walk through all of them, Pelican's and others',
    several times in a build and three times when the process ends. Done once in a process: the
    sites that it builds one after another become garbage.
    """
    with without_collection():
        yield
        _set_aside()


@functools.cache
def _set_aside() -> None:
    """Set all objects aside, once: to count those that are takes as long as to look at them."""
    gc.freeze()


def put_back() -> None:
    """Have the collector look at everything again: a program goes on that called us."""
    gc.unfreeze()
    _set_aside.cache_clear()

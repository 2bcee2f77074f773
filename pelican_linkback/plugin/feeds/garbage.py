"""Python's garbage collector while the feeds are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["existing_objects_frozen"]

_YOUNG_OBJECTS = 20_000
"""The number of new objects after which the garbage collector looks at them: some megabytes."""


@contextmanager
def existing_objects_frozen() -> Iterator[None]:
    """Exclude objects that exist before the feeds from garbage collection: the whole site.

    The collector would scan all of it again for each quarter more that the feeds keep. It looks for
    young garbage less often, too: most of what the feeds make is kept.
    """
    ours, (young, *older) = not gc.get_freeze_count(), gc.get_threshold()
    if ours:
        gc.freeze()
    if young:  # 0 is for never
        gc.set_threshold(max(young, _YOUNG_OBJECTS), *older)
    try:
        yield
    finally:
        gc.set_threshold(young, *older)
        if ours:
            gc.unfreeze()

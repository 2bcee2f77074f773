"""Python's garbage collector in a build: what Pelican has read is large, and no garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["existing_objects_frozen", "freeze"]

_YOUNG_OBJECTS = 20_000
"""The number of new objects after which the garbage collector looks at them: some megabytes."""


def freeze() -> bool:
    """Exclude all objects that exist from garbage collection, until ``gc.unfreeze``.

    Returns False where some are excluded already: when they are no more is not ours to say.
    """
    if gc.get_freeze_count():
        return False
    gc.freeze()
    return True


@contextmanager
def existing_objects_frozen() -> Iterator[None]:
    """Exclude objects that exist before the feeds from garbage collection: the whole site.

    The collector would scan all of it again for each quarter more that the feeds keep. It looks for
    young garbage less often, too: most of what the feeds make is kept.
    """
    ours, (young, *older) = freeze(), gc.get_threshold()
    if young:  # 0 is for never
        gc.set_threshold(max(young, _YOUNG_OBJECTS), *older)
    try:
        yield
    finally:
        gc.set_threshold(young, *older)
        if ours:
            gc.unfreeze()

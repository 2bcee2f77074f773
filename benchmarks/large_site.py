"""The feed stage of a site of 50,000 articles: linear, and in bounded memory.

Pelican takes minutes to read them, so ``python -m benchmarks`` does not run it: name it.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.feed_stage import growth
from benchmarks.measure import Row

__all__ = ["rows"]


def rows() -> Iterator[Row]:
    """Measure it."""
    yield from growth(50_000, pelicans=1)

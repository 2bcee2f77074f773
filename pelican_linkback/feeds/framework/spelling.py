"""Finds names in a Feed class that look like a misspelt aspect: ``item_pubdat``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import FunctionType

from pelican_linkback.feeds.framework.feed import Feed
from pelican_linkback.feeds.framework.head import FEED_ASPECTS, FEED_EXTRAS
from pelican_linkback.feeds.framework.items import ITEM_ASPECTS

__all__ = ["misspelt"]

LIKENESS = 0.8
"""The minimum ratio (see difflib) at which a name counts as misspelt."""

_OURS = Feed.__module__.partition(".")[0]

# Those that are read, and that Feed itself does not define.
_ASPECTS = (
    *("title", "link", "items", "language", "feed_url"),
    *("item_enclosure_url", "item_enclosure_length", "item_enclosure_mime_type"),
    *(*FEED_ASPECTS, *FEED_EXTRAS, *ITEM_ASPECTS),
)


def misspelt(classes: Iterable[type[Feed]]) -> Iterator[str]:
    """Yield a sentence for each name in ``classes`` that may be a misspelt aspect.

    Names that resemble no aspect are skipped, as are those that the author's own methods use.
    """
    for cls in classes:
        known = {*_ASPECTS, *_public(each for each in cls.__mro__ if _is_ours(each))}
        for each in cls.__mro__:
            if not _is_ours(each):
                yield from _slips(each, known)


def _slips(cls: type, known: set[str]) -> Iterator[str]:
    from difflib import get_close_matches  # noqa: PLC0415 (many sites have no classes of their own)

    used = _used(cls)
    for name in _public([cls]):
        near = get_close_matches(name, known - {name}, n=1, cutoff=LIKENESS)
        if near and name not in known and (name.startswith("item_") or name not in used):
            yield (
                f"{cls.__name__}.{name} is not an aspect of a feed, and has no effect; "
                f"did you mean {near[0]}?"
            )


def _is_ours(cls: type) -> bool:
    return cls is object or str(cls.__module__).partition(".")[0] == _OURS


def _public(classes: Iterable[type]) -> Iterator[str]:
    return (name for cls in classes for name in vars(cls) if not name.startswith("_"))


def _used(cls: type) -> set[str]:
    """Return the names that the methods of a class mention."""
    methods = (value for value in vars(cls).values() if isinstance(value, FunctionType))
    return {name for method in methods for name in method.__code__.co_names}

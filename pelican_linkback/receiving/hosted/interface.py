"""What a source of mentions is: an object that lists them, as JF2 items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

__all__ = ["Source"]


class Source(Protocol):
    """Where mentions come from.

    LINKBACK_PULL names it, and nothing else has to know of it: whatever it yields is read, bounded
    and cleaned by ``jf2``, kept by ``merging``, and what goes wrong in it is one warning.
    """

    @property
    def name(self) -> str:
        """What it is called in messages and in ``received.jsonl``: one word, such as a host."""

    def fetch(self, since: int) -> Iterable[object]:
        """Return, or yield one by one, the mentions that the source has, as JF2 items.

        Those with a greater ``wm-id`` than ``since``, in ascending order; with 0, all. What has no
        ``wm-id`` is listed each time. To end means that there is no more: a mention that a listing
        of all did not have is removed. So raise an error where the end was not reached, at best a
        ``pelican_linkback.exceptions.SourceError`` with a sentence for the author.
        """

"""The reactions of one sort, as one line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pelican_linkback.receiving.display.mention import Mention

__all__ = ["ReactionLine"]


@dataclass(slots=True)
class ReactionLine:
    """The reactions of one sort, as one line: ``some`` of them by name, and how many ``more``."""

    name: str
    label: str
    count: int
    some: Sequence[Mention]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.some)

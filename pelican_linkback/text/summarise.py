"""Many messages of a kind become one with a count. Contains no business logic."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

__all__ = ["FEW", "summarised"]

FEW = 5
"""Up to this number, messages of a kind are shown one by one."""


def summarised(messages: Iterable[tuple[Hashable, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what to show of ``messages``, each with its kind, and the messages that are left out.

    Up to ``FEW`` of a kind are shown; of more, the first is, with the number of the others. Each
    message counts once, and the kinds come in the order of their first messages.
    """
    kinds: dict[Hashable, list[str]] = {}
    for kind, text in dict.fromkeys(messages):
        kinds.setdefault(kind, []).append(text)
    for first, *others in kinds.values():
        if len(others) < FEW:
            yield from ((text, ()) for text in (first, *others))
        else:
            yield f"{first} (and {len(others)} more like it; -v names them)", tuple(others)

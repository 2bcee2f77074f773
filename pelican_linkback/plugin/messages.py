"""What a build says to its author: to be said when a stage is over, each thing once."""

from __future__ import annotations

import logging
from collections.abc import Hashable

from pelican_linkback.text.printable import LONGEST, printable
from pelican_linkback.text.summarise import summarised

__all__ = ["MessageBuffer"]


class MessageBuffer:
    """Gathers messages, and says them with ``logger``: many of a kind as one with a count.

    The others of a kind are said at the level of INFO.
    """

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._messages: dict[int, list[tuple[Hashable, str]]] = {}
        self._said: set[str] = set()

    def warn(self, words: str, *names: object) -> None:
        """Have a warning said: ``words``, of which each ``{}`` is one of the ``names``.

        Warnings of the same words are of one kind. A name may hold anything: it is shown in one
        line.
        """
        shown = words.format(*(printable(name, LONGEST) for name in names)) if names else words
        self.add(logging.WARNING, words, shown)

    def add(self, level: int, kind: Hashable, text: str) -> None:
        """Have ``text`` said at a ``level`` of the log."""
        if text not in self._said:
            self._messages.setdefault(level, []).append((kind, text))

    def flush(self) -> None:
        """Say what was gathered, the gravest first, and forget it."""
        for level, messages in sorted(self._messages.items(), reverse=True):
            for text, others in summarised(messages):
                self._logger.log(level, "%s", text)
                for other in others:
                    self._logger.info("%s", other)
            self._said.update(text for _, text in messages)
        self._messages.clear()

"""What a build says: log messages, each once when a stage is over, and lines of its results."""

from __future__ import annotations

import logging
import sys
from collections.abc import Hashable
from itertools import chain

from pelican.log import console

from pelican_linkback.plugin.invocation import options_in_use
from pelican_linkback.text.next_steps import with_options
from pelican_linkback.text.printable import LONGEST, printable
from pelican_linkback.text.summarise import summarised

__all__ = ["MessageBuffer", "say"]

logger = logging.getLogger(__name__)


class MessageBuffer:
    """Collects messages for ``logger``: of many of one kind, one is logged, with a count.

    The others of the kind are logged at INFO.
    """

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._messages: dict[int, list[tuple[Hashable, str]]] = {}
        self._said: set[str] = set()

    def warn(self, words: str, *names: object) -> None:
        """Add a warning: ``words``, with each ``{}`` replaced by one of the ``names``.

        Warnings with the same ``words`` are of one kind. A name may be any object: it is shown on
        one line, without control characters.
        """
        shown = words.format(*(printable(name, LONGEST) for name in names)) if names else words
        self.add(logging.WARNING, words, shown)

    def add(self, level: int, kind: Hashable, text: str) -> None:
        """Add ``text`` at a log ``level``, unless it was logged before."""
        if text not in self._said:
            self._messages.setdefault(level, []).append((kind, text))

    def has_said(self, prefix: str, why: str = "") -> bool:
        """Return whether a message with this prefix, and with this reason, was added."""
        added = (text for messages in self._messages.values() for _, text in messages)
        return any(text.startswith(prefix) and why in text for text in chain(self._said, added))

    def flush(self) -> None:
        """Log the collected messages, the highest level first, and clear them."""
        for level, messages in sorted(self._messages.items(), reverse=True):
            for text, others in summarised(messages):
                # Before 4.12, --fatal of Pelican heeds these methods and not log().
                getattr(self._logger, logging.getLevelName(level).lower())("%s", text)
                for other in others:
                    self._logger.info("%s", other)
            self._said.update(text for _, text in messages)
        self._messages.clear()


def say(line: str) -> None:
    """Print one line at the default log level, as Pelican prints "Done"."""
    if line and logger.isEnabledFor(logging.WARNING):
        # A URL may have any characters, and a terminal may have ASCII only.
        line = _fitted(with_options(line, options_in_use(sys.argv)), console.width)
        shown = line.encode(console.encoding, "backslashreplace").decode(console.encoding)
        console.print(shown, markup=False, highlight=False, soft_wrap=True)


def _fitted(line: str, width: int) -> str:
    """Return a line that is too long for the terminal as several; a command stays in one."""
    lines = [""]
    for part in line.split("; "):
        if lines[-1] and len(f"{lines[-1]}; {part}") > width:
            lines[-1] += ";"
            lines.append(f"  {part}")
        else:
            lines[-1] += f"; {part}" if lines[-1] else part
    return "\n".join(lines)

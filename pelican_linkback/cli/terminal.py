"""What people read: lines that fit a terminal, and stay whole everywhere else.

On a terminal a line is broken between words, and a URL that is too long for it behind one of its
marks; the next line is indented as the text is. Where the output goes into a file or a pipe, no
line is broken, so that a search finds it. Colours say nothing that the words do not say: rich
leaves them out for NO_COLOR, dumb terminals and files.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from pelican_linkback.text.next_steps import with_options
from pelican_linkback.text.printable import printable

__all__ = ["Bar", "Screen", "fitted"]

LONGEST = 2000
"""Characters of a line at most, before it is broken; URLs may be long."""

VERB = 9
"""Columns for the word that an entry begins with."""

STYLES = {
    "send": "green",
    "sent": "green",
    "update": "green",
    "due": "green",
    "wait": "yellow",
    "waiting": "yellow",
    "later": "yellow",
    "failed": "red",
    "give up": "red",
}


class Bar:
    """How far something is that is under way; ``tell`` says in a line what no bar shows."""

    def __init__(self, progress: Progress, doing: str, tell: Callable[[str], None]) -> None:
        self._progress, self._doing, self._tell = progress, doing, tell
        self._task = progress.add_task(doing, total=None)
        self._waits_for = ""

    def show(self, done: int, of: int) -> None:
        """Show that ``done`` of so many are done; any thread may call."""
        self._progress.update(self._task, description=self._doing, completed=done, total=of)

    def wait(self, what: str) -> None:
        """Show that nothing is done but wait."""
        self._progress.update(self._task, description=f"Waiting {what}", total=None)
        if what != self._waits_for:
            self._tell(f"Waiting {what}.")
        self._waits_for = what


@dataclass(frozen=True)
class Screen:
    """Where a command speaks: to people in lines, or to a machine in one JSON document.

    ``quiet`` leaves only what needs the author, ``verbose`` adds what is only good to know. The
    commands that its lines name get the ``options`` in use, so that they can be typed as printed.
    """

    quiet: bool = False
    verbose: bool = False
    json: bool = False
    options: str = ""
    console: Console = field(default_factory=lambda: Console(highlight=False, markup=False))

    def data(self, value: Any) -> None:
        """Print ``value`` as JSON."""
        self.console.out(json.dumps(value, indent=2), highlight=False)

    def say(self, text: str, indent: str = "", style: str = "") -> None:
        """Print a line that is good to know."""
        if not self.quiet:
            self.insist(text, indent, style)

    def insist(self, text: str, indent: str = "", style: str = "") -> None:
        """Print a line that the author needs, also where only that is asked for."""
        for line in self._lines(with_options(text, self.options), indent):
            self.console.print(Text(line, style=style), soft_wrap=True)

    def diff(self, text: str) -> None:
        """Print a unified difference, with its white space."""
        styles = {"+": "green", "-": "red", "@": "cyan"}
        for line in text.splitlines():
            shown = "".join(c if c.isprintable() else "�" for c in line.replace("\t", "    "))
            self.console.print(Text(shown, styles.get(line[:1], "")), soft_wrap=True)

    def ask(self, question: str) -> bool:
        """Return whether the author says yes; where nobody can answer, no."""
        try:
            return self.console.input(f"{question} [y/N] ", markup=False).strip().lower() in {
                "y",
                "yes",
            }
        except EOFError:
            return False

    def entry(self, verb: str, texts: Sequence[str], notes: Sequence[str] = ()) -> None:
        """Print ``verb``, beside it the ``texts``, one below the other, and below them the notes.

        Notes are dim, and empty ones are left out.
        """
        if self.quiet:
            return
        indent = " " * (2 + VERB)
        lines = [line for text in texts for line in self._lines(text, indent)]
        head = Text.assemble(
            "  ", (f"{verb:<{VERB}}", STYLES.get(verb, "")), lines[0][len(indent) :]
        )
        self.console.print(head, soft_wrap=True)
        for line in lines[1:]:
            self.console.print(Text(line), soft_wrap=True)
        for note in filter(None, notes):
            self.insist(note, indent, "dim")

    @contextmanager
    def progress(self, doing: str) -> Iterator[Bar]:
        """Show how far something is: with a bar on a terminal, elsewhere only what it waits for."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        silent = self.quiet or self.json
        off = silent or not self.console.is_terminal or self.console.is_dumb_terminal
        progress = Progress(*columns, console=self.console, transient=True, disable=off)
        with nullcontext() if off else progress:  # an older rich ends what is off with a line
            yield Bar(progress, doing, (lambda _: None) if silent or not off else self.say)

    def _lines(self, text: str, indent: str) -> list[str]:
        text = printable(text, LONGEST)
        return (
            fitted(text, self.console.width, indent)
            if self.console.is_terminal
            else [indent + text]
        )


def fitted(text: str, width: int, indent: str = "") -> list[str]:
    """Return ``text`` as lines of at most ``width`` characters, each with ``indent`` before it.

    It is broken between words, and in a word that is longer than a line behind its last mark
    that fits. On a screen too narrow for that, at least 20 characters stand on a line.
    """
    room = max(width - len(indent), 20)
    words = " ".join(part for word in text.split() for part in _parts(word, room))
    lines = textwrap.wrap(words, room, break_long_words=False, break_on_hyphens=False)
    return [indent + line for line in lines or [""]]


def _parts(word: str, room: int) -> Iterator[str]:
    while len(word) > room:
        marks = [found.end() for found in re.finditer(r"[/?&=#._-]+", word[:room])]
        cut = marks[-1] if marks and marks[-1] > room // 2 else room
        yield word[:cut]
        word = word[cut:]
    yield word

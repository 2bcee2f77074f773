"""Text output: lines are wrapped on a terminal, and stay whole in files and pipes.

On a terminal a line is broken between words, a long URL after one of its punctuation marks, and
the next line is indented like the text. In a file or a pipe no line is broken, so that a search
finds it. Colours add nothing to the words: rich leaves them out for NO_COLOR, dumb terminals and
files.
"""

from __future__ import annotations

import json
import re
import textwrap
import typing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property, partial

from rich.console import Console
from rich.text import Text

from pelican_linkback.text.next_steps import with_options
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex

if typing.TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["Bar", "Screen", "fitted"]

LONGEST = 2000
"""The maximum length of a line in characters, before it is wrapped; URLs may be long."""

VERB = 9
"""The width of the column for the first word of an entry."""

STYLES = {
    "ok": "green",
    "send": "green",
    "sent": "green",
    "update": "green",
    "due": "green",
    "shown": "green",
    "held": "yellow",
    "hidden": "red",
    "wait": "yellow",
    "waiting": "yellow",
    "later": "yellow",
    "note": "yellow",
    "problem": "red",
    "failed": "red",
    "give up": "red",
}


class Bar:
    """A progress bar; ``say`` prints a line instead where no bar is shown."""

    def __init__(self, progress: Progress, doing: str, say: Callable[[str], None]) -> None:
        self._progress, self._doing, self._say = progress, doing, say
        self._task = progress.add_task(doing, total=None)
        self._waits_for = ""

    def show(self, done: int, of: int) -> None:
        """Show that ``done`` of ``of`` are done; may be called by any thread."""
        self._progress.update(self._task, description=self._doing, completed=done, total=of)

    def wait(self, what: str) -> None:
        """Show that the program waits for something."""
        self._progress.update(self._task, description=f"Waiting {what}", total=None)
        if what != self._waits_for:
            self._say(f"Waiting {what}.")
        self._waits_for = what


@dataclass(frozen=True)
class Screen:
    """The output of a command: lines for people, or one JSON document for programs.

    ``quiet`` prints only what needs the author, ``verbose`` adds details. Commands that are named
    in the lines get the ``options`` in use, so that they can be typed as printed.
    """

    quiet: bool = False
    verbose: bool = False
    json: bool = False
    options: str = ""
    console: Console = field(default_factory=lambda: Console(highlight=False, markup=False))

    def data(self, value: object) -> None:
        """Print ``value`` as JSON."""
        self.console.file.write(f"{json.dumps(value, indent=2)}\n")

    def say(self, text: str, indent: str = "", style: str = "") -> None:
        """Print a line, unless ``quiet``."""
        if not self.quiet:
            self.insist(text, indent, style)

    def insist(self, text: str, indent: str = "", style: str = "") -> None:
        """Print a line that the author needs, even if ``quiet``."""
        for line in self._lines(with_options(text, self.options), indent):
            self._print((line, style))

    def whole(self, line: str) -> None:
        """Print a line to be copied, such as a URL: not broken, however narrow the terminal is."""
        self._print((printable(line, LONGEST), ""))

    def diff(self, text: str) -> None:
        """Print a unified difference, with its white space."""
        styles = {"+": "green", "-": "red", "@": "cyan"}
        for line in text.splitlines():
            shown = "".join(c if c.isprintable() else "�" for c in line.replace("\t", "    "))
            self._print((shown, styles.get(line[:1], "")))

    def ask(self, question: str) -> bool:
        """Return whether the author answers yes; False if there is no input."""
        try:
            return self.console.input(f"{question} [y/N] ", markup=False).strip().lower() in {
                "y",
                "yes",
            }
        except EOFError:
            return False

    def entry(self, verb: str, texts: Sequence[str], notes: Sequence[str] = ()) -> None:
        """Print ``verb``, the ``texts`` in a column beside it, and the notes below them.

        Notes are dim, and empty ones are left out.
        """
        if self.quiet:
            return
        indent = " " * (2 + VERB)
        lines = [line for text in texts for line in self._lines(text, indent)]
        rest = lines[0][len(indent) :]
        self._print(("  ", ""), (f"{verb:<{VERB}}", STYLES.get(verb, "")), (rest, ""))
        for line in lines[1:]:
            self._print((line, ""))
        for note in filter(None, notes):
            self.insist(note, indent, "dim")

    @contextmanager
    def progress(self, doing: str) -> Iterator[Bar]:
        """Show the progress: a bar on a terminal; elsewhere only lines about what it waits for."""
        from rich.progress import (  # noqa: PLC0415 (most commands show none)
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
        )

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        silent = self.quiet or self.json
        off = silent or not self.console.is_terminal or self.console.is_dumb_terminal
        progress = Progress(*columns, console=self.console, transient=True, disable=off)
        with nullcontext() if off else progress:  # an older rich ends what is off with a line
            yield Bar(progress, doing, (lambda _: None) if silent or not off else self.say)

    def _lines(self, text: str, indent: str) -> list[str]:
        text = printable(text, LONGEST)
        return [indent + text] if self._is_plain else fitted(text, self.console.width, indent)

    def _print(self, *parts: tuple[str, str]) -> None:
        """Print a line: printable texts, each with its style.

        A file and a pipe get what rich would write without styles; it takes twenty times as long.
        """
        if self._is_plain:
            self.console.file.write("".join(text for text, _ in parts) + "\n")
        else:
            self.console.print(Text.assemble(*parts), soft_wrap=True)

    @cached_property
    def _is_plain(self) -> bool:
        return not self.console.is_terminal


def fitted(text: str, width: int, indent: str = "") -> list[str]:
    """Return ``text`` as lines of at most ``width`` characters, each with ``indent`` before it.

    It is broken between words; a word longer than a line is broken after its last punctuation mark
    that fits. Every line has at least 20 characters, however narrow the screen.
    """
    available = max(width - len(indent), 20)
    whole = _COMMAND.sub(partial(_in_one_word, available), " ".join(text.split()))
    words = " ".join(part for word in whole.split() for part in _parts(word, available))
    lines = textwrap.wrap(words, available, break_long_words=False, break_on_hyphens=False)
    return [indent + line.replace(_SPACE, " ") for line in lines or [""]]


_SPACE = "\ue000"
"""A space within a command while lines are broken: a character for private use."""

_COMMAND = regex(r"\bpelican-linkback [\w-]+(?: -[\w-]+(?: (?:'[^']*'|[^\s;,'-][^\s;,]*))?)*")


def _in_one_word(width: int, command: re.Match[str]) -> str:
    """Return a command that fits a line as one word: a broken one cannot be typed as printed."""
    return command[0].replace(" ", _SPACE) if len(command[0]) <= width else command[0]


def _parts(word: str, width: int) -> Iterator[str]:
    while len(word) > width:
        marks = [found.end() for found in re.finditer(r"[/?&=#._-]+", word[:width])]
        cut = marks[-1] if marks and marks[-1] > width // 2 else width
        yield word[:cut]
        word = word[cut:]
    yield word

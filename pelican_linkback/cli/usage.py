"""How words become arguments: a parser that says what was perhaps meant."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable, Mapping, Sequence
from itertools import dropwhile
from types import MappingProxyType
from typing import NoReturn

from pelican import ParseOverrides

__all__ = ["Overrides", "Parser", "WrongUsage", "add_actions", "did_you_mean"]


class WrongUsage(SystemExit):
    """The words on the command line are no command of ours; what is wrong was printed."""

    def __init__(self, message: str) -> None:
        super().__init__(2)
        self.message = message


class Parser(argparse.ArgumentParser):
    """A parser that says what was perhaps meant by a misspelt command or option.

    ``actions`` are what the first word of a command may be, and what each needs after it.
    """

    actions: Mapping[str, str] = MappingProxyType({})

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Return the arguments; raise WrongUsage for words that are none."""
        arguments, unknown = self.parse_known_args(args, namespace)
        sub = self._subparser(arguments.command)
        if sub.actions:
            unknown = sub.read_words(arguments, unknown)
        if unknown:
            options = [name for action in sub._actions for name in action.option_strings]
            misspelt = next((word for word in unknown if word.startswith("-")), "")
            meant = did_you_mean(misspelt, options)
            sub.error(f"unrecognized arguments: {' '.join(unknown)}{meant}")
        return arguments

    def error(self, message: str) -> NoReturn:
        """Print what is wrong, and how it is written; raise WrongUsage."""
        try:
            super().error(message)
        except SystemExit:
            raise WrongUsage(message) from None

    def read_words(self, arguments: argparse.Namespace, unknown: Sequence[str]) -> list[str]:
        """Set ``action`` and ``what`` to the words of a command with actions.

        argparse takes those before the first option alone: the others are among the ``unknown``,
        of which the rest is returned.
        """
        rest = list(dropwhile(lambda word: not word.startswith("-"), unknown))
        words = [*arguments.words, *unknown[: len(unknown) - len(rest)]]
        del arguments.words
        arguments.action, arguments.what = (words[0], words[1:]) if words else ("", [])
        if arguments.action and arguments.action not in self.actions:
            meant = did_you_mean(arguments.action, self.actions)
            choices = ", ".join(self.actions)
            self.error(f"{arguments.action!r} is none of {choices}{meant}")
        takes = self.actions.get(arguments.action, "")
        is_optional = takes.startswith("[")
        if bool(takes) != bool(arguments.what) and not is_optional:
            what = f"needs {takes.removesuffix('...')}" if takes else "takes no more words"
            self.error(f"{arguments.action} {what}")
        return rest

    def _check_value(self, action: argparse.Action, value: object) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            meant = did_you_mean(str(value), map(str, action.choices or ()))
            raise argparse.ArgumentError(action, f"{error.message}{meant}") from None

    def _subparser(self, command: str) -> Parser:
        (commands,) = (
            each for each in self._actions if isinstance(each, argparse._SubParsersAction)
        )
        found: Parser = commands.choices[command]
        return found


def add_actions(sub: Parser, actions: Mapping[str, str]) -> None:
    """Let the first word after a command say what is to be done."""
    if actions:
        sub.actions = actions
        each = [f"{name} {what}".strip() for name, what in actions.items()]
        sub.add_argument(
            "words", metavar="ACTION", nargs="*", default=[], help=f"one of: {', '.join(each)}"
        )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a question for the word that is perhaps meant, empty if none is near.

    >>> did_you_mean("sned", ["plan", "send"])
    '; did you mean send?'
    """
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


class Overrides(ParseOverrides):  # type: ignore[misc]  # Pelican has no types
    """Settings to override, as for pelican; each -e adds to those before it."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, *words: object
    ) -> None:
        """Parse the settings; a wrong one is a usage error, not a crash."""
        before = getattr(namespace, self.dest)
        try:
            super().__call__(parser, namespace, *words)
        except ValueError as error:
            parser.error(str(error))
        setattr(namespace, self.dest, before | getattr(namespace, self.dest))

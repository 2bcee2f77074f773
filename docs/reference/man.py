"""Write docs/man/pelican-linkback.1 from the parser: ``python docs/reference/man.py``."""

from __future__ import annotations

import argparse
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

from pelican_linkback import __version__
from pelican_linkback.cli.parser import COMMANDS, parser

HERE = Path(__file__).parent
PAGE = HERE.parent / "man" / "pelican-linkback.1"
SAID = runpy.run_path(str(HERE / "commands.py"))


def page() -> str:
    """Return the manual page, in the macros of man(7)."""
    main = parser()
    (commands,) = (
        action for action in main._actions if isinstance(action, argparse._SubParsersAction)
    )
    lines = [
        f'.TH PELICAN-LINKBACK 1 "" "pelican-linkback {__version__}" "User Commands"',
        ".SH NAME",
        r"pelican\-linkback \- feeds and linkbacks of a Pelican site",
        ".SH SYNOPSIS",
        r".B pelican\-linkback",
        r".I COMMAND",
        r"[\fIOPTION\fR]...",
        ".SH DESCRIPTION",
        _text(main.description or ""),
        ".SH OPTIONS OF EVERY COMMAND",
    ]
    common = commands.choices["plan"]
    lines += [line for action in common._actions for line in _option(action)]
    lines.append(".SH COMMANDS")
    known = {name for action in common._actions for name in action.option_strings}
    for name, sub in commands.choices.items():
        lines += [f".SS {_text(name)}", _text(f"{COMMANDS[name].summary}.")]
        lines += [
            line
            for action in sub._actions
            if known.isdisjoint(action.option_strings)
            for line in _option(action)
        ]
        lines += [".PP", _text(f"Exit status 1: {SAID['NEEDS'][name]}."), ".PP"]
        lines += [".nf", _text(f"    {COMMANDS[name].example}"), ".fi"]
    lines += [".SH EXIT STATUS", *_statuses()]
    return "\n".join(lines) + "\n"


def _option(action: argparse.Action) -> Iterator[str]:
    value = action.metavar or ("|".join(action.choices) if action.choices else "")
    value = value if action.nargs != 0 else ""
    names = ", ".join(rf"\fB{_text(name)}\fR" for name in action.option_strings)
    yield ".TP"
    yield f"{names} \\fI{_text(str(value))}\\fR".strip() if value else names
    yield _text(action.help or "")


def _statuses() -> Iterator[str]:
    """Yield what the reference says of exit statuses."""
    for number, text in re.findall(r"^(\d+)\n((?:    .*\n)+)", SAID["HEAD"], re.MULTILINE):
        yield ".TP"
        yield rf"\fB{number}\fR"
        yield _text(" ".join(text.split()).replace("``", ""))


def _text(words: str) -> str:
    """Return words as troff shows them to the letter."""
    escaped = words.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")

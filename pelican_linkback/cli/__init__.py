"""The command line: ``pelican-linkback COMMAND``. Only this room prints.

::

    parser     the words, and what --help says
    history    plan, status, compact
    sending    send, retract
    checking   check
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from pelican import DEFAULT_CONFIG_NAME
from pelican.settings import read_settings
from rich.console import Console

from pelican_linkback import settings as settings_room
from pelican_linkback.cli import checking, history, sending
from pelican_linkback.cli.parser import COMMANDS, parser
from pelican_linkback.exceptions import LinkbackError, SettingsError
from pelican_linkback.settings import Settings
from pelican_linkback.text import harmless

__all__ = ["COMMANDS", "main"]

WELL, NEEDS_AUTHOR, WRONG_USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status: 0 all well, 1 for the author, 2 wrong usage."""
    arguments = parser().parse_args(argv)
    try:
        settings = _read_settings(arguments)
        return RUN[arguments.command](settings, arguments)
    except SettingsError as error:
        _complain(error)
        return WRONG_USAGE
    except LinkbackError as error:
        _complain(error)
        return NEEDS_AUTHOR


def _complain(error: object) -> None:
    Console(stderr=True, soft_wrap=True).print(str(error), markup=False, highlight=False)


def _read_settings(arguments: argparse.Namespace) -> Settings:
    file = arguments.settings or DEFAULT_CONFIG_NAME
    if not Path(file).is_file():
        raise SettingsError([f"there is no file {file}; name the site's settings with -s"])
    try:
        pelican = read_settings(file, override=dict(arguments.overrides))
    except Exception as error:  # a settings file is a program, and can fail in any way
        raise SettingsError([f"{file} cannot be read: {harmless(repr(error))}"]) from error
    arguments.pelican = pelican  # for the commands that read the site
    return settings_room.read(pelican)


RUN: dict[str, Callable[[Settings, argparse.Namespace], int]] = {
    "plan": history.run_plan,
    "send": sending.run_send,
    "retract": sending.run_retract,
    "status": history.run_status,
    "check": checking.run,
    "compact": history.run_compact,
}

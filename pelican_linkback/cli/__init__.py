"""The command line: ``pelican-linkback COMMAND``. Only this room prints.

::

    parser     the words, and what --help says
    site       the settings they name, the articles as they are
    history    plan, status, compact
    sending    send, retract
    checking   check
    joining    init, with edits of files that others wrote
    importing  import-linkbacks
    words      where a delivery stands, for people
    screen     lines for people
    machine    JSON for machines
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from pelican_linkback.cli import (
    checking,
    history,
    sending,
)
from pelican_linkback.cli import (
    import_linkbacks as importing,
)
from pelican_linkback.cli import (
    init as joining,
)
from pelican_linkback.cli.context import settings_of
from pelican_linkback.cli.parser import COMMANDS, parser
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import LinkbackError, SettingsError
from pelican_linkback.settings.model import Settings

__all__ = ["COMMANDS", "main"]

NEEDS_AUTHOR, WRONG_USAGE, INTERRUPTED = 1, 2, 130

RUN: dict[str, Callable[[Settings, argparse.Namespace, Screen], int]] = {
    "plan": history.run_plan,
    "send": sending.run_send,
    "retract": sending.run_retract,
    "status": history.run_status,
    "check": checking.run,
    "compact": history.run_compact,
    "init": joining.run,
    "import-linkbacks": importing.run,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status.

    0 all well, 1 something needs the author, 2 wrong usage or settings, 130 Ctrl-C.
    """
    _speak_to_any_terminal()
    arguments = parser().parse_args(argv)
    screen = Screen(quiet=arguments.quiet, verbose=arguments.verbose, json=arguments.json)
    try:
        return RUN[arguments.command](settings_of(arguments), arguments, screen)
    except KeyboardInterrupt:
        _complain("Interrupted. What is on record stays, and what was due is still due.")
        return INTERRUPTED
    except SettingsError as error:
        _complain(error)
        return WRONG_USAGE
    except LinkbackError as error:
        _complain(error)
        return NEEDS_AUTHOR


def _speak_to_any_terminal() -> None:
    """Show what a terminal or a file cannot take (an é where all is ASCII) as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _complain(error: object) -> None:
    Console(stderr=True, soft_wrap=True).print(str(error), markup=False, highlight=False)

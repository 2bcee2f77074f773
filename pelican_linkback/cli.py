"""The command line: ``pelican-linkback COMMAND``. Only modules named cli print."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pelican import DEFAULT_CONFIG_NAME, ParseOverrides
from pelican.settings import read_settings
from rich.console import Console

from pelican_linkback import __version__, cli_check, cli_deliveries, cli_send
from pelican_linkback import settings as settings_room
from pelican_linkback.exceptions import LinkbackError, SettingsError
from pelican_linkback.settings import Settings
from pelican_linkback.text import harmless

__all__ = ["main"]

WELL, NEEDS_AUTHOR, WRONG_USAGE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what runs it, and what ``--help`` says, the last line an example."""

    run: Callable[[Settings, argparse.Namespace], int]
    summary: str
    example: str
    options: Callable[[argparse.ArgumentParser], object] = lambda _: None


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status: 0 all well, 1 for the author, 2 wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        settings = _read_settings(arguments)
        return COMMANDS[arguments.command].run(settings, arguments)
    except SettingsError as error:
        _complain(error)
        return WRONG_USAGE
    except LinkbackError as error:
        _complain(error)
        return NEEDS_AUTHOR


def _complain(error: object) -> None:
    Console(stderr=True, soft_wrap=True).print(str(error), markup=False, highlight=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pelican-linkback",
        description="Linkbacks of a Pelican site: what is sent, and why not.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=command.summary,
            description=command.summary,
            epilog=f"example: {command.example}",
        )
        sub.add_argument(
            "-s",
            "--settings",
            metavar="FILE",
            help=f"the settings that publish the site (default: {DEFAULT_CONFIG_NAME})",
        )
        sub.add_argument(
            "-e",
            "--extra-settings",
            dest="overrides",
            nargs="*",
            action=ParseOverrides,
            default={},
            metavar="KEY=VALUE",
            help="settings to override, with values in JSON, as for pelican",
        )
        sub.add_argument("--json", action="store_true", help="print JSON, for machines")
        command.options(sub)
    return parser


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


COMMANDS = {
    "plan": Command(
        cli_deliveries.run_plan,
        "show what the next build would tell whom, and send nothing",
        "pelican-linkback plan -s publishconf.py",
    ),
    "send": Command(
        cli_send.run_send,
        "send what is due, without building the site",
        "pelican-linkback send -s publishconf.py --wait 10m",
        cli_send.send_options,
    ),
    "retract": Command(
        cli_send.run_retract,
        "tell whom an article mentioned that its page is gone",
        "pelican-linkback retract -s publishconf.py https://your.site/old/",
        cli_send.retract_options,
    ),
    "status": Command(
        cli_deliveries.run_status,
        "list what was sent, what waits and what failed",
        "pelican-linkback status -s publishconf.py",
    ),
    "check": Command(
        cli_check.run,
        "read the feeds of the built site, and say what is wrong with them",
        "pelican-linkback check -s publishconf.py",
        cli_check.options,
    ),
    "compact": Command(
        cli_deliveries.run_compact,
        "take out of the memory what it does not need",
        "pelican-linkback compact -s publishconf.py",
    ),
}

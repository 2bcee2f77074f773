"""The command line: ``pelican-linkback COMMAND``. Only modules named cli print."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pelican import DEFAULT_CONFIG_NAME, ParseOverrides
from pelican.settings import read_settings
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pelican_linkback import __version__, cli_check
from pelican_linkback import settings as settings_room
from pelican_linkback.delivery import courier_for
from pelican_linkback.delivery.record import Delivery, State
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
    return settings_room.read(pelican)


def _send(settings: Settings, arguments: argparse.Namespace) -> int:
    """Send what is due. Status 1 when something needs the author: a failure, a missing link."""
    if not settings.publishes:
        problem = (
            f"SITEURL = {settings.site_url!r} is not public, so nothing is sent; "
            "name the settings that publish the site with -s"
        )
        raise SettingsError([problem])
    report = courier_for(settings).run()
    console = Console(soft_wrap=True)
    warnings = [notice.text for notice in report.notices if notice.level == "warning"]
    if arguments.json:
        console.print_json(data={"summary": report.summary(), "warnings": warnings})
    else:
        for text in warnings:
            console.print(text, markup=False, highlight=False)
        console.print(report.summary(), markup=False, highlight=False)
    return NEEDS_AUTHOR if warnings else WELL


_WORDS = {
    State.DELIVERED: "sent",
    State.NOTHING: "no endpoint",
    State.REFUSED: "failed",
    State.LATER: "to be tried again",
    State.ATTEMPTED: "to be tried again",
    State.QUEUED: "due",
    State.WAITING: "waiting",
    State.DROPPED: "dropped",
}


def _status(settings: Settings, arguments: argparse.Namespace) -> int:
    """List the deliveries, newest first. Status 1 when one of them failed."""
    known = [delivery for delivery, _ in courier_for(settings).plan()]
    known.sort(key=lambda delivery: (delivery.at, delivery.mention), reverse=True)
    if arguments.json:
        print(json.dumps([_as_json(delivery) for delivery in known], indent=2))  # noqa: T201
    else:
        _show(known)
    return NEEDS_AUTHOR if any(each.state is State.REFUSED for each in known) else WELL


def _show(known: Sequence[Delivery]) -> None:
    console = Console()
    if not known:
        console.print("No linkbacks yet: nothing is recorded.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("When (UTC)", "Article", "Target", "State"):
        table.add_column(heading, overflow="fold")
    for each in known:
        when = f"{each.at:%Y-%m-%d %H:%M}" if each.at else ""
        row = (when, each.article or each.mention.source, each.mention.target, _state(each))
        table.add_row(*(Text(harmless(cell, 1000)) for cell in row))
    console.print(table)
    counts = Counter(_WORDS[each.state] for each in known)
    console.print("Linkbacks: " + ", ".join(f"{n} {word}" for word, n in counts.items()))


def _state(delivery: Delivery) -> str:
    words = [_WORDS[delivery.state]]
    if delivery.state is State.DELIVERED and delivery.protocol:
        words.append(f"by {delivery.protocol}")
    elif why := delivery.detail or delivery.reason:
        words.append(f"({why})")
    return " ".join(words)


def _as_json(delivery: Delivery) -> dict[str, Any]:
    return {
        "source": delivery.mention.source,
        "target": delivery.mention.target,
        "article": delivery.article,
        "state": delivery.state.value,
        "reason": delivery.reason,
        "detail": delivery.detail,
        "protocol": delivery.protocol,
        "endpoint": delivery.endpoint,
        "attempts": delivery.attempts,
        "at": delivery.at and delivery.at.isoformat(),
        "retry_at": delivery.retry_at and delivery.retry_at.isoformat(),
    }


COMMANDS = {
    "send": Command(
        _send,
        "send what is due, without building the site",
        "pelican-linkback send -s publishconf.py",
    ),
    "status": Command(
        _status,
        "list what was sent, what waits and what failed",
        "pelican-linkback status -s publishconf.py",
    ),
    "check": Command(
        cli_check.run,
        "read the feeds of the built site, and say what is wrong with them",
        "pelican-linkback check -s publishconf.py",
        cli_check.options,
    ),
}

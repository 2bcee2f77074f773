"""``pelican-linkback import-mentions``: adds the mentions in an export of another program."""

from __future__ import annotations

import argparse
from pathlib import Path

from pelican_linkback.cli.inbox.output import show_entry
from pelican_linkback.cli.inbox.pull import known_targets, left_out
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.receiving.hosted.imports import items_in
from pelican_linkback.receiving.pull import add
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import system_reason

__all__ = ["run"]


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Add the mentions of a file. Status 1 if it cannot be used, or one of them cannot."""
    file: Path = arguments.file
    try:
        items = items_in(file.read_bytes())
    except OSError as error:
        why = system_reason(error)
        raise LinkbackError(f"{file} cannot be read: {why}") from error
    except LinkbackError as error:
        raise LinkbackError(f"{file} cannot be used: {error}; nothing was imported") from error
    report = add(settings, known_targets(settings, arguments), items)
    numbers = {"mentions": len(items), "new": len(report.arrived), "changed": report.changed}
    if screen.json:
        more = {"left_out": left_out(report), "warnings": report.warnings}
        screen.data({"file": str(file)} | numbers | more)
        return 1 if report.warnings else 0
    for warning in report.warnings:
        screen.insist(warning)
    for entry in report.arrived if screen.verbose else ():
        show_entry(entry, screen, is_whole=False)
    screen.say(f"{file}: {len(items)} mentions, {numbers['new']} of them new here")
    for why, number in report.left_out.items():
        screen.say(f"{number} left out: {why.value}")
    return 1 if report.warnings else 0

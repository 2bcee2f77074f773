"""``pelican-linkback pull``: asks the sources of mentions what is new, without a build."""

from __future__ import annotations

import argparse
import time

from pelican_linkback.cli.context import build_command, must_publish
from pelican_linkback.cli.inbox.output import entry_as_json, show_entry
from pelican_linkback.cli.markdown import append, as_text
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import LinkbackError, SettingsError
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.memory.targets_file import read_targets
from pelican_linkback.receiving.pull import Report, pull
from pelican_linkback.settings.model import Settings

__all__ = ["as_markdown", "known_targets", "left_out", "run"]

LONGEST = 600.0
"""The time limit in seconds; what is left then comes with the next pull."""

NOTHING = "nothing new"


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Pull, and list what is new. Status 1 if a source could not be read to its end."""
    if not settings.receives:
        problem = "LINKBACK_RECEIVE is not set, so there is no receiver to ask for mentions"
        raise SettingsError([problem])
    must_publish(settings, arguments, "pulled")
    targets = known_targets(settings, arguments)
    with screen.progress("Pulling") as bar:

        def sleep(seconds: float) -> None:
            bar.wait("for a service that asks for it, or is in trouble")
            time.sleep(seconds)

        report = pull(settings, targets, LONGEST, sleep)
    if arguments.summary:
        append(arguments.summary, as_markdown(report))
    if screen.json:
        screen.data(_as_json(report))
    else:
        _show(report, screen)
    return 1 if report.warnings else 0


def known_targets(settings: Settings, arguments: argparse.Namespace) -> Targets:
    """Return the pages of the last publication; raise LinkbackError if there was none."""
    targets = read_targets(settings.state)
    if targets is None:
        command = build_command(settings, arguments)
        raise LinkbackError(f"nothing says which pages the site has before it is built: {command}")
    return targets


def _show(report: Report, screen: Screen) -> None:
    for warning in report.warnings:
        screen.insist(warning)
    for entry in report.arrived:
        show_entry(entry, screen, is_whole=screen.verbose)
    screen.say(f"Mentions: {report.summary() or NOTHING}")
    for why, number in report.left_out.items() if screen.verbose else ():
        screen.say(f"{number} left out: {why.value}")


def as_markdown(report: Report) -> str:
    """Return the result of a pull as Markdown: the totals, and a table of what is new."""
    lines = ["### Mentions", "", as_text(report.summary() or NOTHING)]
    if report.arrived:
        lines += [
            "",
            "| Page | From | Kind | State | Address |",
            "| --- | --- | --- | --- | --- |",
        ]
    for entry in report.arrived:
        mention, state = entry.mention, entry.verdict.visibility.value
        who = (entry.page, mention.author.name, mention.kind.value, state)
        lines.append("| " + " | ".join(map(as_text, (*who, mention.url or mention.source))) + " |")
    lines += [f"\n{as_text(warning)}" for warning in report.warnings]
    return "\n".join(lines) + "\n\n"


def _as_json(report: Report) -> dict[str, object]:
    sources = [
        {
            "name": each.source,
            "new": len(each.new),
            "changed": len(each.changed),
            "gone": len(each.removed),
            "error": each.error or None,
        }
        for each in report.sources
    ]
    return {
        "summary": report.summary() or NOTHING,
        "new": [entry_as_json(each) for each in report.arrived],
        "held": report.held,
        "changed": report.changed,
        "gone": report.removed,
        "left_out": left_out(report),
        "sources": sources,
        "warnings": report.warnings,
    }


def left_out(report: Report) -> dict[str, int]:
    """Return how many items were not kept, by a word for the reason."""
    return {why.name.lower().replace("_", "-"): many for why, many in report.left_out.items()}

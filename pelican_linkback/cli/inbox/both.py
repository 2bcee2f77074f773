"""The receiver's database, and beside it the mentions in files that came from elsewhere.

So it is after a move to a receiver of one's own: what a hosted service listed, or another program
exported, stays in the files of the site, and is decided there.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from pelican_linkback.cli.inbox.database import StoreDesk
from pelican_linkback.cli.inbox.entries import Said
from pelican_linkback.cli.inbox.files import FileDesk
from pelican_linkback.cli.inbox.rule_actions import RuleActions
from pelican_linkback.cli.inbox.words import nothing_decided
from pelican_linkback.receiving.memory.decisions import Act

__all__ = ["BothDesks"]

Action = Callable[[argparse.Namespace], Said]


class BothDesks(RuleActions):
    """The ``database`` does what is about its mentions, and the ``files`` what is about theirs."""

    def __init__(self, database: StoreDesk, files: FileDesk) -> None:
        self._database, self._files = database, files
        self.problems = database.problems
        self.vacuum, self.export = database.vacuum, database.export
        self.import_rows = database.import_rows

    def listed(self, arguments: argparse.Namespace) -> Said:
        """Return the mentions that are asked for."""
        return _both(self._database.listed(arguments), self._files.listed(arguments))

    def show(self, arguments: argparse.Namespace) -> Said:
        """Return the mentions that are named, with all that is known of them."""
        return self._each(arguments, self._database.show, self._files.show)

    def approve(self, arguments: argparse.Namespace) -> Said:
        """Show these mentions from now on."""
        return self._each(arguments, self._database.approve, self._files.approve)

    def refuse(self, arguments: argparse.Namespace) -> Said:
        """Hide these mentions, or what comes from these URLs, from now on."""
        return self._each(arguments, self._database.refuse, self._files.refuse)

    def rule_by(self, act: Act, rules: Sequence[str]) -> Said:
        """Have ``act`` count for these rules, for both."""
        return _both(self._database.rule_by(act, rules), self._files.rule_by(act, rules))

    def undo(self, arguments: argparse.Namespace) -> Said:
        """Take back what was decided about these mentions, URLs or hosts."""
        ours = list(filter(self._database.has_decided, arguments.what))
        theirs = list(filter(self._files.has_decided, arguments.what))
        for each in arguments.what:
            if each not in (*ours, *theirs):
                raise nothing_decided(each)
        done = self._database.undo(_about(arguments, ours))
        return _both(done, self._files.undo(_about(arguments, theirs)))

    def rules(self, arguments: argparse.Namespace) -> Said:
        """Return the rules that are in force."""
        return _both(self._database.rules(arguments), self._files.rules(arguments))

    def _each(self, arguments: argparse.Namespace, database: Action, files: Action) -> Said:
        """Do something with the mentions that the words mean, each where it is."""
        theirs = [
            each
            for each in arguments.what
            if self._files.has(each) and not self._database.has(each)
        ]
        ours = [each for each in arguments.what if each not in theirs]
        return _both(database(_about(arguments, ours)), files(_about(arguments, theirs)))


def _about(arguments: argparse.Namespace, what: Sequence[str]) -> argparse.Namespace:
    return argparse.Namespace(**vars(arguments) | {"what": what})


def _both(ours: Said, theirs: Said) -> Said:
    return Said(
        [*ours.entries, *theirs.entries],
        {state: count + theirs.counts[state] for state, count in ours.counts.items()},
        {**theirs.rules, **ours.rules},
        [*dict.fromkeys((*ours.problems, *theirs.problems))],
        is_whole=ours.is_whole,
        is_done=ours.is_done,
        summary=ours.summary,
    )

"""The receiver's database, and beside it the mentions in files that came from elsewhere.

So it is after a move to a receiver of one's own: what a hosted service listed, or another program
exported, stays in the files of the site, and is decided there.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from pelican_linkback.cli.inbox.actions import Action, InboxActions
from pelican_linkback.cli.inbox.arguments import nothing_decided_error
from pelican_linkback.cli.inbox.database import DatabaseActions
from pelican_linkback.cli.inbox.files import FileActions
from pelican_linkback.cli.inbox.output import Result
from pelican_linkback.receiving.memory.decisions import Act

__all__ = ["CombinedActions"]


class CombinedActions(InboxActions):
    """Each action on the mentions of the ``database``, and on those of the ``files``."""

    def __init__(self, database: DatabaseActions, files: FileActions) -> None:
        self._database, self._files = database, files
        self.problems = database.problems

    def by_name(self) -> Mapping[str, Action]:
        """Return the actions by their names; those of the database alone are its own."""
        return {**self._database.by_name(), **super().by_name()}

    def listed(self, arguments: argparse.Namespace) -> Result:
        """Return the mentions that are asked for."""
        return _joined(self._database.listed(arguments), self._files.listed(arguments))

    def show(self, arguments: argparse.Namespace) -> Result:
        """Return the mentions that are named, with all that is known of them."""
        return self._each(arguments, self._database.show, self._files.show)

    def approve(self, arguments: argparse.Namespace) -> Result:
        """Show these mentions from now on."""
        return self._each(arguments, self._database.approve, self._files.approve)

    def refuse(self, arguments: argparse.Namespace) -> Result:
        """Hide these mentions, or what comes from these URLs, from now on."""
        return self._each(arguments, self._database.refuse, self._files.refuse)

    def set_rules(self, act: Act, rules: Sequence[str]) -> Result:
        """Have ``act`` count for these rules, for both."""
        return _joined(self._database.set_rules(act, rules), self._files.set_rules(act, rules))

    def undo(self, arguments: argparse.Namespace) -> Result:
        """Take back what was decided about these mentions, URLs or hosts."""
        ours = list(filter(self._database.has_decided, arguments.what))
        theirs = list(filter(self._files.has_decided, arguments.what))
        for each in arguments.what:
            if each not in (*ours, *theirs):
                raise nothing_decided_error(each)
        done = self._database.undo(_with_names(arguments, ours))
        return _joined(done, self._files.undo(_with_names(arguments, theirs)))

    def rules(self, arguments: argparse.Namespace) -> Result:
        """Return the rules that are in force."""
        return _joined(self._database.rules(arguments), self._files.rules(arguments))

    def _each(self, arguments: argparse.Namespace, database: Action, files: Action) -> Result:
        """Do something with the mentions that are named, each where it is."""
        theirs = [
            each
            for each in arguments.what
            if self._files.has(each) and not self._database.has(each)
        ]
        ours = [each for each in arguments.what if each not in theirs]
        return _joined(
            database(_with_names(arguments, ours)), files(_with_names(arguments, theirs))
        )


def _with_names(arguments: argparse.Namespace, what: Sequence[str]) -> argparse.Namespace:
    """Return the arguments with other names of mentions, URLs and hosts."""
    return argparse.Namespace(**vars(arguments) | {"what": what})


def _joined(ours: Result, theirs: Result) -> Result:
    """Return the results of one action on the database (``ours``) and on the files as one."""
    return Result(
        [*ours.entries, *theirs.entries],
        {state: count + theirs.counts[state] for state, count in ours.counts.items()},
        {**theirs.rules, **ours.rules},
        [*dict.fromkeys((*ours.problems, *theirs.problems))],
        is_whole=ours.is_whole,
        is_done=ours.is_done,
        summary=ours.summary,
    )

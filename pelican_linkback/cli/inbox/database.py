"""The actions of ``inbox`` on the mentions in the database of a receiver."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from pelican_linkback.cli.inbox.actions import Action, InboxActions
from pelican_linkback.cli.inbox.arguments import (
    at_least_one,
    exactly_one,
    file_to_import,
    is_url,
    nothing_decided_error,
    one_file,
    rule,
    rule_or_empty,
    visibilities_asked_for,
)
from pelican_linkback.cli.inbox.import_snapshot import import_snapshot
from pelican_linkback.cli.inbox.output import Result
from pelican_linkback.cli.receiver.private_feed import address_of
from pelican_linkback.exceptions import LinkbackError, StoreError
from pelican_linkback.journal.atomic import replacing
from pelican_linkback.receiving.entries import (
    STATES_OF,
    all_matching,
    counts_of,
    entry_of,
    visibility_of,
)
from pelican_linkback.receiving.inbox.policy import REASONS
from pelican_linkback.receiving.memory.decisions import Act
from pelican_linkback.receiving.memory.forgotten import is_about
from pelican_linkback.receiving.memory.rules import host_in
from pelican_linkback.receiving.memory.snapshot import NAME as RECEIVED
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.memory.targets_file import read_targets
from pelican_linkback.receiving.received import ID_LENGTH
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.mentions import Mentions, ModerationAction
from pelican_linkback.receiving.store.records import StoredMention
from pelican_linkback.receiving.store.rules import Rules
from pelican_linkback.receiving.store.searching import Search
from pelican_linkback.receiving.store.upkeep.transfer import export_lines, import_lines
from pelican_linkback.receiving.store.upkeep.vacuum import vacuum
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import system_reason
from pelican_linkback.text.urls import resolve

__all__ = ["DatabaseActions"]

MOST = 500
"""How many mentions are listed; of a long list those that came last."""

BY = "terminal"

_SECRET = 0o600
"""The permissions of an export: its owner alone may read it."""


class DatabaseActions(InboxActions):
    """The actions on the mentions in the database of a site's receiver."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._store, self._mentions, self._rules = store, Mentions(store), Rules(store)
        self._targets = read_targets(settings.state) or Targets()
        self._settings, self._receiver = settings, settings.receive
        self.problems: list[str] = []

    def by_name(self) -> Mapping[str, Action]:
        """Return the actions by their names; some only a database has."""
        return {
            **super().by_name(),
            "vacuum": self.vacuum,
            "export": self.export,
            "import": self.import_rows,
        }

    def listed(self, arguments: argparse.Namespace) -> Result:
        """Return the mentions that are asked for: those that are held, unless it is said."""
        wanted = visibilities_asked_for(arguments)
        named = rule(arguments.host) if arguments.host else ""
        search = Search(
            states=tuple({state for each in wanted for state in STATES_OF[each]}),
            article=self._article(arguments.article) if arguments.article else "",
            host=host_in(named),
        )

        def fits(row: StoredMention) -> bool:
            is_named = not named or is_about(entry_of(row, Targets()).mention, named)
            return is_named and visibility_of(row) in wanted

        found = list(islice(filter(fits, all_matching(self._mentions, search)), MOST + 1))
        if len(found) > MOST:
            self.problems.append(
                f"only the last {MOST} are listed; --article and --host list fewer"
            )
        feed = address_of(self._receiver, self._store) if arguments.verbose else ""
        return self._result(found[:MOST], summary=feed and f"What is held, as a feed: {feed}")

    def show(self, arguments: argparse.Namespace) -> Result:
        """Return the mentions that are named, with all that is known of them."""
        found = [
            row
            for what in arguments.what
            for row in at_least_one(what, self._mentions.matching(what))
        ]
        return self._result(found, is_whole=True)

    def approve(self, arguments: argparse.Namespace) -> Result:
        """Show these mentions from now on."""
        rows = [self._one(what) for what in arguments.what]
        return self._decide(ModerationAction.APPROVE, rows)

    def refuse(self, arguments: argparse.Namespace) -> Result:
        """Hide these mentions, or what comes from these URLs, from now on."""
        urls = [
            each for each in arguments.what if is_url(each) and not self._mentions.matching(each)
        ]
        rows = [self._one(what) for what in arguments.what if what not in urls]
        rules = self._rules.set(map(rule, urls), Act.BLOCK, BY)
        return self._decide(ModerationAction.REFUSE, rows, dict.fromkeys(rules, Act.BLOCK))

    def undo(self, arguments: argparse.Namespace) -> Result:
        """Take back what was decided about these mentions, URLs or hosts."""
        tokens = {what: self._tokens(what) for what in arguments.what}
        in_force = self._rules.decisions().rules
        for what, found in tokens.items():
            if not found and rule_or_empty(what) not in in_force:
                raise nothing_decided_error(what)
        rules = [named for what in tokens if (named := rule_or_empty(what)) in in_force]
        for token in {token for found in tokens.values() for token in found}:
            self._mentions.undo(token)
        self._rules.set(rules, Act.RELEASE, BY)
        rows = [row for what in tokens for row in self._mentions.matching(what)]
        return self._result(rows, dict.fromkeys(rules), is_done=True)

    def rules(self, arguments: argparse.Namespace) -> Result:  # noqa: ARG002 (an action's)
        """Return the rules that are in force."""
        return self._result([], {each.rule: each.act for each in self._rules.all()})

    def has(self, what: str) -> bool:
        """Return whether there is a mention with this id or URL."""
        return bool(self._mentions.matching(what))

    def has_decided(self, what: str) -> bool:
        """Return whether something is decided about a mention, a URL or a host."""
        return bool(self._tokens(what)) or rule_or_empty(what) in self._rules.decisions().rules

    def vacuum(self, arguments: argparse.Namespace) -> Result:  # noqa: ARG002 (an action's)
        """Erase what was kept as long as it may be."""
        erased = vacuum(self._store)
        return self._done(
            erased._asdict(),
            f"Erased: hashes of senders' addresses: {erased.senders}, mentions that were never "
            f"shown: {erased.mentions}",
        )

    def export(self, arguments: argparse.Namespace) -> Result:
        """Write all of the database into a file."""
        file = one_file(arguments.action, arguments.what)
        count = 0
        try:
            with replacing(file) as out:
                Path(out.name).chmod(_SECRET)
                for line in export_lines(self._store):
                    out.write(line.encode())
                    count += line.startswith('["mention"')
        except OSError as error:
            raise LinkbackError(f"{file} cannot be written: {system_reason(error)}") from error
        summary = f"{file}: {count} mentions, with the secrets of the receiver: keep it to yourself"
        return self._done({"mentions": count}, summary)

    def import_rows(self, arguments: argparse.Namespace) -> Result:
        """Add what ``export`` wrote to an empty database; or the mentions of a state folder."""
        file = file_to_import(arguments.what)
        if file.name == RECEIVED:
            return self._import_snapshot(file)
        try:
            with file.open(encoding="utf-8") as lines:
                count = import_lines(self._store, lines)
        except (OSError, UnicodeDecodeError) as error:
            why = system_reason(error) if isinstance(error, OSError) else "it is no text"
            raise LinkbackError(f"{file} cannot be read: {why}") from error
        except StoreError as error:
            raise LinkbackError(f"{file} cannot be used: {error}; nothing was imported") from error
        return self._done({"mentions": count}, f"{file}: {count} mentions")

    def _import_snapshot(self, file: Path) -> Result:
        """Add the mentions of received.jsonl, and what is decided about them in its folder."""
        taken = import_snapshot(self._settings, self._store, self._targets, file.parent, BY)
        self.problems += taken.problems
        summary = f"{file}: {taken.known} mentions, {taken.new} of them new to the receiver"
        return self._done({"mentions": taken.new}, summary)

    def _done(self, numbers: Mapping[str, int], summary: str) -> Result:
        counts = counts_of(self._mentions)
        return Result([], counts, {}, self.problems, numbers=numbers, summary=summary)

    def _article(self, named: str) -> str:
        """Return the id of a page, by its URL, its title or its id."""
        if found := self._targets.find(resolve(f"{self._targets.site}/", named)):
            return found.target.id
        titled = (each.id for each in self._targets.pages if each.title == named)
        return next(titled, named)

    def _decide(
        self,
        action: ModerationAction,
        rows: Sequence[StoredMention],
        rules: Mapping[str, Act] | None = None,
    ) -> Result:
        """Decide about each of the mentions by itself, so that it can be taken back by itself."""
        for row in rows:
            self._mentions.act([row.id], action, BY)
        after = [self._one(row.key) for row in rows]
        if action is ModerationAction.APPROVE:
            self.problems += [_unread(row) for row in after if row.shown is None]
        return self._result(after, rules, is_done=True)

    def set_rules(self, act: Act, rules: Sequence[str]) -> Result:
        """Have ``act`` count for these rules."""
        changed = self._rules.set(rules, act, BY)
        return self._result([], dict.fromkeys(changed, act), is_done=True)

    def _tokens(self, what: str) -> list[str]:
        """Return the tokens of the last decisions about the mentions with this id or URL."""
        found = (self._mentions.last_about(row.id) for row in self._mentions.matching(what))
        return [token for token in found if token]

    def _one(self, what: str) -> StoredMention:
        return exactly_one(what, self._mentions.matching(what), _id)

    def _result(
        self,
        rows: Iterable[StoredMention],
        rules: Mapping[str, Act | None] | None = None,
        *,
        is_whole: bool = False,
        is_done: bool = False,
        summary: str = "",
    ) -> Result:
        return Result(
            [entry_of(row, self._targets) for row in rows],
            counts_of(self._mentions),
            rules or {},
            self.problems,
            is_whole=is_whole,
            is_done=is_done,
            summary=summary,
        )


def _id(row: StoredMention) -> str:
    return row.key[:ID_LENGTH]


def _unread(row: StoredMention) -> str:
    return f"{_id(row)} cannot be shown: {REASONS[entry_of(row, Targets()).verdict.why]}"

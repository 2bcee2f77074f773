"""The actions of ``inbox`` on the mentions in the files of a site."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

from pelican_linkback.cli.inbox.actions import InboxActions
from pelican_linkback.cli.inbox.arguments import (
    at_least_one,
    exactly_one,
    is_url,
    nothing_decided_error,
    rule,
    rule_or_empty,
    visibilities_asked_for,
)
from pelican_linkback.cli.inbox.output import Result
from pelican_linkback.receiving.hosted.sources import exports_of
from pelican_linkback.receiving.inbox.listing import Entry, Inbox
from pelican_linkback.receiving.memory.decisions import Act, Decision
from pelican_linkback.receiving.memory.forgotten import is_about
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets_file import read_targets
from pelican_linkback.receiving.received import Received
from pelican_linkback.settings.model import Settings

__all__ = ["FileActions"]


class FileActions(InboxActions):
    """The actions on the mentions in the files of a site; ``now`` dates decisions.

    Mentions for which ``is_elsewhere`` returns True are left out: they are decided elsewhere.
    """

    def __init__(
        self,
        settings: Settings,
        now: dt.datetime,
        is_elsewhere: Callable[[Received], bool] = lambda _: False,
    ) -> None:
        self._settings, self._now = settings, now
        self._moderation = Moderation(settings.state)
        snapshot = Snapshot(settings.state).read()
        self._mentions = [each for each in snapshot.mentions if not is_elsewhere(each)]
        self._targets = read_targets(settings.state)
        self._decisions, problems = self._moderation.read()
        self.problems = [*snapshot.problems, *problems]
        self._inbox = self._judged()

    def _judged(self) -> Inbox:
        kinds, approved = self._settings.show_kinds, exports_of(self._settings)
        return Inbox.of(self._mentions, self._targets, self._decisions, kinds, approved)

    def listed(self, arguments: argparse.Namespace) -> Result:
        """Return the mentions that are asked for: those that are held, unless it is said."""
        wanted = visibilities_asked_for(arguments)
        found = self._inbox.entries
        if arguments.article:
            found = self._inbox.about(arguments.article)
        if arguments.host:
            host = rule(arguments.host)
            found = [each for each in found if is_about(each.mention, host)]
        return self._result([each for each in found if each.verdict.visibility in wanted])

    def show(self, arguments: argparse.Namespace) -> Result:
        """Return the mentions that are named, with all that is known of them."""
        found = [
            entry
            for what in arguments.what
            for entry in at_least_one(what, self._inbox.matching(what))
        ]
        return self._result(found, is_whole=True)

    def approve(self, arguments: argparse.Namespace) -> Result:
        """Show these mentions from now on."""
        return self._decide(Act.SHOW, [self._one(what) for what in arguments.what])

    def refuse(self, arguments: argparse.Namespace) -> Result:
        """Hide these mentions, or what comes from these URLs, from now on."""
        urls = [each for each in arguments.what if is_url(each) and not self._inbox.matching(each)]
        named = [self._one(what) for what in arguments.what if what not in urls]
        return self._decide(Act.HIDE, named, [Decision(Act.HIDE, url) for url in urls])

    def undo(self, arguments: argparse.Namespace) -> Result:
        """Take back what was decided about these mentions, URLs or hosts."""
        taken_back = [each for what in arguments.what for each in self._against(what)]
        return self._record(taken_back)

    def rules(self, arguments: argparse.Namespace) -> Result:  # noqa: ARG002 (an action's)
        """Return the rules that are in force."""
        return self._result([], self._decisions.rules)

    @property
    def is_empty(self) -> bool:
        """Whether there is no mention."""
        return not self._mentions

    def has(self, what: str) -> bool:
        """Return whether there is a mention with this id or URL."""
        return bool(self._inbox.matching(what))

    def has_decided(self, what: str) -> bool:
        """Return whether something is decided about a mention, a URL or a host."""
        return bool(self._decided(what))

    def _against(self, what: str) -> list[Decision]:
        """Return the decisions that take back those about ``what``; raise LinkbackError."""
        if found := self._decided(what):
            return found
        raise nothing_decided_error(what)

    def _decided(self, what: str) -> list[Decision]:
        """Return the decisions that take back those about ``what``."""
        found = [
            Decision.about(Act.UNDO, each.mention)
            for each in self._inbox.matching(what)
            if self._decisions.about(each.mention) or self._decisions.has_changed(each.mention)
        ]
        if is_url(what) and not found:
            found = [Decision(Act.UNDO, what)] if self._decisions.has(what) else []
        named = rule_or_empty(what)
        if named in self._decisions.rules:
            found.append(Decision(Act.RELEASE, named))
        return found

    def _decide(self, act: Act, entries: Iterable[Entry], more: Sequence[Decision] = ()) -> Result:
        return self._record([*(Decision.about(act, each.mention) for each in entries), *more])

    def set_rules(self, act: Act, rules: Sequence[str]) -> Result:
        """Have ``act`` count for these rules."""
        in_force = self._decisions.rules
        new = [each for each in dict.fromkeys(rules) if in_force.get(each) is not act]
        return self._record([Decision(act, each) for each in new])

    def _record(self, decisions: Sequence[Decision]) -> Result:
        """Record ``decisions``; return what is different now."""
        before = {each.mention.id: each.verdict for each in self._inbox.entries}
        if decisions:
            self._moderation.record(decisions, self._now)
        self._decisions, _ = self._moderation.read()
        self._inbox = self._judged()
        named = {each.what for each in decisions}
        found = [
            each
            for each in self._inbox.entries
            if each.mention.id in named or each.verdict != before[each.mention.id]
        ]
        rules = self._decisions.rules
        changed = {each: rules.get(each) for each in named if rule_or_empty(each) == each}
        return self._result(found, changed, is_done=True)

    def _one(self, what: str) -> Entry:
        return exactly_one(what, self._inbox.matching(what), lambda each: each.mention.id)

    def _result(
        self,
        entries: Sequence[Entry],
        rules: Mapping[str, Act | None] | None = None,
        *,
        is_whole: bool = False,
        is_done: bool = False,
    ) -> Result:
        return Result(
            entries,
            self._inbox.counts,
            rules or {},
            self.problems,
            is_whole=is_whole,
            is_done=is_done,
        )

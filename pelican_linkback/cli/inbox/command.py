"""``pelican-linkback inbox``: lists the mentions, and records what the author decides of them."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from pelican_linkback.cli.inbox.entries import Said, show
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.receiving.inbox.blocklist import read_list
from pelican_linkback.receiving.inbox.listing import Entry, Inbox
from pelican_linkback.receiving.inbox.policy import State
from pelican_linkback.receiving.memory.decisions import Act, Decision
from pelican_linkback.receiving.memory.forgotten import is_about
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.rules import rule_of
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets_file import read_targets
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import printable, system_reason

__all__ = ["run"]

FEW = 5
"""How many of several are named in a message."""


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """List the mentions, or do what the words say with them."""
    desk = Desk(settings, dt.datetime.now(dt.UTC))
    act = ACTIONS.get(arguments.action, Desk.listed)
    show(act(desk, arguments), screen)
    return 0


class Desk:
    """The files of the site's mentions, and the author before them; ``now`` dates decisions."""

    def __init__(self, settings: Settings, now: dt.datetime) -> None:
        self._settings, self._now = settings, now
        self._moderation = Moderation(settings.state)
        self._known = Snapshot(settings.state).read()
        self._targets = read_targets(settings.state)
        self._decisions, problems = self._moderation.read()
        self._problems = [*self._known.problems, *problems]
        self._inbox = self._judged()

    def _judged(self) -> Inbox:
        return Inbox.of(
            self._known.mentions, self._targets, self._decisions, self._settings.show_kinds
        )

    def listed(self, arguments: argparse.Namespace) -> Said:
        """Return the mentions that are asked for: those that are held, unless it is said."""
        asked = {
            State.HELD: arguments.held,
            State.SHOWN: arguments.shown,
            State.HIDDEN: arguments.hidden,
        }
        wanted = {state for state, is_asked in asked.items() if is_asked}
        found = self._inbox.entries
        if arguments.article:
            found = self._inbox.about(arguments.article)
        if arguments.host:
            host = _rule(arguments.host)
            found = [each for each in found if is_about(each.mention, host)]
        usual = set(State) if arguments.article or arguments.host else {State.HELD}
        wanted = wanted or usual
        return self._said([each for each in found if each.verdict.state in wanted])

    def show(self, arguments: argparse.Namespace) -> Said:
        """Return the mentions that are named, with all that is known of them."""
        found = [entry for what in arguments.what for entry in self._matching(what)]
        return self._said(found, is_whole=True)

    def approve(self, arguments: argparse.Namespace) -> Said:
        """Show these mentions from now on."""
        return self._decide(Act.SHOW, [self._one(what) for what in arguments.what])

    def refuse(self, arguments: argparse.Namespace) -> Said:
        """Hide these mentions, or what comes from these URLs, from now on."""
        urls = [each for each in arguments.what if _is_url(each) and not self._inbox.matching(each)]
        named = [self._one(what) for what in arguments.what if what not in urls]
        return self._decide(Act.HIDE, named, [Decision(Act.HIDE, url) for url in urls])

    def block(self, arguments: argparse.Namespace) -> Said:
        """Hide what comes from these hosts, or from below these URLs, from now on."""
        rules = list(map(_rule, arguments.what))
        if arguments.file:
            rules += self._in_list(arguments.file)
        elif not rules:
            raise LinkbackError("block needs a host or a URL, or a list of them: --file FILE")
        return self._rule_by(Act.BLOCK, rules)

    def hold(self, arguments: argparse.Namespace) -> Said:
        """Look at each mention from there before it is shown."""
        return self._rule_by(Act.HOLD, list(map(_rule, arguments.what)))

    def trust(self, arguments: argparse.Namespace) -> Said:
        """Show what comes from there without a look at each."""
        return self._rule_by(Act.TRUST, list(map(_rule, arguments.what)))

    def undo(self, arguments: argparse.Namespace) -> Said:
        """Take back what was decided about these mentions, URLs or hosts."""
        taken_back = [each for what in arguments.what for each in self._against(what)]
        return self._record(taken_back)

    def rules(self, arguments: argparse.Namespace) -> Said:  # noqa: ARG002 (an action's)
        """Return the rules that are in force."""
        return self._said([], self._decisions.rules)

    def _against(self, what: str) -> list[Decision]:
        """Return the decisions that take back those about ``what``."""
        found = [
            Decision.about(Act.UNDO, each.mention)
            for each in self._inbox.matching(what)
            if self._decisions.about(each.mention)
        ]
        if _is_url(what) and not found:
            found = [Decision(Act.UNDO, what)] if self._decisions.has(what) else []
        rule = _rule_or_none(what)
        if rule in self._decisions.rules:
            found.append(Decision(Act.RELEASE, rule))
        if not found:
            raise LinkbackError(
                f"nothing is decided about {printable(what)!r}; pelican-linkback inbox rules has "
                "the hosts, and pelican-linkback inbox --shown --hidden the mentions"
            )
        return found

    def _decide(self, act: Act, entries: Iterable[Entry], more: Sequence[Decision] = ()) -> Said:
        return self._record([*(Decision.about(act, each.mention) for each in entries), *more])

    def _rule_by(self, act: Act, rules: Iterable[str]) -> Said:
        known = self._decisions.rules
        new = [rule for rule in dict.fromkeys(rules) if known.get(rule) is not act]
        return self._record([Decision(act, rule) for rule in new])

    def _record(self, decisions: Sequence[Decision]) -> Said:
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
        changed = {rule: rules.get(rule) for rule in named if _rule_or_none(rule) == rule}
        return self._said(found, changed, is_done=True)

    def _matching(self, what: str) -> list[Entry]:
        found = self._inbox.matching(what)
        if not found:
            raise LinkbackError(
                f"there is no mention {printable(what)!r}; pelican-linkback inbox --held --shown "
                "--hidden lists them"
            )
        return found

    def _one(self, what: str) -> Entry:
        found = self._matching(what)
        if len(found) > 1:
            ids = ", ".join(each.mention.id for each in found[:FEW])
            message = f"{printable(what)!r} means {len(found)} mentions; write the id of one: {ids}"
            raise LinkbackError(message)
        return found[0]

    def _in_list(self, file: Path) -> Sequence[str]:
        """Return the rules in a list of others; lines that are none are named."""
        try:
            listed = read_list(file.read_text(encoding="utf-8", errors="replace"))
        except OSError as error:
            message = f"{file} cannot be read: {system_reason(error)}"
            raise LinkbackError(message) from error
        if listed.wrong:
            lines = ", ".join(map(str, listed.wrong[:FEW]))
            more = f" and {len(listed.wrong) - FEW} more" if len(listed.wrong) > FEW else ""
            self._problems.append(f"{file}: lines that name no host are passed over: {lines}{more}")
        return listed.rules

    def _said(
        self,
        entries: Sequence[Entry],
        rules: Mapping[str, Act | None] | None = None,
        *,
        is_whole: bool = False,
        is_done: bool = False,
    ) -> Said:
        return Said(
            entries,
            self._inbox.counts,
            rules or {},
            self._problems,
            is_whole=is_whole,
            is_done=is_done,
        )


ACTIONS: Mapping[str, Callable[[Desk, argparse.Namespace], Said]] = {
    "show": Desk.show,
    "approve": Desk.approve,
    "refuse": Desk.refuse,
    "block": Desk.block,
    "hold": Desk.hold,
    "trust": Desk.trust,
    "undo": Desk.undo,
    "rules": Desk.rules,
}
"""What can be done, by the words for it."""


def _is_url(what: str) -> bool:
    return what.startswith(("http://", "https://"))


def _rule(what: str) -> str:
    try:
        return rule_of(what)
    except ValueError as error:
        raise LinkbackError(str(error)) from error


def _rule_or_none(what: str) -> str:
    try:
        return rule_of(what)
    except ValueError:
        return ""

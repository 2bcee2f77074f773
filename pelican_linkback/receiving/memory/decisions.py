"""What the author decided about mentions, folded from the lines of ``moderation.jsonl``. Pure.

The result is a function of the set of lines: the later of two decisions about one thing counts,
whatever their order, so that two branches merge by keeping the lines of both.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from pelican_linkback.journal.fields import optional, text, time
from pelican_linkback.receiving.memory.forgotten import Forgotten
from pelican_linkback.receiving.memory.rules import RuleBook, host_in, place_of, rule_of
from pelican_linkback.receiving.received import Received
from pelican_linkback.text.regex import regex

__all__ = [
    "ABOUT_MENTIONS",
    "ABOUT_RULES",
    "BRIDGES",
    "Act",
    "Decision",
    "Decisions",
    "is_id",
    "speaks_for",
]

VERSION = 1

_ID = regex("[0-9a-f]{12}")
BRIDGES = frozenset({"brid.gy", "fed.brid.gy"})
"""Hosts that name the author of a post as the network of the post does."""


class Act(StrEnum):
    """What a decision does."""

    HIDE = "hide"
    SHOW = "show"
    UNDO = "undo"
    BLOCK = "block"
    HOLD = "hold"
    TRUST = "trust"
    RELEASE = "release"
    FORGET = "forget"


ABOUT_MENTIONS = frozenset({Act.HIDE, Act.SHOW, Act.UNDO})
"""Decisions about a mention, by its id, or about a source URL; UNDO takes the last one back."""

ABOUT_RULES = frozenset({Act.BLOCK, Act.HOLD, Act.TRUST, Act.RELEASE})
"""Decisions about a host or the first part of a URL; RELEASE takes the last one back."""

_STRICTNESS = {Act.TRUST: 0, Act.HOLD: 1, Act.BLOCK: 2}


def is_id(what: str) -> bool:
    """Return whether ``what`` has the form of a mention's id."""
    return _ID.fullmatch(what) is not None


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of ``moderation.jsonl``.

    ``what`` is the id of a mention or a source URL (ABOUT_MENTIONS), a rule in the form of
    ``rules.rule_of`` (ABOUT_RULES), or the keyed hash of a rule (FORGET), and then ``key`` is its
    key. ``source`` and ``target`` are those of the mention with that id: they find it if the id of
    its article changes. ``approved`` is the hash of what SHOW approved; a line without it approves
    whatever the mention says.
    """

    act: Act
    what: str
    source: str = ""
    target: str = ""
    key: str = ""
    approved: str = ""

    @classmethod
    def about(cls, act: Act, mention: Received) -> Decision:
        """Return a decision about one mention; SHOW is about what it says now."""
        approved = _hash(mention) if act is Act.SHOW else ""
        return cls(act, mention.id, mention.source, mention.target, approved=approved)

    def line(self, at: dt.datetime) -> dict[str, object]:
        """Return the decision as a line; empty fields are left out."""
        fields = {
            "act": self.act.value,
            "what": self.what,
            "source": self.source,
            "target": self.target,
            "key": self.key,
            "approved": self.approved,
        }
        when = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        return {"v": VERSION, "at": when, **{name: said for name, said in fields.items() if said}}

    @classmethod
    def read(cls, line: Mapping[str, object]) -> tuple[dt.datetime, Decision]:
        """Return the decision of a line, and its time; raise ValueError where it is none."""
        act, what = Act(text(line, "act")), text(line, "what")
        return time(line, "at"), cls(
            act,
            rule_of(what) if act in ABOUT_RULES else what,
            optional(line, "source"),
            optional(line, "target"),
            optional(line, "key"),
            optional(line, "approved"),
        )


class _Dated(NamedTuple):
    """A decision about a mention, and its ``number`` in the order of all."""

    number: int
    act: Act
    approved: str

    def is_of_another_text(self, mention: Received) -> bool:
        """Return whether this approved something else than what the mention says now."""
        is_bound = self.act is Act.SHOW and self.approved != ""
        return is_bound and self.approved != _hash(mention)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What is decided.

    ``rules`` has BLOCK, HOLD or TRUST for each rule that is in force, ``forgotten`` what was erased
    and may not come back.
    """

    rules: Mapping[str, Act] = field(default_factory=dict)
    forgotten: Forgotten = field(default_factory=Forgotten)
    _mentions: Mapping[str | tuple[str, str], _Dated] = field(default_factory=dict)
    _book: RuleBook[Act] = field(default_factory=lambda: RuleBook({}), compare=False)

    @classmethod
    def of(cls, lines: Iterable[tuple[dt.datetime, Decision]]) -> Decisions:
        """Return what the decisions amount to: of two about one thing the later counts."""
        rules: dict[str, Act] = {}
        mentions: dict[str | tuple[str, str], _Dated] = {}
        hashes: dict[str, set[str]] = {}
        for number, (_, each) in enumerate(
            sorted(lines, key=lambda line: (line[0], repr(line[1])))
        ):
            if each.act is Act.FORGET:
                hashes.setdefault(each.key, set()).add(each.what)
            elif each.act in ABOUT_RULES:
                rules[each.what] = each.act
            else:
                name = each.what if is_id(each.what) else place_of(each.what)
                dated = mentions[name] = _Dated(number, each.act, each.approved)
                if each.source:
                    mentions[each.source, each.target] = dated
        kept = {rule: act for rule, act in rules.items() if act is not Act.RELEASE}
        return cls(kept, Forgotten(hashes), mentions, RuleBook(kept))

    @classmethod
    def by(cls, rules: Mapping[str, Act], forgotten: Forgotten) -> Decisions:
        """Return decisions about hosts and URLs alone."""
        return cls(rules, forgotten, {}, RuleBook(rules))

    def about(self, mention: Received) -> Act | None:
        """Return HIDE or SHOW if that was decided about the mention, or about its source, last.

        An approval of something else than what the mention says now does not count.
        """
        last = self._last(mention)
        if last is None or last.act is Act.UNDO or last.is_of_another_text(mention):
            return None
        return last.act

    def has_changed(self, mention: Received) -> bool:
        """Return whether the mention was approved last, and says something else now."""
        last = self._last(mention)
        return last is not None and last.is_of_another_text(mention)

    def _last(self, mention: Received) -> _Dated | None:
        if not self._mentions:
            return None
        names = (mention.id, (mention.source, mention.target), place_of(mention.source))
        found = [self._mentions[name] for name in names if name in self._mentions]
        return max(found, default=None)

    def has(self, url: str) -> bool:
        """Return whether something is decided about a source URL, and not taken back."""
        last = self._mentions.get(place_of(url))
        return last is not None and last.act is not Act.UNDO

    def rule_for(self, mention: Received) -> Act | None:
        """Return BLOCK, HOLD or TRUST if a rule applies: the most specific one.

        Of equally specific ones the strictest. A mention is blocked or held by its source, its post
        or its author. It is trusted by its source; by its post or author only if the source is on
        their host, or is a bridge's: anybody can write another's name on a page.
        """
        if not self.rules:
            return None
        found = [self._book.of(mention.source)]
        for url in (mention.url, mention.author.url):
            rule = self._book.of(url)
            if rule and (rule[1] is not Act.TRUST or speaks_for(mention.source, url)):
                found.append(rule)
        ranked = [(rank, _STRICTNESS[act], act) for rank, act in filter(None, found)]
        return max(ranked)[2] if ranked else None


def _hash(mention: Received) -> str:
    """Return a hash of what a mention says. Who writes two texts must not find two of one hash."""
    return hashlib.sha256(json.dumps(mention.said).encode()).hexdigest()[:32]


def speaks_for(source: str, url: str) -> bool:
    """Return whether a page at ``source`` can be believed about who wrote the post at ``url``."""
    host = host_in(place_of(source))
    return host in BRIDGES or host == host_in(place_of(url))

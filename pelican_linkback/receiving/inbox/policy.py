"""Whether a mention is shown, and why. Pure.

Nothing of this is stored: it is computed from the mention, its target and the decisions whenever a
site is built, so that a decision shows at once, and to take it back needs no pull.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pelican_linkback.receiving.memory.decisions import Act, Decisions
from pelican_linkback.receiving.memory.targets import Mode, Target
from pelican_linkback.receiving.received import Received

__all__ = ["REASONS", "Policy", "Verdict", "Visibility", "Why"]


class Visibility(StrEnum):
    """Whether a mention is shown on its article's page, held for its author, or hidden.

    Users know it as the state of a mention; a receiver has more states: ``MentionState``.
    """

    SHOWN = "shown"
    HELD = "held"
    HIDDEN = "hidden"


class Why(StrEnum):
    """Why a mention is shown, held or hidden; REASONS has it in words."""

    OPEN = "open"
    APPROVED = "approved"
    TRUSTED = "trusted"
    HELD = "held"
    HOLD = "hold"
    STRANGER = "stranger"
    REFUSED = "refused"
    BLOCKED = "blocked"
    FORGOTTEN = "forgotten"
    KIND = "kind"
    OWN = "own"
    CLOSED = "closed"
    NO_TARGET = "no-target"
    EDITED = "edited"
    CHANGED = "changed"
    UNDONE = "undone"
    TWICE = "twice"
    SPAM = "spam"
    QUEUED = "queued"
    GONE = "gone"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"


REASONS = {
    Why.OPEN: "its article shows mentions at once",
    Why.APPROVED: "you approved it",
    Why.TRUSTED: "you trust its author or site",
    Why.HELD: "its article has Mentions: held",
    Why.HOLD: "you hold what its author or site says",
    Why.STRANGER: "it is the first of its author",
    Why.REFUSED: "you refused it, or its source",
    Why.BLOCKED: "its author or site is blocked",
    Why.FORGOTTEN: "its author or site was erased",
    Why.KIND: "its kind is not in LINKBACK_SHOW_KINDS",
    Why.OWN: "its source is a page of this site",
    Why.CLOSED: "its article has Mentions: closed",
    Why.NO_TARGET: "its article is not on the site",
    Why.EDITED: "its text has changed since you approved it",
    Why.CHANGED: "its text has changed; the one that you approved is still shown",
    Why.UNDONE: "you took a decision back, and its text has changed since that",
    Why.TWICE: "its author said the same at another address",
    Why.SPAM: "you said that it is spam",
    Why.QUEUED: "its source has not been read yet",
    Why.GONE: "its source is gone, or does not link here any more",
    Why.UNREACHABLE: "its source could not be reached",
    Why.BROKEN: "its source could not be read to the end, three times",
}


class Verdict(NamedTuple):
    """Whether a mention is shown, and the reason."""

    visibility: Visibility
    why: Why


def _always(mention: Received) -> bool:  # noqa: ARG001 (one of the functions that may be given)
    return True


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a site.

    ``kinds`` are those that are shown, ``own`` returns whether a URL is one of the site's own, and
    ``is_known`` whether the author of a mention may be shown without a look at it: what a hosted
    service moderates always may. ``approved`` are the sources of mentions that only list what was
    approved there already: receivers of one's own.
    """

    decisions: Decisions
    kinds: Collection[str]
    own: Callable[[str], bool]
    is_known: Callable[[Received], bool] = _always
    approved: Collection[str] = ()

    def judge(self, mention: Received, target: Target | None) -> Verdict:
        """Return whether ``mention`` is shown on the page of ``target``, and why.

        ``target`` is None if the page that it is about is not on the site, or not any more.
        """
        if target is None:
            return Verdict(Visibility.HIDDEN, Why.NO_TARGET)
        decided = self.decisions.about(mention)
        if why := self._against(mention, target, decided):
            return Verdict(Visibility.HIDDEN, why)
        if decided and decided is Act.SHOW:
            return Verdict(Visibility.SHOWN, Why.APPROVED)
        by_rule = self._by_rule(mention, target)
        if by_rule.visibility is Visibility.HELD and self.decisions.has_changed(mention):
            return _EDITED
        return by_rule

    def _against(self, mention: Received, target: Target, decided: Act | None) -> Why | None:
        """Return why a mention is hidden, whatever the rules say of its author or site."""
        if target.mentions is Mode.CLOSED:
            return Why.CLOSED
        if self.decisions.forgotten.has(mention):
            return Why.FORGOTTEN
        if decided and decided is Act.HIDE:
            return Why.REFUSED
        if mention.kind not in self.kinds:
            return Why.KIND
        is_free = decided is None and mention.via not in self.approved
        is_own = is_free and self.own(mention.source) and not self.decisions.has_changed(mention)
        return Why.OWN if is_own else None

    def _by_rule(self, mention: Received, target: Target) -> Verdict:
        if rule := self.decisions.rule_for(mention):
            return _BY_RULE[rule]
        if target.mentions is Mode.HELD and mention.via not in self.approved:
            return Verdict(Visibility.HELD, Why.HELD)
        if not self.is_known(mention):
            return Verdict(Visibility.HELD, Why.STRANGER)
        return _OPEN


_OPEN = Verdict(Visibility.SHOWN, Why.OPEN)  # what nearly all are: made once
_EDITED = Verdict(Visibility.HELD, Why.EDITED)
_BY_RULE = {
    Act.BLOCK: Verdict(Visibility.HIDDEN, Why.BLOCKED),
    Act.TRUST: Verdict(Visibility.SHOWN, Why.TRUSTED),
    Act.HOLD: Verdict(Visibility.HELD, Why.HOLD),
}

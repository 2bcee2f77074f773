"""What a run has to say to people. Pure: who prints or logs it is another's business."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from pelican_linkback.delivery.decider import Decision, GiveUp, Skip, Wait
from pelican_linkback.delivery.events import GONE, UNLINKED, Waiting
from pelican_linkback.delivery.gate import (
    LINK_MISSING,
    OLDER,
    REDIRECTED,
    STILL_LINKED,
    STILL_ONLINE,
    UPLOAD_MENDS,
)
from pelican_linkback.delivery.reasons import reason
from pelican_linkback.delivery.record import Delivery, State
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.protocol.verification import Finding
from pelican_linkback.text import harmless

__all__ = [
    "Notice",
    "Report",
    "about_answer",
    "about_finding",
    "about_journal",
    "about_missing_link",
    "about_waiting",
    "count",
]

LONGEST = 2000
"""Characters in a notice at most; URLs may be long."""

NEARLY_LINKED = frozenset({"differs", "raw-ampersand", "by-script", "too-far-down"})
"""Findings that say better than "no link" what is wrong."""

ONLINE = {
    OLDER: "is online in an older version",
    STILL_LINKED: "still links to it online",
    STILL_ONLINE: "is still online; take it away or run pelican-linkback retract",
}
NEWS = {UNLINKED: " that the link is gone", GONE: " that the page is gone"}


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """One line for the author: the article, the target, what happened and what to do."""

    level: Literal["warning", "info"]
    text: str
    passing: bool = False
    """Whether the next run may say something else: it is about what waits."""

    kind: str = field(default="", compare=False)
    """What it has in common with others: of many of a kind people are told one, and a number."""

    @property
    def is_warning(self) -> bool:
        """Whether it is about what the author can mend."""
        return self.level == "warning"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run, in numbers of deliveries.

    ``waiting`` wait for their page (``waits_for`` says what, once each), ``later`` are to be tried
    again, ``failed`` never, ``nothing`` have targets that take no mentions, and ``left`` were due
    and not come to. ``soon`` of those that wait do so for no more than an upload. ``next_at`` is
    when something will be due again by itself (UTC). ``interrupted`` tells of Ctrl-C, ``shut_out``
    of another run that was sending, so that this one could not, and ``ended`` has the deliveries
    themselves.
    """

    sent: int = 0
    waiting: int = 0
    later: int = 0
    failed: int = 0
    nothing: int = 0
    left: int = 0
    soon: int = 0
    next_at: datetime | None = None
    waits_for: tuple[str, ...] = ()
    interrupted: bool = False
    shut_out: bool = False
    notices: tuple[Notice, ...] = ()
    ended: tuple[Delivery, ...] = ()

    def summary(self) -> str:
        """Return the run in one line, without a full stop."""
        parts = [
            f"{self.sent} sent",
            *([self._waiting()] if self.waiting else []),
            *([f"{self.later} to be tried again"] if self.later else []),
            *([f"{self.nothing} without an endpoint"] if self.nothing else []),
            f"{self.failed} failed",
            *([f"{self.left} left for {self._next()}"] if self.left else []),
        ]
        stopped = "interrupted, " if self.interrupted else ""
        return f"Linkbacks: {stopped}{', '.join(parts)}"

    def and_then(self, later: Report) -> Report:
        """Return what came of this run and of the one after it, taken together."""
        ended = {each.mention: each for each in (*self.ended, *later.ended)}
        lasting = [notice for notice in self.notices if not notice.passing]
        return replace(
            later,
            sent=self.sent + later.sent,
            failed=self.failed + later.failed,
            nothing=self.nothing + later.nothing,
            notices=tuple(dict.fromkeys([*lasting, *later.notices])),
            ended=tuple(ended[mention] for mention in sorted(ended)),
        )

    def _next(self) -> str:
        return "the next run, since another one is sending" if self.shut_out else "the next run"

    def _waiting(self) -> str:
        verb = "waits" if self.waiting == 1 else "wait"
        what = self.waits_for[0] if len(self.waits_for) == 1 else "their pages to be ready"
        return f"{self.waiting} {verb} for {what}"


def count(
    decided: Mapping[Mention, tuple[Delivery, Decision]],
    done: Collection[Mention],
    *,
    left: int,
    interrupted: bool,
    notices: tuple[Notice, ...],
) -> Report:
    """Count what became of those that were ``done``; ``left`` were due and not come to."""
    ended = [decided[mention] for mention in sorted(done)]
    states = Counter(delivery.state for delivery, _ in ended)
    waiting = sorted({_wait_for(each) for each, _ in ended if each.state is State.WAITING})
    times = [each.until for _, each in decided.values() if isinstance(each, Wait | Skip)]
    given_up = sum(isinstance(decision, GiveUp) for _, decision in ended)
    return Report(
        sent=states[State.DELIVERED],
        waiting=states[State.WAITING],
        later=sum(isinstance(decision, Wait) for _, decision in decided.values()),
        failed=states[State.REFUSED] + given_up,
        nothing=states[State.NOTHING],
        left=left,
        soon=sum(each.state is State.WAITING and each.reason in UPLOAD_MENDS for each, _ in ended),
        next_at=min(filter(None, times), default=None),
        waits_for=tuple(waiting),
        interrupted=interrupted,
        notices=notices,
        ended=tuple(delivery for delivery, _ in ended),
    )


def about_waiting(
    deliveries: Sequence[Delivery], why: Waiting, findings: Sequence[Finding] = ()
) -> Notice:
    """Say why the ``deliveries`` of one source wait, and what the author can do.

    ``findings`` may know better what is wrong with a link that is missing.
    """
    source = deliveries[0].mention.source
    told = f"{_subject(deliveries)} not told yet"
    match why.reason:
        case code if code == LINK_MISSING:
            return _about_link(told, source, findings) or _notice(
                "warning",
                f"{told}: {source} does not link to it; upload the page if that is an older one, "
                "else add the link to the article or set LINKBACK_LINK_MARKED = True",
                passing=True,
                kind=code,
            )
        case code if code == REDIRECTED:
            return _notice(
                "warning",
                f"{told}: {source} redirects to {why.detail}, and receivers do not follow; "
                "set SITEURL to the address that the pages are served from",
                passing=True,
                kind=code,
            )
        case code:
            what = ONLINE.get(code, f"is not online ({why.detail})")
            return _notice(
                "info",
                f"{told}: {source} {what}; upload it, then run pelican-linkback send",
                passing=True,
            )


def about_missing_link(delivery: Delivery, findings: Sequence[Finding]) -> Notice:
    """Say that the built page of a delivery does not link to its target; ``findings`` say more."""
    told = f"{_subject([delivery])} not told yet"
    return _about_link(told, delivery.mention.source, findings) or _notice(
        "warning",
        f"{told}: it is marked, and the article does not link to it; add the link, or set "
        "LINKBACK_LINK_MARKED = True",
        passing=True,
        kind="unlinked",
    )


def _about_link(told: str, source: str, findings: Sequence[Finding]) -> Notice | None:
    for finding in findings:
        if finding.code in NEARLY_LINKED:
            words = f"{told}: {source}: {finding.sentence}; {finding.remedy}"
            return _notice("warning", words, passing=True, kind=finding.code)
    return None


def about_answer(delivery: Delivery, *, given_up: bool) -> Notice:
    """Say what came of a delivery."""
    subject, why = _subject([delivery]), reason(delivery)
    if delivery.state is State.DELIVERED:
        what = NEWS.get(delivery.fingerprint, "")
        return _notice("info", f"{subject} told{what} by {delivery.protocol} ({why})")
    if delivery.state is State.NOTHING:
        return _notice("info", f"{subject} not told: it takes neither webmentions nor pingbacks")
    if delivery.state is State.LATER and delivery.retry_at and not given_up:
        return _notice(
            "info",
            f"{subject} not told yet ({why}); "
            f"the first run after {delivery.retry_at:%Y-%m-%d %H:%M} UTC tries again",
        )
    tried = f" after {delivery.attempts} attempts" if given_up else ""
    return _notice(
        "warning",
        f"{subject} not told{tried} ({why}); it is tried again when the article changes, or by "
        "pelican-linkback send --retry-failed",
        kind=delivery.reason,
    )


def about_finding(delivery: Delivery, finding: Finding) -> Notice:
    """Say why a WordPress site would refuse the delivery, and what the author can do."""
    return _notice(
        "warning",
        f"{_subject([delivery])}: a WordPress site will refuse the pingback: "
        f"{finding.sentence}; {finding.remedy}",
        kind=finding.code,
    )


def about_journal(problems: Sequence[str]) -> Iterable[Notice]:
    """Say which lines of the journal were not used."""
    return (_notice("warning", problem) for problem in problems)


def _wait_for(delivery: Delivery) -> str:
    source, target = delivery.mention.source, delivery.mention.target
    if delivery.reason == LINK_MISSING:
        return f"{source} to link to {target}"
    if delivery.fingerprint == GONE:
        return f"{source} to be gone"
    version = " in its new version" if delivery.reason in {OLDER, STILL_LINKED} else ""
    return f"{source} to be online{version}"


def _subject(deliveries: Sequence[Delivery]) -> str:
    first = deliveries[0]
    more = f" and {len(deliveries) - 1} more" if len(deliveries) > 1 else ""
    return f"{first.article or first.mention.source}: {first.mention.target}{more}"


def _notice(
    level: Literal["warning", "info"], text: str, *, passing: bool = False, kind: str = ""
) -> Notice:
    return Notice(level, harmless(text, LONGEST), passing, kind)

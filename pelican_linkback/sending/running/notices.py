"""The notices of a run: a line for the author about each delivery. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pelican_linkback.protocol.mention import Mention, Traits
from pelican_linkback.protocol.verification import Objection
from pelican_linkback.sending.deciding.decider import Decision, GiveUp
from pelican_linkback.sending.deciding.reasons import (
    ADDRESS_REFUSED,
    HOST_IN_TROUBLE,
    HOST_REFUSES,
    INVALID_SOURCE,
    LINK_MISSING,
    LOOKUP_FAILED,
    NOT_ONLINE,
    OLD_ADDRESS,
    OLDER,
    REDIRECTED,
    STILL_LINKED,
    STILL_ONLINE,
    UNREGISTERED,
    reason,
)
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import GONE, UNLINKED, Waiting
from pelican_linkback.text.printable import printable

__all__ = [
    "Notice",
    "about_answer",
    "about_foreign",
    "about_host",
    "about_journal",
    "about_missing_link",
    "about_move",
    "about_objection",
    "about_pings",
    "about_waiting",
]

LONGEST = 2000
"""Characters in a notice at most; URLs may be long."""

NEARLY_LINKED = frozenset({"differs", "raw-ampersand", "by-script", "too-far-down"})
"""Objections that say better than "no link" what is wrong."""

SEND = "then run pelican-linkback send"
WAITS = {
    NOT_ONLINE: "{source} is not online ({detail}); upload it, " + SEND,
    HOST_IN_TROUBLE: "the host of {source} is in trouble ({detail}); the next run looks again",
    HOST_REFUSES: "the host of {source} refuses to show it ({detail}); upload it, or, where a "
    "browser shows it, let the host show it to programs, too: no check for bots, no password",
    LOOKUP_FAILED: "{source} could not be looked at ({detail}); the next run tries again",
    INVALID_SOURCE: "{source} is no address of a page ({detail}); correct the lines of the journal "
    "that name it, or delete them",
    ADDRESS_REFUSED: "{source} is not fetched ({detail}); set SITEURL to a public address, or name "
    "its host in LINKBACK_ALLOW_HOSTS",
    OLDER: "{source} is online in an older version{more}; upload it, " + SEND,
    STILL_LINKED: "{source} still links to it online; upload it, " + SEND,
    STILL_ONLINE: "{source} is still online; take it away, " + SEND,
    OLD_ADDRESS: "the old address {detail} is still online; let it redirect to {source}, or take "
    "it away",
    REDIRECTED: "{source} redirects to {detail}, which is another page, or on another host; set "
    "SITEURL to the address that the pages are served from",
}
"""What is waited for at a page, and what the author can do."""

OF_GONE = WAITS | {
    NOT_ONLINE: WAITS[LOOKUP_FAILED],
    HOST_REFUSES: "the host of {source} refuses to show it ({detail}), which does not say that it "
    "is gone; let it answer 404 or 410",
}
"""The same of a page that is to be gone."""

OF_FEEDS = WAITS | {OLDER: "{source} is not online as it was built; upload it, " + SEND}
"""The same of a feed."""

NEWS = {UNLINKED: " that the link is gone", GONE: " that the page is gone"}


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """One line for the author: the article, the target, what happened and what to do."""

    level: Literal["warning", "info"]
    text: str
    passing: bool = False
    """Whether it is about something that waits, so that the next run may say something else."""

    kind: str = field(default="", compare=False)
    """The group it belongs to: of many notices of one kind, one is shown, with a count."""

    @property
    def is_warning(self) -> bool:
        """Whether the author can do something about it."""
        return self.level == "warning"


def about_waiting(
    deliveries: Sequence[Delivery],
    source: str,
    why: Waiting,
    objections: Sequence[Objection] = (),
    *,
    is_late: bool = False,
) -> Notice:
    """Say why ``deliveries`` wait for the page at ``source``, and what the author can do.

    ``objections`` may know better what is wrong with a link that is missing. ``is_late``: it has
    not passed by itself, and no upload has fixed it.
    """
    unsent = f"{_subject(deliveries)} not notified yet"
    if why.reason == LINK_MISSING:
        return _about_link(unsent, source, objections) or _notice(
            "warning",
            f"{unsent}: {_missing(deliveries[0].mention.target, source, why.detail)}",
            passing=True,
            kind=why.reason,
        )
    words = OF_GONE if deliveries[0].fingerprint == GONE else WAITS
    text = f"{unsent}: {_filled(words[why.reason], source, why.detail)}"
    needs_author = why.reason in {INVALID_SOURCE, ADDRESS_REFUSED, REDIRECTED}
    if needs_author or (why.reason == HOST_REFUSES and is_late):
        return _notice("warning", text, passing=True, kind=why.reason)
    return _notice("info", text, passing=True)


def _filled(words: str, source: str, detail: str) -> str:
    return words.format(source=source, detail=detail, more=f" ({detail})" if detail else "")


def _missing(target: str, source: str, detail: str) -> str:
    if detail:
        return f'{source} is online, and no link on it has exactly href="{target}"; {detail}'
    return (
        f"{source} does not link to it; upload the page if that is an older one, else add the link "
        "to the article or set LINKBACK_LINK_MARKED = True"
    )


def about_missing_link(delivery: Delivery, objections: Sequence[Objection]) -> Notice:
    """Say that the built page of a delivery does not link to its target; ``objections`` say why."""
    unsent = f"{_subject([delivery])} not notified yet"
    return _about_link(unsent, delivery.mention.source, objections) or _notice(
        "warning",
        f"{unsent}: it is marked, and the article does not link to it; add the link, or set "
        "LINKBACK_LINK_MARKED = True",
        passing=True,
        kind="unlinked",
    )


def _about_link(unsent: str, source: str, objections: Sequence[Objection]) -> Notice | None:
    for objection in objections:
        if objection.code in NEARLY_LINKED:
            words = f"{unsent}: {source}: {objection.sentence}; {objection.remedy}"
            return _notice("warning", words, passing=True, kind=objection.code)
    return None


def about_answer(delivery: Delivery, *, given_up: bool) -> Notice:
    """Say what came of a delivery."""
    subject = _subject([delivery])
    if delivery.state is State.DELIVERED:
        what = NEWS.get(delivery.fingerprint, "")
        text = f"{subject} notified{what} by {delivery.protocol} ({reason(delivery)})"
        return _notice("info", text)
    if delivery.state is State.NOTHING:
        return _notice("info", f"{subject} not notified: {reason(delivery)}")
    again = "by pelican-linkback send --retry-failed"
    remedy = f"it is tried again {'only ' if delivery.is_removal else AT_A_CHANGE}{again}"
    return _not_notified(subject, delivery, remedy, given_up=given_up, kind=delivery.reason)


AT_A_CHANGE = "when the article changes, or "


def _not_notified(
    subject: str, delivery: Delivery, remedy: str, *, given_up: bool, kind: str = ""
) -> Notice:
    why, what = reason(delivery), NEWS.get(delivery.fingerprint, "")
    if delivery.state is State.LATER and delivery.retry_at and not given_up:
        when = f"{delivery.retry_at:%Y-%m-%d %H:%M} UTC"
        text = f"{subject} not notified{what} yet ({why}); the first run after {when} tries again"
        return _notice("warning" if delivery.reason == "error" else "info", text, kind=kind)
    tried = f" after {delivery.attempts} attempts" if given_up else ""
    # A removal has no page any more that the author could change.
    level: Literal["warning", "info"] = "info" if delivery.is_removal else "warning"
    return _notice(level, f"{subject} not notified{what}{tried} ({why}); {remedy}", kind=kind)


def about_move(delivery: Delivery) -> Notice:
    """Say that a receiver keeps the old address of an article that has moved."""
    if delivery.is_removal:
        return _notice(
            "info",
            f"{_subject([delivery])} is not notified that {delivery.sent_source} is gone: it "
            f"redirects to {delivery.detail}, which links to it",
        )
    return _notice(
        "info",
        f"{_subject([delivery])} knows the page by its old address {delivery.sent_source}, which "
        "redirects; it is not notified of the new one",
    )


def about_pings(settled: Iterable[tuple[Delivery, Decision]]) -> Iterator[Notice]:
    """Say what came of the pings among ``settled``: one line for each hub and answer."""
    groups: dict[tuple[str, State, str, bool], list[Delivery]] = {}
    for delivery, decision in sorted(settled, key=lambda each: each[0].mention):
        if delivery.is_ping:
            given_up = isinstance(decision, GiveUp)
            key = (delivery.mention.target, delivery.state, reason(delivery), given_up)
            groups.setdefault(key, []).append(delivery)
    for (*_, given_up), pings in groups.items():
        yield _about_hub(pings, given_up=given_up)


def _about_hub(pings: Sequence[Delivery], *, given_up: bool) -> Notice:
    first = pings[0]
    more = f" and {len(pings) - 1} more" if len(pings) > 1 else ""
    subject = f"{first.article}{more}: the hub {first.mention.target}"
    if first.state is State.DELIVERED:
        return _notice("info", f"{subject} notified ({reason(first)})")
    if first.state is State.WAITING:
        why = _filled(OF_FEEDS[first.reason], first.mention.source, first.detail)
        return _notice("info", f"{subject} not notified yet: {why}", passing=True)
    remedy = (
        "it is notified of the feed's next version; see whether LINKBACK_HUBS names the right hub"
    )
    return _not_notified(subject, first, remedy, given_up=given_up)


def about_objection(delivery: Delivery, protocol: Traits, objection: Objection) -> Notice:
    """Say why a WordPress site would refuse the delivery, and what the author can do."""
    return _notice(
        "warning",
        f"{_subject([delivery])}: a WordPress site will refuse the {protocol}: "
        f"{objection.sentence}; {objection.remedy}",
        kind=objection.code,
    )


def about_host(host: str, until: datetime | None, mentions: Sequence[Mention]) -> Notice:
    """Say what waits for a host in trouble: one that does not answer, or asks to be left alone."""
    what = "1 linkback is" if len(mentions) == 1 else f"{len(mentions)} linkbacks are"
    if until is None:
        text = f"{host} does not answer as it should: {what} left for the next run"
    else:
        when = f"{until:%Y-%m-%d %H:%M} UTC"
        text = f"{host} asks to be left alone: {what} left for the first run after {when}"
    return _notice("info", text, passing=True)


def about_journal(problems: Sequence[str]) -> Iterable[Notice]:
    """Say which lines of the journal were not used."""
    return (_notice("warning", problem) for problem in problems)


def about_foreign(deliveries: Iterable[Delivery]) -> Iterator[Notice]:
    """Say of each protocol that is not registered how many deliveries are left alone for it."""
    protocols = (
        protocol.name
        for each in deliveries
        for protocol in {each.protocol, each.acknowledged_by}
        if protocol is not None and not protocol.is_registered
    )
    for name, count in sorted(Counter(protocols).items()):
        what = f'1 linkback by "{name}" is' if count == 1 else f'{count} linkbacks by "{name}" are'
        why = "LINKBACK_PROTOCOLS does not name that protocol"
        yield _notice("info", f"{what} left alone: {why}", kind=UNREGISTERED)


def _subject(deliveries: Sequence[Delivery]) -> str:
    first = deliveries[0]
    more = f" and {len(deliveries) - 1} more" if len(deliveries) > 1 else ""
    return f"{first.article or first.mention.source}: {first.mention.target}{more}"


def _notice(
    level: Literal["warning", "info"], text: str, *, passing: bool = False, kind: str = ""
) -> Notice:
    return Notice(level, printable(text, LONGEST), passing, kind)

"""The state of a delivery and what comes next, in words for people. Pure."""

from __future__ import annotations

from pelican_linkback.sending.deciding.decider import Ask, Decision, GiveUp, Send, Wait
from pelican_linkback.sending.deciding.readiness import REWRITTEN
from pelican_linkback.sending.deciding.reasons import (
    ADDRESS_REFUSED,
    HOST_REFUSES,
    INVALID_SOURCE,
    LINK_MISSING,
    NOT_ONLINE,
    OLD_ADDRESS,
    OLDER,
    REDIRECTED,
    STILL_LINKED,
    STILL_ONLINE,
    reason,
)
from pelican_linkback.sending.deciding.versions import is_of_mentions_alone
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import GONE, UNLINKED

__all__ = ["intent", "is_for_mentions", "name", "standing"]

STANDING = {
    State.DELIVERED: "sent",
    State.NOTHING: "none",
    State.REFUSED: "failed",
    State.LATER: "later",
    State.ATTEMPTED: "later",
    State.QUEUED: "due",
    State.WAITING: "waiting",
    State.DROPPED: "dropped",
}

REMEDIES = {
    **dict.fromkeys((NOT_ONLINE, OLDER, STILL_LINKED), "upload it"),
    HOST_REFUSES: "upload it, or let the host show it to programs, too",
    ADDRESS_REFUSED: "set SITEURL to a public address, or name its host in LINKBACK_ALLOW_HOSTS",
    INVALID_SOURCE: "correct the lines of the journal that name it, or delete them",
    LINK_MISSING: "add the link, or set LINKBACK_LINK_MARKED = True",
    REDIRECTED: "set SITEURL to the address that the pages are served from",
    STILL_ONLINE: "take it away",
    OLD_ADDRESS: "let that redirect to the new one, or take it away",
}
"""What the author can do about a delivery that waits, if its reason does not say so."""


def name(delivery: Delivery) -> str:
    """Return the name of the article: its file, else its URL."""
    return delivery.article or delivery.mention.source


def intent(delivery: Delivery, decision: Decision) -> tuple[str, str]:
    """Return in a word what the next run does about a delivery, and why."""
    match decision:
        case Send() if delivery.state is State.WAITING:
            return "wait", f"{reason(delivery)}; the next run looks again"
        case Send():
            return _news(delivery)
        case Ask():
            return "ask", "the receiver was to decide later; ask what became of it"
        case Wait():
            return "later", _not_before(decision, reason(delivery))
        case GiveUp():
            return "give up", f"{delivery.attempts} attempts without success: {reason(delivery)}"
        case _:
            word, why = standing(delivery, decision)
            return "skip", f"{word}: {why}" if why else word


def _news(delivery: Delivery) -> tuple[str, str]:
    tries = f", attempt {delivery.attempts + 1}: {reason(delivery)}" if delivery.attempts else ""
    if delivery.is_ping:
        return "ping", f"notify the hub of the changed feed once it is online{tries}"
    by = f" by {delivery.protocol}" if delivery.protocol else ""
    if delivery.fingerprint == GONE:
        return "retract", f"notify{by} that the page is gone"
    if delivery.fingerprint == UNLINKED:
        return "retract", f"notify{by} that the link is gone"
    if is_for_mentions(delivery):
        return "update", f"notify{by}, since the mentions under it have changed"
    if delivery.is_known:
        return "update", f"notify{by} of the new version"
    return "send", f"notify{by} once its page is online{tries}"


def is_for_mentions(delivery: Delivery) -> bool:
    """Return whether a receiver is notified because the mentions changed, and nothing else."""
    return is_of_mentions_alone(delivery.acknowledged, delivery.fingerprint)


def standing(delivery: Delivery, decision: Decision | None = None) -> tuple[str, str]:
    """Return the state of a delivery in a word, and how or why it came to be."""
    if isinstance(decision, GiveUp):
        return "failed", f"given up after {delivery.attempts} attempts: {reason(delivery)}"
    word, why = STANDING[delivery.state], reason(delivery)
    if delivery.is_ping and delivery.state is State.NOTHING:
        word = "new"
    if delivery.state is State.DELIVERED and delivery.protocol:
        why = f"by {delivery.protocol}{f' ({why})' if why else ''}"
    if delivery.state is State.WAITING and delivery.detail != REWRITTEN:
        why = "; ".join(filter(None, [why, REMEDIES.get(delivery.reason)]))
    if isinstance(decision, Wait):
        why = _not_before(decision, why)
    return word, why


def _not_before(decision: Wait, why: str) -> str:
    why = f"{decision.host} asks to be left alone" if decision.host else why
    return f"not before {decision.until:%Y-%m-%d %H:%M} UTC: {why}"

"""What a receiver's answer to a removal means. Pure.

A removal is an update of a source that is gone, or that does not link to the target any more. The
receiver fetches it, finds no link and deletes the mention; no specification says what it answers
then (Webmention, section 3.2.4). Many answer as they do to any source without a link.
"""

from __future__ import annotations

from dataclasses import replace

from pelican_linkback.protocol.mention import Outcome, Verdict
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.events import Asked

__all__ = ["FOUND_GONE", "read_answer", "read_status"]

FOUND_GONE = "found-gone"

_SAYS_SO = frozenset({"http-400", "http-404", "http-410", "http-422"})


def read_answer(delivery: Delivery, outcome: Outcome) -> Outcome:
    """Return what the endpoint's answer means, given what ``delivery`` sent."""
    if delivery.is_removal and outcome.reason in _SAYS_SO:
        return replace(outcome, verdict=Verdict.DELIVERED, reason=FOUND_GONE)
    return outcome


def read_status(delivery: Delivery, said: Asked) -> Asked:
    """Return what the receiver's status page means, given what ``delivery`` sent."""
    if delivery.is_removal and said.verdict is Verdict.REFUSED:
        return replace(said, verdict=Verdict.DELIVERED, reason=FOUND_GONE)
    return said

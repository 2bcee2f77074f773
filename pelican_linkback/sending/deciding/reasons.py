"""Why a delivery stands where it does: the reasons of the memory, as words for people. Pure."""

from __future__ import annotations

import re

from pelican_linkback.sending.memory.delivery import Delivery

__all__ = ["UNREAD", "reason"]

UNREAD = "unread"
"""No endpoint was found on a page that could not be read, or not to its end."""

REASONS = {
    "accepted": "taken",
    "already-registered": "known there already",
    "found-gone": "the receiver looked, and found no link any more",
    "no-endpoint": "it takes neither webmentions nor pingbacks",
    UNREAD: "its page could not be read",
    "not-online": "its page is not online",
    "redirected": "its page redirects to another one, or to another host",
    "link-missing": "its page does not link to the target",
    "older-version": "an older version of its page is online",
    "still-linked": "the page that is online still links to it",
    "still-online": "its page is still online",
    "old-address": "the page is still online at its old address",
    "moved": "the old address redirects to the new one, and the receiver knows that",
    "error": "this program failed, which is to be reported; debug messages say where",
    "interrupted": "the run ended before the answer came",
    "timed-out": "no answer in time",
    "unreachable": "no such host, or no connection",
    "lookup-failed": "the name server does not answer",
    "redirect-loop": "its redirects have no end",
    "address-refused": "not an address on the public internet",
    "invalid-url": "not an address that can be fetched",
    "status-refused": "the receiver has decided against it",
    **dict.fromkeys(
        ("not-xml", "not-xml-rpc", "html-page", "doctype", "malformed-fault", "empty"),
        "its endpoint does not answer as pingback asks for",
    ),
}
"""The reasons of docs/reference/states.rst, where their words say too little by themselves."""

OF_FEEDS = {
    "not-online": "the feed is not online",
    "older-version": "the feed that is online is not yet the one that was built",
    "nobody-yet": "new to the hub, where nobody can have subscribed to it; its next change is told",
}
"""What some of them mean where a hub is to be told of a feed."""

OWN = frozenset(
    (
        *("timed-out", "unreachable", "lookup-failed", "redirect-loop", "address-refused"),
        *("invalid-url", "status-refused", UNREAD),
    )
)
"""The reasons whose details are whole sentences."""

NUMBERED = {
    "target": "its page answers {}",
    "http": "its endpoint answers {}",
    "fault": "the receiver refuses (fault {})",
    "status": "its status page says {}",
}


def reason(delivery: Delivery) -> str:
    """Return why a delivery stands where it does; empty where there is nothing to say."""
    code, detail = delivery.reason, delivery.detail
    words = REASONS.get(code, code)
    if delivery.is_ping:
        words = OF_FEEDS.get(code, words)
    numbered = re.fullmatch(r"(target|http|fault|status)-(.+)", code)
    if numbered and code not in REASONS:
        words = NUMBERED[numbered[1]].format(numbered[2])
    if not detail:
        return words
    # The program's own sentence says it all; a stranger's may say anything.
    is_own = code in OWN or (numbered and numbered[1] != "fault") or not words
    return detail if is_own else f"{words}: {detail}"

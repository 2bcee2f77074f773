"""The reasons for a delivery's state: their codes, and words for people. Pure."""

from __future__ import annotations

import re

from pelican_linkback.sending.memory.delivery import Delivery

__all__ = [
    "ADDRESS_REFUSED",
    "HOST_IN_TROUBLE",
    "HOST_REFUSES",
    "INVALID_SOURCE",
    "LINK_MISSING",
    "LOOKUP_FAILED",
    "NOT_ONLINE",
    "OLDER",
    "OLD_ADDRESS",
    "REDIRECTED",
    "STILL_LINKED",
    "STILL_ONLINE",
    "UNREAD",
    "UNREGISTERED",
    "UPLOAD_HELPS",
    "reason",
]

# Why a mention waits.
INVALID_SOURCE = "invalid-source"
ADDRESS_REFUSED = "address-refused"
NOT_ONLINE = "not-online"
LOOKUP_FAILED = "lookup-failed"
HOST_IN_TROUBLE = "host-in-trouble"
HOST_REFUSES = "host-refuses"
REDIRECTED = "redirected"
LINK_MISSING = "link-missing"
OLDER = "older-version"
STILL_LINKED = "still-linked"
STILL_ONLINE = "still-online"
OLD_ADDRESS = "old-address"

UPLOAD_HELPS = frozenset(
    {
        *(NOT_ONLINE, LOOKUP_FAILED, HOST_IN_TROUBLE, HOST_REFUSES),
        *(OLDER, STILL_LINKED, STILL_ONLINE, OLD_ADDRESS),
    }
)
"""Reasons that an upload or time removes; the others need the author."""

UNREAD = "unread"
"""No endpoint was found on a page that could not be read, or not to its end."""

UNREGISTERED = "unregistered"
"""It was begun by a protocol that LINKBACK_PROTOCOLS does not name any more."""

REASONS = {
    "accepted": "accepted",
    "already-registered": "already registered there",
    "found-gone": "the receiver checked, and found no link any more",
    "no-endpoint": "it accepts no linkbacks",
    UNREAD: "its page could not be read",
    INVALID_SOURCE: "the address of its page is not valid",
    NOT_ONLINE: "its page is not online",
    HOST_IN_TROUBLE: "its page's host is in trouble",
    HOST_REFUSES: "its page's host refuses to show it",
    REDIRECTED: "its page redirects to another one, or to another host",
    LINK_MISSING: "its page does not link to the target",
    OLDER: "an older version of its page is online",
    STILL_LINKED: "the page that is online still links to it",
    STILL_ONLINE: "its page is still online",
    OLD_ADDRESS: "the page is still online at its old address",
    "moved": "the old address redirects to the new one, and the receiver knows that",
    "error": "this program failed; please report it (debug messages say where)",
    "interrupted": "the run ended before the answer came",
    "timed-out": "no answer in time",
    "unreachable": "no such host, or no connection",
    LOOKUP_FAILED: "the name server does not answer",
    "redirect-loop": "its redirects do not end",
    ADDRESS_REFUSED: "not an address on the public internet",
    "invalid-url": "not an address that can be fetched",
    "status-refused": "the receiver has decided against it",
    **dict.fromkeys(
        ("not-xml", "not-xml-rpc", "html-page", "doctype", "malformed-fault", "empty"),
        "its endpoint does not answer as pingback asks for",
    ),
}
"""Words for the reason codes of docs/reference/states.rst that do not explain themselves."""

OF_FEEDS = {
    NOT_ONLINE: "the feed is not online",
    HOST_IN_TROUBLE: "the feed's host is in trouble",
    HOST_REFUSES: "the feed's host refuses to show it",
    OLDER: "the feed that is online is not yet the one that was built",
    "nobody-yet": (
        "new to the hub, so nobody can have subscribed yet; the hub is notified of the next change"
    ),
}
"""What some of them mean for a feed and its hub."""

OWN = frozenset(
    (
        *("timed-out", "unreachable", LOOKUP_FAILED, "redirect-loop", ADDRESS_REFUSED),
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
    """Return the reason for a delivery's state in words; empty where there is none."""
    if delivery.is_foreign and delivery.is_open:
        return f'left alone, since LINKBACK_PROTOCOLS does not name "{delivery.protocol}"'
    code, detail = delivery.reason, delivery.detail
    words = REASONS.get(code, code)
    if delivery.is_ping:
        words = OF_FEEDS.get(code, words)
    numbered = re.fullmatch(r"(target|http|fault|status)-(.+)", code)
    if numbered and code not in REASONS:
        words = NUMBERED[numbered[1]].format(numbered[2])
    if not detail:
        return words
    # Our own sentence is complete; one that a server sent may say anything.
    is_own = code in OWN or (numbered and numbered[1] != "fault") or not words
    return detail if is_own else f"{words}: {detail}"

"""WebSub, the publisher's half: notifies a hub of a changed feed.

Specification: https://www.w3.org/TR/websub/, which leaves this message to the hubs (section 6).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from pelican_linkback.protocol import webmention
from pelican_linkback.protocol.mention import Mention, Outcome
from pelican_linkback.protocol.response import Headers

__all__ = ["CONTENT_TYPE", "read_reply", "request"]

CONTENT_TYPE = webmention.CONTENT_TYPE


def request(mention: Mention) -> bytes:
    """Return the form that says that the feed at ``mention.source`` has changed.

    Most hubs read its URL from ``hub.url`` (PubSubHubbub 0.3), some from ``hub.topic``. One form is
    about one feed: for more, one hub wants the field repeated, another ``hub.url[]``, and a third
    uses the last of them and reports success.
    """
    topic = mention.source
    return urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}).encode("ascii")


def read_reply(status: int, headers: Headers, body: bytes, now: datetime | None = None) -> Outcome:
    """Return what a reply to ``request`` means; never raises. Any 2xx is success.

    A hub answers like a receiver of webmentions, but has no status page.
    """
    return replace(webmention.read_reply(status, headers, body, now), status_url=None)

"""WebSub, the publisher's half: notifies a hub of a changed feed.

Specification: https://www.w3.org/TR/websub/, which leaves this message to the hubs (section 6).
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from pelican_linkback.protocol.answer import Answer, Found
from pelican_linkback.protocol.interface import Message
from pelican_linkback.protocol.mention import Mention, Outcome
from pelican_linkback.protocol.webmention import FORM, Webmention

__all__ = ["WebSub"]


class WebSub(Webmention):
    """WebSub: a feed notifies its hubs, which answer as receivers of webmentions do."""

    name = "websub"
    of_feeds = True

    def find(self, answer: Answer) -> Found | None:  # noqa: ARG002 (the shape of Protocol.find)
        """Return None: the hubs are those of LINKBACK_HUBS, and no page names them."""
        return None

    def request(self, mention: Mention) -> Message:
        """Return the form that says that the feed at ``mention.source`` has changed.

        Most hubs read its URL from ``hub.url`` (PubSubHubbub 0.3), some from ``hub.topic``. One
        form is about one feed: for more, one hub wants the field repeated, another ``hub.url[]``,
        and a third takes the last of them and says that all is well.
        """
        topic = mention.source
        fields = {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
        return Message(FORM, urlencode(fields).encode("ascii"))

    def read(self, answer: Answer) -> Outcome:
        """Return what a reply means; never raises. Any 2xx is success; there is no status page."""
        return replace(super().read(answer), status_url=None)

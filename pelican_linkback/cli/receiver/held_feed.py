"""The private feed of what is held: the author's inbox in a feed reader."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from html import escape

from pelican_linkback.feeds import Atom1Feed, Feed, Person, Site
from pelican_linkback.receiving.inbox.listing import Entry
from pelican_linkback.receiving.inbox.policy import REASONS

__all__ = ["HeldFeed"]


class HeldFeed(Feed):
    """The ``entries`` that are held; ``inbox`` is the page that asks, ``url`` the feed's own URL.

    Nothing of it decides anything: each link leads to the inbox, or to what was written.
    """

    feed_type = Atom1Feed

    def __init__(self, entries: Sequence[Entry], inbox: str, url: str) -> None:
        self._entries, self._inbox, self._url = entries, inbox, url

    def feed_url(self) -> str:
        """Return the URL."""
        return self._url

    def feed_guid(self) -> str:
        """Return an id without the secret that is in the URL."""
        return f"{self._inbox}#held"

    def title(self) -> str:
        """Return the site's name, and what it is about."""
        return f"{self.site.name}: mentions that wait for you"

    def link(self) -> str:
        """Return the page on which the author decides."""
        return self._inbox

    def items(self) -> Sequence[Entry]:
        """Return the mentions, the newest first."""
        return self._entries

    def item_title(self, item: Entry) -> str:
        """Return who did what, and on which article; some readers read it as HTML."""
        mention = item.mention
        return escape(f"{mention.author.name}: {mention.kind.value}, on {item.page}", quote=False)

    def item_description(self, item: Entry) -> str:
        """Return what was written, where, and why it is held."""
        mention = item.mention
        lines = escape(mention.text or mention.title).replace("\n", "<br>")
        url = escape(mention.source)
        return (
            f"<blockquote>{lines}</blockquote>"
            f'<p><a href="{url}" rel="nofollow noreferrer">{url}</a></p>'
            f"<p>{REASONS[item.verdict.why]}</p>"
        )

    def item_link(self, item: Entry) -> str:  # noqa: ARG002 (an aspect of each item)
        """Return the page on which the author decides."""
        return self._inbox

    def item_guid(self, item: Entry) -> str:
        """Return an id that is another one when the text has changed: then it is held again."""
        text = hashlib.sha256(item.mention.text.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self._inbox}#{item.mention.id}-{text[:8]}"

    def item_pubdate(self, item: Entry) -> dt.datetime:
        """Return when it was received."""
        return item.mention.received

    def item_authors(self, item: Entry) -> Iterable[Person]:
        """Return the author of the mention."""
        return [Person(item.mention.author.name, None, item.mention.author.url or None)]

    def document(self, name: str, now: dt.datetime) -> bytes:
        """Return the document, for the site ``name``."""
        text: str = self(Site(self._inbox, name, now)).writeString("utf-8")
        return text.encode()

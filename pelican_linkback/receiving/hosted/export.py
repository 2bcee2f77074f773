"""The ``/export`` of a receiver of one's own: its mentions, as a JF2 feed.

``GET /export?since=N&per-page=100`` with ``Authorization: Bearer TOKEN`` answers with the mentions
whose ``wm-id`` is greater than N, in ascending order, as webmention.io writes them. ``wm-id`` is
the number of the last change: a mention that changed comes again, and one that is shown no more
comes with ``wm-removed: true``, so that neither waits for a listing of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from pelican_linkback.receiving.hosted.paging import items_of
from pelican_linkback.receiving.hosted.service import Page, Service, need_token

__all__ = ["Export", "name_of"]


def name_of(url: str) -> str:
    """Return what an export is called: its address without scheme and query."""
    parts = urlsplit(url)
    return parts.netloc + parts.path


@dataclass(frozen=True)
class Export:
    """The mentions of the export at ``url``; see ``interface.Source``."""

    service: Service
    url: str
    token: str

    @property
    def name(self) -> str:
        """What it is called in messages and in received.jsonl."""
        return name_of(self.url)

    def fetch(self, since: int) -> Iterator[object]:
        """Yield the mentions with ids after ``since``, in ascending order."""
        need_token(self.name, self.token, "the receiver has it")
        return items_of(self.name, since, self._page)

    def _page(self, since: int, size: int, number: int) -> Page:
        fields = {"since": since, "per-page": size} | ({"page": number} if number else {})
        mark = "&" if "?" in self.url else "?"
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.service.page(f"{self.url}{mark}{urlencode(fields)}", headers)

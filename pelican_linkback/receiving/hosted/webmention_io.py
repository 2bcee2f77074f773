"""webmention.io, which receives webmentions for a domain, and lists them by its API.

https://webmention.io/api has the documentation of the API; the service is also run by others, and
older versions of it take the token in the address only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from pelican_linkback.receiving.hosted.paging import items_of
from pelican_linkback.receiving.hosted.service import Page, Service, need_token

__all__ = ["API", "NAME", "WebmentionIo"]

NAME = "webmention.io"
API = "https://webmention.io/api"


@dataclass(frozen=True)
class WebmentionIo:
    """The mentions of all pages of ``domain``, or ("") of the account; see ``interface.Source``."""

    service: Service
    domain: str
    token: str
    api: str = API
    name: str = NAME

    def fetch(self, since: int) -> Iterator[object]:
        """Yield the mentions with ids after ``since``, in ascending order."""
        need_token(self.name, self.token, "it is at https://webmention.io/settings")
        return items_of(self.name, since, self._page)

    def _page(self, since: int, size: int, number: int) -> Page:
        fields: dict[str, object] = {
            **({"domain": self.domain} if self.domain else {}),
            "token": self.token,
            "sort-dir": "up",
            "per-page": size,
            "since_id": since,
        }
        if number:
            fields["page"] = number
        return self.service.page(f"{self.api}/mentions.jf2?{urlencode(fields)}", {})

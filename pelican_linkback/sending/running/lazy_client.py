"""A client that is created with the first request: most runs make none."""

from __future__ import annotations

import threading
import typing

from pelican_linkback.settings.model import Settings

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Request, Response, Web

__all__ = ["LazyClient"]


class LazyClient:
    """``Web`` with the author's settings; its modules are imported with the first request."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._web: Web | None = None

    def exchange(self, request: Request) -> Response:
        """Make one request: see ``Web.exchange``."""
        return self._opened().exchange(request)

    def close(self) -> None:
        """Break off every exchange that is under way; no further one can start."""
        self._opened().close()

    def _opened(self) -> Web:
        with self._lock:
            if self._web is None:
                from pelican_linkback.net.client import Web  # noqa: PLC0415

                self._web = Web(
                    timeout=self._settings.timeout,
                    user_agent=self._settings.user_agent,
                    allow=self._settings.allow_hosts,
                )
            return self._web

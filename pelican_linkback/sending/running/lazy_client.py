"""A client that is created with the first request: most runs make none."""

from __future__ import annotations

import threading
import typing
from collections.abc import Callable

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Request, Response, Web

__all__ = ["LazyClient"]


class LazyClient:
    """The client that ``connect`` returns, made with the first request."""

    def __init__(self, connect: Callable[[], Web]) -> None:
        self._connect = connect
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
                self._web = self._connect()
            return self._web

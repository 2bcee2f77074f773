"""How often one network may ask, by each process."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from pelican_linkback.net.rate_limit import RateLimit
from pelican_linkback.receiving.server.http import Refusal, Request
from pelican_linkback.receiving.server.proxies import network_of

__all__ = ["BURST", "PER_MINUTE", "Limiter"]

PER_MINUTE, BURST = 30, 60


class Limiter:
    """Lets a network ask ``per_minute`` times, and ``burst`` times at once. Thread-safe."""

    def __init__(
        self,
        *,
        per_minute: float = PER_MINUTE,
        burst: float = BURST,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = RateLimit(per_minute / 60, burst, monotonic)

    def check(self, request: Request, number: int = 1) -> None:
        """Count so many requests of the client's network; raise Refusal (429) if it has to wait."""
        if seconds := self._limit.take(network_of(request.client), number):
            wait = str(math.ceil(seconds))
            raise Refusal(429, "Too many requests; please wait.", ("Retry-After", wait))

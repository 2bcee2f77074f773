"""How often one network may ask: a bucket of tokens for each, in the memory of this process."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from pelican_linkback.receiving.server.http import Refusal, Request
from pelican_linkback.receiving.server.proxies import network_of

__all__ = ["BURST", "PER_MINUTE", "Limiter"]

PER_MINUTE, BURST = 30, 60
MOST = 10_000
"""So many networks are remembered: of more, those that asked longest ago start again."""


class Limiter:
    """Lets a network ask ``per_minute`` times, and ``burst`` times at once. Thread-safe."""

    def __init__(
        self,
        *,
        per_minute: float = PER_MINUTE,
        burst: float = BURST,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate, self._burst, self._monotonic = per_minute / 60, burst, monotonic
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """For each network its tokens, and when they were counted; who asked last is at the end."""

    def check(self, request: Request, number: int = 1) -> None:
        """Take so many tokens of the client's network; raise Refusal (429) if it has not as many.

        A request for more than a whole bucket waits for a full one, and the rest is missing later.
        """
        network = network_of(request.client)
        with self._lock:
            now = self._monotonic()
            tokens, counted = self._buckets.pop(network, (self._burst, now))
            tokens = min(self._burst, tokens + (now - counted) * self._rate)
            missing = min(number, self._burst) - tokens
            self._buckets[network] = (tokens if missing > 0 else tokens - number), now
            if len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
        if missing > 0:
            wait = str(math.ceil(missing / self._rate))
            raise Refusal(429, "Too many requests; please wait.", ("Retry-After", wait))

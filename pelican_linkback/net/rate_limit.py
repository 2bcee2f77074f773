"""How often something may happen for each key: a bucket of tokens for each, in memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["MOST", "RateLimit"]

MOST = 10_000
"""So many keys are remembered: of more, those that were used longest ago start again."""


class RateLimit:
    """Gives each key ``per_second`` tokens, and ``burst`` at once. Thread-safe."""

    def __init__(
        self, per_second: float, burst: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._monotonic = per_second, burst, monotonic
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """For each key its tokens, and when they were counted; what was used last is at the end."""

    def take(self, key: str, number: int = 1) -> float:
        """Take tokens of a key, and return 0; if there are not as many, the seconds until then.

        Who wants more than a whole bucket waits for a full one, and the rest is missing later.
        """
        with self._lock:
            now = self._monotonic()
            tokens, counted = self._buckets.pop(key, (self._burst, now))
            tokens = min(self._burst, tokens + (now - counted) * self._rate)
            missing = min(number, self._burst) - tokens
            self._buckets[key] = (tokens if missing > 0 else tokens - number), now
            if len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
        return max(0.0, missing / self._rate)

    def allows(self, key: str) -> bool:
        """Take a token of a key, and return whether there was one."""
        return not self.take(key)

"""GET /health for a supervisor, and GET /metrics for Prometheus."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from pelican_linkback.receiving.server.application import Route
from pelican_linkback.receiving.server.export import Token
from pelican_linkback.receiving.server.http import Request, Response, json_document
from pelican_linkback.receiving.server.metrics import Gauge, Metrics

__all__ = ["Health", "MentionCounts"]


class MentionCounts(NamedTuple):
    """What the database knows of all mentions.

    ``states`` says how many are in each state, ``waiting`` how many are to be verified, now or when
    they are tried again, and ``waiting_since`` since when the first of them waits (None: none).
    """

    states: Mapping[str, int]
    waiting: int = 0
    waiting_since: dt.datetime | None = None


class Health:
    """Says whether the receiver works, and what it has counted.

    ``check`` and ``counts`` ask the database: they raise an error where that is away, and that is
    the answer. ``counts`` counts all mentions, so that only who has the token may cause that.
    """

    def __init__(
        self,
        check: Callable[[], object],
        counts: Callable[[], MentionCounts],
        metrics: Metrics,
        token: Token,
        now: Callable[[], dt.datetime],
    ) -> None:
        self._check, self._counts, self._metrics = check, counts, metrics
        self._token, self._now = token, now

    def routes(self) -> list[Route]:
        """Return the routes of this module."""
        return [
            Route("/health", {"GET": self.health}),
            Route("/metrics", {"GET": self.metrics}),
        ]

    def health(self, request: Request) -> Response:  # noqa: ARG002 (a handler)
        """Return 200 if the database answers."""
        self._check()
        return json_document({"status": "ok"})

    def metrics(self, request: Request) -> Response:
        """Return what is counted, for who has the token."""
        self._token.check(request)
        text = self._metrics.text(self._gauges(self._counts()))
        return Response(text.encode(), 200, "text/plain; version=0.0.4; charset=utf-8")

    def _gauges(self, counts: MentionCounts) -> Iterator[Gauge]:
        for state, number in sorted(counts.states.items()):
            yield Gauge("mentions", "Mentions by their state.", number, {"state": state})
        yield Gauge("queue_length", "Mentions that wait to be verified.", counts.waiting)
        since = counts.waiting_since
        age = (self._now() - since).total_seconds() if since else 0.0
        yield Gauge("queue_age_seconds", "How long the first of them waits.", max(age, 0.0))

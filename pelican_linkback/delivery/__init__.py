"""Whom to tell, when, and the memory of it."""

from __future__ import annotations

import datetime as dt

from pelican_linkback.delivery.courier import Courier
from pelican_linkback.delivery.record import Post
from pelican_linkback.journal import Journal
from pelican_linkback.settings import Settings

__all__ = ["Courier", "Post", "courier_for"]

JOURNAL = "deliveries.jsonl"


def courier_for(settings: Settings) -> Courier:
    """Return the courier of a site: with its journal, the real web and the real clock."""
    from pelican_linkback.web import Web  # noqa: PLC0415 (only who sends pays for the import)

    return Courier(
        Journal(settings.state / JOURNAL),
        Web(
            timeout=settings.timeout,
            user_agent=settings.user_agent,
            allow=settings.allow_hosts,
        ),
        now=lambda: dt.datetime.now(dt.UTC),
        protocols=settings.protocols,
        workers=settings.workers,
        per_host=settings.per_host,
        deadline=settings.deadline,
    )

"""Whom to tell, when, and the memory of it."""

from __future__ import annotations

import datetime as dt

from pelican_linkback.delivery.beginning import Beginning
from pelican_linkback.delivery.built import BuiltSite
from pelican_linkback.delivery.courier import Courier
from pelican_linkback.delivery.discoveries import Discoveries
from pelican_linkback.delivery.idle import Idle
from pelican_linkback.delivery.reconcile import Post
from pelican_linkback.journal import Journal
from pelican_linkback.settings import Settings

__all__ = ["Courier", "Post", "beginning_of", "built_site", "courier_for", "idle_of", "journal_of"]


def journal_of(settings: Settings) -> Journal:
    """Return the journal of the deliveries of a site."""
    return Journal(settings.state / "deliveries.jsonl")


def built_site(settings: Settings) -> BuiltSite:
    """Return the pages of a site as they were built."""
    return BuiltSite(settings.output, settings.site_url)


def beginning_of(settings: Settings) -> Beginning:
    """Return the memory of the day from which on found links are told."""
    return Beginning(Journal(settings.state / "site.jsonl"), journal_of(settings))


def idle_of(settings: Settings) -> Idle:
    """Return the memory of the last build that had nothing to do."""
    journals = (settings.state / "deliveries.jsonl", settings.state / "site.jsonl")
    return Idle(settings.state / "deliveries.idle", journals)


def courier_for(settings: Settings) -> Courier:
    """Return the courier of a site: with its journal, the real web and the real clock."""
    from pelican_linkback.web import Web  # noqa: PLC0415 (only who sends pays for the import)

    return Courier(
        journal_of(settings),
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
        built=built_site(settings).page,
        discoveries=Discoveries(Journal(settings.state / "discoveries.jsonl")),
    )

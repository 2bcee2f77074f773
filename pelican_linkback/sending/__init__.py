"""Sending linkbacks: which mentions to send, when, and the record of what was sent.

Each function imports the modules that it needs, so that a build with nothing to send stays fast.
"""

from __future__ import annotations

import datetime as dt
import typing

from pelican_linkback.journal.journal import Journal
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.running.skip_cache import SkipCache
from pelican_linkback.settings.model import Settings

if typing.TYPE_CHECKING:
    from pelican_linkback.sending.memory.start_date import StartDate
    from pelican_linkback.sending.running.discovery_cache import Discoveries
    from pelican_linkback.sending.running.output_pages import BuiltSite
    from pelican_linkback.sending.running.sender import Sender

__all__ = [
    "Post",
    "built_site",
    "discoveries_of",
    "journal_of",
    "sender_for",
    "skip_cache_of",
    "start_date_of",
]


def journal_of(settings: Settings) -> Journal:
    """Return the journal of the deliveries of a site."""
    return Journal(settings.state / "deliveries.jsonl")


def built_site(settings: Settings) -> BuiltSite:
    """Return the pages of a site as they were built."""
    from pelican_linkback.sending.running.output_pages import BuiltSite  # noqa: PLC0415

    return BuiltSite(settings.output, settings.site_url)


def start_date_of(settings: Settings) -> StartDate:
    """Return the record of the day from which on found links are sent."""
    from pelican_linkback.sending.memory.start_date import StartDate  # noqa: PLC0415

    return StartDate(Journal(settings.state / "site.jsonl"), journal_of(settings))


def skip_cache_of(settings: Settings) -> SkipCache:
    """Return the cache that recognises a build with nothing to do."""
    journals = (settings.state / "deliveries.jsonl", settings.state / "site.jsonl")
    return SkipCache(settings.state / "deliveries.idle", journals)


def discoveries_of(settings: Settings) -> Discoveries:
    """Return the cache of the endpoints that targets offer."""
    from pelican_linkback.sending.running.discovery_cache import Discoveries  # noqa: PLC0415

    return Discoveries(Journal(settings.state / "discoveries.jsonl"))


def sender_for(settings: Settings, *, is_build: bool = False) -> Sender:
    """Return the sender of a site, with its journal, a real client and the real clock.

    ``is_build`` says that the output folder has just been written.
    """
    from pelican_linkback.sending.running.lazy_client import LazyClient  # noqa: PLC0415
    from pelican_linkback.sending.running.sender import Sender  # noqa: PLC0415

    return Sender(
        journal_of(settings),
        LazyClient(settings),
        now=lambda: dt.datetime.now(dt.UTC),
        protocols=settings.protocols,
        workers=settings.workers,
        per_host=settings.per_host,
        deadline=settings.deadline,
        wait=settings.deadline,
        built=built_site(settings).page,
        is_build=is_build,
        discoveries=discoveries_of(settings),
    )

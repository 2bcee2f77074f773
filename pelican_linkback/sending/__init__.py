"""Sending linkbacks: which mentions to send, when, and the record of what was sent.

``Sending`` is the composition root: it makes the parts from a site's settings, and nothing below it
reads settings or makes parts.
"""

from __future__ import annotations

import datetime as dt
import typing
from functools import cached_property

from pelican_linkback.journal.journal import Journal
from pelican_linkback.settings.model import Settings

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Web
    from pelican_linkback.sending.memory.ledger import Ledger
    from pelican_linkback.sending.memory.start_date import StartDate
    from pelican_linkback.sending.running.discovery_cache import Discoveries
    from pelican_linkback.sending.running.output_pages import BuiltSite
    from pelican_linkback.sending.running.sender import Sender
    from pelican_linkback.sending.running.skip_cache import SkipCache

__all__ = ["Sending"]


class Sending:
    """The parts of sending, for the site with these ``settings``.

    Each is made, and its module imported, when it is asked for, so that a build with nothing to
    send stays fast.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def journal(self) -> Journal:
        """The journal of the deliveries."""
        return self._journal("deliveries")

    def ledger(self) -> Ledger:
        """Return the deliveries, read now; raise JournalError where that cannot be."""
        from pelican_linkback.sending.memory.ledger import Ledger  # noqa: PLC0415

        return Ledger(self.journal, self._settings.protocols)

    def compact(self) -> tuple[int, int]:
        """Rewrite the journals without needless lines; see ``compaction.compact``."""
        from pelican_linkback.sending.memory.compaction import compact  # noqa: PLC0415

        numbers = compact(self.journal, self._settings.protocols)
        self._discoveries.compact()
        return numbers

    @cached_property
    def start_date(self) -> StartDate:
        """The record of the day from which on found links are sent."""
        from pelican_linkback.sending.memory.start_date import StartDate  # noqa: PLC0415

        return StartDate(self._journal("site"), self.journal)

    @cached_property
    def skip_cache(self) -> SkipCache:
        """The cache that recognises a build with nothing to do."""
        from pelican_linkback.sending.running.skip_cache import SkipCache  # noqa: PLC0415

        journals = (self.journal.path, self._journal("site").path)
        return SkipCache(self._settings.state / "deliveries.idle", journals)

    @cached_property
    def pages(self) -> BuiltSite:
        """The pages of the site as they were built."""
        from pelican_linkback.sending.running.output_pages import BuiltSite  # noqa: PLC0415

        return BuiltSite(self._settings.output, self._settings.site_url)

    def sender(self, *, is_build: bool = False) -> Sender:
        """Return the sender, with the journal, a real client and the real clock.

        ``is_build`` says that the output folder has just been written.
        """
        from pelican_linkback.sending.running.lazy_client import LazyClient  # noqa: PLC0415
        from pelican_linkback.sending.running.sender import Sender  # noqa: PLC0415

        settings = self._settings
        return Sender(
            self.journal,
            LazyClient(self._web),
            now=lambda: dt.datetime.now(dt.UTC),
            workers=settings.workers,
            per_host=settings.per_host,
            deadline=settings.deadline,
            wait=settings.deadline,
            built=self.pages.page,
            is_build=is_build,
            discoveries=self._discoveries,
        )

    @cached_property
    def _discoveries(self) -> Discoveries:
        from pelican_linkback.sending.running.discovery_cache import Discoveries  # noqa: PLC0415

        return Discoveries(self._journal("discoveries"), self._settings.protocols)

    def _web(self) -> Web:
        from pelican_linkback.net.client import Web  # noqa: PLC0415

        settings = self._settings
        return Web(
            timeout=settings.timeout, user_agent=settings.user_agent, allow=settings.allow_hosts
        )

    def _journal(self, name: str) -> Journal:
        return Journal(self._settings.state / f"{name}.jsonl")

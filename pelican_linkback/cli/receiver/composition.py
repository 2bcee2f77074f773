"""The receiver of a site, put together from its settings."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from pelican_linkback.cli.receiver.mail import mailbox_of
from pelican_linkback.cli.receiver.private_feed import PrivateFeed
from pelican_linkback.cli.receiver.running import PeriodicTask
from pelican_linkback.net.client import MAX_BODY
from pelican_linkback.net.rate_limit import RateLimit
from pelican_linkback.plugin.mentions.days import date_format, day_in
from pelican_linkback.receiving.daily_mail import DAY, DailyMail, held
from pelican_linkback.receiving.display.mention import DisplayOptions
from pelican_linkback.receiving.display.words import words_for
from pelican_linkback.receiving.hosted.merging import with_parents
from pelican_linkback.receiving.hosted.service import TOKEN
from pelican_linkback.receiving.hosted.sources import web_for
from pelican_linkback.receiving.inbox.states import WAITING
from pelican_linkback.receiving.known_targets import known_targets
from pelican_linkback.receiving.reading.reader_process import ReaderProcess
from pelican_linkback.receiving.rebuild import Rebuild, starter_of
from pelican_linkback.receiving.received import Received
from pelican_linkback.receiving.server.admin.context import AdminContext, SiteName
from pelican_linkback.receiving.server.admin.routes import routes_of
from pelican_linkback.receiving.server.application import AnsweredRequest, Application, Route
from pelican_linkback.receiving.server.export import Export, Token
from pelican_linkback.receiving.server.fragment import Fragment
from pelican_linkback.receiving.server.health import Health, MentionCounts
from pelican_linkback.receiving.server.incoming import Incoming
from pelican_linkback.receiving.server.limits import Limiter
from pelican_linkback.receiving.server.metrics import Metrics
from pelican_linkback.receiving.server.pingback import Pingbacks
from pelican_linkback.receiving.server.webmention import Webmentions
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.mentions import Mentions
from pelican_linkback.receiving.store.records import Accepted, Arrival
from pelican_linkback.receiving.store.rules import Rules
from pelican_linkback.receiving.store.statistics import Statistics
from pelican_linkback.receiving.store.upkeep.rebuilds import RebuildSchedule
from pelican_linkback.receiving.store.upkeep.schedule import Schedule
from pelican_linkback.receiving.store.upkeep.vacuum import DailyVacuum
from pelican_linkback.receiving.verifier import Checked, Verifier
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.urls import host_of, is_fetchable, page_key

__all__ = ["Receiver"]

access = logging.getLogger("pelican_linkback.requests")

MAX_TARGETS = 50_000_000
"""The maximum size of a site's ``linkback-targets.json`` in bytes: a quarter of a million pages."""


PER_ADDRESS, AT_ONCE = 10, 20
"""How many pages a second one process fetches from an address, whatever its hosts are called, and
how many at once. Many sites share the address of a large host, so it is more than for a host."""


class Receiver:
    """The parts that ``serve``, ``work`` and the WSGI entry have in common.

    ``pelican`` are Pelican's settings of the site.
    """

    def __init__(self, settings: Settings, pelican: PelicanSettings, store: Store) -> None:
        self._settings, self._pelican, self._store = settings, pelican, store
        self._metrics, self._now = Metrics(), store.clock
        self._mentions, self._rules = Mentions(store), Rules(store)
        self._targets = known_targets(settings, web_for(settings, MAX_TARGETS, settings.site_url))

    @contextmanager
    def verifier(self) -> Iterator[Verifier]:
        """Return what verifies mentions, with its process for reading pages."""
        may_ask = RateLimit(PER_ADDRESS, AT_ONCE).allows
        with ReaderProcess() as child, web_for(self._settings, MAX_BODY, may_ask=may_ask) as web:
            yield Verifier(
                self._store,
                web,
                lambda: self._targets.current,
                lambda targets: self._rules.policy(targets.is_own),
                child.item_of,
                on_checked=self._checked,
            )

    def periodic_tasks(self) -> list[PeriodicTask]:
        """Return the tasks: erasing; rebuilding the site and the daily mail, if these are set."""
        return [each for each in (DailyVacuum(self._store), self._rebuild(), self._mail()) if each]

    def _rebuild(self) -> Rebuild | None:
        """Return what builds the site again when what it shows has changed; None: nothing does."""
        setting = self._settings.rebuild
        if not setting:
            return None
        hooks = [setting] if is_fetchable(setting) else []
        return Rebuild(
            RebuildSchedule(self._store),
            starter_of(setting, web_for(self._settings, MAX_BODY, *hooks)),
        )

    def _mail(self) -> DailyMail | None:
        """Return what mails the author about what is held; None without a mail server."""
        mailbox = mailbox_of(os.environ)
        if mailbox is None:
            return None
        inbox = f"{page_key(self._settings.receive)}admin/inbox"
        return DailyMail(
            Schedule(self._store, "digest", DAY),
            mailbox,
            lambda: held(self._mentions, lambda: self._targets.current, self._site_name, inbox),
            self._now,
        )

    @property
    def verified(self) -> int:
        """How many mentions were verified by now."""
        return self._metrics.total("verified_total")

    def _checked(self, checked: Checked) -> None:
        self._metrics.count("verified_total", outcome=checked.outcome)
        self._metrics.time("verify_seconds", checked.seconds)

    def application(self) -> Application:
        """Return the WSGI application."""
        settings, limiter = self._settings, Limiter()
        token = Token(os.environ.get(TOKEN, "").strip(), limiter)
        incoming = Incoming(self._accepting(), self._targets, self._sender(), self._now)
        parts = (
            Webmentions(incoming, limiter, self._mentions.of_token),
            Pingbacks(incoming, limiter),
            Export(self._mentions.exported, token),
            Fragment(
                self._shown_on,
                self._targets,
                settings.show_kinds,
                self._options(),
                settings.site_url,
            ),
            Health(self._store.check, self._mention_counts, self._metrics, token, self._now),
            PrivateFeed(self._store, lambda: self._targets.current, self._site_name, self._now),
        )
        return Application(
            page_key(settings.receive),
            [*(route for part in parts for route in part.routes()), *self._admin()],
            trusted=settings.trusted_proxies,
            on_answered=self._answered,
        )

    @property
    def _site_name(self) -> str:
        return str(self._pelican.get("SITENAME") or "") or host_of(self._settings.site_url)

    def _admin(self) -> list[Route]:
        site = SiteName(self._site_name, self._settings.site_url)
        return routes_of(AdminContext(self._store, site, lambda: self._targets.current))

    def _shown_on(self, article: str) -> Sequence[Received]:
        """Return the mentions of a page, each with what it answers, as ``pull`` finds it."""
        rows = self._mentions.shown_on(article)
        return with_parents([each.shown for each in rows if each.shown])

    def _options(self) -> DisplayOptions:
        """Return how mentions look: as on a page in the language of the site."""
        pelican, language = self._pelican, self._settings.edition or "en"
        zone = ZoneInfo(pelican.get("TIMEZONE") or "UTC")
        words = words_for(language, self._settings.mention_words)
        _, form = date_format(language, pelican)  # a locale is that of all threads
        return DisplayOptions(words, zone, day_in(form))

    def _accepting(self) -> Callable[[Arrival], Accepted]:
        acceptor = Acceptor(self._store)

        def accept(arrival: Arrival) -> Accepted:
            accepted = acceptor.accept(arrival)
            self._metrics.count("accepted_total", protocol=arrival.protocol)
            return accepted

        return accept

    def _sender(self) -> Callable[[str], str]:
        """Return what makes of an address what is kept of it for some days: a hash with a key."""
        key = self._store.secret("sender")
        return lambda client: hashlib.blake2b(client.encode(), key=key, digest_size=16).hexdigest()

    def _mention_counts(self) -> MentionCounts:
        states = self._mentions.counts()
        waiting = sum(states[each] for each in WAITING)
        numbers = {state.value: number for state, number in states.items()}
        return MentionCounts(numbers, waiting, Statistics(self._store).oldest_queued())

    def _answered(self, request: AnsweredRequest) -> None:
        self._metrics.request(request)
        fields = {"method": request.method, "route": request.route, "status": request.status}
        access.info("request", extra={"fields": fields | {"ms": round(request.seconds * 1000, 1)}})

"""The verifier: what is due is claimed, fetched, read and recorded.

::

    Queue.claim -> one GET for each page -> event_of -> Queue.record

No transaction is open during a fetch. If a verifier ends meanwhile, the lease is lost, and another
one claims the mention; so it is with one that cannot be read or recorded, until it is given up.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, Protocol

from pelican_linkback.exceptions import LinkbackError, WebError
from pelican_linkback.net.client import Request, Response, follow
from pelican_linkback.receiving.answers import event_of
from pelican_linkback.receiving.inbox.policy import Policy, Why
from pelican_linkback.receiving.inbox.states import Event, MentionState, Outage, Verified
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.reading.page import MentionRequest, ReadItem
from pelican_linkback.receiving.store.accepting import PAGE_INTERVAL
from pelican_linkback.receiving.store.columns import host_named
from pelican_linkback.receiving.store.database import Store
from pelican_linkback.receiving.store.duplicates import Duplicates
from pelican_linkback.receiving.store.hosts import Hosts
from pelican_linkback.receiving.store.queue import Queue
from pelican_linkback.receiving.store.records import Job
from pelican_linkback.text.printable import printable, reason_of

__all__ = ["Checked", "Exchange", "Verifier"]

logger = logging.getLogger(__name__)

THREADS = 16
_HEADERS = {"Accept": "text/html, application/xhtml+xml, application/json;q=0.9, */*;q=0.5"}
_TURN = 1.0
"""How many seconds a thread waits for a turn at a host to which a source redirects, once.

That is enough for a redirect from http to https on one host, which had its turn for the first
request. It is not more, since many sources may redirect to one host in order to block threads.
"""

PAUSE = 1.0
"""Seconds between two looks into a queue in which nothing is due."""


class Exchange(Protocol):
    """What is used of ``net.client.Web``."""

    def exchange(self, request: Request) -> Response:
        """Return the answer to a request, even if it is a redirect; raise a WebError."""


class Checked(NamedTuple):
    """A mention that was verified: what happened to it (an event's name), and how long it took."""

    outcome: str
    seconds: float


class _HostBusy(WebError):
    """A redirect leads to a host that has enough requests now."""


class Verifier:
    """Verifies the mentions of a store; see ``run`` and ``run_once``.

    ``targets`` and ``policy`` are asked for each page, as both change while it runs.
    ``on_checked`` is called with each mention, from several threads.
    """

    def __init__(  # noqa: PLR0913 (it brings together what is made elsewhere)
        self,
        store: Store,
        web: Exchange,
        targets: Callable[[], Targets],
        policy: Callable[[Targets], Policy],
        read_item: ReadItem,
        *,
        on_checked: Callable[[Checked], None] = lambda _: None,
        threads: int = THREADS,
        pause: float = PAUSE,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue, self._hosts, self._duplicates = Queue(store), Hosts(store), Duplicates(store)
        self._web = web
        self._targets = targets
        self._policy = policy
        self._read_item = read_item
        self._on_checked = on_checked
        self._threads, self._pause = threads, pause
        self._sleep = sleep
        self._monotonic = monotonic

    def run_once(self) -> int:
        """Verify what is due now, and return how many mentions that were."""
        count = 0
        with ThreadPoolExecutor(self._threads) as pool:
            while jobs := self._claimed(self._threads):
                list(pool.map(self._verify, _by_page(jobs)))
                count += len(jobs)
        return count

    def run(self, stop: threading.Event) -> None:
        """Verify what is due, and what will be, until ``stop`` is set; finish what was begun."""
        running: set[Future[None]] = set()
        least = max(1, self._threads // 4)  # a claim waits for the disk: not one for each page
        with ThreadPoolExecutor(self._threads) as pool:
            while not stop.is_set():
                running = {each for each in running if not each.done()}
                free = self._threads - len(running)
                pages = list(_by_page(self._claimed(free))) if free >= least else []
                running |= {pool.submit(self._verify, each) for each in pages}
                if not pages and running:
                    wait(running, self._pause, FIRST_COMPLETED)
                elif not pages:
                    stop.wait(self._pause)

    def _claimed(self, limit: int) -> list[Job]:
        """Return jobs; none while the database or the list of pages cannot be read."""
        try:
            self._targets()
            return self._queue.claim(limit)
        except LinkbackError as error:
            logger.warning("Nothing is verified now: %s", reason_of(error))
            return []

    def _verify(self, jobs: Sequence[Job]) -> None:
        """Verify the mentions of one page."""
        begun = self._monotonic()
        with _border(jobs[0]):
            answer = self._fetched(jobs[0])
            for job in jobs:
                with _border(job):
                    self._record(job, answer, begun)

    def _record(self, job: Job, answer: Response | WebError, begun: float) -> None:
        final_url = _other(job, answer)
        event = self._event(job, answer, final_url)
        if self._queue.record(job, event, final_url):
            self._on_checked(Checked(type(event).__name__.lower(), self._monotonic() - begun))

    def _fetched(self, job: Job) -> Response | WebError:
        """Return the answer of a source; each host on the way is asked when it is its turn."""
        source = job.source.partition("#")[0]

        def answer_to(request: Request) -> Response:
            if request.url == source:
                return self._web.exchange(request)  # this turn was claimed
            name = host_named(request.url)
            turn = self._turn_at(name, request.url)
            try:
                return self._web.exchange(request)
            finally:
                self._hosts.leave(name, turn)

        try:
            return follow(Request("GET", source, _HEADERS), answer_to)
        except WebError as error:
            return error

    def _turn_at(self, name: str, url: str) -> int:
        turn = self._hosts.enter(name)
        if turn is None:
            self._sleep(_TURN)
            turn = self._hosts.enter(name)
        if turn is None:
            raise _HostBusy(url, "it redirects to a host that is asked for other pages now")
        return turn

    def _event(self, job: Job, answer: Response | WebError, final_url: str) -> Event:
        """Return what happened; a mention that is another one at a second address is not shown."""
        if isinstance(answer, _HostBusy):
            return Outage(answer.reason, PAGE_INTERVAL)  # its own host has answered
        targets = self._targets()
        judge = self._policy(targets).judge
        request = MentionRequest(
            job.source, job.target, job.article, job.received, job.fragment, job.protocol
        )
        event = event_of(answer, request, targets, judge, self._read_item)
        if not isinstance(event, Verified) or job.standing.shown or job.standing.decided:
            return event
        if not self._duplicates.has(job, event.received, final_url):
            return event
        return replace(event, verdict=MentionState.REFUSED, why=Why.TWICE, trusted=False)


@contextmanager
def _border(job: Job) -> Iterator[None]:
    """Make an unforeseen error one message: the lease of the mention is lost with it."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 (the border of a mention)
        logger.warning("%s cannot be verified: %s", printable(job.source), reason_of(error))


def _by_page(jobs: Collection[Job]) -> Iterable[Sequence[Job]]:
    """Yield the jobs whose sources are one page, page after page."""
    ordered = sorted(jobs, key=attrgetter("page", "id"))
    return [list(same) for _, same in groupby(ordered, attrgetter("page"))]


def _other(job: Job, answer: Response | WebError) -> str:
    """Return where a source redirects to; "" if it does not."""
    url = answer.url if isinstance(answer, Response) else ""
    return "" if url == job.source.partition("#")[0] else url

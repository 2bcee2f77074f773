"""One run under way: the steps of each delivery, from fetching its source to the answer.

A delivery is a task of the scheduler, written as one straight function. What several deliveries
share, such as the page of a source, is done once.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from pelican_linkback.exceptions import JournalError
from pelican_linkback.protocol.mention import Endpoint, Mention, Outcome, Verdict
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.sending.deciding import removals
from pelican_linkback.sending.deciding.answers import (
    choose,
    discovery_of,
    read_answer,
    read_status,
)
from pelican_linkback.sending.deciding.hosts import OUT_OF_ORDER, trouble_of
from pelican_linkback.sending.deciding.readiness import BuiltPage, Ready
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import Asked, Attempt
from pelican_linkback.sending.memory.folding import UNNAMED
from pelican_linkback.sending.running.discovery_cache import Discoveries, Found
from pelican_linkback.sending.running.exchanges import (
    FOR_A_PAGE,
    MAX_TRIES,
    Exchanges,
    Web,
    post,
)
from pelican_linkback.sending.running.recorder import Recorder, Stopped, Times
from pelican_linkback.sending.running.scheduler import HostScheduler
from pelican_linkback.sending.running.tasks import Blocking, Task, Yielded, asked_once
from pelican_linkback.sending.running.visits import Objected, Visits
from pelican_linkback.text.printable import described, printable
from pelican_linkback.text.urls import page_key, site_key

__all__ = ["HeldBack", "Run", "Tools"]

logger = logging.getLogger(__name__)

NO_ENDPOINT = Outcome(Verdict.NOTHING, "no-endpoint")


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools of a run; see ``Sender``."""

    web: Web
    times: Times
    protocols: Registry
    built: Callable[[str], BuiltPage | None]
    discoveries: Discoveries


class HeldBack(NamedTuple):
    """A host in trouble, until when to leave it alone (UTC), and the mentions that wait for it.

    Without a time, it did not answer.
    """

    host: str
    until: datetime | None
    mentions: Sequence[Mention]


class Run:
    """Sends what is due in ``recorder``."""

    def __init__(
        self,
        tools: Tools,
        scheduler: HostScheduler,
        recorder: Recorder,
    ) -> None:
        self._tools = tools
        self._scheduler = scheduler
        self._recorder = recorder
        self._exchanges = Exchanges(tools.web, scheduler, tools.times.now)
        self._visits = Visits(recorder, self._exchanges.fetch, tools.built, tools.times.now)
        self._tasks: WeakKeyDictionary[Task, Mention] = WeakKeyDictionary()
        self._by_page: Counter[str] = Counter()
        self._updated: set[str] = set()
        """The pages whose endpoints are to be discovered again."""
        for mention in recorder.due:
            delivery = recorder.delivery(mention)
            if delivery.status_url is None:
                self._by_page[page_key(mention.target)] += 1
                if delivery.is_update:
                    self._updated.add(page_key(mention.target))

    def tasks(self) -> Iterator[Task]:
        """Yield the task of each delivery that is due.

        Each run starts with another host. Deliveries that an earlier run had started when it was
        killed come last: the time that they took may have been the reason.
        """
        recorder = self._recorder
        known = recorder.ledger.deliveries.values()
        suspects = {site_key(_receiver(each)) for each in known if each.state is State.ATTEMPTED}
        hosts = {each: site_key(_receiver(recorder.delivery(each))) for each in recorder.due}
        rank = {host: self._tools.times.chance() for host in dict.fromkeys(hosts.values())}

        def order(mention: Mention) -> tuple[bool, float]:
            return hosts[mention] in suspects, rank[hosts[mention]]

        for mention in sorted(recorder.due, key=order):
            task = self._task_of(mention)
            self._tasks[task] = mention
            yield task

    def held_back(self) -> Iterator[HeldBack]:
        """Yield the hosts in trouble that hold deliveries back."""
        for host, seconds, tasks in self._scheduler.held_back():
            mentions = [self._tasks[task] for task in tasks]
            waiting = [each for each in mentions if each not in self._recorder.done]
            if waiting:
                until = None
                if seconds is not None:
                    until = self._tools.times.now() + timedelta(seconds=seconds)
                yield HeldBack(host, until, waiting)

    # The steps of a delivery

    def _task_of(self, mention: Mention) -> Task:
        recorder = self._recorder
        if recorder.delivery(mention).status_url is None:
            return _guarded(self._deliver(mention), partial(recorder.break_off, mention))

        def break_off(detail: str) -> None:
            recorder.settle_status(mention, Asked(Verdict.LATER, "error", detail))

        return _guarded(self._ask(mention), break_off)

    def _deliver(self, mention: Mention) -> Task:
        """Send the mention, if a receiver would find at the source what it says."""
        seen = yield from self._visits.look(mention)
        if seen is None:
            return
        protocol = self._recorder.delivery(mention).protocol
        if protocol is not None and protocol.of_feeds:
            # The protocol of a hub is known.
            found = Found((Endpoint(protocol, mention.target, "feed"),))
        else:
            page, discover = page_key(mention.target), partial(self._discover, mention.target)
            found = yield from asked_once(("target", page), discover, self._by_page[page])
        yield from self._send(mention, found, *seen)

    def _discover(self, target: str) -> Generator[Yielded, Any, Found]:
        """Return the endpoints of ``target``; a request is made if the cache has none."""
        cache = self._tools.discoveries
        if page_key(target) not in self._updated:
            known = cache.known(target, self._tools.times.now())
            if known is not None:
                return known
        answer, turn = yield from self._exchanges.fetch(target, cache.conditions(target))
        found = cache.learn(target, answer, self._tools.times.now())
        if isinstance(found.where, Outcome):
            return replace(found, where=replace(found.where, host=turn.host))
        return found

    def _send(self, mention: Mention, found: Found, ready: Ready, objected: Objected) -> Task:
        """Send to the first endpoint; if it refuses permanently, to the next one."""
        if isinstance(found.where, Outcome):
            yield Blocking()
            self._recorder.settle(mention, found.where, ready.source)
            return
        outcome, endpoints, after = NO_ENDPOINT, self._usable(mention, found.where), ""
        # Some endpoints are valid for one use. So if the endpoints are from a request of another
        # mention, the page is fetched again before a refusal is believed. A hub is no page that
        # names an endpoint.
        is_ping = self._recorder.delivery(mention).is_ping
        is_fresh = self._by_page[page_key(mention.target)] == 1 and not found.remembered
        is_sure = is_ping or is_fresh
        if not endpoints:
            yield Blocking()
        while endpoints and outcome.verdict in {Verdict.NOTHING, Verdict.REFUSED}:
            endpoint = endpoints.pop(0)
            if endpoint.protocol.preflight:
                self._recorder.object_to(mention, endpoint.protocol, objected)
            outcome = yield from self._post(mention, endpoint, ready, after)
            after = outcome.reason
            if outcome.verdict is Verdict.REFUSED and not is_sure:
                is_sure = True
                fresh = yield from self._look_again(mention.target)
                if fresh and endpoint.url not in {each.url for each in fresh}:
                    endpoints = self._usable(mention, fresh)
        outcome = removals.read_answer(self._recorder.delivery(mention), outcome)
        self._recorder.settle(mention, outcome, ready.source)

    def _look_again(self, target: str) -> Generator[Yielded, Any, Sequence[Endpoint]]:
        """Return the endpoints of ``target`` now, without the cache."""
        page, _ = yield from self._exchanges.fetch(target, FOR_A_PAGE)
        protocols, now = self._tools.protocols, self._tools.times.now()
        fresh = choose(discovery_of(page, protocols, now), protocols)
        return () if isinstance(fresh, Outcome) else fresh

    def _usable(self, mention: Mention, endpoints: Iterable[Endpoint]) -> list[Endpoint]:
        """Return the ``endpoints`` that can be sent to: not every protocol has updates."""
        delivery = self._recorder.delivery(mention)
        return [each for each in endpoints if each.protocol.updates or not delivery.is_update]

    def _ask(self, mention: Mention) -> Task:
        """Fetch the status page of a receiver that answered 201."""
        delivery = self._recorder.delivery(mention)
        page, turn = yield from self._exchanges.fetch(delivery.status_url or "")
        protocols, now = self._tools.protocols, self._tools.times.now()
        status = read_status(page, delivery.protocol or UNNAMED, protocols, now)
        said = removals.read_status(delivery, status)
        asked = turn.trouble.pause if turn.trouble else 0.0
        self._recorder.settle_status(mention, said, turn.host, asked)

    def _post(
        self, mention: Mention, endpoint: Endpoint, ready: Ready, after: str
    ) -> Generator[Yielded, Any, Outcome]:
        """Send ``mention`` to ``endpoint``; return what its answer means.

        ``after`` is the reason for which another endpoint refused just before. A pause that is
        asked for is recorded before it is waited for.
        """
        version = self._recorder.delivery(mention).fingerprint
        sent = Mention(ready.source, mention.target)
        protocols, tries = self._tools.protocols, 1
        while True:
            attempt = Attempt(endpoint.protocol, endpoint.url, after, version, ready.digest)
            begin = partial(self._recorder.begin, mention, attempt)
            answer, turn = yield from self._exchanges.follow(post(sent, endpoint, protocols), begin)
            now = self._tools.times.now()
            outcome = read_answer(endpoint, answer, protocols, now)
            turn.trouble = trouble_of(answer, now, outcome)
            # Whatever the result, the next run has to know of the pause.
            asked = turn.trouble.pause if turn.trouble else 0.0
            outcome = replace(outcome, host=turn.host, retry_after=asked or outcome.retry_after)
            can_wait = self._exchanges.can_wait(turn)
            if endpoint.protocol.of_feeds and turn.trouble and not can_wait:
                # A dozen feeds may have changed: their hub is not asked a dozen times without
                # success.
                turn.trouble = replace(OUT_OF_ORDER, pause=turn.trouble.pause)
            if tries == MAX_TRIES or outcome.verdict is not Verdict.LATER or not can_wait:
                return outcome
            self._recorder.settle(mention, outcome, ready.source)
            after = outcome.reason
            tries += 1


def _guarded(task: Task, break_off: Callable[[str], None]) -> Task:
    """Run ``task``; an unforeseen error costs this one delivery, and only in this run."""
    try:
        yield from task
    except (JournalError, Stopped):
        raise
    except Exception as error:
        logger.debug("Linkbacks: an unforeseen error", exc_info=error)
        yield Blocking()
        break_off(printable(described(error)))


def _receiver(delivery: Delivery) -> str:
    """Return the URL to which the request of a delivery goes, as far as it is known."""
    return delivery.status_url or delivery.endpoint or delivery.mention.target

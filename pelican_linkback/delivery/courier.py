"""Tell every target, once: the product, drawn as a shell would run it.

::

    cat deliveries.jsonl | fold                      ledger     the lines -> the deliveries
      | reconcile POSTS >> deliveries.jsonl          record     new ones queued, unmarked dropped
      | grep due                                     decider    Send | Wait | Skip | GiveUp
      | parallel --lane-by-host                      lanes      no crowd at anybody's door
          curl SOURCE | grep 'href="TARGET"'         exchanges  a source: is it as told?
          | curl TARGET | discover                   exchanges  a page: where does it listen?
          | tee -a deliveries.jsonl                  ledger     "attempt", on disk before
          | curl --data MENTION ENDPOINT             exchanges  the request
          >> deliveries.jsonl                        ledger     "outcome"
      | wc                                           report

A source is fetched once a run however many targets it has, and a target's page once however many
articles link to it. What the deadline, Ctrl-C or a crash cuts off stays due.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from functools import partial

from pelican_linkback.delivery.decider import Decision, GiveUp, Policy, Send, back_off, decide
from pelican_linkback.delivery.events import Answered, Attempt, Fact, Waiting
from pelican_linkback.delivery.exchanges import LINK_MISSING, Web, find_endpoints, tell, visit
from pelican_linkback.delivery.lanes import Lanes, Step
from pelican_linkback.delivery.ledger import Ledger
from pelican_linkback.delivery.record import Delivery, Post, State, reconcile
from pelican_linkback.delivery.report import (
    BUSY,
    Notice,
    Report,
    about_answer,
    about_journal,
    about_waiting,
    count,
)
from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.journal import Journal
from pelican_linkback.protocol.mention import Endpoint, Mention, Outcome, Protocol, Verdict
from pelican_linkback.urls import host_key, normalise

__all__ = ["Courier"]


@dataclass(frozen=True)
class Courier:
    """Sends what is due in ``journal`` through ``web``, and says what came of it.

    ``now`` gives the time (aware), ``monotonic`` seconds that only grow, ``chance`` a number from
    0 to 1. The ``protocols`` are tried in their order, and one of them tells a target. At most
    ``workers`` requests run at a time, ``per_host`` of them to one host, and none begins later
    than ``deadline`` seconds after the run did.
    """

    journal: Journal
    web: Web
    _: KW_ONLY
    now: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    protocols: Sequence[Protocol] = (Protocol.WEBMENTION, Protocol.PINGBACK)
    policy: Policy = field(default_factory=Policy)
    workers: int = 16
    per_host: int = 2
    deadline: float = 60.0

    def plan(self, posts: Iterable[Post] | None = None) -> list[tuple[Delivery, Decision]]:
        """Return what a run would decide about each delivery; nothing is written or requested."""
        return list(self._decided(self._foresee(posts)[0]).values())

    def run(self, posts: Iterable[Post] | None = None) -> Report:
        """Send what is due and record it; without ``posts``, what the journal knows already.

        ``posts`` are all the articles of the site that mention somebody: a build hands them in.
        Raises JournalError when the journal cannot be read or written; then nothing is sent
        whose attempt is not on record. Where there is nothing to do, nothing is written and
        no request is made.
        """
        posts = None if posts is None else tuple(posts)
        ledger, news = self._foresee(posts)
        due = self._due(ledger)
        if not (due or news):
            return self._report(_Round(self, ledger, due))
        with self.journal.hold() as held:
            if not held:
                return Report(left=len(due), notices=(BUSY,))
            return self._send(posts)

    def _send(self, posts: Sequence[Post] | None) -> Report:
        """Do what ``run`` says, alone with the journal and knowing what another run just did."""
        ledger = Ledger(self.journal)
        ledger.record(_news(ledger, posts), self.now())
        end = self.monotonic() + self.deadline
        lanes = Lanes(
            workers=self.workers,
            per_host=self.per_host,
            may_begin=lambda: self.monotonic() < end,
        )
        this = _Round(self, ledger, self._due(ledger))
        finished = lanes.run(this.steps())
        return self._report(this, interrupted=not finished)

    def _foresee(self, posts: Iterable[Post] | None) -> tuple[Ledger, Sequence[object]]:
        ledger = Ledger(self.journal)
        news = _news(ledger, posts)
        ledger.foresee(news, self.now())
        return ledger, news

    def _due(self, ledger: Ledger) -> list[Mention]:
        decided = self._decided(ledger).items()
        return [mention for mention, (_, decision) in decided if isinstance(decision, Send)]

    def _decided(self, ledger: Ledger) -> dict[Mention, tuple[Delivery, Decision]]:
        now = self.now()
        return {
            mention: (delivery, decide(delivery, now, self.policy))
            for mention, delivery in sorted(ledger.deliveries.items())
        }

    def _report(self, this: _Round, *, interrupted: bool = False) -> Report:
        return count(
            self._decided(this.ledger),
            this.due,
            this.done.copy(),
            interrupted=interrupted,
            notices=(*about_journal(this.ledger.problems), *sorted(this.notices.copy())),
        )


class _Round:
    """One run under way: which step follows which, and what has become of each delivery.

    The steps run on several threads. Each delivery is in the hands of one step at a time; what
    they share besides, the pages of the targets, is under a lock.
    """

    def __init__(self, courier: Courier, ledger: Ledger, due: Sequence[Mention]) -> None:
        self._courier = courier
        self.ledger = ledger
        self.due = due
        self.done: set[Mention] = set()
        self.notices: list[Notice] = []
        self._lock = threading.Lock()
        self._parked: dict[str, list[Mention]] = {}
        self._found: dict[str, tuple[Endpoint, ...] | Outcome] = {}

    def steps(self) -> list[Step]:
        """Return the first steps: one for each source with deliveries that are due."""
        sources: dict[str, list[Mention]] = {}
        for mention in self.due:
            sources.setdefault(mention.source, []).append(mention)
        return [
            Step(_lane(source), partial(self._visit, source, mentions))
            for source, mentions in sources.items()
        ]

    def _visit(self, source: str, mentions: Sequence[Mention]) -> Iterator[Step]:
        """Look at the page of ``source`` and let go those whose link is there."""
        answers = visit(self._courier.web, source, [mention.target for mention in mentions])
        held_up: dict[Waiting, list[Mention]] = {}
        for mention in mentions:
            if why := answers[mention.target]:
                held_up.setdefault(why, []).append(mention)
            else:
                yield from self._look(mention)
        for why, waiting in held_up.items():
            self._wait(waiting, why)

    def _wait(self, mentions: Sequence[Mention], why: Waiting) -> None:
        deliveries = [self.ledger.deliveries[mention] for mention in mentions]
        self._record(
            (delivery.mention, why)
            for delivery in deliveries
            # The same as at the last run is not worth a line.
            if (delivery.state, delivery.reason) != (State.WAITING, why.reason)
        )
        self.done.update(mentions)
        alone = why.reason == LINK_MISSING
        groups = [[delivery] for delivery in deliveries] if alone else [deliveries]
        self.notices += [about_waiting(group, why) for group in groups]

    def _look(self, mention: Mention) -> Iterable[Step]:
        """Fetch the target's page, unless that is done or under way for another mention."""
        page = _page(mention.target)
        with self._lock:
            found = self._found.get(page)
            if found is None:
                self._parked.setdefault(page, []).append(mention)
                first = len(self._parked[page]) == 1
        if found is not None:
            return self._forward(mention, found)
        return [Step(_lane(page), partial(self._discover, page, mention.target))] if first else []

    def _discover(self, page: str, target: str) -> Iterator[Step]:
        found = find_endpoints(
            self._courier.web, target, self._courier.protocols, self._courier.now()
        )
        with self._lock:
            self._found[page] = found
            parked = self._parked.pop(page)
        for mention in parked:
            yield from self._forward(mention, found)

    def _forward(
        self, mention: Mention, found: tuple[Endpoint, ...] | Outcome, after: str = ""
    ) -> Iterable[Step]:
        if isinstance(found, Outcome):
            self._settle(mention, found)
            return []
        return [Step(_lane(found[0].url), partial(self._tell, mention, found, after))]

    def _tell(
        self, mention: Mention, endpoints: tuple[Endpoint, ...], after: str
    ) -> Iterable[Step]:
        """Tell the first endpoint; where that refuses for good, the next one."""
        endpoint, *others = endpoints
        self._record([(mention, Attempt(endpoint.protocol, endpoint.url, after))])
        outcome = tell(self._courier.web, mention, endpoint, self._courier.now())
        if outcome.verdict is Verdict.REFUSED and others:
            return self._forward(mention, tuple(others), outcome.reason)
        self._settle(mention, outcome)
        return []

    def _settle(self, mention: Mention, outcome: Outcome) -> None:
        now, policy = self._courier.now(), self._courier.policy
        retry_at = None
        if outcome.verdict is Verdict.LATER:
            tries = self.ledger.deliveries[mention].attempts + (outcome.endpoint is None)
            chance, asked = self._courier.chance(), outcome.retry_after
            retry_at = now + back_off(tries, policy, chance=chance, retry_after=asked)
        self._record([(mention, Answered(outcome, retry_at))])
        self.done.add(mention)
        delivery = self.ledger.deliveries[mention]
        given_up = isinstance(decide(delivery, now, policy), GiveUp)
        self.notices.append(about_answer(delivery, given_up=given_up))

    def _record(self, facts: Iterable[tuple[Mention, Fact]]) -> None:
        self.ledger.record(facts, self._courier.now())


def _news(ledger: Ledger, posts: Iterable[Post] | None) -> Sequence[tuple[Mention, Fact]]:
    return () if posts is None else reconcile(ledger.deliveries, posts)


def _lane(url: str) -> str:
    try:
        return host_key(url)
    except InvalidURL:
        return ""  # The web door refuses it without a request.


def _page(url: str) -> str:
    try:
        return normalise(url)
    except InvalidURL:
        return url

"""One run under way: which step follows which, and what has become of each delivery."""

from __future__ import annotations

import threading
import typing
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.protocol.mention import Endpoint, Mention, Outcome, Protocol, Verdict
from pelican_linkback.protocol.verification import Objection, preflight
from pelican_linkback.sending.deciding import removals
from pelican_linkback.sending.deciding.decider import GiveUp, back_off, decide
from pelican_linkback.sending.deciding.readiness import LINK_MISSING, Ready, objections, readiness
from pelican_linkback.sending.memory.delivery import State
from pelican_linkback.sending.memory.events import Answered, Attempt, Fact, Waiting
from pelican_linkback.sending.memory.ledger import Ledger
from pelican_linkback.sending.running.exchanges import ask, fetch, find_endpoints, tell
from pelican_linkback.sending.running.notices import (
    Notice,
    about_answer,
    about_missing_link,
    about_objection,
    about_waiting,
)
from pelican_linkback.sending.running.scheduler import Step
from pelican_linkback.text.markup import decode
from pelican_linkback.text.urls import host_key, page_key

if typing.TYPE_CHECKING:
    from pelican_linkback.sending.running.sender import Courier

__all__ = ["Round"]

NOBODY = Outcome(Verdict.NOTHING, "no-endpoint")


class Stopped(Exception):
    """Nobody waits for this step any more."""


class Round:
    """One run of ``courier``: the deliveries that are ``due``, and those that are ``done``.

    ``unlinked`` are those of which the built page has no link, as is known beforehand.
    The steps run on several threads. Each delivery is in the hands of one step at a time; what
    they share besides, the pages of the targets, is under a lock.
    """

    def __init__(
        self,
        courier: Courier,
        ledger: Ledger,
        due: Sequence[Mention],
        unlinked: Collection[Mention] = (),
    ) -> None:
        self._courier = courier
        self._unlinked = unlinked
        self.ledger = ledger
        self.due = due
        self.done: set[Mention] = set()
        self.asked: set[Mention] = set()
        self.notices: list[Notice] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._parked: dict[str, list[Mention]] = {}
        self._found: dict[str, tuple[Endpoint, ...] | Outcome] = {}
        self._updated = {
            page_key(mention.target) for mention in due if ledger.deliveries[mention].is_known
        }
        self._shares: Counter[str] = Counter()
        self._over: set[Mention] = set()
        self._looked_again: set[Mention] = set()
        self._unwell: dict[str, Outcome] = {}
        self._ready: dict[Mention, Ready] = {}
        self._objections: dict[Mention, tuple[Objection, ...]] = {}

    def stop(self) -> None:
        """Record nothing any more: what is cut off from here on stays as it is on record."""
        self._stopped.set()

    def steps(self) -> list[Step]:
        """Return the first steps: a look at each source that is due, and at each status page."""
        sources: dict[str, list[Mention]] = {}
        steps = []
        for mention in self.due:
            delivery = self.ledger.deliveries[mention]
            if delivery.status_url is not None:
                steps.append(Step(_lane(delivery.status_url), partial(self._ask, mention)))
            else:
                sources.setdefault(delivery.sent_source, []).append(mention)
        visits = [
            Step(_lane(source), partial(self._visit, source, mentions))
            for source, mentions in sources.items()
        ]
        return visits + steps

    def _visit(self, source: str, mentions: Sequence[Mention]) -> Iterator[Step]:
        """Look at the page at ``source`` and let go those of which it is as they tell."""
        page = fetch(self._courier.web, source)
        built = self._courier.built(mentions[0].source)
        held_up: dict[Waiting, list[Mention]] = {}
        for mention in mentions:
            delivery = self.ledger.deliveries[mention]
            self._objections[mention] = objections(delivery, page, built)
            found = readiness(delivery, page, built, self._courier.now())
            if isinstance(found, Ready):
                self._ready[mention] = found
                yield from self._look(mention)
            else:
                held_up.setdefault(found, []).append(mention)
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
        self._end(mentions)
        if deliveries[0].is_ping:
            return  # of feeds, all that wait are told of in one line
        alone = why.reason == LINK_MISSING
        groups = (
            [[each] for each in deliveries if each.mention not in self._unlinked]
            if alone
            else [deliveries]
        )
        self.notices += [
            about_waiting(group, why, self._objections[group[0].mention]) for group in groups
        ]

    def about_missing_links(self) -> Iterator[Notice]:
        """Say of each target that its built page lacks, if it is still to be told."""
        for mention in sorted(self._unlinked):
            # Two articles may have one URL, and then only one of them is on record.
            delivery = self.ledger.deliveries.get(mention)
            if delivery is not None and delivery.is_open:
                built = self._courier.built(mention.source)
                html = decode(built.body if built else b"")
                yield about_missing_link(delivery, preflight(html, mention.target))

    def _look(self, mention: Mention) -> Iterable[Step]:
        """Fetch the target's page, unless that is done or under way for another mention.

        What a hub takes is known.
        """
        if self.ledger.deliveries[mention].is_ping:
            return self._forward(mention, (Endpoint(Protocol.WEBSUB, mention.target, "feed"),))
        page = page_key(mention.target)
        with self._lock:
            found = self._found.get(page)
            if found is None:
                self._parked.setdefault(page, []).append(mention)
                first = len(self._parked[page]) == 1
            else:
                self._shares[page] += 1
        if found is not None:
            return self._forward(mention, found)
        return [Step(_lane(page), partial(self._discover, page, mention.target))] if first else []

    def _discover(self, page: str, target: str) -> Iterator[Step]:
        courier = self._courier
        found = courier.discoveries.find(
            courier.web,
            target,
            courier.protocols,
            courier.now(),
            anew=page in self._updated,
        )
        with self._lock:
            self._found[page] = found.where
            parked = self._parked.pop(page)
            self._shares[page] += len(parked) + found.remembered
        for mention in parked:
            yield from self._forward(mention, found.where)

    def _forward(
        self, mention: Mention, found: tuple[Endpoint, ...] | Outcome, after: str = ""
    ) -> Iterable[Step]:
        if isinstance(found, Outcome):
            self._settle(mention, found)
            return []
        if self.ledger.deliveries[mention].is_known:
            # An update: pingback has no word for it.
            found = tuple(each for each in found if each.protocol is not Protocol.PINGBACK)
        if not found:
            return self._forward(mention, NOBODY)
        return [Step(_lane(found[0].url), partial(self._tell, mention, found, after))]

    def _tell(
        self, mention: Mention, endpoints: tuple[Endpoint, ...], after: str
    ) -> Iterable[Step]:
        """Tell the first endpoint; where that refuses for good, the next one."""
        endpoint, *others = endpoints
        if unwell := self._unwell.get(endpoint.url):
            self._settle(mention, unwell)
            return []
        if endpoint.protocol is Protocol.PINGBACK:
            delivery = self.ledger.deliveries[mention]
            self.notices += [about_objection(delivery, each) for each in self._objections[mention]]
        ready, version = self._ready[mention], self.ledger.deliveries[mention].fingerprint
        attempt = Attempt(endpoint.protocol, endpoint.url, after, version, ready.digest)
        self._record([(mention, attempt)])
        sent = Mention(ready.source, mention.target)
        outcome = tell(self._courier.web, sent, endpoint, self._courier.now())
        if endpoint.protocol is Protocol.WEBSUB and outcome.verdict is Verdict.LATER:
            # A dozen feeds may have changed: their hub is not to be asked a dozen times in vain.
            self._unwell[endpoint.url] = replace(outcome, endpoint=None)
        shared = self._shares[page_key(mention.target)] > 1
        if outcome.verdict is Verdict.REFUSED and shared and mention not in self._looked_again:
            look_again = partial(self._look_again, mention, outcome, others)
            return [Step(_lane(mention.target), look_again)]
        return self._told(mention, outcome, others)

    def _look_again(
        self, mention: Mention, outcome: Outcome, others: Sequence[Endpoint]
    ) -> Iterable[Step]:
        """Ask the page anew before a refusal is believed: some endpoints are good for one use."""
        self._looked_again.add(mention)
        found = find_endpoints(
            self._courier.web, mention.target, self._courier.protocols, self._courier.now()
        )
        if isinstance(found, tuple) and outcome.endpoint not in {each.url for each in found}:
            return self._forward(mention, found, outcome.reason)
        return self._told(mention, outcome, others)

    def _told(
        self, mention: Mention, outcome: Outcome, others: Sequence[Endpoint]
    ) -> Iterable[Step]:
        if outcome.verdict is Verdict.REFUSED and others:
            return self._forward(mention, tuple(others), outcome.reason)
        self._settle(mention, removals.read_answer(self.ledger.deliveries[mention], outcome))
        return []

    def _settle(self, mention: Mention, outcome: Outcome) -> None:
        now, policy = self._courier.now(), self._courier.policy
        retry_at = None
        if outcome.verdict is Verdict.LATER:
            tries = self.ledger.deliveries[mention].attempts + (outcome.endpoint is None)
            chance, asked = self._courier.chance(), outcome.retry_after
            retry_at = now + back_off(tries, policy, chance=chance, retry_after=asked)
        elif outcome.status_url is not None:
            retry_at = now + back_off(1, policy, chance=self._courier.chance())
        ready, version = self._ready[mention], self.ledger.deliveries[mention].fingerprint
        served_at = "" if ready.source == mention.source else ready.source
        self._record([(mention, Answered(outcome, retry_at, version, served_at))])
        self._end([mention])
        delivery = self.ledger.deliveries[mention]
        if not delivery.is_ping:
            given_up = isinstance(decide(delivery, now, policy), GiveUp)
            self.notices.append(about_answer(delivery, given_up=given_up))

    def _ask(self, mention: Mention) -> Iterable[Step]:
        """Ask a receiver that answered 201 what became of the mention."""
        delivery, now = self.ledger.deliveries[mention], self._courier.now()
        said = removals.read_status(delivery, ask(self._courier.web, delivery.status_url or ""))
        if said.verdict is Verdict.LATER:
            pause = back_off(
                delivery.asked + 1, self._courier.policy, chance=self._courier.chance()
            )
            said = replace(said, retry_at=now + pause)
        said = replace(said, fingerprint=delivery.fingerprint)
        self._record([(mention, said)])
        self.asked.add(mention)
        self._show_progress([mention])
        if said.verdict is Verdict.REFUSED:
            self.done.add(mention)
            self.notices.append(about_answer(self.ledger.deliveries[mention], given_up=False))
        return []

    def _end(self, mentions: Sequence[Mention]) -> None:
        self.done.update(mentions)
        self._show_progress(mentions)

    def _show_progress(self, mentions: Sequence[Mention]) -> None:
        self._over.update(mentions)
        self._courier.progress(len(self._over), len(self.due))

    def _record(self, facts: Iterable[tuple[Mention, Fact]]) -> None:
        if self._stopped.is_set():
            raise Stopped
        self.ledger.record(facts, self._courier.now())


def _lane(url: str) -> str:
    try:
        return host_key(url)
    except InvalidURL:
        return ""  # The web door refuses it without a request.

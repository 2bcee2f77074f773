"""Sends every mention once: the product, drawn as a shell pipeline.

::

    cat deliveries.jsonl | fold                      ledger     the lines -> the deliveries
      | changes POSTS TOPICS >> deliveries.jsonl     site       new ones queued, unmarked dropped
      | grep due                                     decider    Send | Ask | Wait | Skip | GiveUp
      | parallel --queue-by-host                     scheduler  a task for each: a run
          curl SOURCE | grep 'href="TARGET"'         visits     is the link online?
          | curl TARGET | discover                   discovery_cache  which endpoints are there?
          | tee -a deliveries.jsonl                  recorder   "attempt", on disk before
          | curl --data MENTION ENDPOINT             exchanges  the request
          >> deliveries.jsonl                        recorder   "outcome"
      | wc                                           report

A source is fetched once a run, however many targets it has, and a target's page once, however many
articles link to it. A feed is a source, too, and its hubs are targets that need no discovery: see
``topics``. What the deadline, Ctrl-C or a crash cuts off stays due, and so does what waits for a
host in trouble.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial

from pelican_linkback.journal.collector import without_collection
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.sending.deciding.changes import Post, retraction
from pelican_linkback.sending.deciding.decider import (
    Ask,
    Decision,
    GiveUp,
    Policy,
    Send,
    decide,
)
from pelican_linkback.sending.deciding.pauses import held_back, paused_hosts, receivers
from pelican_linkback.sending.deciding.readiness import BuiltPage, digest_of
from pelican_linkback.sending.deciding.site import (
    Site,
    changes,
    is_about,
    retried,
    second_chances,
    unlinked,
)
from pelican_linkback.sending.deciding.topics import Topic
from pelican_linkback.sending.memory.delivery import INTERRUPTED, Delivery, State
from pelican_linkback.sending.memory.events import Facts
from pelican_linkback.sending.memory.ledger import Ledger
from pelican_linkback.sending.running.discovery_cache import Discoveries
from pelican_linkback.sending.running.exchanges import Web
from pelican_linkback.sending.running.notices import (
    about_foreign,
    about_host,
    about_journal,
    about_pings,
)
from pelican_linkback.sending.running.recorder import Recorder, Times, about_missing_links
from pelican_linkback.sending.running.report import Report, count
from pelican_linkback.sending.running.run import HeldBack, Run, Tools
from pelican_linkback.sending.running.scheduler import Clock, HostScheduler, Limits, Pauses

__all__ = ["Sender"]

Deliveries = Mapping[Mention, Delivery]

Changes = Callable[[Deliveries], Facts]
"""Returns the changes, given the deliveries. It is called twice: to see whether there is anything
to do, and after locking the journal, as another run may have done it meanwhile."""


def _unwatched(done: int, due: int) -> None:  # noqa: ARG001 (the shape of Sender.progress)
    return None


def _nothing_built(source: str) -> BuiltPage | None:  # noqa: ARG001 (the shape of Sender.built)
    return None


@dataclass(frozen=True)
class Sender:
    """Sends what is due in ``journal`` with the client ``web``, and returns a report.

    ``now`` returns the time (aware), ``monotonic`` the seconds of a monotonic clock, ``chance`` a
    number from 0 to 1. At most ``workers`` requests run at a time, ``per_host`` of them to one
    host, and none starts later than ``deadline`` seconds after the run did. ``built`` returns the
    page for a source's URL, None if unknown; with ``is_build`` these pages are those of the
    ``posts``: their digests are recorded. ``discoveries`` caches what targets offer, and has the
    protocols. A host that asks to be left alone is left alone, by all runs of the same sender
    (``pauses``); a run waits for it, with ``sleep``, until ``wait`` seconds after its start.
    ``progress`` is called from any thread with the number of due deliveries that are done. With
    ``only`` nothing but these is sent.
    """

    journal: Journal
    web: Web
    _: KW_ONLY
    now: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    policy: Policy = field(default_factory=Policy)
    workers: int = 16
    per_host: int = 2
    deadline: float = 60.0
    wait: float = 0.0
    sleep: Callable[[float], None] = time.sleep
    pauses: Pauses = field(default_factory=dict)
    built: Callable[[str], BuiltPage | None] = _nothing_built
    is_build: bool = False
    discoveries: Discoveries = field(default_factory=Discoveries)
    progress: Callable[[int, int], None] = _unwatched
    only: Collection[Mention] | None = None

    @property
    def protocols(self) -> Registry:
        """The protocols in the order of preference: a mention is sent by one of them."""
        return self.discoveries.protocols

    @without_collection()
    def plan(
        self,
        posts: Iterable[Post] | None = None,
        topics: Iterable[Topic] | None = None,
        *,
        failed_too: bool = False,
    ) -> list[tuple[Delivery, Decision]]:
        """Return what a run would decide about each delivery; nothing is written or sent."""
        changes_of = self._changes(posts, topics, failed_too=failed_too)
        decided = self._decided(self._foresee(changes_of)[0].deliveries)
        rows = [decided[mention] for mention in sorted(decided)]
        paused = paused_hosts((row[0] for row in rows), self.now(), self.policy.longest)
        return [self._held_back(*row, paused) for row in rows] if paused else rows

    def _held_back(
        self, delivery: Delivery, decision: Decision, paused: Mapping[str, datetime]
    ) -> tuple[Delivery, Decision]:
        """Return what a run does about a delivery while hosts are ``paused``."""
        now, target = self.now(), delivery.mention.target
        found = None if delivery.is_update else self.discoveries.known(target, now)
        urls = receivers(delivery, found.where if found else None)
        return delivery, held_back(decision, urls, paused, now + timedelta(seconds=self.wait))

    def run(
        self,
        posts: Iterable[Post] | None = None,
        topics: Iterable[Topic] | None = None,
        *,
        failed_too: bool = False,
    ) -> Report:
        """Send what is due and record it; without ``posts``, what the journal has already.

        ``posts`` are all the articles of the site with targets, and ``topics`` all the feeds that
        name hubs: a build passes them. If one of them is missing, its deliveries are not changed.
        With ``failed_too`` what was refused or given up is tried again.

        Raises JournalError if the journal cannot be read or written; then nothing is sent whose
        attempt is not on record. If there is nothing to do, nothing is written and no request is
        made.
        """
        posts = None if posts is None else tuple(posts)
        changes_of = self._changes(posts, topics, failed_too=failed_too)
        return self._run(changes_of, frozenset(unlinked(posts or (), self.built)))

    def retract(self, source: str) -> Report:
        """Notify all receivers of ``source`` that it is gone, as soon as it is; see ``run``."""
        return self._run(partial(retraction, source=source))

    def retry(self, url: str) -> Report:
        """Send what is due from or to ``url``, try again what did not arrive; nothing else."""

        def changes_of(deliveries: Deliveries) -> Facts:
            return retried(self._decided(deliveries), url)

        known = self._foresee(changes_of)[0].deliveries
        chosen = frozenset(mention for mention, each in known.items() if is_about(each, url))
        return replace(self, only=chosen)._run(changes_of)

    def _changes(
        self,
        posts: Iterable[Post] | None,
        topics: Iterable[Topic] | None,
        *,
        failed_too: bool,
    ) -> Changes:
        """Return the function that computes what the site changes in the deliveries."""
        site = Site(
            None if posts is None else tuple(posts),
            None if topics is None else tuple(topics),
            cache(self._digest_of_built),
        )

        def changes_of(deliveries: Deliveries) -> Facts:
            news = changes(deliveries, site)
            if failed_too:
                news = [*news, *second_chances(self._decided(deliveries), news)]
            return news

        return changes_of

    def _digest_of_built(self, source: str) -> str:
        page = self.built(source) if self.is_build else None
        return digest_of(page.body) if page else ""

    def _run(self, changes_of: Changes, without_link: Collection[Mention] = ()) -> Report:
        due, report = self._look_ahead(changes_of, without_link)
        if report is not None:
            return report
        with self.journal.hold() as held:
            if not held:
                return Report(left=due, shut_out=True)
            return self._send(changes_of, without_link)

    def _look_ahead(
        self, changes_of: Changes, without_link: Collection[Mention]
    ) -> tuple[int, Report | None]:
        """Return how many deliveries are due, and a report if there is nothing to do."""
        with without_collection():
            ledger, news = self._foresee(changes_of)
            due = self._due(ledger)
        if due or news or self._interrupted(ledger):
            return len(due), None
        return 0, self._report(self._recorder(ledger, due), without_link)

    def _send(self, changes_of: Changes, without_link: Collection[Mention]) -> Report:
        """Do what ``run`` says, with the journal locked, and knowing what another run just did."""
        ledger = Ledger(self.journal, self.protocols)
        ledger.record(changes_of(ledger.deliveries), self.now())
        recorder = self._recorder(ledger, self._due(ledger))
        for each in self._interrupted(ledger):
            # It ended, and no event says so yet.
            outcome = Outcome(Verdict.LATER, INTERRUPTED, "", each.protocol, each.endpoint)
            recorder.settle(each.mention, outcome)
        begun = self.monotonic()
        self._learn_pauses(ledger, begun)
        limits = Limits(self.workers, self.per_host, begun + self.deadline, begun + self.wait)
        scheduler = HostScheduler(limits, Clock(self.monotonic, self.sleep), self.pauses)
        tools = Tools(self.web, self._times, self.protocols, self.built, self.discoveries)
        this = Run(tools, scheduler, recorder)
        self.progress(0, len(recorder.due))
        finished = scheduler.run(this.tasks())
        if not finished:
            recorder.stop()
            self.web.close()
        return self._report(recorder, without_link, this.held_back(), interrupted=not finished)

    def _learn_pauses(self, ledger: Ledger, begun: float) -> None:
        """Take over the pauses that hosts asked earlier runs for."""
        now = self.now()
        paused = paused_hosts(ledger.deliveries.values(), now, self.policy.longest)
        for host, until in paused.items():
            end = begun + (until - now).total_seconds()
            self.pauses[host] = max(self.pauses.get(host, begun), end)

    @property
    def _times(self) -> Times:
        return Times(self.now, self.chance, self.policy)

    def _recorder(self, ledger: Ledger, due: Sequence[Mention]) -> Recorder:
        return Recorder(ledger, self._times, due, self.progress)

    def _interrupted(self, ledger: Ledger) -> list[Delivery]:
        """Return the deliveries whose last attempt was interrupted, with no later event."""
        return [
            delivery
            for delivery, decision in self._decided(ledger.deliveries).values()
            if delivery.state is State.ATTEMPTED and isinstance(decision, GiveUp)
        ]

    def _foresee(self, changes_of: Changes) -> tuple[Ledger, Facts]:
        ledger = Ledger(self.journal, self.protocols)
        news = changes_of(ledger.deliveries)
        ledger.foresee(news, self.now())
        return ledger, news

    def _due(self, ledger: Ledger) -> list[Mention]:
        decided = self._decided(ledger.deliveries).items()
        due = (mention for mention, (_, what) in decided if isinstance(what, Send | Ask))
        return sorted(each for each in due if self.only is None or each in self.only)

    def _decided(self, deliveries: Deliveries) -> dict[Mention, tuple[Delivery, Decision]]:
        now = self.now()
        return {
            mention: (delivery, decide(delivery, now, self.policy))
            for mention, delivery in deliveries.items()
        }

    def _report(
        self,
        recorder: Recorder,
        without_link: Collection[Mention],
        held_back: Iterable[HeldBack] = (),
        *,
        interrupted: bool = False,
    ) -> Report:
        ledger, done = recorder.ledger, recorder.done.copy()
        decided, hosts = self._decided(ledger.deliveries), list(held_back)
        open_ones = set(recorder.due).difference(done, recorder.asked.copy())
        report = count(
            decided,
            done,
            # What was just recorded as interrupted has a retry time of its own now.
            left=sum(isinstance(decided[each][1], Send | Ask) for each in open_ones),
            interrupted=interrupted,
            notices=(
                *about_journal(ledger.problems),
                *about_foreign(ledger.deliveries.values()),
                *sorted(
                    [
                        *recorder.notices(without_link),
                        *about_missing_links(ledger, without_link, self.built),
                        *about_pings(decided[mention] for mention in done),
                        *(about_host(*each) for each in hosts),
                    ]
                ),
            ),
        )
        return replace(report, held_back=sum(len(each.mentions) for each in hosts))

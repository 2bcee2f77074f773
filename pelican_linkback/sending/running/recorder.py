"""Records what happens to the deliveries of a run: on disk first, then as notices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pelican_linkback.protocol.mention import Mention, Outcome, Traits, Verdict
from pelican_linkback.protocol.verification import Objection, preflight
from pelican_linkback.sending.deciding.decider import GiveUp, Policy, back_off, decide
from pelican_linkback.sending.deciding.readiness import BuiltPage, is_late
from pelican_linkback.sending.deciding.reasons import LINK_MISSING
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.memory.events import Answered, Asked, Attempt, Fact, Pause, Waiting
from pelican_linkback.sending.memory.ledger import Ledger
from pelican_linkback.sending.running.notices import (
    Notice,
    about_answer,
    about_missing_link,
    about_move,
    about_objection,
    about_waiting,
)
from pelican_linkback.text.encodings import decode

__all__ = ["Recorder", "Stopped", "Times", "about_missing_links"]


class Stopped(Exception):
    """The run was stopped, so the result of this task is not used."""


@dataclass(frozen=True, slots=True)
class Times:
    """The clock, and when something is to be tried again; ``chance`` is from 0 to 1."""

    now: Callable[[], datetime]
    chance: Callable[[], float]
    policy: Policy

    def after(self, tries: int, asked: float | None = None) -> datetime:
        """Return when to try again after ``tries`` attempts; see ``back_off``."""
        pause = back_off(tries, self.policy, chance=self.chance(), retry_after=asked)
        return self.now() + pause

    def pause_of(self, host: str | None, asked: float | None) -> Pause | None:
        """Return the pause of a ``host`` that ``asked`` to be left alone for that many seconds."""
        if not asked or not host:
            return None
        seconds = min(asked, self.policy.longest.total_seconds())
        return Pause(host, self.now() + timedelta(seconds=seconds))


class Recorder:
    """Records what happens to the deliveries that are ``due``.

    Thread-safe as the ledger is: one thread at a time for each mention. In a run that holds, since
    a mention is recorded by its own task, or by a visit that its task waits for.

    ``done`` are those whose outcome is known, or that wait for their page; ``asked`` those whose
    status page was fetched. ``progress`` is called with the number of those that are over.
    """

    def __init__(
        self,
        ledger: Ledger,
        times: Times,
        due: Sequence[Mention],
        progress: Callable[[int, int], None],
    ) -> None:
        self.ledger = ledger
        self.due = due
        self.done: set[Mention] = set()
        self.asked: set[Mention] = set()
        self._times = times
        self._progress = progress
        self._over: set[Mention] = set()
        self._answers: dict[Mention, Notice] = {}
        self._others: list[Notice] = []
        self._waiting: dict[tuple[str, Waiting], dict[Mention, Sequence[Objection]]] = {}
        self._stopped = threading.Event()

    def delivery(self, mention: Mention) -> Delivery:
        """Return the delivery of ``mention``."""
        return self.ledger.deliveries[mention]

    def stop(self) -> None:
        """Record nothing any more: what is cut off from here on stays as recorded."""
        self._stopped.set()

    def notices(self, unlinked: Collection[Mention] = ()) -> Iterator[Notice]:
        """Yield the notices about deliveries to targets, except the ``unlinked`` ones."""
        yield from self._answers.copy().values()
        yield from self._others.copy()
        yield from self._about_waiting(unlinked)

    def object_to(self, mention: Mention, protocol: Traits, objected: Iterable[Objection]) -> None:
        """Note why a WordPress site will refuse what is sent by ``protocol``."""
        delivery = self.delivery(mention)
        self._others += [about_objection(delivery, protocol, each) for each in objected]

    def begin(self, mention: Mention, attempt: Attempt) -> None:
        """Record that a request is about to be made."""
        self.record([(mention, attempt)])

    def settle(self, mention: Mention, outcome: Outcome, source: str = "") -> None:
        """Record the ``outcome`` of an attempt, or of the discovery.

        ``source`` is the address that was sent, if it is a new one.
        """
        delivery, retry_at = self.delivery(mention), None
        if outcome.verdict is Verdict.LATER:
            tries = delivery.attempts + (outcome.endpoint is None)
            retry_at = self._times.after(tries, outcome.retry_after)
        elif outcome.status_url is not None:
            retry_at = self._times.after(1)
        sent = source or delivery.sent_source
        served_at = "" if sent == mention.source else sent
        pause = self._times.pause_of(outcome.host, outcome.retry_after)
        answered = Answered(outcome, retry_at, delivery.fingerprint, served_at, pause)
        self.record([(mention, answered)])
        self._end([mention])
        self._say_answer(mention)

    def settle_status(
        self, mention: Mention, said: Asked, host: str = "", asked: float = 0.0
    ) -> None:
        """Record what a receiver's status page says.

        Its ``host`` has ``asked`` to be left alone for that many seconds.
        """
        delivery, pause = self.delivery(mention), self._times.pause_of(host, asked)
        said = replace(said, fingerprint=delivery.fingerprint, pause=pause)
        if said.verdict is Verdict.LATER:
            said = replace(said, retry_at=self._times.after(delivery.asked + 1, asked))
        self.record([(mention, said)])
        self.asked.add(mention)
        self._show_progress([mention])
        if said.verdict is Verdict.REFUSED:
            self.done.add(mention)
            self._say_answer(mention)

    def break_off(self, mention: Mention, detail: str) -> None:
        """Record an unforeseen error: the delivery is tried later."""
        delivery = self.delivery(mention)
        # The attempt was counted when it started.
        endpoint = delivery.endpoint if delivery.state is State.ATTEMPTED else None
        outcome = Outcome(Verdict.LATER, "error", detail, delivery.protocol, endpoint)
        self.settle(mention, outcome)

    def keep_waiting(
        self, mention: Mention, why: Waiting, source: str, objected: Sequence[Objection] = ()
    ) -> None:
        """Record that a mention waits for the page at ``source``.

        ``objected`` is what is wrong with its link.
        """
        delivery = self.delivery(mention)
        # If nothing changed since the last run, no line is written.
        if (delivery.state, delivery.reason) != (State.WAITING, why.reason):
            self.record([(mention, why)])
        self._waiting.setdefault((source, why), {})[mention] = objected
        self._end([mention])

    def keep_address(self, mention: Mention, facts: Iterable[tuple[Mention, Fact]]) -> None:
        """Record that a receiver keeps the old address of an article that has moved."""
        self.record(facts)
        delivery = self.delivery(mention)
        if not delivery.is_open:
            self._others.append(about_move(delivery))
        self._show_progress([mention])

    def _about_waiting(self, unlinked: Collection[Mention]) -> Iterator[Notice]:
        """Yield a notice for each source that is waited for; the ``unlinked`` have their own.

        Feeds that wait are named together in one notice, which is made elsewhere, too.
        """
        for (source, why), objected in self._waiting.copy().items():
            waiting = [self.delivery(mention) for mention in sorted(objected)]
            groups = [[each for each in waiting if not each.is_ping]]
            if why.reason == LINK_MISSING:
                groups = [[each] for each in groups[0] if each.mention not in unlinked]
            for group in filter(None, groups):
                late = is_late(group[0], self._times.now())
                yield about_waiting(group, source, why, objected[group[0].mention], is_late=late)

    def _say_answer(self, mention: Mention) -> None:
        delivery = self.delivery(mention)
        if not delivery.is_ping:
            decision = decide(delivery, self._times.now(), self._times.policy)
            given_up = isinstance(decision, GiveUp)
            self._answers[mention] = about_answer(delivery, given_up=given_up)

    def _end(self, mentions: Iterable[Mention]) -> None:
        self.done.update(mentions)
        self._show_progress(mentions)

    def _show_progress(self, mentions: Iterable[Mention]) -> None:
        self._over.update(mentions)
        self._progress(len(self._over), len(self.due))

    def record(self, facts: Iterable[tuple[Mention, Fact]]) -> None:
        """Record ``facts`` as of now, unless the run was stopped."""
        if self._stopped.is_set():
            raise Stopped
        self.ledger.record(facts, self._times.now())


def about_missing_links(
    ledger: Ledger, unlinked: Collection[Mention], built: Callable[[str], BuiltPage | None]
) -> Iterator[Notice]:
    """Yield a notice for each target that its built page lacks, if it is still to be sent."""
    for mention in sorted(unlinked):
        # Two articles may have the same URL, and then only one of them is in the journal.
        delivery = ledger.deliveries.get(mention)
        if delivery is not None and delivery.is_open:
            page = built(mention.source)
            html = decode(page.body if page else b"")
            yield about_missing_link(delivery, preflight(html, mention.target))

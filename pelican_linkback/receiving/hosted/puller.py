"""Pulls the mentions of a source into ``received.jsonl``; interrupted anywhere, it goes on.

::

    source.fetch(since) -> jf2.read -> merging.added -> received.jsonl, pulled.json
                                       every few seconds; in the end: merging.remaining

The mentions are written before the progress: what was listed after that is listed again.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from pelican_linkback.exceptions import FAULTS, JournalError, LinkbackError, SourceError
from pelican_linkback.receiving.hosted import jf2
from pelican_linkback.receiving.hosted.jf2 import Find, NotKept, WhyNotKept
from pelican_linkback.receiving.hosted.merging import (
    Listing,
    added,
    missing_in,
    remaining,
    with_parents,
)
from pelican_linkback.receiving.hosted.progress import Progress, ProgressFile
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.received import Received
from pelican_linkback.text.printable import described

__all__ = ["Fetch", "Pulled", "Puller"]

WHOLE_EVERY = dt.timedelta(days=1)
"""How often everything is listed, to find what was deleted or changed."""

FEW = 100
"""Of so few mentions everything is listed with each pull: it is a page, as the news would be."""

CONFIRMED_AFTER = dt.timedelta(hours=1)
"""When a listing that lacked a lot is repeated."""

SAVED_EVERY = dt.timedelta(seconds=1)
BATCH = 100
MOST = 500_000
"""One pull takes no more items of a source, which may be a stranger's generator without an end."""

SHARE = 9
"""To list takes at least so many times as long as to save, which writes all mentions."""


Fetch = Callable[[int], Iterable[object]]
"""The ``fetch`` of a source, see ``interface.Source``."""


@dataclass
class Pulled:
    """The result of a pull: what is new, what changed, and what is gone.

    ``left_out`` counts what was not kept, and why. ``error`` says why the source was not read to
    its end; ``doubted`` how many mentions it did not list and that are kept for now.
    """

    source: str
    new: dict[str, Received] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    left_out: Counter[WhyNotKept] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    doubted: int = 0
    error: str = ""

    def count(self, before: Sequence[Received], after: Sequence[Received]) -> None:
        """Add what is different between two states of the mentions."""
        old, new = ({each.id: each for each in mentions} for mentions in (before, after))
        for name in old.keys() - new.keys():
            if self.new.pop(name, None) is None:
                self.removed.add(name)
        for name, mention in new.items():
            if name not in old or name in self.new:
                self.new[name] = mention
            elif old[name] != mention:
                self.changed.add(name)

    def join(self, later: Pulled) -> None:
        """Add what a second pull of the same source brought, which listed everything."""
        self.removed |= later.removed - self.new.keys()
        self.new = {
            name: each for name, each in (self.new | later.new).items() if name not in later.removed
        }
        self.changed |= later.changed
        self.left_out, self.broken = later.left_out, later.broken
        self.doubted, self.error = later.doubted, later.error

    def keep(self, names: Collection[str]) -> None:
        """Count mentions that one source has no more and another one has as changed."""
        self.changed |= self.new.keys() & names
        self.new = {name: each for name, each in self.new.items() if name not in names}
        self.removed.difference_update(names)

    @property
    def warnings(self) -> list[str]:
        """What the author should know: at most one sentence of a kind."""
        found = [self.error] if self.error else []
        if self.doubted:
            found.append(
                f"{self.source}: mentions that it does not list any more: {self.doubted}; they "
                "are kept until it says so again, at the first pull an hour from now"
            )
        if self.broken:
            more = f" (and {len(self.broken) - 1} more)" if len(self.broken) > 1 else ""
            found.append(f"{self.source}: a mention cannot be read: {self.broken[0]}{more}")
        return found


@dataclass(frozen=True)
class Puller:
    """What pulls into the mentions of ``snapshot``; what ``is_forgotten`` does not come back.

    ``private`` has the ids of what a source said to be private: no other one brings it.
    """

    snapshot: Snapshot
    progress: ProgressFile
    find: Find
    is_forgotten: Callable[[Received], bool]
    now: Callable[[], dt.datetime]
    private: dict[str, str] = field(default_factory=dict)

    def pull(
        self, name: str, fetch: Fetch, others: Collection[str] = (), *, is_whole: bool = False
    ) -> Pulled:
        """Pull what is new at the source ``name``, or everything; ``others`` are asked, too.

        Everything is listed if that is due, or ``is_whole``. Raises JournalError, and nothing else.
        """
        pull = _Pull(self, name, others, is_whole=is_whole)
        self._run(pull, fetch)
        if pull.turns_to_news():
            self._run(pull, fetch)
        return pull.result

    def _run(self, pull: _Pull, fetch: Fetch) -> None:
        """Take what ``fetch`` lists: the border where what is wrong costs this source."""
        try:
            for number, item in enumerate(fetch(pull.listing.cursor)):
                if number == MOST:
                    raise SourceError(pull.result.source, f"it lists more than {MOST} mentions")
                pull.take(item)
            pull.save(is_end=True)
        except JournalError:
            raise
        except LinkbackError as error:
            pull.fail(str(error))
        except FAULTS as error:
            pull.fail(f"{pull.result.source}: {described(error)}")
        except BaseException:  # Ctrl-C
            pull.save()
            raise

    def read(self, item: object, result: Pulled, now: dt.datetime) -> Iterator[Received | NotKept]:
        """Yield the mention that an item is: the border where what is wrong costs this one."""
        try:
            found = jf2.read(item, self.find, result.source, now)
        except FAULTS as error:
            result.broken.append(described(error))
            return
        if isinstance(found, Received) and (why := self._why_not(found)):
            found = NotKept(why, found.id, found.source, found.remote)
        if isinstance(found, NotKept) and found.why is not WhyNotKept.REMOVED:
            result.left_out[found.why] += 1
            if found.why is WhyNotKept.PRIVATE:
                self.private.setdefault(found.id, result.source)
        yield found

    def _why_not(self, found: Received) -> WhyNotKept | None:
        if self.is_forgotten(found):
            return WhyNotKept.FORGOTTEN
        is_private = self.private.get(found.id, found.via) != found.via
        return WhyNotKept.PRIVATE if is_private else None

    def add(self, name: str, items: Iterable[object]) -> Pulled:
        """Add the mentions of a file, named ``name``; raise JournalError."""
        result, now = Pulled(name), self.now()
        read = [found for item in items for found in self.read(item, result, now)]

        def change(known: Sequence[Received]) -> Sequence[Received]:
            sources = {each.via for each in known}  # a file is older than what any of these says
            mentions = with_parents(added(known, read, Listing(name, now, others=sources)))
            result.count(known, mentions)
            return mentions

        self.snapshot.change(change)
        return result


class _Pull:
    """One pull under way."""

    def __init__(
        self, puller: Puller, name: str, others: Collection[str], *, is_whole: bool
    ) -> None:
        self._puller = puller
        self._others = others
        self._is_wanted_whole = is_whole
        self._before = puller.progress.of(name)
        self._began = self._due = puller.now()
        self._items: list[Received | NotKept] = []
        self._is_under_way = False
        self.result = Pulled(name)
        self.listing = self._listing(name)
        self._read = partial(puller.read, result=self.result, now=self._began)

    def _listing(self, name: str) -> Listing:
        before = self._before
        # Read first: where it cannot be used, nothing is asked.
        count, self._newest = self._puller.snapshot.known_of(name)
        if before.listed is not None:
            return Listing(
                name,
                self._began,
                is_whole=True,
                cursor=before.cursor,
                listed=set(before.listed),
                others=self._others,
            )
        is_short = count <= FEW and not before.is_doubted
        is_whole = self._is_wanted_whole or self._is_due() or is_short or self._newest == 0
        cursor = 0 if is_whole else self._newest
        return Listing(name, self._began, is_whole=is_whole, cursor=cursor, others=self._others)

    def turns_to_news(self) -> bool:
        """After a whole listing that failed where one had failed before, turn to what is new.

        So a page that a service can never give does not keep back what came after it.
        """
        failed = self.result.error and self.listing.is_whole and self._before.listed is not None
        if not failed or self._newest <= self.listing.cursor:
            return False
        self.listing = Listing(
            self.listing.via, self._began, cursor=self._newest, others=self._others
        )
        return True

    def _is_due(self) -> bool:
        """Return whether everything is to be listed."""
        completed = self._before.completed
        age = CONFIRMED_AFTER if self._before.is_doubted else WHOLE_EVERY
        return completed is None or not dt.timedelta(0) <= self._began - completed < age

    def take(self, item: object) -> None:
        """Keep an item that was listed, and write what there is from time to time."""
        self._items += self._read(item)
        if len(self._items) >= BATCH and (begun := self._puller.now()) >= self._due:
            self.save()
            ended = self._puller.now()
            self._due = ended + max(SAVED_EVERY, SHARE * (ended - begun))

    def fail(self, why: str) -> None:
        """End a pull that did not come to the end of the listing."""
        self.result.error = why
        self.save()

    def save(self, *, is_end: bool = False) -> None:
        """Write what was listed, and how far the listing came."""
        listing = self.listing
        if not (self._items or listing.is_whole):
            return

        def change(known: Sequence[Received]) -> Sequence[Received]:
            mentions: Sequence[Received] = with_parents(added(known, self._items, listing))
            self.result.count(known, mentions)
            if is_end and listing.is_whole:
                rest = self._without_missing(mentions)
                self.result.count(mentions, rest)
                return rest
            return mentions

        self._puller.snapshot.change(change)
        self._items.clear()
        if listing.is_whole and (self._is_over_now() if is_end else listing.listed):
            self._puller.progress.remember(listing.via, self._progress(is_end=is_end))
            self._is_under_way = not is_end

    def _is_over_now(self) -> bool:
        """Return whether the end of a listing is to be remembered.

        It is not if it was short and nothing is different: a pull without news writes nothing.
        """
        is_under_way = self._is_under_way or self._before.listed is not None
        return is_under_way or self._is_due() or self.result.doubted > 0

    def _without_missing(self, mentions: Sequence[Received]) -> Sequence[Received]:
        if self.result.broken:
            return mentions  # one that is listed may be among those that could not be read
        missing = missing_in(mentions, self.result.new, self.listing)
        if missing.is_doubtful and not self._before.is_doubted:
            self.result.doubted = missing.number
            return mentions
        return remaining(mentions, self.listing)

    def _progress(self, *, is_end: bool) -> Progress:
        if is_end:
            return Progress(self._puller.now(), is_doubted=self.result.doubted > 0)
        listed = frozenset(self.listing.listed)
        before = self._before
        return Progress(before.completed, self.listing.cursor, listed, before.is_doubted)

"""``received.jsonl``: the mentions that are known, one line each.

A snapshot and not a journal, since to erase a mention must erase it. The lines are sorted, and
equal mentions give equal bytes. Two branches merge by keeping the lines of both: of two lines for
one mention the newer counts.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pelican_linkback.journal.journal import Journal
from pelican_linkback.journal.lines import MARKER, Damage, about_damage
from pelican_linkback.receiving.received import Received

__all__ = ["NAME", "Known", "Snapshot", "number_of", "unique"]

NAME = "received.jsonl"


@dataclass(frozen=True, slots=True)
class Known:
    """The mentions of a snapshot, sorted, and sentences about lines that cannot be used."""

    mentions: tuple[Received, ...] = ()
    problems: tuple[str, ...] = ()


class Snapshot:
    """The mentions in the state folder ``state``; reading creates nothing.

    Raises JournalError if the file cannot be read or written, is of another program, or has a newer
    version: then it is neither used nor overwritten.
    """

    def __init__(self, state: Path) -> None:
        self._journal = Journal(state / NAME)
        self.path = self._journal.path

    def read(self) -> Known:
        """Return the mentions. A damaged line costs itself, and stays in the file."""
        return self._read(unique)

    def content(self) -> bytes:
        """Return the file as it is now, for ``read_unsorted``."""
        return self._journal.content()

    def read_unsorted(self, content: bytes) -> Known:
        """Return the mentions of ``content`` in its order: each article's are put in order anyway.

        To walk through objects in the order in which they were made takes half of the time.
        """
        return self._read(_newest, content)

    def known_of(self, via: str) -> tuple[int, int]:
        """Return how many mentions came by a source, and the greatest number that it gave to one.

        Faster than ``read``: nothing is made of the lines.
        """
        lines = self._journal.read().events
        remotes = [each.get("remote") for each in lines if each.get("via") == via]
        newest = (number_of(each) for each in remotes if isinstance(each, str))
        return len(remotes), max(newest, default=0)

    def has_more_than(self, sources: Collection[str]) -> bool:
        """Return whether there may be mentions that did not come by these sources.

        Fast: the lines are counted, and not read. A file that cannot be read may have some.
        """
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return False
        except OSError:
            return True
        own = (f'"via": {json.dumps(each)}'.encode() for each in sources)
        return text.count(b'"id": ') > sum(map(text.count, own))

    def write(self, mentions: Iterable[Received]) -> bool:
        """Replace the mentions by ``mentions``; return whether the file changed."""
        wanted = tuple(mentions)
        return self.change(lambda known: wanted)  # noqa: ARG005

    def change(
        self,
        change: Callable[[Sequence[Received]], Iterable[Received]],
        keeps: Callable[[str], bool] = lambda line: True,  # noqa: ARG005
    ) -> bool:
        """Replace the mentions by what ``change`` makes of them; return whether the file changed.

        No other process can write in between. The file is replaced in one step. A line that cannot
        be used stays in it if ``keeps`` returns True for its text.
        """
        with self._journal.hold_or_raise():
            damage: dict[int, str] = {}
            read = [*self._lines(damage)]
            wanted = [each.line() for each in unique(change(unique(each for _, each in read)))]
            # The lines between the markers of a merge are used, so that the markers can go.
            kept = [number for number, why in damage.items() if why != MARKER]
            staying = [number for number in kept if keeps(self._text(number))]
            if wanted == [line for line, _ in read] and staying == [*damage]:
                return False
            self._journal.rewrite(*wanted, keeping=staying)
            return True

    def _text(self, number: int) -> str:
        with self.path.open("rb") as file:
            return next(islice(file, number - 1, None)).decode("utf-8", "replace")

    def _read(
        self,
        each_once: Callable[[Iterable[Received]], Iterable[Received]],
        content: bytes | None = None,
    ) -> Known:
        damage: dict[int, str] = {}
        mentions = tuple(each_once(each for _, each in self._lines(damage, content)))
        return Known(mentions, about_damage(self.path, damage))

    def _lines(
        self, damage: dict[int, str], content: bytes | None = None
    ) -> Iterator[tuple[dict[str, object], Received]]:
        """Yield each line with its mention; note in ``damage`` why others are none, by number.

        One after the other: a line that becomes a mention while the processor still has it takes
        three quarters of the time.
        """
        with self._journal.scan(content) as scan:
            for number, line in scan:
                if isinstance(line, Damage):
                    damage[number] = line.why
                    continue
                try:
                    mention = Received.read(line)
                except ValueError as error:
                    damage[number] = str(error)
                else:
                    yield line, mention


def unique(mentions: Iterable[Received]) -> list[Received]:
    """Return the ``mentions``, sorted; of those with one id only the newest."""
    return sorted(_newest(mentions), key=_place)


def _newest(mentions: Iterable[Received]) -> Collection[Received]:
    newest: dict[str, Received] = {}
    for each in mentions:
        pair = each.pair
        known = newest.get(pair)
        if known is None or _age(known) < _age(each):
            newest[pair] = each
    return newest.values()


def _age(mention: Received) -> tuple[int, dt.datetime, str]:
    """Return a sort key: the newer of two that are known by one id is greater."""
    return number_of(mention.remote), mention.received, repr(mention)


def number_of(remote: str) -> int:
    """Return the id of a mention at its source as a number; 0 if it is none, or an absurd one."""
    is_number = remote.isascii() and remote.isdecimal() and len(remote) < 20
    return int(remote) if is_number else 0


def _place(mention: Received) -> tuple[str, dt.datetime, str]:
    return mention.article, mention.published or mention.received, mention.id

"""A journal of a million lines, that of a site which has changed its articles for years.

A plan reads it, and folds it to what is known of each mention. ``compact`` takes the lines out that
are of no use any more; its histories are longer, as its time must not grow with their square.
"""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import MEMORY, Row, alternately, cpu, peak
from pelican_linkback.journal.journal import Journal
from pelican_linkback.journal.lines import encoded
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict
from pelican_linkback.protocol.registry import Registry, traits_of
from pelican_linkback.protocol.webmention import Webmention
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.memory.compaction import compact
from pelican_linkback.sending.memory.event_lines import to_line
from pelican_linkback.sending.memory.events import Answered, Attempt, Event, Fact, Queued, Waiting
from pelican_linkback.sending.running.sender import Sender

__all__ = ["Size", "long_compaction", "long_plan", "rows"]

WEBMENTION = traits_of(Webmention())

EACH = 5
"""Targets of an article."""


@dataclass(frozen=True)
class Size:
    """So many articles, and for each of their mentions so many lines."""

    articles: int
    history: int

    def __str__(self) -> str:
        lines = self.articles * EACH * self.history
        return (
            f"{lines:,} lines, {self.articles * EACH:,} mentions with histories of {self.history}"
        )


PLANNED = Size(10_000, 20)
COMPACTED = Size(2_000, 100)
MOST_MEMORY = 250
"""Megabytes over a process that does nothing."""


def rows() -> Iterator[Row]:
    """Measure, and yield the lines of the table."""
    with long_plan(PLANNED) as plan:
        yield _row(f"plan, {PLANNED}, nothing due", plan, rounds=3, seconds=4)
    with long_compaction(COMPACTED) as compaction:
        yield _row(f"compact, {COMPACTED}", compaction, rounds=1, seconds=20)


def _row(name: str, work: Callable[[], object], *, rounds: int, seconds: int) -> Row:
    """Measure ``work``, which is held to so many ``seconds`` and to ``MOST_MEMORY``."""
    results, nothing = alternately(rounds, lambda: work, lambda: lambda: None)
    memory, took = peak(results) - peak(nothing), cpu(results)
    return Row(
        name,
        "nothing installed",
        f"{took:.1f} s, {memory:.0f} MB",
        "0",
        "",
        f"under {seconds} s and {MOST_MEMORY} MB",
        took < seconds and memory < MOST_MEMORY,
    )


@contextmanager
def long_plan(size: Size) -> Iterator[Callable[[], object]]:
    """Yield a function that plans for a site whose journal has this ``size``."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / "deliveries.jsonl"
        posts = _write(path, size)
        sender = Sender(Journal(path), None, now=lambda: dt.datetime.now(dt.UTC))  # type: ignore[arg-type]
        yield lambda: sender.plan(posts)


@contextmanager
def long_compaction(size: Size) -> Iterator[Callable[[], object]]:
    """Yield a function that compacts a journal of this ``size``."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path, copy = Path(folder) / "deliveries.jsonl", Path(folder) / "copy.jsonl"
        _write(path, size)
        shutil.copy(path, copy)
        yield lambda: compact(Journal(copy), Registry())


def _write(path: Path, size: Size) -> list[Post]:
    """Write a journal in which each version was sent, and return the posts in the last one."""
    moments = (
        dt.datetime(2016, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=n) for n in itertools.count()
    )
    history = list(itertools.islice(_facts(), size.history))
    posts = [_post(number, history) for number in range(size.articles)]
    with path.open("wb") as journal:
        for fact in history:
            for post in posts:
                fact_of_it = _as_of(fact, post)
                for target in post.targets:
                    event = Event(next(moments), Mention(post.source, target), fact_of_it)
                    journal.write(encoded([to_line(event)]))
    return posts


def _facts() -> Iterator[Fact]:
    """Yield the facts of a mention whose article changes again and again."""
    for version in itertools.count():
        fingerprint, page = f"{version:016x}", f"{version:016x}-{version:016x}"
        endpoint = "https://you.example.io/webmention"
        yield Queued("{}.md", fingerprint, None, page)
        yield Waiting("older-version")
        yield Attempt(WEBMENTION, endpoint, "", fingerprint, page)
        outcome = Outcome(Verdict.DELIVERED, "accepted", "", WEBMENTION, endpoint)
        yield Answered(outcome, None, fingerprint)


def _as_of(fact: Fact, post: Post) -> Fact:
    if isinstance(fact, Queued):
        return Queued(post.article, fact.fingerprint, None, fact.page)
    return fact


def _post(number: int, history: list[Fact]) -> Post:
    targets = tuple(f"https://you{n}.example.io/{number}" for n in range(EACH))
    fingerprint = next(each.fingerprint for each in history[::-1] if isinstance(each, Queued))
    source = f"https://me.example.io/articles/{number}.html"
    return Post(source, f"{number}.md", targets, fingerprint, frozenset(targets))

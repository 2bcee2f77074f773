"""Our feed stage against Pelican's own ``generate_feeds``, on one site, at one point of a build."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pelican.writers import Writer

from benchmarks.measure import Result, Row, alternately, cpu, folder, in_a_fork, peak
from benchmarks.site import Plan, published
from pelican_linkback.feeds import STOCK_FEEDS, Feed

__all__ = ["rows"]

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PELICAN = "Pelican's generate_feeds"


def rows(times: int = 5) -> Iterator[Row]:
    """Measure all that has to do with the feed stage."""
    with published(Plan()) as generator:
        yield from _against_pelican("2,000 articles, 542 documents", generator, times, (5.2, 6.5))
        few = {"FEED_MAX_ITEMS": 100}
        work = "the same, FEED_MAX_ITEMS = 100"
        yield from _against_pelican(work, generator, times, (4, 4), few)
        yield _again(generator, times)
        own = {"LINKBACK_FEEDS": [_with_a_hook(each) for each in STOCK_FEEDS]}
        work = "the same, a user's class that overrides one item hook in every feed"
        yield from _against_pelican(work, generator, times, (4, 4), own)
    with published(Plan(relative=True)) as generator:
        yield from _against_pelican("the same, relative URLs", generator, times, (2.5, 2.5))
    with published(Plan(untidy=True)) as generator:
        work = "the same, every article needs an HTML5 parser"
        yield from _against_pelican(work, generator, times, (2, 2))
    yield from growth(10_000, pelicans=1)


def _against_pelican(
    work: str,
    generator: Any,
    times: int,
    goals: tuple[float, float],
    settings: dict[str, Any] | None = None,
) -> Iterator[Row]:
    """Compare the CPU time, with and without cached contents, and the memory an article."""
    generator.settings.update(settings or {})
    notes = ("contents not cached", "contents cached by the pages")
    for cached, note, goal in zip((False, True), notes, goals, strict=True):
        ours, theirs = alternately(
            times,
            partial(_ours, generator, cached=cached),
            partial(_pelicans, generator, cached=cached),
        )
        ratio = cpu(theirs) / cpu(ours)
        yield Row(
            f"{work}; {note}",
            PELICAN,
            f"{cpu(ours):.2f} s",
            f"{cpu(theirs):.2f} s",
            f"{ratio:.1f} × less CPU",
            f"{goal} ×",
            ratio >= goal,
        )
    yield _memory(work, peak(ours), peak(theirs), len(generator.articles))
    generator.settings.update(dict.fromkeys(settings or {}))


def _memory(work: str, ours: float, theirs: float, articles: int) -> Row:
    """Compare peaks in MB."""
    kilobytes = (ours - theirs) * 1024 / articles
    return Row(
        f"{work}: peak memory",
        PELICAN,
        f"{ours:.0f} MB",
        f"{theirs:.0f} MB",
        f"{kilobytes:+.1f} KB an article",
        "+6 KB",
        kilobytes <= 6,
    )


def _with_a_hook(stock: type[Feed]) -> type[Feed]:
    def item_title(feed: Any, article: Any) -> str:  # noqa: ARG001 (a hook has both)
        return f"{article.title}!"

    return type(f"My{stock.__name__}", (stock,), {"item_title": item_title})


def _again(generator: Any, times: int) -> Row:
    first, second, written = [], [], 0
    for _ in range(times):
        with folder() as output:
            first.append(in_a_fork(partial(_ours, generator, output, cached=True)))
            before = _stamps(output)
            second.append(in_a_fork(partial(_ours, generator, output, cached=True)))
            written += _stamps(output) != before
    share = cpu(second) / cpu(first)
    return Row(
        f"rebuild with nothing changed: {written or 'no'} document written",
        "our first build",
        f"{cpu(second):.2f} s",
        f"{cpu(first):.2f} s",
        f"{share:.0%} of the CPU",
        "85 %",
        share <= 0.85 and not written,
    )


def growth(articles: int, pelicans: int) -> Iterator[Row]:
    """Compare a large site with one of 1,000 articles, by the byte written, and with Pelican.

    ``pelicans`` is how often Pelican's feed stage runs: it takes long.
    """
    small, _, small_size = _of_size(1000, 0)
    large, theirs, size = _of_size(articles, pelicans)
    cost, sizes = cpu(large) / cpu(small), size / small_size
    work = f"{articles:,} articles, {articles // 10:,} feeds: {size / 1e6:,.0f} MB"
    yield Row(
        work,
        f"1,000 articles, 100 feeds: {small_size / 1e6:.0f} MB",
        f"{cpu(large):.2f} s",
        f"{cpu(small):.2f} s",
        f"{cost:.1f} × the CPU for {sizes:.1f} × the bytes",
        "no faster than the bytes",
        cost <= sizes,
    )
    yield _memory(work, peak(large), peak(theirs), articles)


def _of_size(articles: int, pelicans: int) -> tuple[list[Result], list[Result], int]:
    """Return what the feeds of such a site take, ours and Pelican's, and our bytes."""
    few = articles // 1000
    plan = Plan(articles, categories=5 * few, authors=20 * few, tags=25 * few - 1)
    with published(plan) as generator:
        ours = []
        for _ in range(3):
            with folder() as output:
                ours.append(in_a_fork(partial(_ours, generator, output, cached=True)))
                size = sum(path.stat().st_size for path in Path(output).rglob("*.xml"))
        with folder() as output:
            generator.output_path = f"{output}/output"
            run = partial(_pelicans, generator, cached=True)
            return ours, [in_a_fork(run) for _ in range(pelicans)], size


def _stamps(output: str) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in Path(output).rglob("*.xml")}


class _Fatal(logging.Handler):
    """Ends a run that does not write a feed, and would seem fast."""

    def emit(self, record: logging.LogRecord) -> None:
        """End it, and say why."""
        raise SystemExit(record.getMessage())


def _ours(generator: Any, output: str | None = None, *, cached: bool) -> Callable[[], object]:
    from pelican_linkback.plugin.feeds.stage import FeedStage  # noqa: PLC0415 (the peer has none of it)
    from pelican_linkback.settings.model import read  # noqa: PLC0415

    _settle(generator, output, cached=cached)
    logging.getLogger("pelican_linkback").addHandler(_Fatal(logging.ERROR))
    writer = Writer(generator.output_path, generator.settings)

    def run() -> None:
        stage = FeedStage(generator, read(generator.settings))
        stage.run(writer, [stage], NOW)
        stage.prune(stage.paths, stage.failed)

    return run


def _pelicans(generator: Any, *, cached: bool) -> Callable[[], object]:
    _settle(generator, None, cached=cached)
    writer = Writer(generator.output_path, generator.settings)
    return lambda: generator.generate_feeds(writer)


def _settle(generator: Any, output: str | None, *, cached: bool) -> None:
    """Give the run an output folder, and a state folder beside it, and what pages would cache."""
    if output is None:
        shutil.rmtree(generator.output_path, ignore_errors=True)
    else:
        generator.output_path = f"{output}/output"
    generator.settings["LINKBACK_STATE"] = str(Path(generator.output_path).with_name("state"))
    if cached:
        for article in generator.articles:
            _ = article.content, article.summary

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
        yield from _against_pelican("2,000 articles, 542 documents", generator, times, goal=6)
        few = {"FEED_MAX_ITEMS": 100}
        yield from _against_pelican("the same, FEED_MAX_ITEMS = 100", generator, times, 4, few)
        yield _again(generator, times)
        own = {"LINKBACK_FEEDS": [_with_a_hook(each) for each in STOCK_FEEDS]}
        work = "the same, a user's class that overrides one item hook in every feed"
        yield from _against_pelican(work, generator, times, 4, own)
    with published(Plan(relative=True)) as generator:
        yield from _against_pelican("the same, relative URLs", generator, times, goal=2.5)
    with published(Plan(untidy=True)) as generator:
        work = "the same, every article needs an HTML5 parser"
        yield from _against_pelican(work, generator, times, goal=2)
    yield _growth()


def _against_pelican(
    work: str, generator: Any, times: int, goal: float, settings: dict[str, Any] | None = None
) -> Iterator[Row]:
    generator.settings.update(settings or {})
    for cached, note in ((False, "contents not cached"), (True, "contents cached by the pages")):
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
    yield Row(
        f"{work}: peak memory",
        PELICAN,
        f"{peak(ours):.0f} MB",
        f"{peak(theirs):.0f} MB",
        f"{peak(ours) - peak(theirs):+.0f} MB",
        "not above",
        peak(ours) <= peak(theirs),
    )
    generator.settings.update(dict.fromkeys(settings or {}))


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
        "60 %",
        share <= 0.6 and not written,
    )


def _growth() -> Row:
    """Compare a site with one that is ten times as large: cost by the byte written."""
    small, small_bytes = _of_size(Plan(1000, categories=5, authors=20, tags=24))
    large, large_bytes = _of_size(Plan(10_000, categories=50, authors=200, tags=249))
    cost, size = cpu(large) / cpu(small), large_bytes / small_bytes
    return Row(
        f"10,000 articles, 1,000 feeds: {large_bytes / 1e6:.0f} MB",
        f"1,000 articles, 100 feeds: {small_bytes / 1e6:.0f} MB",
        f"{cpu(large):.2f} s",
        f"{cpu(small):.2f} s",
        f"{cost:.1f} × the CPU for {size:.1f} × the bytes",
        "no faster than the bytes",
        cost <= size,
    )


def _of_size(plan: Plan) -> tuple[list[Result], int]:
    with published(plan) as generator:
        results = []
        for _ in range(3):
            with folder() as output:
                results.append(in_a_fork(partial(_ours, generator, output, cached=True)))
                size = sum(path.stat().st_size for path in Path(output).rglob("*.xml"))
        return results, size


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

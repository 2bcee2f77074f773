"""``pelican content`` of 1,000 articles with 10,000 mentions under them, and with none.

The theme is Pelican's own, and shows no mentions: they are added to each page. Nothing is pulled.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, folder, in_a_process
from benchmarks.site import prose
from benchmarks.whole_build import command, write_blog, write_settings
from pelican_linkback.receiving.received import Author, Kind, Received

__all__ = ["received", "rows"]

ARTICLES, EACH, TIMES, GOAL = 1_000, 10, 5, 0.3
SETTINGS = {
    "PLUGINS": ["pelican_linkback"],
    "LINKBACK_RECEIVE": "webmention.io",
    "LINKBACK_PULL": False,
    "LINKBACK_SEND": False,
}
KINDS = ("reply", "reply", "reply", "like", "like", "like", "repost", "mention", "bookmark", "rsvp")


def rows() -> Iterator[Row]:
    """Measure both builds in turn, and look at what a second build changes."""
    with folder() as home:
        site = Path(home)
        write_blog(site / "content", ARTICLES)
        write_settings(site, SETTINGS)
        _build(site)
        pages = json.loads((site / "linkback" / "targets.json").read_text("utf-8"))["targets"]
        articles = [page for page in pages if page["id"] != page["url"]]
        mentions = list(received(articles))
        runs = [[_with(site, each) for each in (mentions, [])] for _ in range(TIMES)]
        ours, none = (statistics.median(run[who] for run in runs) for who in range(2))
        changed = _changed(site, mentions)
    work = f"pelican content: {len(articles):,} articles, {len(mentions):,} mentions"
    more = ours - none
    yield Row(
        work,
        "the same without mentions",
        f"{ours:.2f} s",
        f"{none:.2f} s",
        f"{more:+.2f} s",
        f"at most {GOAL:+} s",
        more <= GOAL,
    )
    yield Row(
        f"{work}, again", "the build before", str(changed), "0", "files changed", "0", not changed
    )


def _build(site: Path) -> float:
    return in_a_process([sys.executable, "-m", "pelican", *command()], cwd=site)


def _with(site: Path, mentions: list[str]) -> float:
    (site / "linkback" / "received.jsonl").write_text("".join(mentions), "utf-8")
    return _build(site)


def _changed(site: Path, mentions: list[str]) -> int:
    """Return how many files a second build changes.

    Pelican gives its pages and the files of its theme a new time.
    """
    _with(site, mentions)
    before = _files(site)
    _build(site)
    return sum(before.get(path) != data for path, data in _files(site).items())


def _files(site: Path) -> dict[Path, tuple[bytes, int]]:
    found = (path for name in ("output", "linkback") for path in (site / name).rglob("*"))
    theme = site / "output" / "theme"
    files = (path for path in found if path.is_file() and not path.is_relative_to(theme))
    return {path: _version(path) for path in files}


def _version(path: Path) -> tuple[bytes, int]:
    return path.read_bytes(), 0 if path.suffix == ".html" else path.stat().st_mtime_ns


def received(articles: list[dict[str, str]]) -> Iterator[str]:
    """Yield the line of each mention: every article has one of each of the KINDS."""
    chance = random.Random(2026)
    start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    for number, article in enumerate(articles * EACH):
        kind = KINDS[number // len(articles) % len(KINDS)]
        home = f"https://reader{number}.example.net"
        when = start + dt.timedelta(hours=number)
        mention = Received(
            source=f"{home}/{number}",
            target=article["url"],
            article=article["id"],
            kind=Kind(kind),
            author=Author(f"Reader {number}", f"{home}/"),
            received=when,
            published=when,
            text=prose(chance, 40) if kind in {"reply", "mention"} else "",
        )
        yield json.dumps(mention.line(), ensure_ascii=False) + "\n"

"""What the linkbacks cost a build that has nothing to send: 1,000 articles, 10,000 lines.

    python benchmarks/idle_build.py

Pelican's own time is left out: the articles are read and rendered before the clock starts.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from pelican import Pelican
from pelican.settings import read_settings

from pelican_linkback import plugin
from pelican_linkback import settings as settings_room
from pelican_linkback.delivery import idle_of, journal_of
from pelican_linkback.delivery.ledger import Ledger
from pelican_linkback.posts import read_site

ARTICLES, LINES, GOAL = 1_000, 10_000, 0.050


def main() -> int:
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        contents, settings = site(Path(folder))
        plugin.deliver_site(contents, (), replace(settings, deadline=0.0), now())
        be_told(settings)
        full = seconds(lambda: build(contents, settings, fresh=True))
        idle = seconds(lambda: build(contents, settings))
    print(f"{ARTICLES} articles, {LINES} lines: the first build with nothing to do {full:.2f} s,")
    print(f"the next ones {1000 * idle:.1f} ms (goal: {1000 * GOAL:.0f} ms)")
    return 0 if idle < GOAL else 1


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def site(folder: Path) -> tuple[list, settings_room.Settings]:
    (folder / "content").mkdir()
    for n in range(ARTICLES):
        links = " ".join(f"[there](https://far{m}.example.io/{n})" for m in range(3))
        text = "\n\n".join([f"Some words, and {m} more of them. " * 8 for m in range(8)])
        head = f"Title: Article {n}\nDate: 2026-01-01\nPingback: all\n\n"
        (folder / "content" / f"{n}.md").write_text(f"{head}{text}\n\n{links}\n")
    pelican = Pelican(
        read_settings(
            override={
                "PATH": str(folder / "content"),
                "OUTPUT_PATH": str(folder / "output"),
                "SITEURL": "https://me.example.io",
                "TIMEZONE": "UTC",
                "PLUGINS": [],
                "LINKBACK_SEND": False,
            }
        )
    )
    contents = read_site(pelican, now())
    for content in contents:
        content.get_content(pelican.settings["SITEURL"])
    settings = settings_room.read(pelican.settings)
    return contents, settings


def be_told(settings: settings_room.Settings) -> None:
    """Let everything that is queued have been told, and fill the journal up to its lines."""
    journal = journal_of(settings)
    lines = []
    for mention in Ledger(journal).deliveries:
        head = {"v": 1, "source": mention.source, "target": mention.target, "protocol": "pingback"}
        head["endpoint"] = "https://far.example.io/xmlrpc"
        at = now()
        later = at + dt.timedelta(microseconds=1)
        lines.append({**head, "event": "attempt", "at": at.isoformat()})
        said = {"verdict": "delivered", "reason": "accepted", "detail": "Thank you."}
        lines.append({**head, **said, "event": "outcome", "at": later.isoformat()})
    journal.append(*lines)
    missing = LINES - len(journal.path.read_text().splitlines())
    moments = (now() + dt.timedelta(seconds=n) for n in range(1, missing + 1))
    journal.append(*({**lines[0], "at": moment.isoformat()} for moment in moments))


def build(contents: list, settings: settings_room.Settings, *, fresh: bool = False) -> None:
    if fresh:
        idle_of(settings).path.unlink(missing_ok=True)
    line = plugin.deliver_site(contents, (), settings, now())
    assert line == "Linkbacks: 0 sent, 0 failed", line


def seconds(work) -> float:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


if __name__ == "__main__":
    sys.exit(main())

"""What the linkbacks cost a build that has nothing to send: 1,000 articles, 10,000 lines.

Pelican's own time is left out: the articles are read and rendered before the clock starts.
"""

from __future__ import annotations

import datetime as dt
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pelican import Pelican
from pelican.settings import read_settings

from benchmarks.measure import Row, alternately, cpu
from pelican_linkback.plugin import deliveries as plugin
from pelican_linkback.plugin.adapters import read_site
from pelican_linkback.sending import Sending
from pelican_linkback.settings import model as settings_model

__all__ = ["idle_site", "rows"]

ARTICLES, LINES, GOAL = 1_000, 10_000, 0.050


def rows() -> Iterator[Row]:
    """Measure the first build that finds nothing to do, and those that know it from that one."""
    with idle_site() as build:
        first, later = alternately(5, lambda: partial(build, fresh=True), lambda: build)
    work = f"{ARTICLES:,} articles, {LINES:,} lines, nothing due"
    seconds = cpu(later)
    yield Row(f"a build that changed: {work}", "nothing installed", f"{cpu(first):.2f} s", "0", "")
    yield Row(
        f"a build like the one before: {work}",
        "nothing installed",
        f"{1000 * seconds:.0f} ms",
        "0",
        "",
        f"under {1000 * GOAL:.0f} ms",
        seconds < GOAL,
    )


@contextmanager
def idle_site() -> Iterator[Callable[..., None]]:
    """Yield a function that delivers a site; with ``fresh`` as if it had changed."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        contents, settings = site(Path(folder))
        plugin.deliver_site(contents, (), settings._replace(deadline=0.0), now())
        be_told(settings)
        build(contents, settings)
        yield partial(build, contents, settings)
    logging.disable(logging.NOTSET)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def site(folder: Path) -> tuple[list, settings_model.Settings]:
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
    contents = read_site(pelican, now()).contents
    for content in contents:
        content.get_content(pelican.settings["SITEURL"])
    settings = settings_model.read(pelican.settings)
    return contents, settings


def be_told(settings: settings_model.Settings) -> None:
    """Record everything that is queued as delivered, and fill the journal up to its lines."""
    sending = Sending(settings)
    journal = sending.journal
    lines = []
    for mention in sending.ledger().deliveries:
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


def build(contents: list, settings: settings_model.Settings, *, fresh: bool = False) -> None:
    if fresh:
        Sending(settings).skip_cache.path.unlink(missing_ok=True)
    line = plugin.deliver_site(contents, (), settings, now())
    assert line == "Linkbacks: nothing to send", line

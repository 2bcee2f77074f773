"""10,000 mentions are pulled from a hosted service on loopback, and then what is new: none.

The service runs in the process that measures, each pull in a process of its own: only its time
counts.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Row, alternately, cpu, folder, peak
from pelican_linkback.receiving.hosted.service import TOKEN as VARIABLE
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.pull import pull
from pelican_linkback.settings.model import Settings
from tests.servers import serving
from tests.webmention_io import TOKEN, WebmentionService, item

__all__ = ["Pulls", "rows", "service_with"]

ARTICLES, MENTIONS, TIMES = 1_000, 10_000, 3
MOST_REQUESTS, MOST_SECONDS = 110, 0.3
SITE = "https://blog.example"
WORDS = "Mine is of slate, and has no mortar at all. " * 4


class Pulls:
    """Pulls from a service into a folder."""

    def __init__(self, home: Path, service: WebmentionService) -> None:
        pages = [Target(f"a{n}", f"{SITE}/{n}/", f"Article {n}") for n in range(ARTICLES)]
        self.targets = Targets(pages, SITE)
        self.state, self.service = home / "linkback", service
        self.settings = Settings(
            SITE, Path("content"), state=self.state, pull=(f"webmention.io={service.api}",)
        )

    def all(self) -> Callable[[], None]:
        """Return a pull of everything, into an empty folder."""
        shutil.rmtree(self.state, ignore_errors=True)
        return self.news

    def again(self) -> Callable[[], None]:
        """Return a pull of what is new, with the folder as it is."""
        return self.news

    def news(self) -> None:
        """Pull what is not known yet."""
        report = pull(self.settings, self.targets, 600.0)
        if report.warnings:
            raise SystemExit(f"a benchmark failed: {report.warnings}")


@contextmanager
def service_with(mentions: int) -> Iterator[WebmentionService]:
    """Give a service that has so many mentions; its token is in the environment."""
    os.environ[VARIABLE] = TOKEN
    with serving(WebmentionService()) as service:
        for number in range(1, mentions + 1):
            target = f"{SITE}/{number % ARTICLES}/"
            content = {"html": f"<p>{WORDS}</p>", "text": WORDS}
            about = {"wm_property": "in-reply-to", "content": content}
            service.mentions[number] = item(number, target=target, **about)
        yield service


def rows() -> Iterator[Row]:
    """Measure, and yield the lines of the table."""
    with folder() as home, service_with(MENTIONS) as service:
        pulls = Pulls(Path(home), service)
        results, nothing = alternately(TIMES, pulls.all, lambda: lambda: None)
        requests = len(service.requests) // TIMES
        (news,) = alternately(TIMES, pulls.again)
        asked_again = len(service.requests) // TIMES - requests
    work, against = f"pull of {MENTIONS:,} mentions", "a service on loopback"
    memory = peak(results) - peak(nothing)
    yield Row(
        work,
        against,
        f"{cpu(results):.1f} s, {memory:.0f} MB",
        "",
        f"{requests} requests",
        f"at most {MOST_REQUESTS}",
        requests <= MOST_REQUESTS,
    )
    yield Row(
        f"{work}, when all are known",
        against,
        f"{cpu(news):.2f} s",
        "",
        f"{asked_again} request",
        f"1, at most {MOST_SECONDS} s",
        asked_again == 1 and cpu(news) <= MOST_SECONDS,
    )

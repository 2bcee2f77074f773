"""Moderation over many mentions: what a page of the inbox, a search and the overview take.

A page is what its author waits for: the time from the request to the answer, the best of some, in
this process. PostgreSQL is the one of the tests.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa

from benchmarks.measure import Row, folder
from pelican_linkback.receiving.inbox.states import MentionState, Verified
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.server.admin.context import AdminContext, SiteName
from pelican_linkback.receiving.server.admin.routes import routes_of
from pelican_linkback.receiving.server.application import Application
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.database import Store, open_store, sqlite_url
from pelican_linkback.receiving.store.queue import Queue
from pelican_linkback.receiving.store.tables import mention
from tests.browsing import BASE, Browser
from tests.receiving import arrival, postgresql_server, said

__all__ = ["fill", "moderator", "rows", "took"]

MANY, ORIGINAL, TIMES = 100_000, 500, 5
TEXT = "A week of reading for those who lay up late, with a note on a knot. " * 4
PAGES = {
    "a page of the inbox": ("inbox", 0.1),
    "a page of it after 50,000 others": ("inbox?state=&after=50000", 0.1),
    "a search for a word that does not occur": (f"inbox?{urlencode({'text': 'nowhere'})}", 0.5),
    "the mentions of one host": ("inbox?state=&host=h7.example", 0.5),
    "the overview": ("./", 1.0),
}
"""What is asked for, and in how many seconds it should be there."""


def fill(store: Store, many: int) -> None:
    """Have so many mentions in the database: some that were verified, and copies of them.

    PostgreSQL has had the time to put its tables in order, which it does by itself in a minute.
    """
    acceptor, queue = Acceptor(store), Queue(store)
    for number in range(original := min(ORIGINAL, many)):
        page = f"/{number % 100}/"
        acceptor.accept(arrival(f"https://h{number}.example/{number}", page))
    while jobs := queue.claim(100):
        for job in jobs:
            state = MentionState.SHOWN if job.id % 4 else MentionState.HELD
            queue.record(job, Verified(said(job, TEXT), state, "stranger"))
    columns = [each for each in mention.columns if each.name != "id"]
    names = [each.name for each in columns]
    for copy in range(1, many // original):
        unique = [
            sa.literal(f"{copy}:").concat(sa.func.substr(each, 1, 50))
            if each.name in {"key", "token"}
            else each
            for each in columns
        ]
        copied = sa.select(*unique).where(mention.c.id <= original)
        insert = sa.insert(mention).from_select(names, copied)
        store.write(lambda connection, insert=insert: connection.execute(insert))
    with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("ANALYZE" if store.is_sqlite else "VACUUM ANALYZE")


def moderator(store: Store) -> Browser:
    """Log in, at an application of its own."""
    admin = AdminContext(store, SiteName("Site", "https://blog.example/"), Targets)
    browser = Browser(Application(BASE, routes_of(admin)))
    browser.post("login", {"key": admin.sessions.create_login_key()})
    return browser


def took(browser: Browser, path: str) -> float:
    """Return the seconds until a page is there."""
    best = float("inf")
    for _ in range(TIMES):
        begun = time.perf_counter()
        status = browser.request("GET", path).status
        best = min(best, time.perf_counter() - begun)
        assert status == 200
    return best


def rows() -> Iterator[Row]:
    """Measure, and yield the lines of the table."""
    with folder() as place:
        yield from _rows("SQLite", sqlite_url(Path(place) / "inbox.sqlite"))
    with postgresql_server() as url:
        yield from _rows("PostgreSQL", url)


def _rows(database: str, url: str) -> Iterator[Row]:
    with closing(open_store(url)) as store:
        fill(store, MANY)
        browser = moderator(store)
        for name, (path, goal) in PAGES.items():
            seconds = took(browser, path)
            work = f"{MANY:,} mentions, {database}: {name}"
            goal_said = f"{goal * 1000:.0f} ms"
            yield Row(work, "", f"{seconds * 1000:.0f} ms", "", "", goal_said, seconds <= goal)

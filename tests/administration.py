"""Fixtures of the administration: somebody at a browser, and mentions in a database."""

from __future__ import annotations

import pytest

from pelican_linkback.receiving.inbox.states import MentionState, Verified
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.receiving.received import Author
from pelican_linkback.receiving.server.admin.context import AdminContext, SiteName
from pelican_linkback.receiving.server.admin.routes import routes_of
from pelican_linkback.receiving.server.application import Application
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.mentions import Mentions
from pelican_linkback.receiving.store.queue import Queue
from pelican_linkback.receiving.store.searching import Search
from tests.browsing import BASE, Browser
from tests.receiving import arrival, said, sqlite_store

WALLS, ROOF = "tag:blog.example:/walls/", "tag:blog.example:/roof/"
PAGES = Targets(
    [
        Target(WALLS, "https://blog.example/walls/", "Walls of slate"),
        Target(ROOF, "https://blog.example/roof/", "A roof", mentions=Mode.HELD),
        Target("c", "https://blog.example/cellar/", "The cellar", mentions=Mode.CLOSED),
    ],
    "https://blog.example",
)


@pytest.fixture
def inbox_store(tmp_path, tmp_path_factory, clock):
    with sqlite_store(tmp_path, tmp_path_factory.getbasetemp(), clock=clock) as opened:
        yield opened


@pytest.fixture
def admin(inbox_store):
    return AdminContext(
        inbox_store, SiteName("The Tide Table", "https://blog.example/"), lambda: PAGES
    )


@pytest.fixture
def stranger(admin):
    return Browser(Application(BASE, routes_of(admin)))


@pytest.fixture
def browser(admin, stranger):
    stranger.open(f"login?key={admin.sessions.create_login_key()}")
    stranger.press_words("Log in")
    assert stranger.answer.status == 200
    return stranger


@pytest.fixture
def take(inbox_store, clock):
    """Take a mention by somebody, as if it was verified."""
    acceptor, queue = Acceptor(inbox_store), Queue(inbox_store)

    def received(name="ann", page="/walls/", state=MentionState.HELD, why="stranger", **more):
        acceptor.accept(arrival(f"https://{name}.example{page}", page, received=clock()))
        clock.pass_(hours=1)
        for job in queue.claim(100):
            author = Author(name.title(), f"https://{name}.example/")
            text = f"{name} was here"
            fields = {"author": author, "text": text} | more
            queue.record(job, Verified(said(job, **fields), state, why))

    return received


def states(inbox_store) -> dict[str, str]:
    rows = Mentions(inbox_store).listing(Search(), 1000)
    return {row.host.removesuffix(".example"): row.state.value for row in rows}


def ids(inbox_store) -> dict[str, str]:
    rows = Mentions(inbox_store).listing(Search(), 1000)
    return {row.host.removesuffix(".example"): str(row.id) for row in rows}

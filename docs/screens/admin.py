"""``make screens``: the administration of a receiver, driven in Chromium and drawn.

A database is filled with mentions of half a year; the receiver's own application serves it on this
machine. The browser logs in by the link, approves by the keyboard alone, decides about several at
once and takes that back, and what it does is looked up in the database. Each page is drawn as wide
as a desk, in light colours, and as wide as a phone, in dark ones, into ``docs/screens/admin``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from driven import Page, chromium
from feeds import HERE, browser
from waitress.server import create_server

from pelican_linkback.receiving.inbox.states import MentionState, Verified
from pelican_linkback.receiving.memory.decisions import Act
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.received import Author, Kind, Received
from pelican_linkback.receiving.server.admin.context import AdminContext, SiteName
from pelican_linkback.receiving.server.admin.routes import routes_of
from pelican_linkback.receiving.server.application import Application
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.database import Store, open_store, sqlite_url
from pelican_linkback.receiving.store.queue import Queue
from pelican_linkback.receiving.store.records import Arrival

SITE = "https://tidetable.example"
NOW = dt.datetime(2026, 11, 27, 16, 20, tzinfo=dt.UTC)
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
PLACES = {
    "overview": "",
    "inbox": "inbox",
    "article": "article?id=tag:mast",
    "rules": "rules",
    "health": "health",
}
LOOKS = (("desk", "light"), ("phone", "dark"))
PAGES = {
    "mast": "Stepping a mast at slack water",
    "oak": "Oak, larch, and what the worm thinks of them",
    "harbour": "A harbour in the fog",
    "knots": "Four knots are enough",
    "winter": "Laying up for the winter",
}
TARGETS = Targets(
    [Target(f"tag:{slug}", f"{SITE}/{slug}.html", title) for slug, title in PAGES.items()], SITE
)
REPLY, LIKE, MENTION = Kind.REPLY, Kind.LIKE, Kind.MENTION

WAITING = [
    (
        "mast",
        "bo.example.net/2026/gin-poles",
        "Bo Ekström",
        REPLY,
        "Does this hold for a deck-stepped mast, too?\nOurs is 14 m, and the club's crane is gone.",
    ),
    (
        "oak",
        "social.example.org/@layla/1117",
        "ليلى حداد",
        REPLY,
        "جرّبنا هذا في الميناء القديم، ونجح من أول مرة.",
    ),
    (
        "knots",
        "almanac.example.com/2026/11/what-we-read",
        "Old Mole Almanac",
        MENTION,
        "A week of reading for those who lay up late, and a note on a fifth knot.",
    ),
    ("harbour", "social.example.org/@ida/882", "Ida", LIKE, ""),
    (
        "winter",
        "cheap-sails.example/offer",
        "Best Sails Discount",
        MENTION,
        "Buy sails now 80% off sails sails best price",
    ),
]


def fill(store: Store, clock: Clock) -> None:
    """Take mentions, week after week, and verify them."""
    acceptor, queue = Acceptor(store), Queue(store)
    seasons = [1, 2, 1, 3, 2, 4, 6, 5, 3, 2, 2, 1, 4, 7, 9, 6, 5, 3, 2, 4, 5, 8, 6, 4, 3, 5]
    hosts = ["social.example.org", "brid.example", "bo.example.net", "almanac.example.com"]
    slugs = itertools.cycle(["mast", "mast", "oak", "mast", "knots", "harbour", "oak"])
    for week, many in enumerate(seasons):
        clock.now = NOW - dt.timedelta(weeks=len(seasons) - 1 - week, hours=30)
        for n in range(many):
            slug, host = next(slugs), hosts[(week + n) % len(hosts)]
            take(acceptor, clock, slug, f"{host}/{week}/{n}")
        verify(queue, clock, shown=lambda number: number % 5 != 4)
    clock.now = NOW - dt.timedelta(hours=5)
    for slug, source, *_ in WAITING:
        take(acceptor, clock, slug, source)
        clock.now += dt.timedelta(minutes=50)
    verify(queue, clock, shown=lambda _number: False)
    clock.now = NOW


class Clock:
    """The time of the pictures."""

    now = NOW

    def __call__(self) -> dt.datetime:
        """Return it."""
        return self.now


def take(acceptor: Acceptor, clock: Clock, slug: str, source: str) -> None:
    """Accept a request."""
    target = f"{SITE}/{slug}.html"
    acceptor.accept(
        Arrival(f"https://{source}", target, f"tag:{slug}", "", "webmention", clock.now)
    )


def verify(queue: Queue, clock: Clock, shown: Callable[[int], bool]) -> None:
    """Record that each source says what it should."""
    known = {source: (name, kind, text) for _, source, name, kind, text in WAITING}
    number, now = 0, clock.now
    while jobs := queue.claim(100):
        for job in jobs:
            place = job.source.partition("://")[2]
            name, kind, text = known.get(place, (f"Reader {place}", LIKE, ""))
            received = Received(
                job.source,
                job.target,
                job.article,
                kind,
                Author(name, f"https://{job.host}/{'@' + name.lower() if kind is LIKE else ''}"),
                job.received,
                url=job.source,
                text=text,
            )
            state = MentionState.SHOWN if shown(number) else MentionState.HELD
            if not shown(number) and place not in known:
                state = MentionState.REFUSED
            queue.record(job, Verified(received, state, "open" if shown(number) else "stranger"))
            number += 1
        clock.now += dt.timedelta(seconds=2)
    clock.now = now


def drive(page: Page, base: str, context: AdminContext) -> None:
    """Log in, and moderate by the keyboard alone; what comes of it is in the database."""
    page.look(SIZES["desk"], "light")
    page.open(f"{base}admin/login?key={context.sessions.create_login_key()}")
    page.press("Enter")  # the button has the focus
    assert page.value("document.title").startswith("Overview"), page.value("document.title")
    assert page.value("document.cookie") == "", "a script can read the cookie"
    page.open(f"{base}admin/inbox")
    held = context.mentions.counts()[MentionState.HELD]
    press_on(page, "button[name=one][value^=approve]")
    assert context.mentions.counts()[MentionState.HELD] == held - 1, "approved by the keyboard"
    press_on(page, ".done button")
    assert context.mentions.counts()[MentionState.HELD] == held, "undone by the keyboard"
    for n in (0, 1):
        focus(page, f"document.querySelectorAll('.mark')[{n}]")
        page.press(" ")
    press_on(page, "button[name=marked][value=approve]")
    assert context.mentions.counts()[MentionState.HELD] == held - 2, "two at once"
    press_on(page, ".done button")
    assert context.mentions.counts()[MentionState.HELD] == held
    print("driven: logged in, approved, undone, two at once, undone")


def press_on(page: Page, selector: str) -> None:
    """Go to a button with the tabulator, and press Enter."""
    focus(page, f"document.querySelector({selector!r})")
    page.press("Enter")


def focus(page: Page, element: str) -> None:
    """Go to an element with the tabulator alone."""
    for _ in range(200):
        if page.value(f"document.activeElement === {element}"):
            return
        page.press("Tab")
    raise AssertionError(f"{element} is not reached by the keyboard")


def pictures(page: Page, base: str, context: AdminContext) -> None:
    """Draw every page."""
    context.rules.set(["cheap-sails.example"], Act.BLOCK, "browser")
    context.rules.set(["bo.example.net"], Act.TRUST, "browser")
    context.rules.set(["forum.example.org/t"], Act.HOLD, "browser")
    folder = HERE / "admin"
    folder.mkdir(exist_ok=True)
    for name, place in PLACES.items():
        page.open(f"{base}admin/{place}")
        for size, scheme in LOOKS:
            dimensions = SIZES[size]
            page.look(dimensions, scheme)
            page.settle()
            wide = page.value("document.documentElement.scrollWidth")
            assert wide <= dimensions[0], f"{name} is {wide} wide at {dimensions[0]}"
            page.picture(folder / f"{name}-{size}-{scheme}.png")


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def main() -> None:
    """Drive and draw."""
    program = browser()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        clock = Clock()
        store = open_store(sqlite_url(folder / "inbox.sqlite"), clock=clock)
        fill(store, clock)
        context = AdminContext(store, SiteName("The Tide Table", f"{SITE}/"), lambda: TARGETS)
        with chromium(program, folder) as page:
            base = f"http://127.0.0.1:{free_port()}/mentions/"
            application = Application(base, routes_of(context))
            server = create_server(application, host="127.0.0.1", port=urlsplit(base).port)
            threading.Thread(target=server.run, daemon=True).start()
            drive(page, base, context)
            pictures(page, base, context)
            server.close()
        store.close()


if __name__ == "__main__":
    main()

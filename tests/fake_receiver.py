"""A receiver without a database, for the tests of what the web sees of it."""

from __future__ import annotations

import datetime as dt

from pelican_linkback.receiving.display.mention import DisplayOptions
from pelican_linkback.receiving.display.words import words_for
from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.receiving.received import Author, Kind, Received, id_of
from pelican_linkback.receiving.server.application import Application
from pelican_linkback.receiving.server.export import Export, Token
from pelican_linkback.receiving.server.fragment import Fragment
from pelican_linkback.receiving.server.health import Health, MentionCounts
from pelican_linkback.receiving.server.incoming import Incoming
from pelican_linkback.receiving.server.limits import Limiter
from pelican_linkback.receiving.server.metrics import Metrics
from pelican_linkback.receiving.server.pingback import Pingbacks
from pelican_linkback.receiving.server.webmention import Webmentions
from pelican_linkback.receiving.store.records import Accepted, Arrival, StoredMention
from pelican_linkback.settings.validators import KINDS

SITE = "https://blog.example"
BASE = f"{SITE}/receiver/"
SOURCE = "https://neighbour.example/post"
TARGET = f"{SITE}/article/"
NOW = dt.datetime(2026, 11, 27, 12, 0, tzinfo=dt.UTC)
TARGETS = Targets(
    [
        Target("tag:article", TARGET, "An article"),
        Target("tag:held", f"{SITE}/held/", mentions=Mode.HELD),
        Target("tag:closed", f"{SITE}/closed/", mentions=Mode.CLOSED),
    ],
    SITE,
)
TOKEN = "a-secret-word"


def said(source: str = SOURCE, **fields) -> Received:
    values = {
        "source": source,
        "target": TARGET,
        "article": "tag:article",
        "kind": Kind.REPLY,
        "author": Author("Ann", "https://neighbour.example/"),
        "received": NOW,
        "url": source,
        "text": "Well said.",
        "protocol": "webmention",
    }
    return Received(**(values | fields))


def row(
    state: MentionState = MentionState.SHOWN,
    shown: Received | None = None,
    number: int | None = 1,
    source: str = SOURCE,
    article: str = "tag:article",
) -> StoredMention:
    return StoredMention(
        id=1,
        key=id_of(source, article),
        token="token",
        state=state,
        source=source,
        target=TARGET,
        article=article,
        fragment="",
        host="neighbour.example",
        protocol="webmention",
        received=NOW,
        checked=None,
        why="",
        shown=shown,
        latest=shown,
        final_url="",
        number=number,
        decided=False,
    )


class FakeReceiver:
    """The application over lists: ``rows`` are the mentions, ``arrivals`` what was accepted."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.rows: list[StoredMention] = []
        self.counts = MentionCounts({"held": 2, "queued": 1}, 1, NOW - dt.timedelta(minutes=1))
        self.overviews = 0
        self.failure: Exception | None = None
        self.seconds = 0.0
        self.metrics = Metrics()
        limiter = Limiter(monotonic=lambda: self.seconds)
        incoming = Incoming(self.accept, TARGETS, lambda client: f"hash of {client}", lambda: NOW)
        token = Token(TOKEN, limiter)
        options = DisplayOptions(words_for("en", {}))
        parts = [
            Webmentions(incoming, limiter, self.mention_of),
            Pingbacks(incoming, limiter),
            Export(self.ask_exported, token),
            Fragment(self.shown_on, TARGETS, KINDS, options, SITE),
            Health(self.check, self.ask_counts, self.metrics, token, lambda: NOW),
        ]
        self.routes = [route for part in parts for route in part.routes()]
        self.application = Application(
            BASE, self.routes, on_answered=self.metrics.request, monotonic=lambda: self.seconds
        )

    def accept(self, arrival: Arrival) -> Accepted:
        if self.failure:
            raise self.failure
        is_new = arrival.source not in {each.source for each in self.arrivals}
        self.arrivals.append(arrival)
        return Accepted("token", is_new)

    def mention_of(self, token: str) -> StoredMention | None:
        return next((each for each in self.rows if each.token == token), None)

    def ask_exported(self, since: int, limit: int) -> list[StoredMention]:
        return self.exported(since, limit)

    def exported(self, since: int, limit: int) -> list[StoredMention]:
        found = [each for each in self.rows if (each.number or 0) > since]
        return sorted(found, key=lambda each: each.number)[:limit]

    def shown_on(self, article: str) -> list[Received]:
        return [each.shown for each in self.rows if each.shown and each.article == article]

    def check(self) -> None:
        if self.failure:
            raise self.failure

    def ask_counts(self) -> MentionCounts:
        self.check()
        self.overviews += 1
        return self.counts

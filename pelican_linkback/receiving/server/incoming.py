"""A mention that somebody sends, by whatever protocol: checked at once, then on disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from pelican_linkback.protocol.mention import Mention
from pelican_linkback.receiving.inbox.states import WAITING, MentionState
from pelican_linkback.receiving.memory.targets import Found, Mode
from pelican_linkback.receiving.store.records import Accepted, Arrival, StoredMention
from pelican_linkback.text.urls import is_fetchable, page_key

__all__ = ["MAX_URL", "Incoming", "NotTaken", "Status", "WhyNot", "status_of"]

MAX_URL = 2_000
"""The maximum length of a source or a target in characters."""


class WhyNot(StrEnum):
    """Why a mention is not taken; the value is the sentence for who sent it."""

    TOO_LONG = f"A URL is longer than {MAX_URL} characters."
    UNKNOWN = "The target is no page of this site."
    CLOSED = "The target takes no mentions."
    ITSELF = "Source and target are the same page."


class NotTaken(Exception):
    """A mention that is refused at once; ``why`` says it."""

    def __init__(self, why: WhyNot) -> None:
        self.why = why
        super().__init__(why.value)


class Pages(Protocol):
    """What is used of ``KnownTargets``."""

    def find(self, url: str) -> Found | None:
        """Return the page that a URL means."""


class Incoming:
    """Takes mentions of ``pages`` and gives them to ``accept``.

    That returns when they are on disk. ``sender`` returns what is kept of a client's address, a
    salted hash. ``now`` is the clock.
    """

    def __init__(
        self,
        accept: Callable[[Arrival], Accepted],
        pages: Pages,
        sender: Callable[[str], str],
        now: Callable[[], dt.datetime],
    ) -> None:
        self._accept, self._pages, self._sender, self._now = accept, pages, sender, now

    def take(self, mention: Mention, protocol: str, client: str, vouch: str = "") -> Accepted:
        """Accept a mention; raises NotTaken, and what ``accept`` and ``pages`` raise."""
        if max(map(len, mention)) > MAX_URL:
            raise NotTaken(WhyNot.TOO_LONG)
        found = self._pages.find(mention.target)
        if found is None:
            raise NotTaken(WhyNot.UNKNOWN)
        if found.target.mentions is Mode.CLOSED:
            raise NotTaken(WhyNot.CLOSED)
        if self._is_same(mention, found):
            raise NotTaken(WhyNot.ITSELF)
        return self._accept(
            Arrival(
                mention.source,
                mention.target,
                found.target.id,
                found.fragment,
                protocol,
                self._now(),
                self._sender(client),
                vouch if len(vouch) <= MAX_URL and is_fetchable(vouch) else "",
            )
        )

    def _is_same(self, mention: Mention, found: Found) -> bool:
        if page_key(mention.source) == page_key(mention.target):
            return True
        own = self._pages.find(mention.source)
        return own is not None and own.target.id == found.target.id


class Status(StrEnum):
    """What a sender can read of a mention later.

    No more than this: the reason for not taking one would say which addresses of a private network
    answer, and who is blocked.
    """

    QUEUED = "queued"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


def status_of(row: StoredMention) -> Status:
    """Return what the sender of a mention can read of it."""
    if row.shown or row.state in {MentionState.HELD, MentionState.SHOWN}:
        return Status.ACCEPTED
    return Status.QUEUED if row.state in WAITING else Status.REJECTED

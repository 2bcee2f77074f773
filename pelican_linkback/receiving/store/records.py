"""Mentions as senders, verifiers and moderators see them: what goes into the store and out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from pelican_linkback.receiving.inbox.states import MentionState, Standing
from pelican_linkback.receiving.received import Received

__all__ = ["Accepted", "Arrival", "Attempt", "Job", "StoredMention"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that says: ``source`` mentions ``target``, the page with the id ``article``.

    ``fragment`` is the part of the page that is meant, ``sender`` a salted hash of the client's
    address.
    """

    source: str
    target: str
    article: str
    fragment: str
    protocol: str
    received: dt.datetime
    sender: str = ""
    vouch: str = ""


class Accepted(NamedTuple):
    """A mention that is on disk; ``token`` names its status page and is hard to guess."""

    token: str
    is_new: bool


class Attempt(Protocol):
    """Something to be written, and the error if that cannot be."""

    error: Exception | None


@dataclass(frozen=True, slots=True)
class Job:
    """A mention that a verifier has leased.

    ``page`` is equal for the jobs whose sources are one page, which is fetched once for them.
    ``requests``, ``claim`` and ``turn`` mean something to the queue alone.
    """

    id: int
    source: str
    target: str
    article: str
    fragment: str
    protocol: str
    received: dt.datetime
    page: str
    host: str
    standing: Standing
    requests: int
    claim: str
    turn: int


@dataclass(frozen=True, slots=True)
class StoredMention:
    """A mention in the database, as moderators see it.

    ``number`` is that of the last change of what is shown of it, None where nothing ever was.
    ``key`` is its name in commands; the first 12 digits are ``Received.id``.
    """

    id: int
    key: str
    token: str
    state: MentionState
    source: str
    target: str
    article: str
    fragment: str
    host: str
    protocol: str
    received: dt.datetime
    checked: dt.datetime | None
    why: str
    shown: Received | None
    latest: Received | None
    final_url: str
    number: int | None
    decided: bool

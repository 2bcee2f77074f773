"""The words that the protocols share: a mention, where to send it, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pelican_linkback.exceptions import InvalidURL, ProtocolError
from pelican_linkback.text.urls import check

__all__ = ["MENTIONING", "Endpoint", "Mention", "Outcome", "Protocol", "Verdict", "received"]


class Mention(NamedTuple):
    """``source`` (an absolute URL of ours) links to ``target`` (as it stands on the page).

    A feed links to its hubs (rel=hub): then the source is the feed's own URL. A tuple, as there
    are tens of thousands: made, compared and looked up without a line of Python.
    """

    source: str
    target: str


def received(source: str, target: str) -> Mention:
    """Return the mention that a stranger sent.

    Raises ProtocolError unless both are absolute http(s) URLs, and not the same (Pingback,
    section 2.1; Webmention, section 3.2.1).
    """
    try:
        mention = Mention(check(source), check(target))
    except InvalidURL as error:
        raise ProtocolError(str(error)) from error
    if source == target:
        raise ProtocolError("source and target are the same")
    return mention


class Protocol(StrEnum):
    """How a mention is told."""

    WEBMENTION = "webmention"
    PINGBACK = "pingback"

    WEBSUB = "websub"
    """From a feed to its hub; the other two are from an article to a page that it links to."""


MENTIONING = (Protocol.WEBMENTION, Protocol.PINGBACK)
"""The protocols by which a page can take mentions, the better one first."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a target takes mentions: an absolute URL, the protocol, and what gave it away.

    ``found`` is for people: "HTTP header", "link element", "a element", and for Pingback also
    "link element, read leniently".
    """

    protocol: Protocol
    url: str
    found: str


class Verdict(StrEnum):
    """What an exchange means for the delivery."""

    DELIVERED = "delivered"
    """The receiver took it, or had it already."""

    NOTHING = "nothing"
    """There is nobody to tell: the target offers no endpoint. An outcome, not an error."""

    REFUSED = "refused"
    """No, for good."""

    LATER = "later"
    """Not now; worth another try."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt.

    ``reason`` is a stable word in kebab-case that the journal and the documentation use
    ("accepted", "already-registered", "no-endpoint", "fault-17", "http-503", "not-xml", ...);
    ``detail`` a sentence for people, printable and at most 200 characters; ``retry_after``
    seconds that ``host``, which answered, asked to be left alone; ``status_url`` where a receiver
    that answered 201 says what became of it.
    """

    verdict: Verdict
    reason: str
    detail: str = ""
    protocol: Protocol | None = None
    endpoint: str | None = None
    retry_after: float | None = None
    status_url: str | None = None
    host: str | None = None

"""The types that the protocols share: a mention, an endpoint, the outcome of an exchange."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pelican_linkback.exceptions import InvalidURL, ProtocolError
from pelican_linkback.text.urls import check

__all__ = ["Endpoint", "Mention", "Outcome", "Traits", "Verdict", "received"]


class Mention(NamedTuple):
    """``source`` (an absolute URL of ours) links to ``target`` (as written on the page).

    A feed links to its hubs (rel=hub): then the source is the feed's own URL. A tuple, as there are
    tens of thousands: creation, comparison and hashing run without Python code.
    """

    source: str
    target: str


def received(source: str, target: str) -> Mention:
    """Return a mention that was received.

    Raises ProtocolError unless both are absolute http(s) URLs, and differ (Pingback, section 2.1;
    Webmention, section 3.2.1).
    """
    try:
        mention = Mention(check(source), check(target))
    except InvalidURL as error:
        raise ProtocolError(str(error)) from error
    if source == target:
        raise ProtocolError("source and target are the same")
    return mention


class Traits(NamedTuple):
    """The attributes of the protocol with this ``name``: see ``interface.Protocol``.

    A value: events are compared, hashed and sorted. ``is_registered`` is False for a protocol that
    the journal names and LINKBACK_PROTOCOLS does not, such as one of a plugin that was removed:
    then only its name is known.
    """

    name: str
    updates: bool = False
    of_feeds: bool = False
    answers_in_body: bool = False
    preflight: bool = False
    is_registered: bool = True

    @property
    def retracts(self) -> bool:
        """Whether receivers show the mention on a page, and remove it when notified."""
        return self.updates and not self.of_feeds

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint: an absolute URL, the protocol, and where it was found.

    ``found`` is for people: "HTTP header", "link element", "a element", and for Pingback also "link
    element, read leniently".
    """

    protocol: Traits
    url: str
    found: str


class Verdict(StrEnum):
    """The meaning of an exchange for the delivery."""

    DELIVERED = "delivered"
    """The receiver accepted it, or had it already."""

    NOTHING = "nothing"
    """The target offers no endpoint: an outcome, not an error."""

    REFUSED = "refused"
    """Refused permanently."""

    LATER = "later"
    """Not now; worth another try."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an attempt.

    ``reason`` is a stable code in kebab-case that the journal and the documentation use
    ("accepted", "already-registered", "no-endpoint", "fault-17", "http-503", "not-xml", ...);
    ``detail`` a sentence for people, printable and at most 200 characters; ``retry_after`` seconds
    that ``host``, which answered, asked to be left alone; ``status_url`` the status page of a
    receiver that answered 201. The caller of ``Protocol.read`` sets ``protocol``, ``endpoint`` and
    ``host``.
    """

    verdict: Verdict
    reason: str
    detail: str = ""
    protocol: Traits | None = None
    endpoint: str | None = None
    retry_after: float | None = None
    status_url: str | None = None
    host: str | None = None

"""The interface of a protocol of sending; ``registry`` has those that are used."""

from __future__ import annotations

import typing
from abc import abstractmethod
from typing import NamedTuple

from pelican_linkback.protocol.answer import Answer, Found
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict

__all__ = ["Message", "Protocol"]


class Message(NamedTuple):
    """The body of a POST request, and its media type."""

    content_type: str
    body: bytes


class Protocol(typing.Protocol):
    """A protocol by which mentions are sent.

    Write a subclass, or a class with the same attributes. All methods are pure, and may be called
    from several threads: the caller makes the requests. If a method raises an exception, the
    mention is sent later, and a message names the protocol.
    """

    name: str
    """The name in settings, the journal, ``--json`` and themes, in kebab-case. It must not change,
    since the journal is kept for years."""

    updates: bool
    """Whether receivers take a repeated mention for an update. Then they are notified of every
    version of the page, of a removed link, and of a removed page (Webmention, sections 3.1.4 and
    3.2.4). Otherwise a mention is sent once (Pingback, section 3, fault 48)."""

    of_feeds: bool = False
    """Whether it notifies hubs of feeds: the target is the endpoint, and ``find`` is not called."""

    answers_in_body: bool = False
    """Whether the body of a 2xx answer has the result: then one that breaks off has none."""

    preflight: bool = False
    """Whether its receivers search for the link as WordPress does; then the author is warned of
    what WordPress would not find (``verification.preflight``)."""

    @abstractmethod
    def find(self, answer: Answer) -> Found | None:
        """Return the endpoint of a target: its URL and where it was found; None if it has none.

        The URL is absolute, http(s). ``answer`` is that of the target: with any status but 404, 410
        and one that asks for a pause; with an empty body unless the status is 2xx.
        """

    @abstractmethod
    def request(self, mention: Mention) -> Message:
        """Return the message to the endpoint about ``mention``."""

    @abstractmethod
    def read(self, answer: Answer) -> Outcome:
        """Return what the endpoint's ``answer`` to ``request`` means for the mention.

        Redirects with 307 and 308 were followed. LATER is tried again, after at least
        ``retry_after`` seconds. ``response.failure`` returns the outcome of an HTTP error.
        """

    def read_status(self, answer: Answer) -> Outcome:
        """Return what the status page says about a mention for which ``read`` had one.

        ``answer`` is that of ``Outcome.status_url``. LATER if the receiver has not decided; by
        default it is delivered.
        """
        return Outcome(Verdict.DELIVERED, f"status-{answer.status}")

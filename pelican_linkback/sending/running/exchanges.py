"""Exchanges: requests, each in its turn at a host, until an answer is final.

An error that the client raises is an answer, too; ``deciding.answers`` reads them.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from typing import Any

from pelican_linkback.exceptions import WebError
from pelican_linkback.protocol.mention import Endpoint, Mention
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.protocol.response import is_passing
from pelican_linkback.sending.deciding.hosts import trouble_of
from pelican_linkback.sending.running.scheduler import HostScheduler
from pelican_linkback.sending.running.tasks import Turn, Yielded
from pelican_linkback.text.urls import site_key

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Request, Response

__all__ = [
    "FOR_A_PAGE",
    "MAX_TRIES",
    "Exchanges",
    "Final",
    "Requests",
    "Web",
    "exchange",
    "get",
    "post",
]

MAX_TRIES = 4
"""How often an exchange is tried in one run if its host asks for pauses that are waited for."""

FOR_A_PAGE = {"Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"}
"""Headers of a request for a page: some sites answer JSON to clients that accept anything."""

Requests = Generator["Request", "Response", "Response"]
"""The requests of one exchange, including redirects: see ``net.client.hops``."""

Final = Generator[Yielded, Any, "tuple[Response | WebError, Turn]"]
"""The part of a task that leads to an answer, and the turn in which it came."""


class Web(typing.Protocol):
    """The client as sending needs it: see ``pelican_linkback.net.client.Web``."""

    def exchange(self, request: Request) -> Response:
        """Return the answer to one ``request``; raise WebError if it fails."""

    def close(self) -> None:
        """Break off all exchanges that are under way."""


def exchange(web: Web, request: Request) -> Response | WebError:
    """Make one request."""
    try:
        return web.exchange(request)
    except WebError as error:
        return error


def get(url: str, headers: Mapping[str, str] | None = None) -> Requests:
    """Return the requests that fetch a page: our own, as a receiver will, or a target's."""
    from pelican_linkback.net.client import Request, hops  # noqa: PLC0415 (most runs make none)

    return hops(Request("GET", url, headers or {}))


def post(mention: Mention, endpoint: Endpoint, protocols: Registry) -> Requests:
    """Return the requests that send ``mention`` to ``endpoint``, in its protocol."""
    from pelican_linkback.net.client import Request, hops  # noqa: PLC0415 (most runs make none)

    with protocols.speaking(endpoint.protocol) as protocol:
        content_type, body = protocol.request(mention)
        if not isinstance(content_type, str) or not isinstance(body, bytes):
            raise TypeError("its request is not a text and bytes")
    return hops(Request("POST", endpoint.url, {"Content-Type": content_type}, body))


class Exchanges:
    """The exchanges of a run: with the client ``web``, in turns of ``scheduler``."""

    def __init__(self, web: Web, scheduler: HostScheduler, now: Callable[[], datetime]) -> None:
        self._web = web
        self._scheduler = scheduler
        self._now = now

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Final:
        """Return the final answer of ``url``, after pauses that it asks for; see MAX_TRIES."""
        tries = 1
        while True:
            answer, turn = yield from self.follow(get(url, headers))
            has_failed = not isinstance(answer, WebError) and is_passing(answer.status)
            if tries == MAX_TRIES or not (has_failed and self.can_wait(turn)):
                return answer, turn
            tries += 1

    def can_wait(self, turn: Turn) -> bool:
        """Return whether the host asked for a pause that this run waits for."""
        pause = turn.trouble.pause if turn.trouble else 0.0
        return pause > 0 and self._scheduler.can_wait(pause)

    def follow(self, requests: Requests, begin: Callable[[], None] | None = None) -> Final:
        """Make ``requests``, including redirects; ``begin`` is called before the first."""
        request = next(requests)
        while True:
            turn = Turn(site_key(request.url))
            yield turn
            if begin is not None:
                begin()
                begin = None
            answer = exchange(self._web, request)
            if not isinstance(answer, WebError):
                try:
                    request = requests.send(answer)
                    continue
                except StopIteration as end:
                    answer = end.value
                except WebError as error:  # one redirect too many
                    answer = error
            turn.trouble = trouble_of(answer, self._now())
            return answer, turn

"""Requests to the API of a service: repeated where it is in trouble, bounded whatever it answers.

A page of mentions that is too large is a ``TooLarge``; everything else that keeps a page from being
read is a SourceError. No message has a URL with its query, where the token may be.
"""

from __future__ import annotations

import datetime as dt
import json
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from pelican_linkback.exceptions import (
    LookupFailed,
    NotThere,
    SourceError,
    TimedOut,
    Unreachable,
    WebError,
)
from pelican_linkback.protocol.response import is_passing, pause
from pelican_linkback.text import urls
from pelican_linkback.text.printable import printable

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Request, Response

__all__ = ["MAX_BODY", "TOKEN", "TRIES", "Client", "Page", "Service", "TooLarge", "need_token"]

MAX_BODY = 4_000_000
"""The maximum size of a page of mentions in bytes: a hundred, with long articles as their text."""

MOST_PARTS = 400_000
"""A page has no more objects, lists and values: each takes more memory than in the answer."""

TOKEN = "LINKBACK_TOKEN"  # noqa: S105 (the name of the variable, not the token)
"""The variable of the environment that has the token of the service."""

TRIES = 4
"""So often a request is made before the service counts as out of order."""

_PASSING = (TimedOut, Unreachable, LookupFailed)
_REFUSES = frozenset({401, 403})


class Client(typing.Protocol):
    """What is used of ``net.client.Web``."""

    def exchange(self, request: Request) -> Response:
        """Make one request."""


class TooLarge(Exception):
    """A page has more bytes than are read of one: a smaller one is asked for."""


class Page(NamedTuple):
    """The items of a page, and how many there are on it and all that follow (None: not said)."""

    items: list[object]
    total: int | None


@dataclass(frozen=True)
class Service:
    """An API that is asked for pages.

    ``wait`` sleeps so many seconds and returns True, or returns False if there is not that much
    time. ``now`` returns the time, for a Retry-After that is a date. So many ``tries`` are made of
    a request.
    """

    name: str
    client: Client
    wait: Callable[[float], bool]
    now: Callable[[], dt.datetime]
    tries: int = TRIES

    def page(self, url: str, headers: Mapping[str, str]) -> Page:
        """Return the page of mentions at ``url``; raise SourceError or TooLarge."""
        if not self.wait(0.0):
            raise SourceError(self.name, "the time is over; the next pull goes on")
        answer = self._answer(url, headers)
        if not 200 <= answer.status < 300:
            raise self._refusal(answer)
        if answer.truncated:
            raise TooLarge
        return self._read(answer.body)

    def _answer(self, url: str, headers: Mapping[str, str]) -> Response:
        """Return the answer to a request, which is made again if it may be about the moment."""
        trouble = ""
        asked: float | None = None
        for attempt in range(self.tries):
            if attempt and not self.wait(2.0 ** (attempt - 1) if asked is None else asked):
                raise SourceError(self.name, f"{trouble}; {_too_late(asked)}")
            try:
                answer = self._follow(url, headers)
            except NotThere as error:  # a second later it is not there either
                raise SourceError(self.name, error.reason) from error
            except _PASSING as error:
                trouble, asked = error.reason, None
                continue
            except WebError as error:
                raise SourceError(self.name, error.reason) from error
            if not is_passing(answer.status):
                return answer
            trouble = f"it answers {answer.status}"
            asked = pause(answer.status, answer.headers, self.now())
        raise SourceError(self.name, f"{trouble}, {self.tries} times")

    def _follow(self, url: str, headers: Mapping[str, str]) -> Response:
        """Return the answer to a request; a redirect to another site would get the token."""
        from pelican_linkback.net.client import Request, follow  # noqa: PLC0415 (lazy)

        def answer_to(request: Request) -> Response:
            if not _is_at(request.url, url):
                host = urlsplit(request.url).netloc
                raise SourceError(self.name, f"it redirects to {printable(host)}, another site")
            return self.client.exchange(request)

        request = Request("GET", url, {"Accept": "application/json", **headers})
        return follow(request, answer_to)

    def _refusal(self, answer: Response) -> SourceError:
        said = _error_in(answer.body)
        if answer.status in _REFUSES:
            return SourceError(
                self.name,
                f"it does not accept the token ({answer.status}{said})",
                f"{TOKEN} is not set to the right one",
            )
        return SourceError(self.name, f"it answers {answer.status}{said}")

    def _read(self, body: bytes) -> Page:
        if sum(map(body.count, (b"{", b"[", b","))) > MOST_PARTS:
            raise SourceError(self.name, "its answer has too many parts for a page of mentions")
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:  # ValueError: of json and of UTF-8
            what = "HTML" if body.lstrip()[:1] == b"<" else "something that is no JSON"
            raise SourceError(self.name, f"it answers with {what}") from error
        items = document.get("children") if isinstance(document, dict) else None
        if not isinstance(items, list):
            raise SourceError(self.name, "its answer has no list of mentions")
        paging = document.get("paging")
        total = paging.get("total") if isinstance(paging, dict) else None
        is_number = isinstance(total, int) and not isinstance(total, bool)
        return Page(items, total if is_number else None)


def need_token(name: str, token: str, where: str) -> None:
    """Raise SourceError without a token, or with one that is none.

    ``where`` says where the author finds it.
    """
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise SourceError(name, "it was not asked", f"{TOKEN} is not one word of ASCII characters")
    if not token:
        hint = (
            f"{TOKEN} is not set: {where}; LINKBACK_PULL = False leaves it to a build that has it"
        )
        raise SourceError(name, "it lists the mentions of a site only with a token", hint)


def _too_late(asked: float | None) -> str:
    if asked is None:
        return "there is no time to try again"
    return f"it asks for a pause of {asked:.0f} seconds, longer than there is time"


def _is_at(url: str, asked: str) -> bool:
    """Return whether a URL is on the site that was asked; https in place of http is."""
    schemes = {urlsplit(asked).scheme, "https"}
    return urls.same_site(url, asked) and urlsplit(url).scheme in schemes


def _error_in(body: bytes) -> str:
    """Return what an answer says of an error, to be put after its status."""
    try:
        document = json.loads(body[:10_000])
    except (ValueError, RecursionError):
        return ""
    said = document.get("error_description") if isinstance(document, dict) else None
    return f": {printable(said)}" if isinstance(said, str) and said else ""

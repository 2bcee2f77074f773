"""The sources of mentions that a site's settings name, ready to be asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.receiving.hosted.export import Export, name_of
from pelican_linkback.receiving.hosted.interface import Source
from pelican_linkback.receiving.hosted.service import MAX_BODY, TRIES, Client, Service
from pelican_linkback.receiving.hosted.webmention_io import API, NAME, WebmentionIo
from pelican_linkback.settings.model import Settings
from pelican_linkback.text import urls

if TYPE_CHECKING:
    from pelican_linkback.net.client import Web
    from pelican_linkback.net.connect import MayAsk

__all__ = ["TimeLimit", "client_for", "exports_of", "services_of", "sources_of", "web_for"]


@dataclass(frozen=True)
class TimeLimit:
    """How long a pull may take: it ends ``seconds`` after ``begun``, by the clock ``monotonic``.

    A request that fails is made again up to so many ``tries``.
    """

    seconds: float
    begun: float
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    tries: int = TRIES

    def wait(self, seconds: float) -> bool:
        """Sleep, and return True; return False where the time would be over after it."""
        if self.monotonic() + seconds - self.begun >= self.seconds:
            return False
        if seconds:
            self.sleep(seconds)
        return True


def web_for(settings: Settings, max_body: int, *own: str, may_ask: MayAsk | None = None) -> Web:
    """Return a client that reaches the public internet, and the hosts of these URLs of ours.

    See ``Connector`` for ``may_ask``.
    """
    from pelican_linkback.net.client import Web  # noqa: PLC0415 (an idle build makes no request)

    return Web(
        timeout=settings.timeout,
        user_agent=settings.user_agent,
        allow=(*settings.allow_hosts, *(AllowEntry.parse(urls.host_key(url)) for url in own)),
        max_body=max_body,
        may_ask=may_ask,
    )


def client_for(settings: Settings) -> Client:
    """Return a client that reaches the public internet, and what the settings name as a source."""
    return web_for(settings, MAX_BODY, *(url for _, url, _ in _named(settings)))


def sources_of(
    settings: Settings,
    token: str,
    client: Client,
    limit: TimeLimit,
    now: Callable[[], dt.datetime],
) -> list[Source]:
    """Return the sources of LINKBACK_PULL, or that of LINKBACK_RECEIVE."""

    def service(name: str) -> Service:
        return Service(name, client, limit.wait, now, limit.tries)

    found: list[Source] = [
        WebmentionIo(service(name), _domain(settings), token, url, name)
        if is_api
        else Export(service(name), url, token)
        for name, url, is_api in _named(settings)
    ]
    others = settings.pull if isinstance(settings.pull, tuple) else ()
    # ``settings`` saw that each has what a Source has.
    return found + [cast(Source, each) for each in others if not isinstance(each, str)]


def exports_of(settings: Settings) -> frozenset[str]:
    """Return the names of the sources that are receivers of one's own.

    They list what is approved, and so their mentions are shown also where an article holds them.
    """
    return frozenset(name for name, _, is_api in _named(settings) if not is_api)


def services_of(settings: Settings) -> frozenset[str]:
    """Return the names of the sources that are hosted services."""
    return frozenset(name for name, _, is_api in _named(settings) if is_api)


def _named(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """Yield the name and the URL of each source that is no object, and whether it is an API.

    The first API has the name of the service, wherever it is; others that of their address.
    """
    own = settings.receive if settings.receive in {"", NAME} else f"{settings.receive}export"
    listed = settings.pull if isinstance(settings.pull, tuple) else (own,)
    is_first = True
    for entry in listed:
        if not isinstance(entry, str) or not entry:
            continue
        name, _, url = entry.partition("=")
        if name == NAME:
            url = url.rstrip("/") or API
            yield NAME if is_first else name_of(url), url, True
            is_first = False
        else:
            yield name_of(entry), entry, False


def _domain(settings: Settings) -> str:
    """Return the domain to list the mentions of; "" for all of the account.

    Those of a former address of the site are at the service by the domain of that.
    """
    hosts = {urlsplit(url).hostname or "" for url in (settings.site_url, *settings.aliases)}
    return hosts.pop() if len(hosts) == 1 else ""

"""Whether a receiver of one's own answers, and knows the token of those who ask for mentions."""

from __future__ import annotations

from typing import NamedTuple

from pelican_linkback.exceptions import WebError
from pelican_linkback.net.client import MAX_BODY, Web
from pelican_linkback.receiving.hosted.sources import web_for
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import printable

__all__ = ["Health", "health_of"]

_NOTHING_AFTER = 10**15
"""An id that no mention has: the export is asked for none."""


class Health(NamedTuple):
    """What a receiver answered: a status (0: nothing, and then ``why``), and one to the token.

    ``export`` is None where no token is known.
    """

    status: int
    why: str = ""
    export: int | None = None


def health_of(settings: Settings, token: str) -> Health:
    """Ask the receiver of a site; LINKBACK_RECEIVE is its address."""
    try:
        with web_for(settings, MAX_BODY, settings.receive) as web:
            return _asked(web, settings.receive, token)
    except WebError as error:
        return Health(0, error.reason)
    except ValueError as error:  # a port that is never used for the web
        return Health(0, printable(error))


def _asked(web: Web, address: str, token: str) -> Health:
    status = web.get(f"{address}health").status
    if status != 200 or not token:
        return Health(status)
    url = f"{address}export?since={_NOTHING_AFTER}"
    return Health(status, "", web.get(url, {"Authorization": f"Bearer {token}"}).status)

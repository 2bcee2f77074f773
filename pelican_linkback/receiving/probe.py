"""I/O: whether a receiver of one's own answers, and takes the token."""

from __future__ import annotations

from typing import NamedTuple

from pelican_linkback.exceptions import WebError
from pelican_linkback.net.client import MAX_BODY, Web
from pelican_linkback.receiving.hosted.sources import web_for
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import printable

__all__ = ["ReceiverStatus", "probe"]

_NOTHING_AFTER = 10**15
"""An id that no mention has: the export is asked for none."""


class ReceiverStatus(NamedTuple):
    """The HTTP status of its ``/health``, and that of its ``/export`` to who has the token.

    ``status`` is 0 if it does not answer; ``why`` says the reason then. ``export`` is None where no
    token is known.
    """

    status: int
    why: str = ""
    export: int | None = None


def probe(settings: Settings, token: str) -> ReceiverStatus:
    """Ask the receiver of a site, at the address in LINKBACK_RECEIVE; raises nothing."""
    try:
        with web_for(settings, MAX_BODY, settings.receive) as web:
            return _asked(web, settings.receive, token)
    except WebError as error:
        return ReceiverStatus(0, error.reason)
    except ValueError as error:  # a port that is never used for the web
        return ReceiverStatus(0, printable(error))


def _asked(web: Web, address: str, token: str) -> ReceiverStatus:
    status = web.get(f"{address}health").status
    if status != 200 or not token:
        return ReceiverStatus(status)
    url = f"{address}export?since={_NOTHING_AFTER}"
    return ReceiverStatus(status, "", web.get(url, {"Authorization": f"Bearer {token}"}).status)

"""The receiver for web servers that start it: a WSGI application, and a program for CGI."""

from __future__ import annotations

import argparse
import logging
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING
from wsgiref.handlers import CGIHandler

from pelican_linkback.cli.context import must_receive, settings_of
from pelican_linkback.cli.receiver.opening import open_inbox
from pelican_linkback.exceptions import StoreError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["application", "run_cgi"]

logger = logging.getLogger(__name__)


def application(settings: str) -> WSGIApplication:
    """Return the application of the site with this settings file.

    It only accepts: ``pelican-linkback work`` verifies. The web server may fork afterwards: no
    connection to the database is open until the first request. The database is closed when the
    application is let go. Raises LinkbackError.
    """
    arguments = argparse.Namespace(settings=settings, overrides={}, command="serve")
    site = settings_of(arguments)
    must_receive(site, arguments)
    store = open_inbox(site)
    from pelican_linkback.cli.receiver.composition import Receiver  # noqa: PLC0415 (an extra)

    answering = Receiver(site, arguments.pelican, store).application()
    store.close()  # a connection that two processes share gives the one what the other asked for
    # Not at the exit: of a process that was forked, the connections are another one's, too.
    weakref.finalize(answering, store.close).atexit = False
    return answering


def run_cgi(settings: str) -> None:
    """Answer the request for which a web server has started this process (RFC 3875).

    A database that is away is 503, so that the sender comes back; raises other LinkbackErrors,
    which web servers answer with 500 and write into their log.
    """
    try:
        answering = application(settings)
    except StoreError as error:
        logger.error("%s", error)
        answering = _unavailable
    CGIHandler().run(answering)


def _unavailable(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:  # noqa: ARG001
    from pelican_linkback.receiving.server.application import BUSY, RETRY_AFTER  # noqa: PLC0415

    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", RETRY_AFTER)]
    start_response("503 Service Unavailable", headers)
    return [f"{BUSY}\n".encode()]

"""The receiver as a WSGI application, for web servers that start it (CGI, Passenger, others)."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pelican_linkback.cli.context import settings_of
from pelican_linkback.cli.receiver.opening import open_inbox
from pelican_linkback.cli.receiver.serve import must_receive

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

__all__ = ["application"]


def application(settings: str) -> WSGIApplication:
    """Return the application of the site with this settings file.

    It only accepts: ``pelican-linkback work`` verifies. Raises LinkbackError.
    """
    arguments = argparse.Namespace(settings=settings, overrides={}, command="serve")
    site = settings_of(arguments)
    must_receive(site, arguments)
    store = open_inbox(site)
    from pelican_linkback.cli.receiver.parts import Receiver  # noqa: PLC0415 (an extra)

    return Receiver(site, arguments.pelican, store).application()

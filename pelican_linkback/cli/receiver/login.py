"""``pelican-linkback login``: prints a link that lets one browser moderate."""

from __future__ import annotations

import argparse

from pelican_linkback.cli.receiver.opening import has_database, opened
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.settings.model import Settings

__all__ = ["run"]


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:  # noqa: ARG001
    """Print the link. Status 1 if the database cannot be used from here."""
    if not settings.has_own_receiver:
        raise LinkbackError(
            f"LINKBACK_RECEIVE = {settings.receive or None!r} names no receiver of your own, and a "
            "login is for its pages; pelican-linkback inbox decides without them"
        )
    if not has_database(settings):
        raise LinkbackError(
            "there is no database of a receiver here: run this where the receiver runs, after its "
            "first start; LINKBACK_INBOX may name its database"
        )
    with opened(settings) as store:
        from pelican_linkback.receiving.store.sessions import (  # noqa: PLC0415 (an extra)
            LINK_LASTS,
            Sessions,
        )

        url = f"{settings.receive}admin/login?key={Sessions(store).create_login_key()}"
        until = store.clock() + LINK_LASTS
    if screen.json:
        screen.data({"url": url, "until": until.isoformat(timespec="seconds")})
    else:
        screen.whole(url)
        screen.say("It lets one browser in, once, and within ten minutes")
    return 0

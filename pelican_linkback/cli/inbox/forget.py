"""``pelican-linkback forget``: erases what somebody said, or all of a host, for good."""

from __future__ import annotations

import argparse
import datetime as dt
import secrets

from pelican_linkback.cli.inbox.arguments import rule
from pelican_linkback.cli.receiver.opening import has_database, opened
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.receiving.memory.erasing import erase
from pelican_linkback.settings.model import Settings

__all__ = ["run"]


def _new_key() -> str:
    return secrets.token_hex(16)


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Erase what the URL or the host names. Status 1 if something cannot be written."""
    named = rule(arguments.what)
    erased = erase(settings.state, named, dt.datetime.now(dt.UTC), _new_key)
    if has_database(settings):
        with opened(settings) as store:
            from pelican_linkback.receiving.store.upkeep import erasing  # noqa: PLC0415 (an extra)

            erased |= erasing.erase(store, named, _new_key)  # one may be in both
    if screen.json:
        screen.data({"what": named, "erased": len(erased)})
    elif erased:
        screen.say(
            f"{named}: mentions erased: {len(erased)}; none of it is taken again. The next build "
            "takes it off the pages; a git repository keeps what was committed"
        )
    else:
        screen.say(f"{named}: no mention is known from there; none is taken from now on")
    return 0

"""``pelican-linkback inbox``: lists the mentions, and records what the author decides of them."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from pelican_linkback.cli.inbox.actions import InboxActions
from pelican_linkback.cli.inbox.arguments import file_to_import
from pelican_linkback.cli.inbox.files import FileActions
from pelican_linkback.cli.inbox.output import show
from pelican_linkback.cli.receiver.opening import has_database, opened
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.receiving.hosted.sources import exports_of
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.settings.model import Settings

__all__ = ["run"]


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """List the mentions, or do what the arguments say with them."""
    is_new = arguments.action == "import"
    if is_new:
        file_to_import(arguments.what)  # a wrong name makes no new database
    with _actions(settings, is_new=is_new) as actions:
        act = actions.by_name().get(arguments.action)
        if act is None:
            raise LinkbackError(
                f"inbox {arguments.action} is about the database of a receiver of your own, and "
                "there is none here (LINKBACK_RECEIVE, LINKBACK_INBOX)"
            )
        show(act(arguments), screen)
    return 0


@contextmanager
def _actions(settings: Settings, *, is_new: bool) -> Iterator[InboxActions]:
    """Yield the actions on the receiver's database, or else on the files."""
    now = dt.datetime.now(dt.UTC)
    if not has_database(settings, is_new=is_new):
        yield FileActions(settings, now)
        return
    with opened(settings) as store:  # which says if the extra is missing that these modules need
        from pelican_linkback.cli.inbox.combined import CombinedActions  # noqa: PLC0415
        from pelican_linkback.cli.inbox.database import DatabaseActions  # noqa: PLC0415
        from pelican_linkback.receiving.store.mentions import Mentions  # noqa: PLC0415

        approved = exports_of(settings)
        database = DatabaseActions(settings, store)
        if not Snapshot(settings.state).has_more_than(approved):
            yield database
            return
        known = Mentions(store).ids()
        files = FileActions(settings, now, lambda each: each.via in approved or each.id in known)
        yield database if files.is_empty else CombinedActions(database, files)

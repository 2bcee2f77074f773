"""The database of a receiver of one's own, as the settings name it."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.settings.model import Settings

if typing.TYPE_CHECKING:
    from pelican_linkback.receiving.store.database import Store

__all__ = ["NAME", "has_database", "is_current", "open_inbox", "opened"]

NAME = "inbox.sqlite"
"""The file in the state folder, where LINKBACK_INBOX names no other database."""


def has_database(settings: Settings, *, is_new: bool = False) -> bool:
    """Return whether the site has a receiver of its own whose database can be opened from here.

    Where the receiver runs on another machine, its database may be a file of that: so a file has to
    be there, unless a new one is wanted (``is_new``).
    """
    if not settings.has_own_receiver:
        return False
    return is_new or bool(settings.inbox) or (settings.state / NAME).is_file()


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """Open the database, and close it; raises what ``open_inbox`` does."""
    store = open_inbox(settings)
    try:
        yield store
    finally:
        store.close()


def open_inbox(settings: Settings) -> Store:
    """Return the database; raise StoreError, or LinkbackError without the extra ``receive``."""
    with _extra():
        from pelican_linkback.receiving.store.database import open_store  # noqa: PLC0415
    return open_store(_url(settings))


def is_current(settings: Settings) -> bool:
    """Return whether the database is there and has the tables of this version; change nothing.

    Raises what ``open_inbox`` does.
    """
    with _extra():
        from pelican_linkback.receiving.store.database import is_current  # noqa: PLC0415
    _, is_file, name = settings.inbox.partition("sqlite:///")
    if is_file and not Path(name).exists():
        return False
    return is_current(_url(settings))


def _url(settings: Settings) -> str:
    with _extra():
        from pelican_linkback.receiving.store.database import sqlite_url  # noqa: PLC0415
    return settings.inbox or sqlite_url(settings.state / NAME)


@contextmanager
def _extra() -> Iterator[None]:
    """Say which extra is missing, where an import fails."""
    try:
        yield
    except ImportError as error:
        message = 'a receiver of your own needs more: pip install "pelican-linkback[receive]"'
        raise LinkbackError(message) from error

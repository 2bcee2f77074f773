"""LINKBACK_AVATARS: our own copies of the pictures of authors, in the state folder.

::

    shown mentions -> URLs of pictures -> fetched by the guarded client -> made small -> avatars/

A picture whose host says nothing is tried again a day later, and one that its host cannot give now
with the next pull.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from pelican_linkback.exceptions import FAULTS, InvalidURL, WebError
from pelican_linkback.net.client import MAX_BODY, Request, Response, follow
from pelican_linkback.receiving.display.pictures import make_thumbnail
from pelican_linkback.receiving.hosted.sources import web_for
from pelican_linkback.receiving.memory.avatars import Avatars
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import described
from pelican_linkback.text.urls import host_of

__all__ = ["fetch_avatars"]

_ACCEPT = {"Accept": "image/webp, image/png, image/jpeg, image/gif"}
_FINAL = frozenset({200, 400, 401, 403, 404, 410})
"""The statuses after which a picture is not asked for again."""


def fetch_avatars(
    photos: Collection[str],
    settings: Settings,
    seconds: float,
    monotonic: Callable[[], float] = time.monotonic,
    now: Callable[[], float] = time.time,
) -> str:
    """Fetch those of ``photos`` of which there is no copy; return what is wrong, or "".

    Copies of other pictures are removed: nobody is kept who is not shown.

    It ends after so many seconds; the others are fetched with the next pull. A host that does not
    answer is left alone for a day.
    """
    end = monotonic() + seconds
    avatars = Avatars(settings.state)
    silent: set[str] = set()
    try:
        avatars.keep_only(photos)
        missing = avatars.missing(photos, now())
        if missing:
            make_thumbnail(b"")  # whether Pillow is there, before anything is asked for
        with web_for(settings, MAX_BODY) as web:
            for photo in missing:
                if monotonic() >= end:
                    break
                _fetch(photo, avatars, web.exchange, silent)
    except ImportError:
        return 'LINKBACK_AVATARS needs Pillow: pip install "pelican-linkback[avatars]"'
    except FAULTS as error:  # a full disk, for instance
        return f"pictures of authors cannot be fetched: {described(error)}"
    return ""


def _fetch(
    photo: str, avatars: Avatars, exchange: Callable[[Request], Response], silent: set[str]
) -> None:
    try:
        host = host_of(photo)
    except InvalidURL:
        avatars.keep(photo, b"")
        return
    if host in silent:
        avatars.keep_silent(photo)
        return
    try:
        answer = follow(Request("GET", photo, _ACCEPT), exchange)
    except WebError:
        silent.add(host)
        avatars.keep_silent(photo)
        return
    if answer.status in _FINAL:
        is_whole = answer.status == 200 and not answer.truncated and not answer.packed
        avatars.keep(photo, (make_thumbnail(answer.body) if is_whole else None) or b"")

"""Received mentions for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pelican_linkback.receiving.received import Author, Kind, Received

NOW = dt.datetime(2025, 4, 2, 9, 0, tzinfo=dt.UTC)


def mention(n: int = 1, **fields: Any) -> Received:
    """A mention of article a1 by the reader with number ``n``, with other ``fields``."""
    known = {
        "source": f"https://reader{n}.example/notes/{n}",
        "target": "https://blog.example/walls/",
        "article": "a1",
        "kind": Kind.REPLY,
        "author": Author(f"Reader {n}", f"https://reader{n}.example/"),
        "received": NOW + dt.timedelta(minutes=n),
        "text": f"Note {n}.",
        "remote": str(n),
    }
    return Received(**known | fields)

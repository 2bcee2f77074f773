"""The log of the receiver: one JSON object a line on standard error, with nothing of who asked."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["JsonLines", "logging_lines"]


class JsonLines(logging.Formatter):
    """Formats a record as an object: what the message says, and its ``fields`` if it has some."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; line ends in a message are escaped."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        known: dict[str, object] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        return json.dumps(known | getattr(record, "fields", {}))


@contextmanager
def logging_lines(level: int) -> Iterator[None]:
    """Write what the package logs, from ``level`` on, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    ours, servers = logging.getLogger("pelican_linkback"), logging.getLogger("waitress")
    before = ours.level
    ours.setLevel(level)
    for each in (ours, servers):
        each.addHandler(handler)
    try:
        yield
    finally:
        ours.setLevel(before)
        for each in (ours, servers):
            each.removeHandler(handler)

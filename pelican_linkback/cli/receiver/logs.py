"""The log of the receiver: one JSON object a line on standard error, with nothing of who asked."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from pelican.log import LimitFilter

__all__ = ["JsonLines", "NotAgain", "log_level_of", "logging_lines"]

_AGAIN, _REMEMBERED = 60.0, 1000
"""Seconds until the same message is written again, and how many are remembered."""


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


class NotAgain(logging.Filter):
    """Leaves out what was said a minute ago: a database that is away is noticed each second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is written; those with fields of their own always are."""
        if hasattr(record, "fields"):
            return True
        message = record.getMessage()
        if record.created < self._said.get(message, -_AGAIN) + _AGAIN:
            return False
        if len(self._said) >= _REMEMBERED:
            self._said.clear()
        self._said[message] = record.created
        return True


@contextmanager
def logging_lines(level: int) -> Iterator[None]:
    """Write what the package logs, from ``level`` on, to standard error.

    Pelican's loggers write no message twice, and remember each for ever: not here.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    handler.addFilter(NotAgain())
    ours, servers = logging.getLogger("pelican_linkback"), logging.getLogger("waitress")
    before = ours.level, LimitFilter.LOGS_DEDUP_MIN_LEVEL
    ours.setLevel(level)
    LimitFilter.LOGS_DEDUP_MIN_LEVEL = logging.NOTSET
    for each in (ours, servers):
        each.addHandler(handler)
    try:
        yield
    finally:
        ours.setLevel(before[0])
        LimitFilter.LOGS_DEDUP_MIN_LEVEL = before[1]
        for each in (ours, servers):
            each.removeHandler(handler)


def log_level_of(arguments: argparse.Namespace) -> int:
    """Return from which level on the log is written: each request with ``--verbose``."""
    if arguments.verbose:
        return logging.INFO
    return logging.ERROR if arguments.quiet else logging.WARNING

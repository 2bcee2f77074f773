"""What all protocols read from an HTTP response: header fields, and the meaning of a status."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pelican_linkback.protocol.mention import Outcome, Verdict
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex

__all__ = [
    "CONDITION_FAILED",
    "LONGEST_PAUSE",
    "NOT_THERE",
    "Headers",
    "charset",
    "failure",
    "fields",
    "is_html",
    "is_passing",
    "media_type",
    "pause",
    "retry_after",
]

Headers = Sequence[tuple[str, str]]
"""Header fields in order, repeated ones repeated, as received."""

PASSING = frozenset({408, 421, 423, 425, 429})
"""Statuses below 500 that are temporary, rather than about the request."""

NOT_THERE = frozenset({404, 410})
"""Statuses of a page that does not exist, or does not any more."""

CONDITION_FAILED = 412
"""The status of a server that cannot process the condition of a request, as 304 should be."""

PAUSES = {429: 20.0, 503: 60.0}
"""Statuses by which a server asks to be left alone, and the default pause in seconds without a
Retry-After. WordPress wants 15 between two pingbacks; a service that is down needs longer."""

LONGEST_PAUSE = 7 * 86400.0
"""In seconds; longer pauses are not believed: a clock or a program may be wrong."""

_CHARSET = regex(r""";\s*+charset\s*+=\s*+["']?+\s*+([^\s"';,]++)""", re.I)
# Seconds, perhaps with a unit, in quotation marks, or repeated (``120, 120``) by a proxy.
_SECONDS = regex(
    r"""["']?+(\d++(?:\.\d*+)?+)\s*+(?:s(?:ec(?:ond)?+s?+)?+)?+["']?+\s*+(?:,.*+)?+""",
    re.ASCII | re.IGNORECASE,
)


def fields(headers: Headers, name: str) -> Iterable[str]:
    """Return the values of every field called ``name``, in order; case does not matter."""
    wanted, length = name.lower(), len(name)
    # The lengths are compared first: an answer has twenty fields, and is asked for seven.
    return [value.strip() for key, value in headers if len(key) == length and key.lower() == wanted]


def media_type(headers: Headers) -> str:
    """Return the media type of the Content-Type in lower case, or "" if there is none.

    The first of several: some proxies join repeated headers (``text/html, text/html``).
    """
    value = next(iter(fields(headers, "Content-Type")), "")
    return value.partition(";")[0].partition(",")[0].strip().lower()


def charset(headers: Headers) -> str | None:
    """Return the charset of the Content-Type as written, valid or not."""
    found = _CHARSET.search(next(iter(fields(headers, "Content-Type")), ""))
    return found[1] if found else None


def is_html(headers: Headers) -> bool:
    """Return whether the body is to be read as HTML: it has that type, or none."""
    return media_type(headers) in {"", "text/html", "application/xhtml+xml"}


def failure(status: int, headers: Headers, now: datetime | None = None) -> Outcome | None:
    """Return what a status other than 2xx means for a POST, or None for 2xx.

    Server errors and ``PASSING`` are worth another try, and so is any error with a Retry-After,
    which is respected: seconds, or a date, which needs ``now`` (aware). A page that is not there
    (404, 410) is no less missing for that. Anything else is permanent, a redirect too: 301, 302 and
    303 turn a POST into a GET, and its data would be lost.
    """
    if 200 <= status < 300:
        return None
    passing = is_passing(status) or (
        status >= 400 and status not in NOT_THERE and retry_after(headers, now) is not None
    )
    detail = f"the endpoint answers {status}"
    if 300 <= status < 400:
        onward = next(iter(fields(headers, "Location")), "")
        detail = f"the endpoint redirects ({status}) to {onward or 'nowhere'}"
    return Outcome(
        Verdict.LATER if passing else Verdict.REFUSED,
        f"http-{status}",
        printable(detail),
        retry_after=pause(status, headers, now) if passing else None,
    )


def is_passing(status: int) -> bool:
    """Return whether an error is temporary: the same request may succeed later.

    A status that HTTP does not have, 600 and above, is a server error (RFC 9110, section 15).
    """
    return status in PASSING or status >= 500


def pause(status: int, headers: Headers = (), now: datetime | None = None) -> float | None:
    """Return the seconds for which a server asks to be left alone; None if it does not.

    It does so by Retry-After, with any status, and by the statuses of ``PAUSES``: with these, a
    pause that is over at once is not believed, since two clocks differ by a minute or so.
    """
    asked = retry_after(headers, now)
    return asked or PAUSES.get(status, asked)


def retry_after(headers: Headers, now: datetime | None = None) -> float | None:
    """Return the seconds that Retry-After asks for (RFC 9110, section 10.2.3).

    At least 0, at most ``LONGEST_PAUSE``; some servers send a fraction of a second. None without
    the field, or if it cannot be read; a date cannot without ``now`` (aware). Of several fields the
    first that can be read counts.
    """
    read = (_seconds(value, now) for value in fields(headers, "Retry-After"))
    asked = next((seconds for seconds in read if seconds is not None), None)
    return None if asked is None else min(max(0.0, asked), LONGEST_PAUSE)


def _seconds(asked: str, now: datetime | None) -> float | None:
    """Return the seconds from ``now`` that a value of Retry-After means, however many."""
    # A date has 29 characters; a value of a megabyte is neither a date nor a number.
    if not asked or len(asked) > 64:
        return None
    if found := _SECONDS.fullmatch(asked):
        number = float(found[1])
        # Some servers send the end of the pause in seconds since 1970.
        left = number - now.timestamp() if now is not None else -1
        return left if 0 <= left <= LONGEST_PAUSE else number
    then = _date(asked)
    return None if now is None or then is None else (then - now).total_seconds()


def _date(text: str) -> datetime | None:
    """Return a date (aware) in one of HTTP's forms (RFC 9110, section 5.6.7) or in ISO 8601."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        with suppress(ValueError, OverflowError):
            then = read(text)
            return then if then.tzinfo else then.replace(tzinfo=UTC)
    return None

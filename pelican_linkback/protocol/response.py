"""What all protocols read from an HTTP response: header fields, and the meaning of a status."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pelican_linkback.protocol.mention import Outcome, Verdict
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex

__all__ = [
    "LONGEST_PAUSE",
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

PAUSES = {429: 20.0, 503: 60.0}
"""Statuses by which a server asks to be left alone, and the default pause in seconds without a
Retry-After. WordPress wants 15 between two pingbacks; a service that is down needs longer."""

LONGEST_PAUSE = 7 * 86400.0
"""In seconds; longer pauses are not believed: a clock or a program may be wrong."""

_CHARSET = regex(r""";\s*+charset\s*+=\s*+["']?+\s*+([^\s"';]++)""", re.I)
_SECONDS = regex(r"\d+(?:\.\d*)?", re.ASCII)


def fields(headers: Headers, name: str) -> Iterable[str]:
    """Return the values of every field called ``name``, in order; case does not matter."""
    wanted, length = name.lower(), len(name)
    # The lengths are compared first: an answer has twenty fields, and is asked for seven.
    return [value.strip() for key, value in headers if len(key) == length and key.lower() == wanted]


def media_type(headers: Headers) -> str:
    """Return the media type of the Content-Type in lower case, or "" if there is none."""
    return next(iter(fields(headers, "Content-Type")), "").partition(";")[0].strip().lower()


def charset(headers: Headers) -> str | None:
    """Return the charset of the Content-Type as written, valid or not."""
    found = _CHARSET.search(next(iter(fields(headers, "Content-Type")), ""))
    return found[1] if found else None


def is_html(headers: Headers) -> bool:
    """Return whether the body is to be read as HTML: it has that type, or none."""
    return media_type(headers) in {"", "text/html", "application/xhtml+xml"}


def failure(status: int, headers: Headers, now: datetime | None = None) -> Outcome | None:
    """Return what a status other than 2xx means for a POST, or None for 2xx.

    Server errors and ``PASSING`` are worth another try, and Retry-After is respected: seconds, or a
    date, which needs ``now`` (aware). Anything else is permanent, a redirect too: 301, 302 and 303
    turn a POST into a GET, and its data would be lost.
    """
    if 200 <= status < 300:
        return None
    passing = is_passing(status)
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
    """Return whether an error is temporary: the same request may succeed later."""
    return status in PASSING or 500 <= status < 600


def pause(status: int, headers: Headers = (), now: datetime | None = None) -> float | None:
    """Return the seconds for which a server asks to be left alone; None if it does not.

    It does so by Retry-After, with any status, and by the statuses of ``PAUSES``.
    """
    asked = retry_after(headers, now)
    return PAUSES.get(status) if asked is None else asked


def retry_after(headers: Headers, now: datetime | None = None) -> float | None:
    """Return the seconds that Retry-After asks for (RFC 9110, section 10.2.3).

    At least 0, at most ``LONGEST_PAUSE``; some servers send a fraction of a second. None without
    the field, or if it cannot be read; a date cannot without ``now`` (aware).
    """
    asked = next(iter(fields(headers, "Retry-After")), "")
    # A date has 29 characters; a value of a megabyte is neither a date nor a number.
    if not asked or len(asked) > 64:
        return None
    if _SECONDS.fullmatch(asked):
        return min(float(asked), LONGEST_PAUSE)
    if now is None:
        return None
    try:
        then = parsedate_to_datetime(asked)
    except (ValueError, OverflowError):
        return None
    aware = then if then.tzinfo else then.replace(tzinfo=UTC)
    return min(max(0.0, (aware - now).total_seconds()), LONGEST_PAUSE)

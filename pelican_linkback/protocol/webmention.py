"""Webmention: its form messages, in both directions, and the meaning of a status.

Specification: https://www.w3.org/TR/webmention/
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, urlencode

from pelican_linkback.exceptions import InvalidURL, ProtocolError
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict, received
from pelican_linkback.protocol.response import (
    PASSING,
    Headers,
    charset,
    failure,
    fields,
    media_type,
)
from pelican_linkback.text.markup import decode
from pelican_linkback.text.printable import printable
from pelican_linkback.text.urls import check, resolve

__all__ = ["CONTENT_TYPE", "read_reply", "read_request", "read_status", "request"]

CONTENT_TYPE = "application/x-www-form-urlencoded"

# The "status" values that receivers use in the JSON of a status page; the specification does not
# define them.
_UNDECIDED = {"queued", "pending", "processing", "new", "moderated", "unmoderated"}
_TAKEN = {"success", "ok", "accepted", "approved", "created", "updated", "verified", "published"}


def request(mention: Mention) -> bytes:
    """Return the form for ``mention`` (section 3.1.3)."""
    return urlencode({"source": mention.source, "target": mention.target}).encode("ascii")


def read_request(body: bytes) -> Mention:
    """Return the mention of a form (section 3.2).

    Other fields are allowed and ignored. Raises ProtocolError for anything but one source and one
    target, two different absolute http(s) URLs.
    """
    try:
        form = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=100)
    except ValueError as error:
        raise ProtocolError(f"the form cannot be read: {printable(error)}") from error
    match form.get("source"), form.get("target"):
        case [source], [target]:
            return received(source, target)
    raise ProtocolError("the form needs one source and one target")


def read_reply(status: int, headers: Headers, body: bytes, now: datetime | None = None) -> Outcome:
    """Return what a reply to ``request`` means; never raises (section 3.1.4).

    Any 2xx is success. ``status_url`` is the Location of a 201, to be resolved against the
    endpoint. ``now`` (aware) is needed to understand a Retry-After that is a date. The caller sets
    ``protocol`` and ``endpoint`` of the outcome.
    """
    words = _words(headers, body)
    if failed := failure(status, headers, now):
        detail = f"{failed.detail}: {words}" if words else failed.detail
        return replace(failed, detail=printable(detail))
    status_url = _status_url(headers) if status == 201 else None
    return Outcome(Verdict.DELIVERED, "accepted", printable(words), status_url=status_url)


def read_status(status: int, headers: Headers, body: bytes) -> Outcome:
    """Return what a status page says about a webmention; never raises (section 3.2).

    DELIVERED also if it says nothing that a program understands: the receiver answered "accepted"
    before, and the page is for people. LATER while the receiver has not decided.
    """
    if status >= 500 or status in PASSING or status == 202:
        return Outcome(Verdict.LATER, f"status-{status}")
    word = _status_word(headers, body) if status == 200 else ""
    if word in _UNDECIDED:
        return Outcome(Verdict.LATER, f"status-{word}")
    if not word or word in _TAKEN or word == "deleted":
        return Outcome(Verdict.DELIVERED, f"status-{word or status}")
    detail = printable(f"the receiver says {word}: {_words(headers, body)}")
    return Outcome(Verdict.REFUSED, "status-refused", detail)


def _status_word(headers: Headers, body: bytes) -> str:
    """Return the status that a JSON document names, in lower case, or ""."""
    if media_type(headers) != "application/json":
        return ""
    try:
        said = json.loads(decode(body, charset(headers)))
    except (ValueError, RecursionError):
        return ""
    word = said.get("status") if isinstance(said, dict) else None
    return word.strip().lower()[:40] if isinstance(word, str) else ""


def _status_url(headers: Headers) -> str | None:
    """Return the Location if it resolves to a URL to fetch, whatever the endpoint is."""
    location = next(iter(fields(headers, "Location")), "")
    try:
        check(resolve("https://endpoint.example/", location))
    except InvalidURL:
        return None
    return location or None


def _words(headers: Headers, body: bytes) -> str:
    """Return the receiver's message for people: the start of plain text or JSON."""
    if media_type(headers) not in {"text/plain", "application/json"}:
        return ""
    return decode(body[:2000], charset(headers)).strip()

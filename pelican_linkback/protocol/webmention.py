"""Webmention: its form messages, in both directions, and the meaning of a status.

Specification: https://www.w3.org/TR/webmention/
"""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

from pelican_linkback.exceptions import InvalidURL, ProtocolError
from pelican_linkback.protocol.answer import Answer, Found
from pelican_linkback.protocol.interface import Message, Protocol
from pelican_linkback.protocol.mention import Mention, Outcome, Verdict, received
from pelican_linkback.protocol.response import PASSING, Headers, charset, failure, media_type
from pelican_linkback.text.encodings import decode
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import check, resolve

__all__ = ["FORM", "Webmention", "read_request"]

FORM = "application/x-www-form-urlencoded"

RELS = (("webmention",), ("http://webmention.org/", "http://webmention.org"))
"""The rel of webmentions, and that of the first drafts, which old sites still use."""

# The "status" values that receivers use in the JSON of a status page; the specification does not
# define them.
_UNDECIDED = {
    *("queued", "pending", "processing", "in_progress", "received", "waiting", "held"),
    *("new", "moderated", "unmoderated"),
}
_TAKEN = {
    *("success", "ok", "accepted", "approved", "created", "updated", "verified", "published"),
    *("valid", "processed", "complete", "completed", "done", "deleted"),
}
_NO = regex(
    r"no_|not_|too_|bad_|fail|error|invalid|reject|refus|den(?:y|ied)|block|spam|missing|forbid"
    r"|unauthor|unsupported|time(?:d_)?out"
)
_SEPARATOR = regex(r"[ -]")


class Webmention(Protocol):
    """Webmention: receivers are sent updates, and notified of removals."""

    name = "webmention"
    updates = True

    def find(self, answer: Answer) -> Found | None:
        """Return the first endpoint (section 3.1.2): of a header, else of an element in order.

        The rel of the first drafts counts if the present rel is missing. The Link header counts
        with any status.
        """
        return next((found for rels in RELS for found in answer.links(*rels)), None)

    def request(self, mention: Mention) -> Message:
        """Return the form with ``mention`` (section 3.1.3)."""
        fields = {"source": mention.source, "target": mention.target}
        return Message(FORM, urlencode(fields).encode("ascii"))

    def read(self, answer: Answer) -> Outcome:
        """Return what a reply means; never raises (section 3.1.4).

        Any 2xx is success. ``status_url`` is what a 201 has in Location, to be resolved against
        the endpoint.
        """
        words = _words(answer.headers, answer.body)
        if failed := failure(answer.status, answer.headers, answer.at):
            detail = f"{failed.detail}: {words}" if words else failed.detail
            return replace(failed, detail=printable(detail))
        status_url = _status_url(answer) if answer.status == 201 else None
        return Outcome(Verdict.DELIVERED, "accepted", printable(words), status_url=status_url)

    def read_status(self, answer: Answer) -> Outcome:
        """Return what a status page says about a webmention; never raises (section 3.2).

        DELIVERED also if it has nothing that a program can read, or a word that says neither yes
        nor no: the webmention was accepted before. LATER while the receiver has not decided.
        """
        status = answer.status
        if status >= 500 or status in PASSING or status == 202:
            return Outcome(Verdict.LATER, f"status-{status}")
        word = _status_word(answer.headers, answer.body) if status == 200 else ""
        if word in _UNDECIDED:
            return Outcome(Verdict.LATER, f"status-{word}")
        if _NO.search(word):
            detail = printable(f"the receiver says {word}: {_words(answer.headers, answer.body)}")
            return Outcome(Verdict.REFUSED, "status-refused", detail)
        return Outcome(Verdict.DELIVERED, f"status-{word if word in _TAKEN else status}")


def read_request(body: bytes) -> Mention:
    """Return the mention of a form (section 3.2).

    Senders write it in ASCII, or in raw UTF-8. Other fields are allowed and ignored. Raises
    ProtocolError for anything but one source and one target, two different absolute http(s) URLs.
    """
    try:
        form = parse_qs(body.decode("utf-8"), errors="strict", max_num_fields=100)
    except ValueError as error:
        raise ProtocolError(f"the form cannot be read: {printable(error)}") from error
    match form.get("source"), form.get("target"):
        case [source], [target]:
            return received(source, target)
    raise ProtocolError("the form needs one source and one target")


def _status_word(headers: Headers, body: bytes) -> str:
    """Return the status that a JSON document names, as ``lower_case``, or ""."""
    if not _is_json(headers):
        return ""
    try:
        said = json.loads(decode(body, charset(headers)))
    except (ValueError, RecursionError):
        return ""
    word = said.get("status") if isinstance(said, dict) else None
    return _SEPARATOR.sub("_", word.strip().lower()[:40]) if isinstance(word, str) else ""


def _is_json(headers: Headers) -> bool:
    kind = media_type(headers)
    return kind == "application/json" or kind.endswith("+json")


def _status_url(answer: Answer) -> str | None:
    """Return the Location if it will be a URL to fetch whatever endpoint it is resolved against."""
    location = next(iter(answer.fields("Location")), "")
    try:
        check(resolve("https://endpoint.example/", location))
    except InvalidURL:
        return None
    return location or None


def _words(headers: Headers, body: bytes) -> str:
    """Return the receiver's message for people: the start of plain text or JSON."""
    if media_type(headers) != "text/plain" and not _is_json(headers):
        return ""
    return decode(body[:2000], charset(headers)).strip()

"""Checks whether a text is a URI. Pure."""

from __future__ import annotations

import re

from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import is_fetchable

__all__ = ["is_uri"]

# RFC 3986; only an IPv6 address has brackets.
_CHARACTER = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}"
_URI = regex(
    r"([A-Za-z][A-Za-z0-9+.-]*):(?://(?:[^/?#\[\]@]*@)?\[[0-9A-Fa-f:.]+\])?"
    rf"(?:{_CHARACTER})*(?:\?(?:{_CHARACTER}|\?)*)?(?:#(?:{_CHARACTER}|\?)*)?"
)
# RFC 4151; the authority is a domain name with a dot, or an e-mail address.
_TAG = regex(
    r"tag:(?:[\w.+-]+@)?[a-z0-9-]+(?:\.[a-z0-9-]+)+,\d{4}(?:-\d\d(?:-\d\d)?)?:.*", re.I | re.A
)


def is_uri(text: str) -> bool:
    """Return whether ``text`` is a URI (RFC 3986) that satisfies its scheme (tag, http, https)."""
    found = _URI.fullmatch(text)
    scheme = found[1].lower() if found else None
    if scheme == "tag":
        return _TAG.fullmatch(text) is not None
    if scheme in {"http", "https"}:
        return is_fetchable(text)
    return found is not None

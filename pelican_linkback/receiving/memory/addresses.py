"""The spellings under which people write the address of one page. Pure.

A page's address is compared as text without its scheme. ``spellings`` yields the forms of an
address, the exact one first, each less exact than the one before: two addresses are the same page
if they agree in a form and neither is another page in a more exact one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, unquote, urlsplit

from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import normalise

__all__ = ["FORMS", "bare", "fragment_of", "spellings"]

FORMS = 3
"""The number of forms of an address."""

_TRACKER = regex(
    r"(?:amp;)*+(?:(?:utm_|mtm_|itm_|pk_|piwik_|matomo_|hsa_|_{1,2}hs|mc_|oly_|vero_|wt_|fb_|ga_|gad_|at_|guce_)\w*"
    r"|_branch_match_id|_kx|__s|ef_id|elqtrack(?:id)?|guccounter|hsctatracking|mibextid|ndclid|rdt_cid"
    r"|s_kwcid|sccid|wickedid|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|ysclid|twclid|ttclid|li_fat_id|igsh"
    r"|igshid|epik|srsltid|_ga|_gl|mkt_tok|ml_subscriber|ml_subscriber_hash|ck_subscriber_id"
    r"|s_cid|spm|trk|cmpid|ncid|ref|ref_src|ref_url|referrer|source|src|_openstat|__twitter_impression)",
    re.ASCII | re.IGNORECASE,
)
_INDEX = regex(r"/index\.(?:html?|php)\Z")
_HTML = regex(r"(?<=[^/])\.html?\Z")
_SLASHES = regex("/{2,}")


def spellings(url: str) -> Iterator[str]:
    """Yield the FORMS forms of the address ``url``; raise InvalidURL if that is no page's.

    The first has host, path and query, percent-encoded as little as possible. The second has no
    ``www.``, no query parameters of trackers, no ``index.html``, one slash for several and none at
    the end, and characters of the path count as what they are, escaped (``%2B``) or decomposed or
    not. The third has no ``.html`` either, since many servers offer ``/page.html`` as ``/page``.
    """
    page = normalise(url).partition("://")[2]
    yield page
    place, _, query = page.partition("?")
    kept = [each for each in query.split("&") if each and not _is_tracker(each)]
    rest = "?" + "&".join(kept) if kept else ""
    host, slash, path = place.partition("/")
    plain = _INDEX.sub("/", _SLASHES.sub("/", slash + _unescaped(path))).rstrip("/")
    host = bare(host).rstrip(".")
    yield host + plain + rest
    yield host + _HTML.sub("", plain) + rest


def bare(address: str) -> str:
    """Return a host, or an address that begins with one, without ``www.``."""
    return address.removeprefix("www.")


def _unescaped(path: str) -> str:
    """Return a path in which only what cannot stand in one is escaped; composed (Unicode's NFC)."""
    if "%" not in path:
        return path
    segments = (unquote(each, errors="surrogateescape") for each in path.split("/"))
    return "/".join(map(_escaped, segments))


def _escaped(segment: str) -> str:
    composed = unicodedata.normalize("NFC", segment)
    return quote(composed, safe="!$&'()*+,;=:@", errors="surrogateescape")


def _is_tracker(parameter: str) -> bool:
    return _TRACKER.fullmatch(parameter.partition("=")[0]) is not None


def fragment_of(url: str) -> str:
    """Return the fragment of ``url`` that an element of the page may have as its id; or ""."""
    return urlsplit(url).fragment.partition(":~:")[0]

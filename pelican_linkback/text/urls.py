"""URLs: check, normalise, resolve, compare. Pure; no lookups.

A URL is kept and sent as its author wrote it, and compared in its normal form.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, urldefrag, urljoin, urlsplit

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.text.idna import as_address, to_ascii
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex

__all__ = [
    "can_be_read",
    "check",
    "has_other_scheme",
    "host_key",
    "host_of",
    "is_fetchable",
    "is_plain",
    "is_script",
    "join",
    "normalise",
    "origin",
    "page_key",
    "plainly_joined",
    "resolve",
    "same_site",
    "site_key",
]

LIMIT = 8000
"""The maximum length of a URL in characters: what RFC 9110, section 4.1, asks all to support."""

DEFAULT_PORTS = {"http": 80, "https": 443}

_UNRESERVED = regex(r"[A-Za-z0-9._~-]")
_RESERVED = "%:/?#[]@!$&'()*+,;="
_ESCAPE = regex(r"%([0-9A-Fa-f]{2})?")
_SPACE = regex(r"\s")
_BLANKS = "".join(map(chr, range(33)))
_LINE_ENDS = regex(r"[\t\r\n]")
_IGNORED = regex(r"[\x00-\x20]")
_PICTURE = regex(r"data:image/(?:avif|gif|jpeg|png|webp)[;,]")
_OTHER_SCHEME = regex(
    r"\s*+(?!https?:)(?:[a-z][a-z0-9+.-]*+://"
    r"|(?:about|acct|data|did|geo|javascript|mailto|sip|sms|tel|urn|xmpp):(?=\S))",
    re.IGNORECASE,
)
_CONTROL = regex(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NEVER = regex(r'[<>"\\]')
_TO_QUOTE = regex(r'[\s<>"]')
_PLAIN_URL = regex(r"https?://[\w.-]+(?::[0-9]+)?/[\w./~%-]*+(?:#[\w.~-]++)?", re.ASCII)
_NORMAL_URL = regex(
    r"https?://(?:[a-z0-9-]++\.)*+[a-z-][a-z0-9-]*+/(?:[\w~-][\w.~-]*+/)*+(?:[\w~-][\w.~-]*+)?",
    re.ASCII,
)
_PLAIN_PAGE = regex(
    r"((https?://[\w.-]+(?::[0-9]+)?)?/(?:[\w~-][\w.~-]*+/)*+)(?:[\w~-][\w.~-]*+)?", re.ASCII
)
_PLAIN_REFERENCE = regex(r"/?[\w~-][\w.~-]*+(?:/[\w~-][\w.~-]*+)*+/?", re.ASCII)


def can_be_read(reference: str) -> bool:
    """Return whether ``reference``, absolute or not, can be parsed; ``http://[x`` cannot."""
    if is_plain(reference):
        return True
    try:
        urlsplit(reference)
    except ValueError:
        return False
    return True


def is_script(reference: str) -> bool:
    """Return whether a browser would run ``reference``, or the document that is in it.

    Control characters and white space in a scheme do not count (WHATWG URL, section 4.4).
    """
    if reference[:1] in "/h":  # most begin so, and no such scheme does
        return False
    begin = _IGNORED.sub("", reference[:200]).lower()
    if begin.startswith(("javascript:", "vbscript:")):
        return True
    return begin.startswith("data:") and not _PICTURE.match(begin)


def has_other_scheme(text: str) -> bool:
    """Return whether a text is a URL that is no page's: ``mailto:``, ``tel:``, ``ftp://``."""
    return _OTHER_SCHEME.match(text) is not None


def check(url: str) -> str:
    """Return ``url`` unchanged if this program would fetch it; else raise InvalidURL.

    It accepts absolute http and https URLs with a host and without a user name. Whether the host
    may be reached is decided by ``addresses``.
    """
    _take_apart(url)
    return url


def is_fetchable(url: str) -> bool:
    """Return whether ``check`` accepts ``url``."""
    try:
        check(url)
    except InvalidURL:
        return False
    return True


@lru_cache(maxsize=1000)
def normalise(url: str) -> str:
    """Return the form in which two spellings of one page are equal (RFC 3986, section 6.2).

    Scheme and host in lower case, the host in A-labels, without default port, dot segments and
    fragment; percent-encoding only where it is needed, and in upper case. Idempotent. Raises
    InvalidURL for what ``check`` refuses. Cached, as targets are compared again and again.
    """
    parts, authority = _take_apart(url)
    path = _without_dots(_one_encoding(parts.path))
    query = f"?{_one_encoding(parts.query)}" if parts.query else ""
    normal = f"{parts.scheme}://{authority}{path}{query}"
    return url if url == normal else normal  # one object for what is kept as a key, too


def join(base: str, reference: str) -> str:
    """Return the result of ``urllib.parse.urljoin``, with a fast path for plain URLs.

    The same on every Python: since 3.14 ``urljoin`` keeps an empty query and an empty fragment, and
    the fragment of ``base`` for ``https:``; before that it takes the query of ``base`` for an empty
    one. The modules of this package call this function and not ``urljoin``.
    """
    joined = plainly_joined(base, reference)
    if joined is not None:
        return joined
    if is_plain(reference):
        return reference
    if reference:
        base = base.partition("#")[0]
    if reference.partition("#")[0].endswith("?"):
        base = base.partition("?")[0]
    resolved = urljoin(base, reference)
    if urlsplit(reference).scheme in {"", urlsplit(base).scheme}:
        return _without_empty_parts(resolved)
    return resolved


def _without_empty_parts(url: str) -> str:
    before, _, fragment = url.partition("#")
    path, _, query = before.partition("?")
    return path + (query and f"?{query}") + (fragment and f"#{fragment}")


def is_plain(url: str) -> bool:
    """Return whether an absolute URL has only characters that a URI may have.

    If not, it needs a closer look.
    """
    return _PLAIN_URL.fullmatch(url) is not None


def plainly_joined(base: str, reference: str) -> str | None:
    """Return the URL of ``reference`` on ``base`` if it can simply be appended.

    None if it cannot: escapes, queries, dot segments, other hosts, and the like.
    """
    if not _PLAIN_REFERENCE.fullmatch(reference):
        return None
    folder, origin = _plain_page(base)
    before = origin if reference.startswith("/") else folder
    return None if before is None else before + reference


@lru_cache(maxsize=64)
def _plain_page(url: str) -> tuple[str | None, str | None]:
    found = _PLAIN_PAGE.fullmatch(url)
    return (found[1], found[2] or "") if found else (None, None)


def resolve(base: str, reference: str) -> str:
    """Return the URL that ``reference`` means on the page ``base``, as browsers read it.

    White space around it is removed; within it, it is percent-encoded, as are invisible characters
    (marks of direction, joiners). An empty reference is the page itself. The result can have any
    scheme (``mailto:``): see ``check``. Raises InvalidURL if it cannot be parsed, or is longer than
    any URL may be.
    """
    # Checked before the work: a page can have a base of half a megabyte and ten thousand links.
    if len(reference) > LIMIT:
        raise InvalidURL(printable(reference), f"it has more than {LIMIT} characters")
    wanted = _LINE_ENDS.sub("", reference.strip(_BLANKS))
    try:
        joined = join(base, wanted) if wanted else _without_empty_parts(urldefrag(base).url)
    except ValueError as error:
        raise InvalidURL(printable(reference), f"it is not a URL: {printable(error)}") from error
    plain = _TO_QUOTE.sub(lambda match: quote(match[0]), joined)
    return plain if plain.isprintable() else "".join(map(_visible, plain))


def _visible(character: str) -> str:
    shows = character.isprintable() or _CONTROL.match(character)  # ``check`` refuses these
    return character if shows else quote(character)


def same_site(a: str, b: str) -> bool:
    """Return whether two URLs have the same host and port; http and https count as equal.

    A URL that ``check`` refuses belongs to no site.
    """
    site = site_key(a)
    return site != "" and site == site_key(b)


def site_key(url: str) -> str:
    """Return what identifies a site: its ``host_key``, or "" if ``check`` refuses ``url``."""
    try:
        return host_key(url)
    except InvalidURL:
        return ""


def host_key(url: str) -> str:
    """Return ``host`` or ``host:port`` (if it is not the default).

    Raises InvalidURL for what ``check`` refuses.
    """
    host, port = _host_and_port(url)
    return host + port


def host_of(url: str) -> str:
    """Return the host of a URL in normal form: A-labels without a final dot, or [IPv6].

    Raises InvalidURL for what ``check`` refuses.
    """
    return _host_and_port(url)[0]


def origin(url: str) -> tuple[str, str, int]:
    """Return the scheme of a URL, its host (an IPv6 address without brackets) and its port.

    Raises InvalidURL for what ``check`` refuses.
    """
    parts = _take_apart(url)[0]
    return parts.scheme, host_of(url).strip("[]"), parts.port or DEFAULT_PORTS[parts.scheme]


def _host_and_port(url: str) -> tuple[str, str]:
    authority = _take_apart(url)[1]
    if authority.startswith("["):
        host, _, port = authority.partition("]")
        return f"{host}]", port
    host, colon, port = authority.partition(":")
    return host.rstrip("."), colon + port


def page_key(url: str) -> str:
    """Return a key that is equal for equal pages: the normal form, or the URL if that has none."""
    if _NORMAL_URL.fullmatch(url):
        return url
    try:
        return normalise(url)
    except InvalidURL:
        return url


@lru_cache(maxsize=2000)
def _take_apart(url: str) -> tuple[SplitResult, str]:
    """Return the parts of an acceptable URL, and its host and port in normal form.

    Cached: each link is checked, compared with its page and normalised.
    """
    try:
        _refuse_characters(url)
        parts = urlsplit(url)
        _refuse_parts(parts)
        return parts, _authority(parts)
    except ValueError as error:
        raise InvalidURL(printable(url), printable(error)) from error


def _refuse_characters(url: str) -> None:
    if len(url) > LIMIT:
        raise ValueError(f"it has more than {LIMIT} characters")
    if _CONTROL.search(url):
        raise ValueError("it has a control character in it")
    if _SPACE.search(url):
        raise ValueError("it has white space in it")
    if found := _NEVER.search(url):
        raise ValueError(f"it has a {found[0]} in it, which no URL has")


def _refuse_parts(parts: SplitResult) -> None:
    if not parts.scheme:
        raise ValueError("it is not absolute: it does not begin with https:// or http://")
    if parts.scheme not in DEFAULT_PORTS:
        raise ValueError(f"its scheme is {parts.scheme}, and only http and https are spoken here")
    if parts.username is not None:
        raise ValueError("it has a user name in it, and credentials are never sent")


def _authority(parts: SplitResult) -> str:
    host = _host(parts.hostname or "")
    port = parts.port
    if port == 0:
        raise ValueError("its port is 0")
    return host if port in {None, DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"


def _host(host: str) -> str:
    """Return the host as A-labels, as an IPv4 address in its usual form, or as [IPv6]."""
    if not host:
        raise ValueError("it has no host")
    if ":" in host and "%" not in host:
        address = IPv6Address(host)
        return str(address.ipv4_mapped or f"[{address.compressed}]")
    return as_address(to_ascii(host))


def _one_encoding(text: str) -> str:
    """Return a path or query that is percent-encoded where necessary and nowhere else."""
    return quote(_ESCAPE.sub(_one_escape, text), safe=_RESERVED)


def _one_escape(match: re.Match[str]) -> str:
    if match[1] is None:
        return "%25"
    character = chr(int(match[1], 16))
    return character if _UNRESERVED.fullmatch(character) else match[0].upper()


def _without_dots(path: str) -> str:
    """Return an absolute path without ``.`` and ``..`` (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")[1:] or [""]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)

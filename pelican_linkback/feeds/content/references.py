"""Makes the URLs in an article's HTML absolute, or removes them. Pure."""

from __future__ import annotations

import re

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.feeds.content.srcset import candidates
from pelican_linkback.text import urls
from pelican_linkback.text.regex import regex

__all__ = ["EDGES", "absolute", "is_alive", "linked", "mended_srcset", "mended_style", "shown"]

EDGES = "".join(map(chr, range(33)))

_SCRIPT = regex(r"(?:[a-z-]+:)?(?:java|vb|live)script:", re.IGNORECASE)
_SCHEME = regex(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ON_THE_WEB = regex(r"https?://", re.IGNORECASE)
_NOT_IN_URLS = regex(r"[\t\r\n]")

_DATA = regex(r"data:", re.IGNORECASE)
# No document runs scripts when it is shown as a picture; when a link opens it, it does.
_DATA_SHOWN = regex(r"data:(?:audio|font|image|video)/", re.IGNORECASE)
_DATA_LINKED = regex(
    r"data:(?:audio/|video/|image/(?!svg)|text/(?:plain|csv)|application/(?:json|pdf|zip)"
    r"|application/octet-stream)[^,]*+,",
    re.IGNORECASE,
)

_ALIVE = regex(r"(?:java|vb|live)script:|(?<![\w-])data:(?!image/)", re.IGNORECASE)

_IN_STYLE = regex(
    r"""url\(\s*+(?:"(?P<double>[^"\\\n]*+)"|'(?P<single>[^'\\\n]*+)'|(?P<bare>[^\s"'()\\]*+))\s*+\)"""
    r"""|(?P<rule>@import\s*+)(?:"(?P<one>[^"\\\n]*+)"|'(?P<other>[^'\\\n]*+)')""",
    re.IGNORECASE,
)
_STYLE_COMMENT = regex(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_STYLE_ESCAPE = regex(r"\\(?:([0-9a-f]{1,6})\s?|(.?))", re.IGNORECASE | re.DOTALL)
_ALIVE_STYLE = regex(
    r"expression\(|(?:java|vb|live)script:|-moz-binding|(?<![\w-])behavior\s*+:|data:text",
    re.IGNORECASE,
)


def absolute(reference: str, base: str) -> str | None:
    """Return an absolute URL, or None for a script or an invalid reference."""
    plain = urls.plainly_joined(base, reference)
    if plain is not None and _ON_THE_WEB.match(base):
        return plain
    url = _NOT_IN_URLS.sub("", reference.strip(EDGES))
    if _SCRIPT.match(url):
        return None
    if _SCHEME.match(url) or not _ON_THE_WEB.match(base):
        return url
    try:
        return urls.resolve(base, url)
    except InvalidURL:
        return None


def shown(reference: str, base: str) -> str | None:
    """Return the URL of embedded content, such as a picture; None if it is not allowed."""
    url = absolute(reference, base) if reference.strip(EDGES) else None
    return None if url and _DATA.match(url) and not _DATA_SHOWN.match(url) else url


def linked(reference: str, base: str) -> str | None:
    """Return the URL of a link; None if it is a script, or a document that may run one."""
    url = absolute(reference, base)
    return None if url and _DATA.match(url) and not _DATA_LINKED.match(url) else url


def is_alive(value: str) -> bool:
    """Return whether an attribute of SVG or MathML may contain a script."""
    return _ALIVE.search(_NOT_IN_URLS.sub("", value)) is not None


def mended_style(style: str, base: str) -> str | None:
    """Return CSS with absolute URLs; None if some reader could run code in it."""
    if _ALIVE_STYLE.search(_read_style(style)):
        return None

    def mend(match: re.Match[str]) -> str:
        reference = next(filter(None, match.group("double", "single", "bare", "one", "other")), "")
        url = absolute(reference, base)
        if not reference or reference.startswith("#") or url in {None, reference}:
            return match[0]
        return f'{match["rule"]}"{url}"' if match["rule"] else f'url("{url}")'

    return _IN_STYLE.sub(mend, style)


def _read_style(style: str) -> str:
    """Return CSS without comments and escapes, which could hide keywords."""
    if "/*" in style:
        style = _STYLE_COMMENT.sub("", style)
    return _STYLE_ESCAPE.sub(_unescaped, style) if "\\" in style else style


def _unescaped(escape: re.Match[str]) -> str:
    code = int(escape[1], 16) if escape[1] else 0
    return chr(code) if 0 < code < 0x110000 else escape[2] or ""


def mended_srcset(srcset: str, base: str) -> str | None:
    """Return the pictures of a srcset with absolute URLs; None if there are none."""
    found = [(shown(url, base), size) for url, size in candidates(srcset)]
    return ", ".join(f"{url} {size}".strip() for url, size in found if url) or None

"""The picture of an article: the first of its content. Pure."""

from __future__ import annotations

import re

from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import can_be_read

__all__ = ["first_picture"]

_IMG = regex(r"""<[iI][mM][gG]\b(?:[^<>"']++|"[^"]*"|'[^']*')*+>""")
# Can be read without a parser: each attribute once, in double quotes, without references.
_PLAIN_ATTRIBUTE = regex(r'(?<![a-z-])([a-z-]++)="([^"<>&]*+)"')
_PLAIN_IMG = regex(r'<img(?: ([a-z-]+)="[^"<>&]*"(?![^>]* \1=))*+ ?/?>')
# As Markdown writes it.
_USUAL_IMG = regex(r'<img alt="(?P<alt>[^"<>&]*)" src="(?P<src>[^"<>&]*)" ?/?>')
_NO_PICTURE = regex(r"\s*(?:data:|$)", re.IGNORECASE)


def first_picture(html: str) -> str | None:
    """Return the URL of the first picture in an article's HTML, as written.

    A picture of one pixel is a tracker, and skipped; so are ``data:`` URLs, which others cannot
    use, and invalid ones such as ``http://[x``. Without ``src`` the first of ``srcset`` counts.
    """
    for found in _IMG.finditer(html):
        attributes = attributes_of(found[0])
        url = attributes.get("src") or _first_candidate(attributes.get("srcset"))
        tiny = {attributes.get("width"), attributes.get("height")} & {"0", "1"}
        if not tiny and not _NO_PICTURE.match(url) and can_be_read(url):
            return url.strip()
    return None


def _first_candidate(srcset: str | None) -> str:
    if not srcset:
        return ""
    from pelican_linkback.feeds.content.srcset import candidates  # noqa: PLC0415 (most have src)

    return next((url for url, _ in candidates(srcset)), "")


def attributes_of(img: str) -> dict[str, str]:
    if usual := _USUAL_IMG.fullmatch(img):
        return usual.groupdict()
    if _PLAIN_IMG.fullmatch(img):
        return dict(_PLAIN_ATTRIBUTE.findall(img))
    from pelican_linkback.text import markup  # noqa: PLC0415 (most are plain)

    return {k: v for tag in markup.tags(img) for k, v in tag.attributes if tag.name == "img"}

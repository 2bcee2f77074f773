"""The picture of an article. Pure."""

from __future__ import annotations

import re

from pelican_linkback import markup

__all__ = ["first_picture"]

_IMG = re.compile(r"""<img\b(?:[^<>"']|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
_NO_PICTURE = re.compile(r"\s*(?:data:|$)", re.IGNORECASE)


def first_picture(html: str) -> str | None:
    """Return the URL of the first picture in an article's HTML, as it stands there.

    What is one pixel high or wide counts readers, and is no picture; nor has a ``data:`` URL an
    address that others could use. Without ``src`` the first of ``srcset`` counts.
    """
    for found in _IMG.finditer(html):
        for tag in markup.tags(found[0]):
            attributes = dict(tag.attributes)
            candidates = attributes.get("srcset", "").strip(" ,\t\n\r\f").split(maxsplit=1)
            url = attributes.get("src") or "".join(candidates[:1]).rstrip(",")
            tiny = {attributes.get("width"), attributes.get("height")} & {"0", "1"}
            if tag.name == "img" and not tiny and not _NO_PICTURE.match(url):
                return url.strip()
    return None

"""An article's text, made fit for a reader far from the site."""

from __future__ import annotations

import re
from html import unescape

__all__ = ["plain_text"]

# The phrasing elements that a title may hold; `vector<int>` holds none of them (P16).
_TITLE_MARKUP = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|br|cite|code|data|del|dfn|em|font|i|img|ins|kbd|mark|q|rp|rt|ruby|s"
    r"|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def plain_text(title: str) -> str:
    """Return a title, which may hold HTML markup and character references, as plain text."""
    return " ".join(unescape(_TITLE_MARKUP.sub("", title)).split())

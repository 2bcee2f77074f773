"""XHTML that was sent as such, rewritten for parsers of HTML. Pure.

For these ``<script/>`` begins a script that swallows the page, and a CDATA section is a comment.
"""

from __future__ import annotations

import re
from html import escape

from pelican_linkback.text.elements import VOID
from pelican_linkback.text.regex import regex

__all__ = ["as_html"]

_TO_REWRITE = regex(
    r"<!--.*?(?:-->|\Z)"
    r"|<!\[CDATA\[(?P<text>.*?)(?:\]\]>|\Z)"
    r"""|<(?P<name>[a-z][\w.-]*+)(?P<rest>(?:[^<>"'/]++|"[^"]*+"|'[^']*+'|/(?!>))*+)/>""",
    re.DOTALL,
)


def as_html(xhtml: str) -> str:
    """Return the page with end tags for its empty elements, and with text for its CDATA."""
    return _TO_REWRITE.sub(_rewritten, xhtml)


def _rewritten(found: re.Match[str]) -> str:
    if found["text"] is not None:
        return escape(found["text"], quote=False)
    name = found["name"]
    if name is None or name in VOID:
        return found[0]
    return f"<{name}{found['rest']}></{name}>"

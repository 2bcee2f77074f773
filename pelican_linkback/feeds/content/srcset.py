"""The candidates of a ``srcset`` attribute (HTML, section 4.8.4.2.1). Pure."""

from __future__ import annotations

from pelican_linkback.text.regex import regex

__all__ = ["candidates"]

_URL = regex(r"[ \t\n\r\f,]*+([^ \t\n\r\f]*+)")
# A comma in parentheses separates nothing; unclosed parentheses reach to the end.
_DESCRIPTORS = regex(r"((?:[^,(]++|\([^)]*+\)?)*+),?")


def candidates(srcset: str) -> list[tuple[str, str]]:
    """Return each picture's URL and its descriptors (``2x``, ``480w``), as written."""
    found, position = [], 0
    while (image := _URL.match(srcset, position)) and (url := image[1].rstrip(",")):
        descriptors, position = "", image.end()
        if not image[1].endswith(",") and (rest := _DESCRIPTORS.match(srcset, position)):
            descriptors, position = rest[1].strip(), rest.end()
        found.append((url, descriptors))
    return found

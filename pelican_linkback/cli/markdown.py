"""Summaries in Markdown, for the page of a CI job."""

from __future__ import annotations

import re
from pathlib import Path

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex

__all__ = ["append", "as_text"]


def append(file: Path, text: str) -> None:
    """Append a summary to a file; raise LinkbackError if that cannot be done."""
    try:
        with file.open("a", encoding="utf-8") as summary:
            summary.write(text)
    except OSError as error:
        raise LinkbackError(f"the summary {file} cannot be written: {printable(error)}") from error


_ACTIVE = regex(r"[\\`*_\[\]|#~!>@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""Characters with a meaning in Markdown, also those from which GitHub makes links."""


def as_text(text: str) -> str:
    """Return ``text`` escaped, so that Markdown shows it as it is (CommonMark, section 2.4)."""
    shown = printable(text, 2000).replace("&", "&amp;").replace("<", "&lt;")
    return _ACTIVE.sub(r"\\\g<0>", shown)

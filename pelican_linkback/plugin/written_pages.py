"""Pages that Pelican has written, edited in one step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pelican_linkback.journal.atomic import replacing

__all__ = ["edit_page"]


def edit_page(path: Path, edit: Callable[[str], str]) -> None:
    """Replace the page at ``path`` by what ``edit`` returns for it, if that differs.

    What is not UTF-8 in it stays as it is. The page is replaced in one step, so that a full disk or
    a kill leaves all of the old one. Raises OSError.
    """
    before = path.read_bytes().decode("utf-8", "surrogateescape")
    after = edit(before)
    if after != before:
        path = path.resolve()
        # One name for all pages of a folder, so that a killed build leaves one file at most.
        with replacing(path, temporary=path.with_name(".linkback-page.new")) as file:
            file.write(after.encode("utf-8", "surrogateescape"))

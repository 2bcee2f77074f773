"""Pages that Pelican has written, edited in one step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.journal.atomic import replacing

__all__ = ["Edit", "PageEditor", "complete", "edit_page"]

Edit: TypeAlias = Callable[[str], str]
"""Returns a page with what it lacks, or as it is."""


class PageEditor(Protocol):
    """Adds to pages what their theme leaves out."""

    def edit_of(self, path: Path, context: Mapping[str, object]) -> Edit | None:
        """Return what completes the page at ``path``; None if that lacks nothing.

        ``context`` has the variables of its template.
        """

    def report(self, name: str, error: BaseException) -> None:
        """Report that the page ``name`` could not be completed."""


def complete(path: Path, editors: Iterable[PageEditor], context: Mapping[str, object]) -> None:
    """Complete the page at ``path`` by all ``editors`` in one step.

    An error is reported by the editor that raises it, and costs the page nothing of the others.
    """
    edits = [(each, edit) for each in editors if (edit := each.edit_of(path, context))]

    def edited(html: str) -> str:
        for editor, edit in edits:
            try:
                html = edit(html)
            except FAULTS as error:  # the border of a page: a template may raise anything
                editor.report(path.name, error)
        return html

    if not edits:
        return
    try:
        edit_page(path, edited)
    except FAULTS as error:  # it cannot be read or written, or has no encoding
        for editor, _ in edits:
            editor.report(path.name, error)


def edit_page(path: Path, edit: Edit) -> None:
    """Replace the page at ``path`` by what ``edit`` returns for it, if that differs.

    What is not UTF-8 in it stays as it is. The page is replaced in one step, so that a full disk or
    a kill leaves all of the old one. Raises OSError.
    """
    before = path.read_bytes().decode("utf-8", "surrogateescape")
    after = edit(before)
    if after != before:
        if path.is_symlink():  # it stays one; to resolve each path would take a fourth of the time
            path = path.resolve()
        # One name for all pages of a folder, so that a killed build leaves one file at most.
        with replacing(path, temporary=path.with_name(".linkback-page.new")) as file:
            file.write(after.encode("utf-8", "surrogateescape"))

"""The lines of a journal: events as bytes, and back; reports about damaged lines.

Pure. Contains no business logic.
"""

from __future__ import annotations

import io
import json
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pelican_linkback.exceptions import JournalError
from pelican_linkback.text.printable import printable

__all__ = ["Damage", "Scan", "about_damage", "encoded", "parse_any", "parse_own"]

VERSION = 1
"""The newest version of a line that this program can read."""

CONFLICT_MARKERS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")
MARKER = "it is a conflict marker of a merge"

SHOWN = 5
"""The number of damaged lines that are named one by one."""

_SCAN: Callable[[str, int], tuple[object, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False)
_SPACE = " \t\r\n"  # what JSON allows after an object


class Damage(NamedTuple):
    """A line (counted from 1) that cannot be used, its text made printable, and why."""

    line_number: int
    text: str
    why: str


class Scan:
    """The lines of ``file``, a journal; may be iterated more than once.

    Yields the number of each line with its event, or with the damage. What others append meanwhile
    is not part of it.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        self._starts = array("Q")

    def __iter__(self) -> Iterator[tuple[int, dict[str, object] | Damage]]:
        strange = ours = False
        for number, line in enumerate(self._lines(), start=1):
            event = parse_own(line) or parse_any(line)
            if isinstance(event, dict):
                version = event.get("v")
                if version != VERSION:
                    self._refuse_newer(number, version)
                strange, ours = True, ours or version is not None or "v" in event
                yield number, event
            elif line.strip():
                strange = strange or not _may_be_ours(line)
                # A truncated line lacks at least the closing brace of the object, so a last line
                # that can be parsed is complete, with or without a newline.
                why = event if line.endswith(b"\n") else "the line was cut short"
                text = line.removesuffix(b"\n").decode("utf-8", "replace")
                yield number, Damage(number, printable(text), why)
        if strange and not ours:
            message = (
                "has no line of this program; move it away, or name another folder in "
                "LINKBACK_STATE"
            )
            raise JournalError(self._path, message)

    def _lines(self) -> Iterator[bytes]:
        self._file.seek(0)
        self._starts = array("Q")
        start, end, add = 0, self._size, self._starts.append
        for line in self._file:
            add(start)
            start += len(line)
            if start >= end:
                yield line[: len(line) - (start - end)]
                return
            yield line

    def event(self, number: int) -> dict[str, object]:
        """Return the event of a line that was read before, and has one."""
        self._file.seek(self._starts[number - 1])
        event = parse_any(self._file.readline())
        assert isinstance(event, dict)  # noqa: S101 (the caller has seen it)
        return event

    def _refuse_newer(self, number: int, version: object) -> None:
        if isinstance(version, int) and version > VERSION:
            message = "was written by a newer version of pelican_linkback; update this one"
            raise JournalError(self._path, f"line {number} {message}")


def about_damage(path: Path, damage: Mapping[int, str]) -> tuple[str, ...]:
    """Return sentences for the author about the damage of the journal at ``path``.

    ``damage`` has the reasons by line number. Conflict markers of a merge are one sentence, and so
    are the lines after the first few.
    """
    markers = [number for number, why in sorted(damage.items()) if why == MARKER]
    others = [(number, why) for number, why in sorted(damage.items()) if why != MARKER]
    sentences = [
        f"{path}: line {number} is not used: {why}; fix the line or take it out"
        for number, why in others[:SHOWN]
    ]
    if len(others) > SHOWN:
        sentences.append(f"{path}: {len(others) - SHOWN} more of its lines are not used")
    if markers:
        lines = ", ".join(map(str, markers[:SHOWN])) + (", ..." if len(markers) > SHOWN else "")
        sentences.append(
            f"{path}: a merge left conflict markers (line {lines}); delete these, and keep the "
            "lines between them, of both sides"
        )
    return tuple(sentences)


def encoded(events: Iterable[Mapping[str, object]]) -> bytes:
    """Return the lines of ``events``."""
    lines = io.BytesIO()  # a hundred thousand may be queued: no copies of them
    for event in events:
        # A lone surrogate (a file name that is not UTF-8) becomes a JSON escape.
        lines.write(f"{_ENCODER.encode(event)}\n".encode("utf-8", "backslashreplace"))
    return lines.getvalue()


def parse_own(line: bytes) -> dict[str, object] | None:
    """Return the event of a line as ``append`` writes it; None if it is in another form.

    A fast path: if it returns an event, ``parse_any`` returns the same.
    """
    try:
        text = line.decode()
        event, end = _SCAN(text, 0)
    except (StopIteration, ValueError, RecursionError):
        return None
    is_whole = text[end:] == "\n" or not text[end:].strip(_SPACE)
    return event if is_whole and isinstance(event, dict) else None


def parse_any(line: bytes) -> dict[str, object] | str:
    """Return the event of a line, whoever wrote it, or why there is none."""
    if line.startswith(CONFLICT_MARKERS):
        return MARKER
    try:
        event = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "it is not UTF-8"
    except (ValueError, RecursionError):
        return "it is not JSON"
    return event if isinstance(event, dict) else "it is not a JSON object"


def _may_be_ours(line: bytes) -> bool:
    """Return whether a line may be the start of one of ours, or the zeros of a power cut."""
    text = line.strip(b"\0\t\r\n ").removeprefix(b"\xef\xbb\xbf")
    return text[:2] in (b"", b"{", b'{"') or text.startswith(CONFLICT_MARKERS)

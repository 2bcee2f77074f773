"""What a build left in the folders of a clone, read as a stranger would."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
PIECE = re.compile(r"Piece (\d+) named \d+")

Files = Mapping[str, tuple[bytes, int]]
"""The bytes and the time of files, by name."""


def files_of(folder: Path, pattern: str) -> Files:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.glob(pattern))
        if path.is_file()
    }


def entries_of(document: bytes) -> Iterator[tuple[int, str]]:
    """Yield the number and the id of each entry of a feed in Atom or RSS."""
    root = ET.fromstring(document)
    for entry in root.iter(f"{ATOM}entry"):
        yield _number(entry.findtext(f"{ATOM}title")), entry.findtext(f"{ATOM}id") or ""
    for item in root.iter("item"):
        yield _number(item.findtext("title")), item.findtext("guid") or ""


def _number(title: str | None) -> int:
    found = PIECE.search(title or "")
    return int(found[1]) if found else 0


def merged_lines(base: bytes, one: bytes, other: bytes) -> bytes:
    """Return what git makes of two branches of a file with ``merge=union``."""
    was, a, b = ([*filter(None, text.split(b"\n"))] for text in (base, one, other))
    kept = [line for line in a if line in b or line not in was]
    kept += [line for line in b if line not in a and line not in was]
    return b"".join(line + b"\n" for line in kept)

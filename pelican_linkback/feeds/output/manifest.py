r"""The manifest: which documents this plugin has written into an output folder, and whose they are.

It is a file in the folder itself, one document a line::

    {"digest": "9ae1…", "feed": "AtomCategoryFeed", "modified": 1795…, "object": "Boats",
     "path": "feeds/boats.atom.xml", "size": 833, "type": "application/atom+xml"}

A line with ``"writing": true`` instead of digest, size and time says that a document is about to
be written. The versions before wrote ``size/modified path``, which is read, too. What is neither is
passed over.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Container, Mapping
from contextlib import suppress
from pathlib import PurePath
from typing import NamedTuple

from pelican_linkback.feeds.framework.catalogue import Owner
from pelican_linkback.text.regex import regex

__all__ = ["MANIFEST", "NEW_MANIFEST", "Entry", "absent", "announcement", "read", "written"]

MANIFEST = ".linkback-feeds"
"""The name of the manifest in an output folder."""

NEW_MANIFEST = f"{MANIFEST}.new"
"""The name of its next version while that is written."""

_OLD_LINE = regex(r"([0-9]{1,18})/([0-9]{1,19}) (.+)", re.DOTALL)

_encode = json.JSONEncoder(sort_keys=True).encode  # ASCII: a path may contain a line break

_LATEST = (1 << 63) - 1
"""The latest time that a file can have, in nanoseconds."""


class Entry(NamedTuple):
    """A document as it was left, by us and by those who edited it after us.

    ``digest`` is that of its bytes, "" where it is not known; ``size`` and ``modified`` (in
    nanoseconds) are those of the file, and ``type`` is its media type, "" likewise. Without an
    ``owner`` an older version has written it. Where it is ``under_way``, a build that was about to
    write it did not end: the file may be anything, and is ours.
    """

    owner: Owner | None = None
    digest: str = ""
    size: int = -1
    modified: int = -1
    under_way: bool = False
    type: str = ""


def read(data: bytes) -> dict[str, Entry]:
    """Return the entries of a manifest by the documents' paths in the output folder."""
    entries: dict[str, Entry] = {}
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        path, entry = _from_line(line)
        if not _is_inside(path):
            continue
        if entry.under_way and path in entries:
            entry = entries[path]._replace(owner=entry.owner, under_way=True)
        entries[path] = entry
    return entries


def written(entries: Mapping[str, Entry]) -> bytes:
    """Return the manifest with these entries."""
    lines = (_to_line(path, entry) for path, entry in sorted(entries.items()))
    return "".join(lines).encode()


def announcement(path: str, owner: Owner) -> bytes:
    """Return the line that says that a document is about to be written."""
    # The line before it may be truncated.
    return f"\n{_to_line(path, Entry(owner, under_way=True))}".encode()


def absent(
    entries: Mapping[str, Entry], documents: Container[str], failed: Collection[Owner]
) -> list[str]:
    """Return the paths whose owner says that the document does not exist any more.

    ``documents`` are the existing paths. A failure does not mean absence: documents of an owner
    that has ``failed`` stay, and so do those without a known owner if any has failed. If the
    manifest does not know an object that failed, all documents of its class stay: it may have had
    another name.
    """
    known = {entry.owner for entry in entries.values()}
    classes = {owner.feed for owner in failed if owner.obj is None or owner not in known}

    def may_be_there(owner: Owner | None) -> bool:
        return bool(failed) if owner is None else owner in failed or owner.feed in classes

    paths = (path for path, entry in entries.items() if not may_be_there(entry.owner))
    return sorted(path for path in paths if path not in documents)


def _to_line(path: str, entry: Entry) -> str:
    feed, obj = entry.owner or (None, None)
    fields: dict[str, object] = {"path": path, "feed": feed, "object": obj}
    if entry.under_way:
        fields["writing"] = True
    else:
        fields |= {"digest": entry.digest, "size": entry.size, "modified": entry.modified}
        fields |= {"type": entry.type} if entry.type else {}
    return _encode(fields) + "\n"


def _from_line(line: str) -> tuple[str, Entry]:
    """Return the path and the entry of a line; the path is "" for an invalid line."""
    if old := _OLD_LINE.fullmatch(line):
        return old[3], Entry(size=int(old[1]), modified=min(int(old[2]), _LATEST))
    with suppress(ValueError, RecursionError):
        match json.loads(line):
            case {
                "path": str(path),
                "feed": str() | None as feed,
                "object": str() | None as obj,
                **rest,
            }:
                entry = _entry(None if feed is None else Owner(feed, obj), rest)
                return (path, entry) if entry else ("", Entry())
    return "", Entry()


def _entry(owner: Owner | None, fields: Mapping[object, object]) -> Entry | None:
    match fields:
        case {"writing": True}:
            return Entry(owner, under_way=True)
        case {"digest": str(digest), "size": int(size), "modified": int(modified)}:
            known = Entry(owner, digest, size, modified, type=str(fields.get("type") or ""))
            return known if 0 <= modified <= _LATEST else None
    return None


def _is_inside(path: str) -> bool:
    """Return whether ``path`` is a file's path below the output folder."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    parts = PurePath(path)
    return bool(path) and "\0" not in path and not parts.is_absolute() and ".." not in parts.parts

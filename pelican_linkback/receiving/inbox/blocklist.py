"""Lists of hosts to block, as others publish them. Pure.

::

    spam.example                    a host a line, ``#`` before a remark
    0.0.0.0 spam.example            a hosts file
    spam.example,suspend,...        an export of Mastodon's domain blocks, with a head
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pelican_linkback.receiving.memory.rules import rule_of

__all__ = ["BlockList", "read_list"]

_NOBODY = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104 (nothing listens here)
_HEAD = frozenset({"domain", "#domain"})


class BlockList(NamedTuple):
    """The rules of a list, each once, and the numbers of the lines that are none."""

    rules: tuple[str, ...]
    wrong: tuple[int, ...]


def read_list(text: str) -> BlockList:
    """Return what a list says is to be blocked."""
    rules: dict[str, None] = {}
    wrong: list[int] = []
    for number, named in _named(text.removeprefix("\ufeff").splitlines()):
        try:
            rules[rule_of(named)] = None
        except ValueError:
            wrong.append(number)
    return BlockList(tuple(rules), tuple(wrong))


def _named(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the number of each line that names a host or a URL, and that."""
    for number, line in enumerate(lines, 1):
        cells = next(csv.reader([line]), [])
        first = cells[0].strip() if cells else ""
        if first.lower() in _HEAD or (cells[1:] and cells[1].strip() == "noop"):
            continue
        words = first.partition("#")[0].split()
        if words[1:] and words[0] in _NOBODY:
            del words[0]
        if words:
            yield number, words[0]

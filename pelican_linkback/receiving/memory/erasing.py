"""I/O: what is said by somebody, or on a host, is erased from the files, and stays erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pelican_linkback.exceptions import JournalError
from pelican_linkback.receiving.memory.avatars import PLACE, Avatars
from pelican_linkback.receiving.memory.decisions import Act, Decision
from pelican_linkback.receiving.memory.forgotten import hash_of, is_about
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.received import Received
from pelican_linkback.text.printable import system_reason

__all__ = ["erase"]


def erase(state: Path, rule: str, now: dt.datetime, new_key: Callable[[], str]) -> set[str]:
    """Erase what ``rule``, a host or a URL, names; return the ids of the mentions.

    ``rule`` has the form of ``rule_of``. The lines of mentions go, with the pictures of their
    authors, and those of decisions that name it. A keyed hash stays, so that it is not taken again;
    ``new_key`` makes the key, if there is none yet. First the hash: whatever happens in between,
    the rest can be erased by the same command. Raises JournalError where a file cannot be read or
    written.
    """
    moderation = Moderation(state)
    decisions, _ = moderation.read()
    key = decisions.forgotten.key or new_key()
    forgotten = hash_of(rule, key)
    if forgotten not in decisions.forgotten.hashes.get(key, ()):
        moderation.record([Decision(Act.FORGET, forgotten, key=key)], now)
    moderation.erase(rule)
    erased: set[str] = set()
    kept: Sequence[Received] = ()

    def others(mentions: Sequence[Received]) -> Iterable[Received]:
        nonlocal erased, kept
        erased = {each.id for each in mentions if is_about(each, rule)}
        kept = [each for each in mentions if each.id not in erased]
        return kept

    snapshot = Snapshot(state)
    if snapshot.path.exists():
        snapshot.change(others, keeps=lambda line: rule not in line)
        _erase_pictures(state, kept)
    return erased


def _erase_pictures(state: Path, kept: Iterable[Received]) -> None:
    """Remove the copies of pictures of all but the authors of the mentions that are ``kept``."""
    try:
        Avatars(state).keep_only(each.author.photo for each in kept)
    except OSError as error:
        why = system_reason(error)
        raise JournalError(state / PLACE, f"cannot be erased: {why}") from error

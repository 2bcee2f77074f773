"""I/O: what is said by somebody, or on a host, is erased from the files, and stays erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pelican_linkback.receiving.memory.decisions import Act, Decision
from pelican_linkback.receiving.memory.forgotten import hash_of, is_about
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.received import Received

__all__ = ["erase"]


def erase(state: Path, rule: str, now: dt.datetime, new_key: Callable[[], str]) -> int:
    """Erase what ``rule``, a host or a URL in the form of ``rule_of``, names; return how much.

    The lines of mentions go, and those of decisions that name it. A keyed hash stays, so that it is
    not taken again; ``new_key`` makes the key, if there is none yet. First the hash: whatever
    happens in between, the rest can be erased by the same command.
    """
    moderation = Moderation(state)
    decisions, _ = moderation.read()
    key = decisions.forgotten.key or new_key()
    forgotten = hash_of(rule, key)
    if forgotten not in decisions.forgotten.hashes.get(key, ()):
        moderation.record([Decision(Act.FORGET, forgotten, key=key)], now)
    moderation.erase(rule)
    erased: list[Received] = []

    def others(known: Sequence[Received]) -> Iterable[Received]:
        erased[:] = [each for each in known if is_about(each, rule)]
        return [each for each in known if not is_about(each, rule)]

    snapshot = Snapshot(state)
    if snapshot.path.exists():
        snapshot.change(others, keeps=lambda line: rule not in line)
    return len(erased)

"""Processes that are killed at any moment: what was answered is kept, and verified once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from select import select
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.store.accepting import Acceptor
from pelican_linkback.receiving.store.database import open_store
from pelican_linkback.receiving.store.tables import mention
from tests.killed_receiver import POISON, clock
from tests.receiving import arrival

ROOT = Path(__file__).parent.parent


class Receiver:
    """Two processes that accept and two that verify, on one database."""

    def __init__(self, url: str, folder: Path, many: int) -> None:
        self.many = many
        self.progress, written = os.pipe()
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.killed_receiver", url, str(folder), str(written)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[written],
            cwd=ROOT,
            text=True,
        )
        os.close(written)
        self.processes = [(what, self.start(what)) for what in ("accept", "verify") * 2]

    def start(self, what: str) -> int:
        command = f"accept {self.many}" if what == "accept" else what
        print(command, file=self.program.stdin, flush=True)
        return int(self.program.stdout.readline())

    def go_on(self, steps: int) -> None:
        """Wait until the processes have answered, fetched or recorded so many mentions.

        Nothing goes on where those that verify were killed by a page, and the others are ready.
        """
        while steps > 0 and select([self.progress], [], [], 1)[0]:
            steps -= len(os.read(self.progress, steps))

    def kill(self, which: int) -> str:
        what, process = self.processes[which]
        os.kill(process, signal.SIGKILL)
        self.processes[which] = what, self.start(what)
        return what

    def drain(self) -> None:
        """Kill all, and verify what is left."""
        for _, process in self.processes:
            os.kill(process, signal.SIGKILL)
        self.start("drain")
        assert self.program.stdout.readline() == "drained\n"
        self.program.communicate()
        os.close(self.progress)


def diaries(folder: Path) -> list[list[tuple[str, str]]]:
    """What each process did."""
    return [
        [tuple(line.split()) for line in path.read_text().splitlines()]
        for path in folder.iterdir()
        if path.name.isdigit()
    ]


class After(NamedTuple):
    """What is left of a receiver that was killed: what its processes did, and the database.

    ``done`` counts what they answered, fetched and recorded, and what was under way in one that
    was killed; ``states`` are those of the sources in the database.
    """

    done: Counter[tuple[str, str]]
    states: dict[str, str]

    def sources(self, what: str) -> set[str]:
        return {source for each, source in self.done if each == what}


def kill_often(url: str, folder: Path, kills: int, many: int) -> After:
    with closing(open_store(url, clock=clock)) as store:
        Acceptor(store).accept(arrival(POISON, received=clock()))
    rng = random.Random(kills)
    receiver = Receiver(url, folder, many)
    for _ in range(kills):
        receiver.go_on(rng.randrange(2, 3 * many))
        receiver.kill(rng.randrange(4))
    receiver.drain()

    with closing(open_store(url, clock=clock)) as store:
        found = sa.select(mention.c.source, mention.c.state)
        states = dict(store.read(lambda c: [(*row,) for row in c.execute(found)]))
    done = Counter()
    for diary in diaries(folder):
        recorded = {source for what, source in diary if what == "recorded"}
        done.update(diary)
        done.update(
            ("under way", name)
            for what, name in diary
            if what == "fetched" and name not in recorded
        )
    return After(done, states)


@pytest.mark.parametrize(
    ("kills", "many"),
    [
        pytest.param(4, 8, marks=pytest.mark.posix, id="a-few"),
        pytest.param(100, 40, marks=pytest.mark.kills, id="a-hundred"),
    ],
)
def test_kills_lose_nothing(new_url, tmp_path, kills, many):
    after = kill_often(new_url, tmp_path, kills, many)
    answered = after.sources("answered")
    assert len(answered) >= kills
    assert answered <= after.states.keys()
    # A page that kills verifiers costs itself alone.
    assert after.done["fetched", POISON] == 3
    assert after.states.pop(POISON) == MentionState.BROKEN
    assert set(after.states.values()) == {MentionState.SHOWN}
    for source in after.states:
        assert after.done["recorded", source] <= 1
        assert after.done["fetched", source] <= 1 + after.done["under way", source]

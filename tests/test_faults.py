"""Faults under the journal, at each call that a run makes of the system: what holds in spite.

Nothing is sent whose attempt is not on record, nothing is lost, and at most what was in flight is
sent twice.
"""

from __future__ import annotations

import errno
import io
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import filelock
import pytest

from pelican_linkback.exceptions import JournalError
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.sending.memory.delivery import State
from tests import spoken
from tests.conftest import SiteBuilder
from tests.fakeweb import Reply, Request
from tests.test_sender import BLOG, FAR, Killed, World, accept, mention_of, post


class Disk:
    """Counts the calls below the journal, and lets one of them go wrong."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fault: Callable[[], None] | None = None
        self.at = -1
        self.lasting = False

    def reached(self, call: str) -> bool:
        """Note a call; raise what is to go wrong there, or tell that it is a write to be cut."""
        self.calls.append(call)
        number = len(self.calls) - 1
        if self.fault is None or number < self.at or (number > self.at and not self.lasting):
            return False
        self.fault()
        return True


class FaultyFile(io.FileIO):
    disk: Disk

    def write(self, data: memoryview) -> int:  # type: ignore[override]
        if self.disk.reached("write"):
            super().write(bytes(data)[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(bytes(data))


@contextmanager
def on(disk: Disk) -> Iterator[None]:
    """Put ``disk`` under the journal."""
    real_fsync, real_mkdir, real_open = os.fsync, Path.mkdir, Path.open

    class Lock(filelock.FileLock):
        def acquire(self, *args: object, **kwargs: object) -> object:
            disk.reached("lock")
            return super().acquire(*args, **kwargs)  # type: ignore[arg-type]

    class File(FaultyFile):
        pass

    File.disk = disk

    def mkdir(self: Path, *args: object, **kwargs: object) -> None:
        disk.reached("mkdir")
        real_mkdir(self, *args, **kwargs)  # type: ignore[arg-type]

    def open_(self: Path, mode: str = "r", *args: int, **kwargs: object) -> object:
        disk.reached("open" if "+" in mode else "read")
        return File(self, "a+") if "+" in mode else real_open(self, mode, *args, **kwargs)  # type: ignore[call-overload]

    def fsync(handle: int) -> None:
        disk.reached("fsync")
        real_fsync(handle)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filelock, "FileLock", Lock)
        patch.setattr(Path, "mkdir", mkdir)
        patch.setattr(Path, "open", open_)
        patch.setattr(os, "fsync", fsync)
        yield


def failing(code: int) -> Callable[[], None]:
    def fault() -> None:
        raise OSError(code, os.strerror(code))

    return fault


def killing() -> None:
    raise Killed


FAULTS = {
    "full disk": failing(errno.ENOSPC),
    "not allowed": failing(errno.EACCES),
    "broken disk": failing(errno.EIO),
    "read-only": failing(errno.EROFS),
    "short write": lambda: None,
    "killed": killing,
    "full from then on": failing(errno.ENOSPC),
}
POSTS = (post("a", f"{FAR}/b", f"{FAR}/c"),)
MENTIONS = {Mention(f"{BLOG}/a", target) for target in POSTS[0].targets}


def run(world: World, disk: Disk) -> None:
    with on(disk):
        world.journal = Journal(world.journal.path)
        world.sender(workers=1).run(POSTS)


def calls_of_a_run(folder: Path) -> list[str]:
    world, disk = World(folder), Disk()
    world.publish(*POSTS)
    run(world, disk)
    return disk.calls


def test_a_run_calls_what_is_made_to_fail_here(tmp_path: Path) -> None:
    calls = Counter(calls_of_a_run(tmp_path))
    assert set(calls) == {"read", "mkdir", "lock", "open", "write", "fsync"}
    # Both queued at once, then an attempt and an outcome each; one fsync more for the folder.
    assert (calls["write"], calls["fsync"]) == (5, 6)


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_goes_wrong_at_whatever_call(tmp_path: Path, name: str) -> None:
    for number, call in enumerate(calls_of_a_run(tmp_path / "whole")):
        if name == "short write" and call != "write":
            continue
        world, disk = World(tmp_path / str(number)), Disk()
        world.publish(*POSTS)
        disk.at, disk.fault, disk.lasting = number, FAULTS[name], name.endswith("from then on")

        def on_record(request: Request, world: World = world) -> Reply:
            with open(world.journal.path, encoding="utf-8") as file:  # noqa: PTH123 (is not faulty)
                attempts = [line for line in file if '"attempt"' in line]
            assert any(mention_of(request).target in line for line in attempts)
            return accept(request)

        world.web.pages[f"{FAR}/xmlrpc"] = on_record
        with pytest.raises((JournalError, Killed)):
            run(world, disk)
        told = len(world.received())
        before = world.journal.path.read_bytes() if world.journal.path.exists() else b""

        world.now += timedelta(hours=1)
        run(world, Disk())
        assert world.journal.path.read_bytes().startswith(before)  # nothing was overwritten
        assert set(world.received()) == MENTIONS  # nothing was lost
        assert len(world.received()) <= len(MENTIONS) + (told > 0)
        assert max(Counter(world.received()).values()) <= 2
        states = {each.state for each in spoken.ledger_of(world.journal).deliveries.values()}
        assert states == {State.DELIVERED}


# What a build finds in the state folder


QUEUED = (
    '{"article": "two.md", "at": "2026-01-02T00:00:00.000000+00:00", "event": "queued", '
    '"fingerprint": "1", "source": "https://me.example.io/two.html", '
    '"target": "https://far.example.net/b", "v": 1}\n'
)
NEWER = QUEUED.replace('"v": 1', '"v": 2')


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("deliveries.jsonl", "Dear diary\n", "no line of this", id="not ours"),
        pytest.param("deliveries.jsonl", '{"id": 1}\n', "no line of this", id="other JSON Lines"),
        pytest.param("deliveries.jsonl", QUEUED + NEWER, "line 2 was written by a n", id="newer"),
        pytest.param(
            "deliveries.jsonl",
            f"<<<<<<< HEAD\n{QUEUED}=======\n>>>>>>> side\n",
            "a merge left conflict markers (line 1, 3, 4); delete these, and keep the lines",
            id="conflict markers",
        ),
        pytest.param("deliveries.jsonl", QUEUED + QUEUED[:40], "cut short", id="torn"),
        pytest.param("ids.jsonl", "Dear diary\n", "no line of this", id="ids: not ours"),
        pytest.param("ids.jsonl", '{"v": 2}\n', "by a newer version", id="ids: newer"),
    ],
)
def test_a_build_leaves_what_it_finds_and_says_so(
    site: SiteBuilder, name: str, content: str, message: str
) -> None:
    path = site.folder / "linkback" / name
    path.parent.mkdir()
    path.write_text(content)
    site.article("one", pingback="https://far.example.net/b")
    build = site.build()
    assert "Some text." in build.read("one.html")
    (told,) = {problem for problem in build.problems if message in problem}
    assert str(path) in told
    assert path.read_text().startswith(content)


def test_a_state_folder_that_is_a_file_stops_no_build(site: SiteBuilder) -> None:
    (site.folder / "linkback").write_text("mine")
    site.article("one", pingback="https://far.example.net/b")
    build = site.build()
    assert "Some text." in build.read("one.html")
    assert any("cannot be written" in problem for problem in build.problems)
    assert (site.folder / "linkback").read_text() == "mine"


def test_a_read_only_folder_stops_no_build(
    site: SiteBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.article("one", pingback="https://far.example.net/b")
    real = os.open

    def read_only(path: object, flags: int, *args: object, **kwargs: object) -> int:
        if str(path).startswith(str(site.folder / "linkback")):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return real(path, flags, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", read_only)  # as the lock sees it
    build = site.build()
    assert "Some text." in build.read("one.html")
    assert any("cannot be written: Read-only file system" in each for each in build.problems)

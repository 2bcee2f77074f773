"""A build or a command as a process of its own, in the simulated world and at its time.

The process is forked from one that has read all modules. It may be killed (SIGKILL) at any point
where something leaves it: a write to a journal, a file that is replaced, a request. What it asked
of the world is on disk before it is answered, so that the world at home can take it over.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import pickle
import pkgutil
import signal
import sys
import traceback
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from pelican import Pelican
from pelican.settings import read_settings

import pelican_linkback
from pelican_linkback import cli, sending
from pelican_linkback.cli import sending as cli_sending
from pelican_linkback.exceptions import LookupFailed, TimedOut, Unreachable
from pelican_linkback.journal import appending
from pelican_linkback.plugin import deliveries
from pelican_linkback.sending.running import lazy_client, output_pages
from tests.fakeweb import FakeWeb, Reply, Request
from tests.years import moody
from tests.years.world import NO_NAMES, TIMED_OUT, UNREACHABLE, Asked, World

ERRORS = {TIMED_OUT: TimedOut, UNREACHABLE: Unreachable, NO_NAMES: LookupFailed}

replace_file = Path.replace

# All before the fork: a module that is opened later would have the real clock.
for _, name, _ in pkgutil.walk_packages(pelican_linkback.__path__, "pelican_linkback."):
    if not name.endswith("__main__"):
        import_module(name)


@dataclass
class Clock:
    """The true time in seconds, and how far the clock of a clone is ahead of it."""

    true: float
    ahead: float = 0.0

    def now(self, zone: Any = None) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.true + self.ahead, dt.UTC)

    def monotonic(self) -> float:
        return self.true

    def sleep(self, seconds: float) -> None:
        self.true += seconds


@dataclass
class Mortal:
    """Ends the process at the n-th point; 0 is never."""

    left: int

    def point(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def write(self, file: Any, data: bytes) -> None:
        self.point()
        if self.left == 1:
            file.write(data[: len(data) // 2])
        self.point()
        file.write(data)
        self.point()


class Wire(FakeWeb):
    """The simulated world as the client of a run; each request takes its time."""

    def __init__(self, world: World, clone: str, clock: Clock, mortal: Mortal, log: Path) -> None:
        super().__init__({})
        self._world, self._clone, self._clock, self._mortal = world, clone, clock, mortal
        self._log = log.open("ab", 0)

    def _answer(self, request: Request) -> Reply:
        self._mortal.point()
        asked = Asked(self._clone, self._clock.true, request.method, request.url, request.body)
        self._log.write(pickle.dumps(asked))
        answer = self._world.answer(asked)
        self._clock.true += 10.0 if answer == TIMED_OUT else 0.1
        self._mortal.point()
        if isinstance(answer, str):
            raise ERRORS[answer](request.url, answer)
        return Reply(answer.status, answer.headers, answer.body)


@dataclass
class Ended:
    """How a process ended: ``killed``, or with what it left behind."""

    killed: bool = False
    error: str = ""
    status: int = 0
    messages: list[tuple[int, str]] = field(default_factory=list)
    said: str = ""
    true: float = 0.0
    asked: list[Asked] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """What a process is to do: build, or a command; in the ``folder`` of a ``clone``."""

    folder: Path
    clone: str
    command: tuple[str, ...] = ()
    built_at: float = 0.0
    feed_fails: bool = False
    killed_at: int = 0


def run(step: Step, world: World, clock: Clock) -> Ended:
    """Run ``step`` in a process of its own, and return how it ended.

    ``world`` gets what the process said to it, and ``clock`` shows the time of its end.
    """
    log, result, said = (step.folder / name for name in ("asked", "result", "said"))
    for path in (log, result, said):
        path.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        try:
            _live(step, world, clock, log, result, said)
        except BaseException:  # noqa: BLE001 (nothing of the parent's may run here)
            said.write_text(traceback.format_exc())
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    asked = _read_all(log)
    for each in asked:
        world.answer(each)
    output = said.read_text(errors="replace") if said.exists() else ""
    if os.WIFSIGNALED(status):
        ended = Ended(killed=True, true=asked[-1].at if asked else clock.true)
    elif result.exists():
        ended = pickle.loads(result.read_bytes())
    else:
        ended = Ended(error=f"the process ended with {status}: {output}", true=clock.true)
    clock.true = max(clock.true, ended.true) + 0.1
    ended.asked, ended.said = asked, output
    return ended


def _read_all(path: Path) -> list[Asked]:
    found = []
    if path.exists():
        with path.open("rb") as file:
            while True:
                try:
                    found.append(pickle.load(file))
                except EOFError:
                    break
    return found


class _Messages(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append((record.levelno, record.getMessage()))


def _live(step: Step, world: World, clock: Clock, log: Path, result: Path, said: Path) -> None:
    handle = os.open(said, os.O_WRONLY | os.O_CREAT)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    messages, ended = _Messages(), Ended()
    logging.getLogger().addHandler(messages)
    mortal = Mortal(step.killed_at)
    _patch(step, clock, mortal, Wire(world, step.clone, clock, mortal, log))
    os.chdir(step.folder)
    try:
        ended.status = _act(step)
    except BaseException:  # noqa: BLE001 (all that may come out is looked at in the parent)
        ended.error = traceback.format_exc()
    ended.messages, ended.true = messages.found, clock.true
    sys.stdout.flush()
    result.write_bytes(pickle.dumps(ended))
    os._exit(0)


def _act(step: Step) -> int:
    if step.command:
        sys.argv = ["pelican-linkback", *step.command]
        return cli.main([*step.command, "-s", "publishconf.py"])
    sys.argv = ["pelican", "-s", "publishconf.py"]
    Pelican(read_settings("publishconf.py")).run()
    return 0


class _Any(type):
    """The type of a datetime that has another ``now``: all datetimes are its instances."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, dt.datetime)


def _patch(step: Step, clock: Clock, mortal: Mortal, wire: Wire) -> None:
    """Put the clock, the web and the death of this process where the package has the real ones."""
    moody.MOODS["fails"] = step.feed_fails
    os.fsync = lambda _: None  # what was written is in the hands of the system
    appending._write = mortal.write

    def replace_mortally(path: Path, target: Any) -> Path:
        mortal.point()
        return replace_file(path, target)

    Path.replace = replace_mortally
    time = SimpleNamespace(monotonic=clock.monotonic, sleep=clock.sleep)
    lazy_client.LazyClient = lambda connect: wire
    deliveries._sleep, cli_sending.time = clock.sleep, time
    days = SimpleNamespace(**vars(dt))
    days.datetime = _Any("Now", (dt.datetime,), {"now": staticmethod(clock.now)})
    sender_of = sending.Sending.sender

    def sender(self: Any, **options: Any) -> Any:
        return replace(
            sender_of(self, **options),
            now=clock.now,
            monotonic=clock.monotonic,
            sleep=clock.sleep,
            chance=Random(clock.true).random,
        )

    for name, module in [*sys.modules.items()]:
        if name.startswith("pelican_linkback.") and getattr(module, "dt", None) is dt:
            module.dt = days
    sending.Sending.sender = sender
    built_at = clock.now() if not step.command else dt.datetime.fromtimestamp(step.built_at, dt.UTC)
    page = output_pages.BuiltSite.page

    def page_of_then(self: Any, source: str) -> Any:
        found = page(self, source)
        return found and found._replace(at=built_at)

    output_pages.BuiltSite.page = page_of_then

"""I/O: microformats are read in a process of its own, which is kept, and replaced when it is lost.

A page of a megabyte can be made to cost a minute, or a gigabyte, or to end the program that reads
it. The process has limits on each (``worker``), and this one also waits for it no longer than
``WALL_SECONDS``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import IO, Self, cast

from pelican_linkback.receiving.hosted.properties import Jf2Item

__all__ = ["ReaderProcess"]

Pipes = tuple[IO[bytes], IO[bytes]]

WALL_SECONDS = 10.0
_LONGEST_ANSWER = 4_000_000

# -P: a folder of the site's with the name of a module is not looked at.
_COMMAND = (sys.executable, "-P", "-m", "pelican_linkback.receiving.reading")
_ENVIRONMENT = (
    "HOME",
    "LD_LIBRARY_PATH",
    "PATH",
    "PYTHONHOME",
    "PYTHONPATH",
    "SYSTEMROOT",
    "VIRTUAL_ENV",
)
"""What the process knows of the environment of this one: no token and no password is in these."""


class ReaderProcess:
    """A process that reads microformats, for any number of threads.

    ``lost`` counts the processes that ended over a page.
    """

    def __init__(
        self, command: Sequence[str] = _COMMAND, wall_seconds: float = WALL_SECONDS
    ) -> None:
        self.lost = 0
        self._command = command
        self._wall_seconds = wall_seconds
        self._lock = threading.Lock()
        self._costly: str | None = None
        self._process = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._end()

    def item_of(
        self, html: str, base: str, pages: Sequence[str], links: Collection[str]
    ) -> Jf2Item | None:
        """Return what ``microformats.item_of`` does; None, too, if the process did not answer."""
        request = json.dumps([html, base, list(pages), sorted(links)]).encode() + b"\n"
        with self._lock:
            if html == self._costly:
                return None
            if self._process.poll() is not None:  # not over this page
                self._replace()
            answer = self._asked(request)
            if not answer.endswith(b"\n"):
                self.lost += 1
                self._costly = html  # a page can mention a hundred of ours
                self._replace()
                return None
        found = json.loads(answer)
        return found if isinstance(found, dict) else None

    def _asked(self, request: bytes) -> bytes:
        """Return the answer; what does not end with a line end is none."""
        stdin, stdout = cast("Pipes", (self._process.stdin, self._process.stdout))
        timer = threading.Timer(self._wall_seconds, self._process.kill)
        timer.start()
        try:
            with suppress(OSError):  # it has ended: then there is no answer
                stdin.write(request)
                stdin.flush()
            return stdout.readline(_LONGEST_ANSWER)
        finally:
            timer.cancel()

    def _started(self) -> subprocess.Popen[bytes]:
        known = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        return subprocess.Popen(  # noqa: S603 (of nothing that a stranger wrote)
            self._command,
            env=known,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends the command when a page is finished
        )

    def _replace(self) -> None:
        self._end()
        self._process = self._started()

    def _end(self) -> None:
        self._process.kill()
        for pipe in cast("Pipes", (self._process.stdin, self._process.stdout)):
            with suppress(OSError):  # what it has not read
                pipe.close()
        self._process.wait()

"""Programs as an author starts them: real processes in the folder of a site."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = {"pelican": "pelican", "pelican-linkback": "pelican_linkback"}
TIMEOUT = 30.0
"""Seconds until something that is waited for has to have happened."""


def command(*words):
    return [sys.executable, "-m", MODULES[words[0]], *words[1:]]


def environment(**more):
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"FORCE_COLOR", "NO_COLOR", "TERM"}
    }
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | more


def run(folder, *words, **env):
    """Run a program to its end."""
    return subprocess.run(
        command(*words),
        check=False,
        cwd=folder,
        env=environment(**env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT,
    )


class Running:
    """A program under way, and what it has printed so far."""

    def __init__(self, process):
        self.process, self.printed = process, ""

    def until(self, says, seconds=TIMEOUT):
        """Wait until ``says`` is true of what is printed; return whether it became true."""
        end = time.monotonic() + seconds
        while not says(self.printed):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                return False
            if not (data := os.read(self.process.stdout.fileno(), 1 << 16)):
                return bool(says(self.printed))
            self.printed += data.decode()
        return True

    def interrupt(self):
        """Press Ctrl-C, and return the exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(TIMEOUT)


@contextmanager
def started(folder, *words, **env):
    """Start a program that goes on running; what is left of it at the end is killed."""
    process = subprocess.Popen(
        command(*words),
        cwd=folder,
        env=environment(**env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(TIMEOUT)
        process.stdout.close()

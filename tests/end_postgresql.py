"""Ends the PostgreSQL of a test run whose processes were killed. Its argument is the folder of it.

It waits for the end of its input, which is that of the process that started it, and then does
nothing if another one still uses the server, or if it was stopped as it should be.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path


def is_alive(process: int) -> bool:
    with suppress(OSError):
        os.kill(process, 0)
        return True
    return False


def is_used(folder: Path) -> bool:
    """Whether a process uses the server, also after it had time to end."""
    users = json.loads((folder / ".handle_pids.json").read_text())
    for _ in range(50):
        if not any(map(is_alive, users)):
            return False
        time.sleep(0.1)
    return True


def main() -> None:
    sys.stdin.read()
    folder = Path(sys.argv[1])
    with suppress(OSError, ValueError):
        if is_used(folder):
            return
        postmaster = int((folder / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

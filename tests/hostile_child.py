"""A process of its own for one client against hostile servers, so that its memory can be measured.

``python -m tests.hostile_child CLIENT SECONDS [TARGET ...]`` tells all targets at once, and prints
what came of each within so many seconds, and the peak of memory, as JSON.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pelican  # noqa: F401 (what is measured comes on top of it)

from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import Web
from pelican_linkback.protocol.answer import Answer
from pelican_linkback.protocol.discovery import discover
from pelican_linkback.protocol.mention import Mention, Outcome
from tests import naive, spoken
from tests.exchanging import find_endpoints, tell

# The parser is not what is measured.
discover(Answer("https://x.example/", 200, [], b"<a rel=webmention>"), spoken.SPOKEN)

SOURCE = "https://blog.example/a"
MOST = 4 << 30
"""Bytes of address space, so that whoever comes to harm harms nobody else."""

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def ours(target: str) -> str:
    web = Web(timeout=5, user_agent="test", allow=[AllowEntry.parse("127.0.0.0/8")])
    found = find_endpoints(web, target, NOW)
    if isinstance(found, Outcome):
        return f"{found.reason}: {found.detail}"
    outcome = tell(web, Mention(SOURCE, target), found[0], NOW)
    return f"{outcome.reason}: {outcome.detail}"


CLIENTS = {"ours": ours, "naive": lambda target: naive.tell(SOURCE, target)}


def peak() -> float:
    """Return the peak of this program's memory in MB; ru_maxrss has its parent's in it."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(client: str, seconds: str, *targets: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST, MOST))
    said: dict[str, str] = {}

    def one(target: str) -> None:
        try:
            said[target] = CLIENTS[client](target)
        except Exception as error:  # noqa: BLE001
            said[target] = f"crashed: {error!r:.200}"

    threads = [threading.Thread(target=one, args=[each], daemon=True) for each in targets]
    for thread in threads:
        thread.start()
    end = datetime.now(UTC).timestamp() + float(seconds)
    for thread in threads:
        thread.join(max(0.0, end - datetime.now(UTC).timestamp()))
    print(json.dumps({"said": said, "peak": peak()}), flush=True)
    os._exit(0)  # without waiting for those that hang


if __name__ == "__main__":
    main(*sys.argv[1:])

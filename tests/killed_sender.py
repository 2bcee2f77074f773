"""Kill -9 a run of some deliveries at every one of its writes, and see the next run complete it.

Run as a script by test_crashes.py, with a letter for each post of ten deliveries: it forks, which a
process with threads must not do. Each run is a process of its own that ends by SIGKILL before, in
the midst of, or just after its n-th write to the journal. Prints what it proved; ends with a
traceback if it did not.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from pelican_linkback.journal import appending
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol import webmention
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.memory.delivery import State
from pelican_linkback.sending.running.sender import Sender
from tests import spoken
from tests.fakeweb import FakeWeb, Reply, Request

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
POSTS = tuple(
    Post(
        f"https://blog.example/{name}",
        f"{name}.md",
        tuple(f"https://far{n}.example/{name}" for n in range(10)),
        "1",
    )
    for name in sys.argv[1]
)
WRITES = 1 + 2 * 10 * len(POSTS)
"""One for all that is queued, and two for each of the deliveries."""
AT_A_TIME = 4

write = appending._write


def main() -> None:
    # What a killed process has written is in the hands of the system, flushed to disk or not.
    appending.os.fsync = lambda _: None
    # A run mostly waits for its threads to take turns, so several go at a time.
    with get_context("fork").Pool(AT_A_TIME) as processes:
        proved = sum(processes.imap_unordered(kill_and_complete, range(1, WRITES + 1)))
    with tempfile.TemporaryDirectory() as folder:
        assert run(Path(folder), lambda: die_at(WRITES + 1, "before")) == 0
    print(f"{proved} runs killed and completed")


def kill_and_complete(point: int) -> int:
    """Kill a run at its write number ``point``, and complete it; return 1, that it was proved."""
    when = ("before", "amid", "after")[point % 3]
    with tempfile.TemporaryDirectory() as folder:
        ended = run(Path(folder), lambda: die_at(point, when))
        assert os.WIFSIGNALED(ended), f"write {point} never came"
        assert os.WTERMSIG(ended) == signal.SIGKILL
        assert run(Path(folder), lambda: None, LATER) == 0, "the next run failed"
        check(Path(folder), f"killed {when} write {point}")
    return 1


def run(folder: Path, prepare: Callable[[], None], now: datetime = NOON) -> int:
    """Send in a process of its own; return how it ended."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        prepare()
        sender(folder, now).run(POSTS)
        os._exit(0)
    finally:
        os._exit(1)


def die_at(point: int, when: str) -> None:
    left = [point]

    def mortal_write(file, data: bytes) -> None:
        left[0] -= 1
        if not left[0] and when == "amid":
            write(file, data[: len(data) // 2])
        elif left[0] or when == "after":
            write(file, data)
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    appending._write = mortal_write


def sender(folder: Path, now: datetime = NOON) -> Sender:
    def receive(request: Request) -> Reply:
        mention = webmention.read_request(request.body)
        with (folder / "received").open("a") as file:
            file.write(f"{mention.source} {mention.target}\n")
        return Reply(202)

    pages = {
        post.source: "".join(f'<a href="{target}">x</a>' for target in post.targets)
        for post in POSTS
    }
    offer = Reply(200, [("Link", "</webmention>; rel=webmention")])
    pages |= {target: offer for post in POSTS for target in post.targets}
    pages |= {f"https://far{n}.example/webmention": receive for n in range(10)}
    journal = Journal(folder / "deliveries.jsonl")
    return Sender(journal, FakeWeb(pages), now=lambda: now, workers=1)


def check(folder: Path, where: str) -> None:
    wanted = {f"{post.source} {target}" for post in POSTS for target in post.targets}
    received = Counter((folder / "received").read_text().splitlines())
    assert set(received) == wanted, f"{where}: lost {wanted - set(received)}"
    assert received.total() <= len(wanted) + 1, f"{where}: more than one was repeated"
    states = {each.state for each in spoken.ledger_of(sender(folder).journal).deliveries.values()}
    assert states == {State.DELIVERED}, f"{where}: {states}"


if __name__ == "__main__":
    sys.exit(main())

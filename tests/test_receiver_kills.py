"""``serve`` and ``work``, two of each on PostgreSQL, are killed at random moments under load."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import sqlalchemy as sa

from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.store.database import open_store
from pelican_linkback.receiving.store.tables import host, mention
from pelican_linkback.receiving.verifier import THREADS
from tests.person import free_port
from tests.receiver_site import ReceiverSite
from tests.servers import serving

KILLS = int(os.environ.get("KILLS", "100"))
BETWEEN, A_SECOND = 1.5, 20


class Pages(ThreadingHTTPServer):
    """A page at every address of this machine that links to an article; it counts the requests."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        page = f'<!DOCTYPE html><p class="h-entry"><a href="{target}">It</a> is so.'.encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.server.fetched[f"http://{self.headers['Host']}{self.path}"] += 1
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_):
                pass

        super().__init__(("0.0.0.0", 0), Handler)
        self.fetched: Counter[str] = Counter()


class Load(threading.Thread):
    """Sends mentions to both ports, each of a host of its own; ``answered`` are on disk."""

    def __init__(self, ports: list[int], target: str, source_port: int) -> None:
        super().__init__()
        self.answered: set[str] = set()
        self.other: Counter[int] = Counter()
        self._ports, self._target, self._source_port = ports, target, source_port
        self._over = threading.Event()

    def run(self) -> None:
        number = 0
        while not self._over.wait(1 / A_SECOND):
            number += 1
            address = f"127.2.{number // 250}.{number % 250 + 1}"
            source = f"http://{address}:{self._source_port}/{number}"
            form = urlencode({"source": source, "target": self._target}).encode()
            url = f"http://127.0.0.1:{self._ports[number % 2]}/mentions/webmention"
            client = {"X-Forwarded-For": f"203.{number // 250}.{number % 250}.9"}
            with suppress(OSError, HTTPException):  # killed
                try:
                    with urlopen(Request(url, form, client), timeout=20) as answer:
                        assert answer.status == 201
                        self.answered.add(source)
                except HTTPError as error:
                    with error:
                        self.other[error.code] += 1

    def stop(self) -> None:
        self._over.set()
        self.join()


def leases_end(store) -> None:
    """Let the time of all leases pass."""

    def passed(connection):
        connection.execute(sa.update(mention).where(mention.c.lease.is_not(None)).values(lease=1))
        connection.execute(sa.update(host).values(slot_a=0, slot_b=0))

    store.write(passed)


@pytest.mark.kills
def test_a_hundred_kills_of_serve_and_work_lose_nothing(new_postgresql_url, tmp_path):
    site = ReceiverSite(tmp_path, 1, LINKBACK_INBOX=new_postgresql_url)
    ports = [site.port, free_port()]
    commands = [("serve", "--no-work", "--port", str(port)) for port in ports] + [("work",)] * 2
    rng = random.Random(KILLS)

    def started(words):
        return subprocess.Popen(
            site.command(*words),
            cwd=site.folder,
            env=site.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    (target,) = site.articles
    with serving(Pages(target)) as pages, closing(open_store(new_postgresql_url)) as store:
        processes = [started(words) for words in commands]
        load = Load(ports, target, pages.server_port)
        load.start()
        killed: Counter[str] = Counter()
        for number in range(KILLS):
            time.sleep(rng.uniform(0, 2 * BETWEEN))
            which = rng.randrange(4)
            processes[which].send_signal(signal.SIGKILL)
            processes[which].wait()
            killed[commands[which][0]] += 1
            processes[which] = started(commands[which])
            if number % 10 == 9:
                leases_end(store)
        time.sleep(5)
        load.stop()
        for process in processes:
            process.kill()
            process.wait()
        killed["work"] += 2
        leases_end(store)
        site.runs("work", "--once")

        found = sa.select(mention.c.source, mention.c.state)
        states = dict(store.read(lambda c: [(*row,) for row in c.execute(found)]))
        extra = pages.fetched.total() - len(pages.fetched)
        print(f"{killed}; {len(load.answered)} answered, {load.other}, {extra} fetched again")
        assert load.answered
        assert load.answered <= states.keys()
        assert Counter(states.values()).keys() == {MentionState.HELD}
        assert pages.fetched.keys() == states.keys()
        assert extra <= killed["work"] * THREADS
        assert load.other.keys() <= {503}

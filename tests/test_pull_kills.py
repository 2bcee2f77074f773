"""Thousands of mentions: few requests, nothing lost, and a pull that is killed goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pelican_linkback.receiving.hosted.service import TOKEN as VARIABLE
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.pull import pull
from tests.killed_puller import SITE, settings_for, targets
from tests.servers import serving
from tests.webmention_io import TOKEN, WebmentionService, item

ROOT = Path(__file__).parent.parent
MANY, MOST_REQUESTS = 10_000, 110


class Troubled(WebmentionService):
    """A service with a fault at each request whose number is in ``troubles``.

    At the request with the number ``last`` it has ``client`` killed, after so many seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self.troubles: dict[int, object] = {}
        self.client: subprocess.Popen[bytes] | None = None
        self.last, self.seconds = 0, 0.0

    def finish_request(self, request, client_address) -> None:
        if self.client and len(self.requests) == self.last:
            threading.Timer(self.seconds, self.client.kill).start()
        if fault := self.troubles.get(len(self.requests)):
            self.faults.append(None if fault == "drop" else fault)
        super().finish_request(request, client_address)


PAUSE = (429, {"Retry-After": "1"}, b"")


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setenv(VARIABLE, TOKEN)
    with serving(Troubled()) as service:
        yield service


def fill(service: WebmentionService, many: int) -> None:
    for number in range(1, many + 1):
        target = f"{SITE}/{number % 1000}/"
        service.mentions[number * 3] = item(number * 3, target=target, content="Some words. " * 20)


def known(folder: Path) -> list[int]:
    return sorted(int(each.remote) for each in Snapshot(folder).read().mentions)


def pulled(folder: Path, service: WebmentionService) -> list[str]:
    report = pull(settings_for(folder, service.api), targets, 600.0, lambda _: None)
    return report.warnings


def test_a_thousand_mentions_are_ten_pages_whatever_the_trouble(service, tmp_path):
    fill(service, 1000)
    service.troubles = {2: PAUSE, 5: "drop", 9: (502, {}, b"")}
    assert pulled(tmp_path, service) == []
    assert known(tmp_path) == sorted(service.mentions)
    assert len(service.requests) == 11 + 3


@pytest.mark.hostile
def test_ten_thousand_mentions_are_at_most_110_requests(service, tmp_path):
    fill(service, MANY)
    service.troubles = {7: PAUSE, 30: "drop", 31: "drop", 50: PAUSE, 77: (503, {}, b"")}
    assert pulled(tmp_path, service) == []
    assert known(tmp_path) == sorted(service.mentions)
    assert len(service.requests) <= MOST_REQUESTS
    # A day later: what was deleted is gone, what is new is there.
    (tmp_path / "pulled.json").unlink()
    service.requests.clear()
    for number in random.Random(1).sample(sorted(service.mentions), 1000):
        del service.mentions[number]
    fill_new = {number: item(number, target=f"{SITE}/1/") for number in range(40_000, 40_050)}
    service.mentions |= fill_new
    assert pulled(tmp_path, service) == []
    assert known(tmp_path) == sorted(service.mentions)
    assert len(service.requests) <= MOST_REQUESTS


@pytest.mark.hostile
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_pull_that_is_killed_twenty_times_ends_the_same(service, tmp_path):
    fill(service, MANY)
    dice = random.Random(20)
    assert pulled(tmp_path / "whole", service) == []
    for number in range(20):
        killed = process_that_pulls(tmp_path / "killed", service)
        service.requests.clear()
        service.last, service.seconds = dice.randint(1, 12), dice.uniform(0, 0.1)
        service.client = killed
        assert killed.wait(60) == -signal.SIGKILL
        if number == 10:  # deleted at the service in the midst of it
            for each in range(300, 900, 3):
                del service.mentions[each]
    service.client = None
    assert pulled(tmp_path / "killed", service) == []
    assert set(known(tmp_path / "killed")) >= set(service.mentions)
    for name in ("killed", "whole"):
        (tmp_path / name / "pulled.json").unlink()
        assert pulled(tmp_path / name, service) == []
        assert known(tmp_path / name) == sorted(service.mentions)
    files = [(tmp_path / name / "received.jsonl").read_bytes() for name in ("killed", "whole")]
    assert files[0] == files[1]
    assert not [*(tmp_path / "killed").glob("*.new")]


def process_that_pulls(folder: Path, service: WebmentionService) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.killed_puller", str(folder), service.api],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

"""``serve`` and ``work`` as an author starts them."""

from __future__ import annotations

import argparse
import builtins
import datetime as dt
import gc
import json
import logging
import os
import signal
import socket
import sqlite3
import threading
import time
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from pelican_linkback import cli
from pelican_linkback.cli.receiver import logs, running, work
from pelican_linkback.cli.receiver.composition import AT_ONCE, Receiver
from pelican_linkback.cli.receiver.opening import opened
from pelican_linkback.cli.receiver.options import serve_options
from pelican_linkback.cli.receiver.running import in_thread, run_periodically, stopped_by_signals
from pelican_linkback.cli.receiver.work import until_idle
from pelican_linkback.cli.receiver.wsgi import application
from pelican_linkback.exceptions import SettingsError
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.memory.targets_file import write_targets
from pelican_linkback.receiving.store.database import Store, open_store, sqlite_url
from pelican_linkback.receiving.store.queue import next_numbers
from pelican_linkback.receiving.store.upkeep.rebuilds import RebuildSchedule
from pelican_linkback.settings.model import Settings
from tests.asking import ask
from tests.receiving import Clock
from tests.servers import WebHost, serving
from tests.terminal import started

SITE = "https://me.example.io"
RECEIVE = f"{SITE}/mentions/"
TARGET = f"{SITE}/one.html"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A site that was built: what a receiver needs of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKBACK_TOKEN", "a-secret-word")
    (tmp_path / "content").mkdir()
    configure(tmp_path)
    pages = [Target("tag:one", TARGET, "One")]
    write_targets(tmp_path / "linkback", Targets(pages, SITE))
    return tmp_path


def configure(folder, **settings) -> None:
    known = {
        "PATH": "content",
        "SITEURL": SITE,
        "TIMEZONE": "UTC",
        "PLUGINS": [],
        "LINKBACK_RECEIVE": RECEIVE,
        "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"],
    }
    lines = [f"{name} = {value!r}\n" for name, value in (known | settings).items()]
    (folder / "pelicanconf.py").write_text("".join(lines))


def post(port: int, source: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    form = urlencode({"source": source, "target": TARGET})
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/mentions/webmention", form, kind)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture
def source(tmp_path):
    """The URL of a page that links to the site, on a host of its own."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.html").write_text(f'<title>A</title><a href="{TARGET}">it</a>')
    with serving(WebHost(tmp_path / "source")) as host:
        yield f"{host.url}/a.html"


def held(capsys) -> list[str]:
    capsys.readouterr()
    assert cli.main(["inbox", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    return [each["source"] for each in found["mentions"] if each["state"] == "held"]


@pytest.mark.posix(reason="signals")
def test_serve_accepts_and_ends_by_a_signal(folder, source, capsys):
    with started(folder, "pelican-linkback", "serve", "--port", "0", "--no-work", "-v") as run:
        assert run.until(lambda said: "\n" in said), run.printed
        first, _, _ = run.printed.partition("\n")
        assert first.startswith(f"Mentions are received at {RECEIVE}, on http://127.0.0.1:")
        assert post(int(first.rpartition(":")[2]), source) == 201
        os.killpg(run.process.pid, signal.SIGTERM)
        assert run.process.wait(20) == 0
        run.until(lambda said: False)
    lines = [json.loads(each) for each in run.printed.splitlines()[1:]]
    [request] = [each for each in lines if each["message"] == "request"]
    assert {name: request[name] for name in ("level", "method", "route", "status")} == {
        "level": "info",
        "method": "POST",
        "route": "/webmention",
        "status": 201,
    }
    assert "127.0.0.1" not in run.printed.partition("\n")[2]
    assert held(capsys) == []
    assert cli.main(["work", "--once", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"verified": 1}
    assert held(capsys) == [source]


@contextmanager
def signal_when(is_done, number: int):
    """Send a signal to this process as soon as that is true."""

    def wait() -> None:
        end = time.monotonic() + 20
        while not is_done() and time.monotonic() < end:
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=wait)
    thread.start()
    yield
    thread.join(30)


def is_verified(folder) -> bool:
    with closing(sqlite3.connect(folder / "linkback" / "inbox.sqlite", timeout=10)) as database:
        return database.execute("SELECT count(*) FROM mention WHERE state = 'held'").fetchone()[0]


@pytest.mark.posix(reason="signals")
def test_serve_verifies(folder, source, capsys):
    configure(folder, LINKBACK_REBUILD="touch built")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sent = []

    def is_done() -> bool:
        if not sent:
            with suppress(OSError):
                sent.append(post(port, source))
        return bool(sent) and is_verified(folder)

    with signal_when(is_done, signal.SIGINT):
        assert cli.main(["serve", "--port", str(port), "--json"]) == 0
    assert sent == [201]
    said = {"receive": RECEIVE, "host": "127.0.0.1", "port": port}
    assert json.loads(capsys.readouterr().out) == said
    assert held(capsys) == [source]


@pytest.mark.posix(reason="signals")
@pytest.mark.parametrize("rebuild", ["", "touch built"])
def test_work_goes_on_until_it_is_stopped(folder, source, capsys, rebuild):
    configure(folder, LINKBACK_REBUILD=rebuild)
    form = {"source": source, "target": TARGET}
    assert ask(application("pelicanconf.py"), "POST", "/webmention", form=form).status == 201
    with signal_when(lambda: is_verified(folder), signal.SIGTERM):
        assert cli.main(["work"]) == 0
    assert capsys.readouterr().out == "Mentions verified: 1\n"


@pytest.mark.parametrize(("seconds", "is_due"), [(0, False), (61, True)])
def test_once_builds_again_if_that_is_due(folder, capsys, seconds, is_due):
    configure(folder, LINKBACK_REBUILD="touch built")
    seen = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)
    url = sqlite_url(folder / "linkback" / "inbox.sqlite")
    with closing(open_store(url, clock=lambda: seen)) as store:
        store.write(lambda connection: next_numbers(connection, 1))
        assert RebuildSchedule(store).turn() is None
    assert cli.main(["work", "--once"]) == 0
    assert capsys.readouterr().out == "Mentions verified: 0\n"
    assert (folder / "built").exists() is is_due


def test_the_application_is_for_web_servers_that_start_it(folder):
    app = application("pelicanconf.py")
    answer = ask(app, "GET", "/health")
    assert (answer.status, answer.json) == (200, {"status": "ok"})
    assert ask(app, "GET", "/mentions/health").status == 200
    form = {"source": "https://a.example/", "target": TARGET}
    assert ask(app, "POST", "/webmention", form=form).status == 201
    metrics = ask(app, "GET", "/metrics", authorization="Bearer a-secret-word").text
    assert 'linkback_accepted_total{protocol="webmention"} 1' in metrics
    assert 'linkback_mentions{state="queued"} 1' in metrics


def test_the_database_is_closed_when_the_application_is_let_go(folder, monkeypatch):
    closed = []
    monkeypatch.setattr(Store, "close", lambda store: closed.append(store.engine.dispose()))
    app = application("pelicanconf.py")
    gc.collect()
    assert closed == [None]  # until the first request: the web server may fork
    del app
    gc.collect()
    assert closed == [None, None]


def test_a_verifier_asks_an_address_so_often(folder):
    settings = Settings(SITE, folder / "content", state=folder / "linkback", receive=RECEIVE)
    with opened(settings) as store, Receiver(settings, {}, store).verifier() as verifier:
        may_ask = verifier._web._connector._may_ask
        assert [may_ask("9.9.9.9") for _ in range(AT_ONCE + 1)] == [True] * AT_ONCE + [False]
        assert may_ask("9.9.9.10")


@pytest.mark.parametrize("command", [["serve"], ["work", "--once"]])
@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"LINKBACK_RECEIVE": None}, "LINKBACK_RECEIVE = None: to receive mentions yourself"),
        ({"LINKBACK_RECEIVE": "webmention.io"}, "LINKBACK_RECEIVE = 'webmention.io': to receive"),
        ({"SITEURL": ""}, "SITEURL is empty, so nothing is received"),
    ],
)
def test_a_receiver_needs_an_address(folder, capsys, command, settings, says):
    configure(folder, **settings)
    assert cli.main(command) == 2
    assert says in capsys.readouterr().err
    with pytest.raises(SettingsError):
        application("pelicanconf.py")


@pytest.mark.parametrize("token", ["", "a-secret-word"])
def test_a_port_that_is_taken_is_said_and_a_token_that_lacks(
    folder, source, capsys, monkeypatch, token
):
    monkeypatch.setenv("LINKBACK_TOKEN", token)
    port = source.rpartition(":")[2].partition("/")[0]
    assert cli.main(["serve", "--port", port]) == 1
    said = capsys.readouterr().err
    problem = f"port {port} of 127.0.0.1 cannot be opened: Address already in use; --port and"
    assert problem in said
    assert ("LINKBACK_TOKEN is not set: no build can ask" in said) is not bool(token)


def test_without_the_extra_it_is_said_what_to_install(folder, capsys, monkeypatch):
    known = builtins.__import__

    def missing(name, *rest):
        if name == "pelican_linkback.receiving.store.database":
            raise ImportError(name)
        return known(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert cli.main(["serve"]) == 1
    assert 'pip install "pelican-linkback[receive]"' in capsys.readouterr().err


@pytest.mark.parametrize("port", ["x", "-1", "65536", "1" * 5000, "\u0663"])
def test_a_port_is_a_number(port, capsys):
    parser = argparse.ArgumentParser(exit_on_error=False)
    serve_options(parser)
    with pytest.raises(argparse.ArgumentError, match="is not the number of a port"):
        parser.parse_args(["--port", port])


# ------------------------------------------------------------------------------------- parts


def test_what_is_due_soon_is_waited_for():
    clock, counts = Clock(), iter([2, 0, 1, 0])
    soon = clock.now + dt.timedelta(milliseconds=1)
    dues = iter([soon, clock.now + dt.timedelta(minutes=1)])
    until_idle(counts.__next__, dues.__next__, clock, threading.Event())
    assert next(counts, None) is None


def test_what_cannot_be_verified_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(work, "MOST_WAITS", 2)
    counts, clock = iter([0, 1, 0, 0]), Clock()
    until_idle(counts.__next__, lambda: clock.now, clock, threading.Event())
    assert next(counts, None) is None


def test_nothing_is_begun_after_a_stop():
    stop = threading.Event()
    stop.set()
    verified = []
    until_idle(lambda: verified.append(1) or 1, lambda: None, Clock(), stop)
    assert verified == []


class PeriodicTask:
    """A task that stops what runs it at the third time."""

    interval = 0.0

    def __init__(self) -> None:
        self.stop, self.times = threading.Event(), 0

    def run_if_due(self) -> None:
        self.times += 1
        if self.times == 3:
            self.stop.set()


def test_a_periodic_task_is_run_until_a_stop():
    task = PeriodicTask()
    run_periodically(task, task.stop)
    assert task.times == 3


def test_what_fails_goes_on_after_a_pause(monkeypatch, caplog):
    monkeypatch.setattr(running, "PAUSE", 0.0)
    stop, calls = threading.Event(), []

    def run(stop: threading.Event) -> None:
        calls.append(1)
        if len(calls) < 3:
            raise RuntimeError("a bug")
        stop.set()

    running.keep_running(run, stop)
    assert len(calls) == 3
    assert "RuntimeError: a bug" in caplog.text


def test_only_the_main_thread_has_signals():
    with in_thread(lambda stop: stop.wait(), is_waited_for=True):
        pass
    before = signal.getsignal(signal.SIGTERM)

    def elsewhere(stop: threading.Event) -> None:
        with stopped_by_signals(stop.set):
            assert signal.getsignal(signal.SIGTERM) == before

    with in_thread(elsewhere, is_waited_for=True):
        pass


def test_a_second_ctrl_c_is_one():
    stops = []
    with stopped_by_signals(lambda: stops.append(1)):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert stops == [1]


def test_a_line_of_the_log_is_one_object(capsys):
    with logs.logging_lines(logging.INFO):
        logger = logging.getLogger("pelican_linkback.x")
        logger.info('two\nlines, "quoted" %s', "\u2028\x1b[31m", extra={"fields": {"ms": 1.5}})
        logger.debug("not this")
        for _ in range(3):
            logger.info("request", extra={"fields": {"status": 200}})
    logger.info("nor this")
    line, *requests = capsys.readouterr().err.splitlines()
    assert len(requests) == 3, "Pelican would write one"
    found = json.loads(line)
    assert found["message"] == 'two\nlines, "quoted" \u2028\x1b[31m'
    assert (found["level"], found["ms"]) == ("info", 1.5)
    assert dt.datetime.fromisoformat(found["at"]).tzinfo


def test_the_same_is_not_said_again_for_a_minute():
    not_again = logs.NotAgain()

    def written(message: str, at: float, **fields) -> bool:
        record = logging.makeLogRecord({"msg": message, "created": at, **fields})
        return not_again.filter(record)

    assert [written("away", at) for at in (0, 1, 59, 61, 62)] == [True, False, False, True, False]
    assert [written("request", 0, fields={}) for _ in range(3)] == [True] * 3
    assert all(written(f"message {number}", 70) for number in range(1000))
    assert written("away", 71), "so many are remembered"

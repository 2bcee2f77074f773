"""Microformats are read in a process of its own, whatever a page costs."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from runpy import run_module

import pytest

from pelican_linkback.receiving.reading import worker
from pelican_linkback.receiving.reading.microformats import item_of
from pelican_linkback.receiving.reading.reader_process import ReaderProcess

SOURCE = "https://ann.example/1"
ENTRY = '<p class="h-entry"><b class="p-name">Jörg 😀</b></p>'
NAMED = {"name": ["Jörg 😀"]}

# A page that takes a moment for each of its levels, and so longer than there are years.
POISON = '<p class="h-entry">' + '<b class="p-a p-b p-c h-x">' * 60 + "x"


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    with ReaderProcess() as child:
        yield child


def read_by(child: ReaderProcess, html: str) -> object:
    return child.item_of(html, SOURCE, [SOURCE], {"/a"})


def test_the_process_answers_as_the_function_does(child: ReaderProcess):
    assert read_by(child, ENTRY) == NAMED == item_of(ENTRY, SOURCE, [SOURCE], {"/a"})
    assert read_by(child, "<p>nothing") is None


def test_the_process_knows_no_secrets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LINKBACK_TOKEN", "secret")
    program = "import json, os; input(); print(json.dumps(dict(os.environ)))"
    with ReaderProcess((sys.executable, "-c", program)) as child:
        known = read_by(child, "")
    assert isinstance(known, dict)
    assert "PATH" in known
    assert "LINKBACK_TOKEN" not in known


def with_worker(change: str) -> list[str]:
    """The command of the process, with something of it changed."""
    program = f"from pelican_linkback.receiving.reading import worker; {change}; worker.main()"
    return [sys.executable, "-c", program]


def test_a_page_that_costs_too_much_costs_itself():
    with ReaderProcess(with_worker("worker.CPU_SECONDS = 0.1")) as child:
        assert read_by(child, ENTRY) == NAMED
        for _ in range(3):
            assert read_by(child, POISON) is None
        assert child.lost == 1  # it is not tried again for each page of ours that it mentions
        assert read_by(child, ENTRY) == NAMED


def test_a_process_that_was_killed_is_replaced(child: ReaderProcess):
    lost = child.lost
    os.kill(child._process.pid, signal.SIGKILL)
    child._process.wait()
    assert read_by(child, ENTRY) == NAMED
    assert child.lost == lost


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("import time; time.sleep(99)", id="does not read"),
        pytest.param(
            "import time; input(); print('{', flush=True, end=''); time.sleep(99)",
            id="does not end its answer",
        ),
        pytest.param("", id="ends at once"),
    ],
)
def test_a_process_without_an_answer_is_waited_for_within_limits(program: str):
    with ReaderProcess((sys.executable, "-c", program), wall_seconds=0.2) as child:
        assert child.item_of("x" * 1_000_000, SOURCE, [SOURCE], ()) is None
        assert child.lost == 1


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_what_ends_a_service_does_not_end_the_page_that_is_read(child: ReaderProcess, end: int):
    assert read_by(child, ENTRY) == NAMED
    lost, process = child.lost, child._process
    os.kill(process.pid, end)
    assert read_by(child, ENTRY) == NAMED
    assert (child.lost, child._process) == (lost, process)


def test_an_answer_that_is_no_item_is_none():
    with ReaderProcess((sys.executable, "-c", "input(); print('[]')")) as child:
        assert read_by(child, ENTRY) is None
        assert child.lost == 0


def request(html: str) -> bytes:
    return json.dumps([html, SOURCE, [SOURCE], []]).encode()


def test_each_request_has_its_answer_even_if_reading_fails():
    out = io.BytesIO()
    worker.serve([request(ENTRY), b"no JSON", request("")], out)
    assert [json.loads(each) for each in out.getvalue().splitlines()] == [NAMED, None, None]


def test_without_memory_the_process_ends(monkeypatch: pytest.MonkeyPatch):
    def item_of(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(worker, "item_of", item_of)
    with pytest.raises(MemoryError):
        next(worker.answers([request(ENTRY)]))


def test_where_there_are_no_timers_pages_are_read_without(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(signal, "setitimer")
    assert json.loads(next(worker.answers([request(ENTRY)]))) == NAMED


def test_the_process_has_limits(monkeypatch: pytest.MonkeyPatch):
    import resource

    limits, ignored = {}, []
    monkeypatch.delattr(signal, "SIGHUP")
    monkeypatch.setattr(signal, "signal", lambda number, _: ignored.append(number))
    monkeypatch.setattr(resource, "setrlimit", lambda of, value: limits.update({of: value}))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(request(ENTRY))))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out := io.BytesIO()))
    # A test that looks at all modules may have imported it.
    monkeypatch.delitem(sys.modules, "pelican_linkback.receiving.reading.__main__", raising=False)
    run_module("pelican_linkback.receiving.reading")
    assert not limits  # it was imported
    run_module("pelican_linkback.receiving.reading", run_name="__main__")
    assert json.loads(out.getvalue()) == NAMED
    assert ignored == [signal.SIGINT, signal.SIGTERM]
    assert limits == {resource.RLIMIT_AS: (worker.MEMORY,) * 2, resource.RLIMIT_CORE: (0, 0)}


@pytest.mark.parametrize("error", [ValueError, OSError])
def test_a_system_that_sets_no_limits_has_pages_read_without(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
):
    import resource

    def refused(*_: object) -> None:
        raise error

    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(resource, "setrlimit", refused)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(request(ENTRY))))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out := io.BytesIO()))
    worker.main()
    assert json.loads(out.getvalue()) == NAMED


def test_memory_that_is_refused_costs_the_page():
    takes = "worker.item_of = lambda html, *_: {'size': len(bytes(int(html)))}"
    with ReaderProcess(with_worker(takes)) as child:
        assert read_by(child, "1000") == {"size": 1000}
        assert read_by(child, str(worker.MEMORY)) is None
        assert read_by(child, "1000") == {"size": 1000}
        assert child.lost == 1

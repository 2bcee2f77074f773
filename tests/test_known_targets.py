"""The pages that a receiver takes mentions of, read again when they change."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from pelican_linkback.exceptions import Unreachable
from pelican_linkback.receiving.known_targets import (
    DiskTargets,
    FirstOrigin,
    KnownTargets,
    NoTargets,
    WebTargets,
    known_targets,
)
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.settings.model import Settings
from tests.fakeweb import FakeWeb, Reply

SITE = "https://blog.example"
URL = f"{SITE}/linkback-targets.json"


def document(*names: str) -> bytes:
    pages = [Target(f"tag:{name}", f"{SITE}/{name}/") for name in names]
    return Targets(pages, SITE).to_json().encode()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_file_is_read_again_when_it_changed(tmp_path, clock, monkeypatch):
    path = tmp_path / "targets.json"
    path.write_bytes(document("one"))
    known = KnownTargets(DiskTargets(path), clock)
    assert known.find(f"{SITE}/one/").target.id == "tag:one"
    reads = []
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: reads.append(self) or read(self))
    assert known.find(f"{SITE}/one/")
    assert reads == []
    path.write_bytes(document("one", "two"))
    assert known.find(f"{SITE}/two/"), "a build that ended sends at once, also to its own site"
    assert reads == [path]


def test_a_file_that_is_gone_or_broken_leaves_what_was_known(tmp_path, clock, caplog):
    path = tmp_path / "targets.json"
    path.write_bytes(document("one"))
    known = KnownTargets(DiskTargets(path), clock)
    assert known.find(f"{SITE}/one/")
    path.write_bytes(b"{}")
    for _ in range(3):
        clock.now += 2
        assert known.find(f"{SITE}/one/")
    path.unlink()
    clock.now += 2
    assert known.find(f"{SITE}/one/")
    said = "The pages of the site cannot be read now:"
    assert [each.getMessage() for each in caplog.records] == [
        f"{said} {path} cannot be used: it has no list of targets",
        f"{said} {path} cannot be read: No such file or directory",
    ]


def test_without_pages_nothing_can_be_said(tmp_path, clock):
    known = KnownTargets(DiskTargets(tmp_path / "targets.json"), clock)
    for _ in range(2):
        with pytest.raises(NoTargets, match="cannot be read: No such file"):
            known.find(f"{SITE}/one/")


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        pytest.param([("ETag", '"a"')], {"If-None-Match": '"a"'}, id="an ETag"),
        pytest.param(
            [("last-modified", "Fri, 27 Nov 2026 17:00:00 GMT")],
            {"If-Modified-Since": "Fri, 27 Nov 2026 17:00:00 GMT"},
            id="a date",
        ),
    ],
)
def test_a_url_is_asked_again_with_what_it_said(clock, sent, asked):
    web = FakeWeb({URL: Reply(200, sent, document("one"))})
    known = KnownTargets(WebTargets(URL, web), clock)
    assert known.find(f"{SITE}/one/")
    web.pages[URL] = Reply(304)
    clock.now += 61
    assert known.find(f"{SITE}/one/")
    assert len(web.requests) == 2
    sent_again = web.requests[1].headers
    assert {name: sent_again.get(name) for name in asked} == asked


def test_a_page_that_is_not_known_may_be_new(clock):
    web = FakeWeb({URL: Reply(200, (), document("one"))})
    known = KnownTargets(WebTargets(URL, web), clock)
    assert known.find(f"{SITE}/two/") is None
    web.pages[URL] = Reply(200, (), document("one", "two"))
    clock.now += 4
    assert known.find(f"{SITE}/two/") is None, "asked a moment ago"
    clock.now += 2
    assert known.find("https://other.example/") is None
    assert len(web.requests) == 1, "what is not of this site is not looked for"
    assert known.find(f"{SITE}/two/")


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (Unreachable, "as the test wants it"),
        (Reply(404), "it answers 404"),
        (Reply(304), "it answers 304"),
        (Reply(200, (), b"<html>"), "cannot be used"),
        (Reply(200, (), b"x" * 1_000_001), "it is too large"),
    ],
)
def test_a_url_that_answers_otherwise_is_a_problem_in_the_log(clock, page, problem, caplog):
    known = KnownTargets(WebTargets(URL, FakeWeb({URL: page})), clock)
    with pytest.raises(NoTargets, match=problem):
        known.find(f"{SITE}/one/")
    assert problem in caplog.text


class Slow:
    """Where the pages come slowly; ``meanwhile`` is what happens in another thread before."""

    max_age = 60.0

    def __init__(self, meanwhile) -> None:
        self.count, self.meanwhile = 0, meanwhile

    def read(self):
        self.count += 1
        thread = threading.Thread(target=self.meanwhile, args=(self.count,))
        thread.start()
        thread.join(5)
        return Targets.of_json(document("one"))


def test_while_one_thread_reads_the_others_go_on_with_what_there_is(clock):
    found = []

    def meanwhile(count: int) -> None:
        if count == 2:
            clock.now += 100  # so long does it take
            found.append(known.find(f"{SITE}/one/"))

    origin = Slow(meanwhile)
    known = KnownTargets(origin, clock)
    assert known.find(f"{SITE}/one/")
    clock.now += 61
    assert known.find(f"{SITE}/one/")
    assert [each.target.id for each in found] == ["tag:one"]
    assert origin.count == 2


def test_who_comes_during_the_first_reading_waits_and_does_not_read_again():
    found, asked = [], threading.Event()

    class Asked(Clock):
        def __call__(self) -> float:
            if threading.current_thread() is second:
                asked.set()
            return self.now

    def meanwhile(count: int) -> None:
        second.start()
        assert asked.wait(5)

    origin = Slow(meanwhile)
    known = KnownTargets(origin, Asked())
    second = threading.Thread(target=lambda: found.append(known.find(f"{SITE}/one/")))
    assert known.find(f"{SITE}/one/")
    second.join(5)
    assert [each.target.id for each in found] == ["tag:one"]
    assert origin.count == 1


def settings(tmp_path: Path) -> Settings:
    return Settings(
        SITE, tmp_path / "content", state=tmp_path / "linkback", output=tmp_path / "output"
    )


def test_the_pages_are_those_of_this_machine_or_of_the_site(tmp_path):
    web = FakeWeb({URL: Reply(200, (), document("web"))})
    site = settings(tmp_path)
    assert known_targets(site, web).find(f"{SITE}/web/")
    site.output.mkdir()
    (site.output / "linkback-targets.json").write_bytes(document("output"))
    assert known_targets(site, web).find(f"{SITE}/output/")
    site.state.mkdir()
    (site.state / "targets.json").write_bytes(document("state"))
    assert known_targets(site, web).find(f"{SITE}/state/")
    assert len(web.requests) == 1


def test_what_is_published_after_the_receiver_was_started_is_found_at_once(tmp_path, clock):
    asked = []

    def read():
        asked.append(clock())
        raise NoTargets("it answers 404")

    elsewhere = SimpleNamespace(max_age=60.0, read=read)
    file = tmp_path / "targets.json"
    known = KnownTargets(FirstOrigin([file], elsewhere, clock), clock)
    problem = f"it answers 404, and there is no {file}; publishing the site makes both"
    for _ in range(100):
        with pytest.raises(NoTargets, match=rf"\A{re.escape(problem)}\Z"):
            known.find(f"{SITE}/walls/")
        clock.now += 1
    assert len(asked) == 2
    with pytest.raises(NoTargets):
        known.find(f"{SITE}/walls/")
    file.write_bytes(document("walls"))
    assert known.find(f"{SITE}/walls/")
    assert len(asked) == 2


def test_the_url_stays_the_origin_once_it_was_read(tmp_path, clock):
    elsewhere = SimpleNamespace(max_age=60.0, read=lambda: Targets.of_json(document("web")))
    file = tmp_path / "targets.json"
    known = KnownTargets(FirstOrigin([file], elsewhere, clock), clock)
    assert known.find(f"{SITE}/web/")
    file.write_bytes(document("walls"))
    clock.now += 100
    assert known.find(f"{SITE}/walls/") is None

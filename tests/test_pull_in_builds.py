"""LINKBACK_PULL: a publication asks for mentions before its pages are written, and shows them."""

from __future__ import annotations

import pytest

from pelican_linkback.plugin.mentions import pulling
from pelican_linkback.receiving.hosted.service import TOKEN as VARIABLE
from tests.servers import serving
from tests.webmention_io import TOKEN, WebmentionService, item

WALLS = "https://me.example.io/walls.html"


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setenv(VARIABLE, f" {TOKEN}\n")
    monkeypatch.setattr(pulling.time, "sleep", lambda _: None)
    with serving(WebmentionService()) as service:
        yield service


@pytest.fixture
def blog(site, service):
    site.article("walls", mentions="held")
    site.article("hedges")
    site.settings |= {
        "LINKBACK_RECEIVE": "webmention.io",
        "LINKBACK_PULL": [f"webmention.io={service.api}"],
        "LINKBACK_FEEDS": [],
    }
    hedges = "https://me.example.io/hedges.html"
    reply = {"wm_property": "in-reply-to", "content": {"text": "Mine are of yew."}}
    service.mentions = {
        1: item(1, target=WALLS),
        2: item(2, target=f"{hedges}?utm_source=x", **reply),
        3: item(3, target="https://me.example.io/nothing.html"),
    }
    return site


def test_a_publication_pulls_and_shows_what_is_new(blog, service):
    build = blog.build()
    assert build.problems == []
    line = "Mentions: 2 new (1 held: pelican-linkback inbox lists them)"
    assert line in " ".join(build.printed.split())
    assert "Mine are of yew." in build.read("hedges.html")
    assert "Reader 1" not in build.read("walls.html")
    assert len((blog.folder / "linkback" / "received.jsonl").read_text().splitlines()) == 2
    service.requests.clear()
    unchanged = blog.build()
    assert "Mentions" not in unchanged.printed
    assert [each["since_id"] for each in service.requests] == ["0", "3"]


@pytest.mark.parametrize("settings", [{"SITEURL": ""}, {"LINKBACK_PULL": False}])
def test_no_other_build_asks(blog, service, settings):
    blog.build(**settings)
    assert service.requests == []


def test_a_preview_does_not_ask(blog, service, monkeypatch):
    monkeypatch.setattr("sys.argv", ["pelican", "content", "--autoreload"])
    assert blog.build().problems == []
    assert service.requests == []


def test_a_service_that_fails_is_one_warning_and_what_is_known_is_shown(blog, service):
    blog.build()
    service.faults.extend([None] * 2)
    service.requests.clear()
    build = blog.build()
    (warning,) = build.problems
    assert warning.startswith("Mentions: webmention.io: the connection broke before the end")
    assert build.printed.count("Mentions: waiting") == 1
    assert "Mentions: waiting 1 s for a service that asks for it" in build.printed
    assert len(service.requests) == 2
    assert "Mine are of yew." in build.read("hedges.html")
    assert TOKEN not in build.printed


def test_a_wrong_token_is_one_warning(blog, monkeypatch):
    monkeypatch.setenv(VARIABLE, "wrong-4711")
    build = blog.build()
    (warning,) = build.problems
    assert "LINKBACK_TOKEN" in warning
    assert "4711" not in build.printed + str([each.getMessage() for each in build.records])


def test_a_file_of_a_newer_version_is_left_alone(blog, service):
    (blog.folder / "linkback").mkdir()
    path = blog.folder / "linkback" / "received.jsonl"
    path.write_text('{"v": 99}\n')
    problems = blog.build().problems
    assert [each for each in problems if each.startswith("No mentions are pulled: ")]
    assert path.read_text() == '{"v": 99}\n'
    assert service.requests == []


def test_a_fault_of_ours_costs_the_pull_alone(blog, monkeypatch):
    monkeypatch.setattr(pulling, "pull", lambda *_: 1 // 0)
    build = blog.build()
    (problem,) = build.problems
    assert problem.startswith("No mentions are pulled: ZeroDivisionError: ")
    assert problem.endswith("; please report it")
    assert (build.output / "walls.html").is_file()


class Mine:
    name = "mine"

    def fetch(self, since):
        return [item(9, target=WALLS)]


def test_two_sources_of_one_name_would_remove_what_the_other_lists(blog):
    class Import(Mine):
        name = "import"

    build = blog.build(LINKBACK_PULL=[Mine(), Mine(), Import()])
    assert build.problems == [
        f"Mentions: {name}: another source has this name; it is not asked"
        for name in ("mine", "import")
    ]
    assert "1 new" in build.printed


def test_the_token_is_in_no_message_of_a_source(blog):
    class Chatty(Mine):
        def fetch(self, since):
            raise ValueError(f"https://x.example/?token={TOKEN}")

    assert blog.build(LINKBACK_PULL=[Chatty()]).problems == [
        "Mentions: mine: ValueError: https://x.example/?token=…"
    ]


def test_each_source_costs_itself(blog, service):
    class Late(Mine):
        """A source whose name is gone when it is asked."""

        def __init__(self):
            self.asked = 0

        @property
        def name(self):
            self.asked += 1
            if self.asked > 2:  # twice, when the settings are read
                raise RuntimeError("gone")
            return "late"

    build = blog.build(LINKBACK_PULL=[f"webmention.io={service.api}", Late(), Mine()])
    (warning,) = build.problems
    assert warning == "Mentions: a source of LINKBACK_PULL has no name: RuntimeError: gone"
    assert "3 new" in build.printed

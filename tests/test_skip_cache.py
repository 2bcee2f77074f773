"""A build with nothing to do is known again, and only that."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pelican_linkback.plugin import deliveries as plugin
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.running.notices import Notice, about_foreign
from pelican_linkback.sending.running.report import Report
from pelican_linkback.sending.running.skip_cache import LONGEST, SkipCache
from tests.servers import Blog, WebHost, serving
from tests.test_end_to_end import mark

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MENTION = Mention("https://me.example/a", "https://far.example/b")
SECOND = timedelta(seconds=1)


@pytest.fixture
def idle(tmp_path: Path) -> SkipCache:
    journal = tmp_path / "deliveries.jsonl"
    journal.write_text("lines\n")
    return SkipCache(tmp_path / "deliveries.idle", (journal, tmp_path / "none.jsonl"))


def test_what_was_idle_is_idle_for_a_day(idle: SkipCache) -> None:
    idle.remember("d", Report(), "said", NOON)
    assert idle.line("d", NOON + LONGEST - SECOND) == "said"
    assert idle.line("d", NOON + LONGEST) is None
    assert idle.line("e", NOON) is None


def test_what_was_remembered_by_a_clock_that_was_ahead_is_not_believed(idle: SkipCache) -> None:
    idle.remember("d", Report(), "said", NOON + SECOND)
    assert idle.line("d", NOON) is None
    assert idle.line("d", NOON + SECOND) == "said"


def test_or_until_something_is_due(idle: SkipCache) -> None:
    idle.remember("d", Report(later=1, next_at=NOON + SECOND), "said", NOON)
    assert idle.line("d", NOON) == "said"
    assert idle.line("d", NOON + SECOND) is None


@pytest.mark.parametrize(
    "report",
    [
        Report(sent=1),
        Report(waiting=1),
        Report(left=1),
        Report(failed=1),
        Report(nothing=1),
        Report(interrupted=True),
        Report(notices=(Notice("warning", "line 1 is not used"),)),
    ],
    ids=repr,
)
def test_a_build_that_did_or_said_something_was_not_idle(idle: SkipCache, report: Report) -> None:
    idle.remember("d", report, "said", NOON)
    assert not idle.path.exists()


def test_what_is_left_alone_for_lack_of_a_protocol_is_no_work(idle: SkipCache) -> None:
    (notice,) = about_foreign([Delivery(MENTION, protocol=Registry().named("tide"))])
    idle.remember("d", Report(notices=(notice,)), "said", NOON)
    assert idle.line("d", NOON) == "said"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        "{",
        "[]",
        "{}",
        '{"digest": "d", "until": "soon"}',
        '{"digest": "d", "until": 1}',
        '{"digest": "d", "until": "2999-01-01"}',
    ],
)
def test_a_torn_memory_is_no_memory(idle: SkipCache, text: str) -> None:
    idle.path.write_text(text)
    assert idle.line("d", NOON) is None


def test_it_leaves_no_trace_where_there_are_no_journals(tmp_path: Path) -> None:
    SkipCache(tmp_path / "linkback" / "deliveries.idle", ()).remember("d", Report(), "", NOON)
    assert not list(tmp_path.iterdir())


def test_the_digest_is_of_the_journals_and_of_each_piece(idle: SkipCache, tmp_path: Path) -> None:
    digests = [idle.digest(["a", "b"]), idle.digest(["ab"]), idle.digest(["a", "b", "\udc80"])]
    (tmp_path / "none.jsonl").write_text("{}\n")
    digests.append(idle.digest(["a", "b"]))
    (tmp_path / "deliveries.jsonl").write_text("other lines\n")
    digests.append(idle.digest(["a", "b"]))
    assert len(set(digests)) == len(digests)
    assert idle.digest(["a", "b"]) == digests[-1]


def test_an_unchanged_site_is_not_looked_at_again_until_it_changes(site, monkeypatch) -> None:
    looked = []
    real = plugin.Sending.sender
    monkeypatch.setattr(plugin.Sending, "sender", lambda *a, **k: looked.append(1) or real(*a, **k))
    site.output.mkdir()
    with serving(WebHost(site.output)) as host, serving(Blog()) as blog:
        site.settings |= {
            "SITEURL": host.url,
            "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"],
            "LINKBACK_SEND": True,
        }
        mark(site, f"{blog.url}/a")
        printed = [site.build().printed for _ in range(4)]
        assert len(looked) == 2
        assert "Linkbacks: 1 sent" in printed[0]
        assert all("Linkbacks: nothing to send" in each for each in printed[1:])
        mark(site, f"{blog.url}/a", f"{blog.url}/b")
        site.build()
        assert len(blog.pings) == 2
        (site.folder / "linkback" / "deliveries.jsonl").unlink()
        site.build()
        assert len(blog.pings) == 4
        known = json.loads((site.folder / "linkback" / "deliveries.idle").read_text())
        assert known["line"] == "Linkbacks: nothing to send"


def test_a_problem_is_reported_by_every_build(site) -> None:
    site.article("one", pingback="nonsense")
    assert len(site.build().problems) == 1
    assert len(site.build().problems) == 1


def test_a_build_that_is_killed_while_it_remembers_leaves_the_old_memory(
    idle: SkipCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle.remember("d", Report(), "said", NOON)
    monkeypatch.setattr(os, "replace", lambda *_: pytest.fail("killed"))
    with pytest.raises(pytest.fail.Exception, match="killed"):
        idle.remember("e", Report(), "said", NOON)
    monkeypatch.undo()
    assert idle.line("d", NOON) == "said"
    assert sorted(each.name for each in idle.path.parent.iterdir()) == [
        "deliveries.idle",
        "deliveries.jsonl",
    ]

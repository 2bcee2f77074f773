"""The benchmarks still run, if on next to nothing: what they measure changes often."""

from __future__ import annotations

import json
from contextlib import closing
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import pytest

from benchmarks import (
    feed_limits,
    idle_build,
    long_journal,
    mentions,
    moderating,
    one_feed,
    profiling,
    pulling,
    receiving,
    sending,
    status,
)
from pelican_linkback.cli import main
from pelican_linkback.receiving.received import Received
from pelican_linkback.receiving.store.database import open_store, sqlite_url


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_the_limit_of_a_feed_writes_our_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(one_feed, "POSTS", one_feed.POSTS[:3])
    feed_limits.write_xml(one_feed.POSTS, tmp_path)
    entries = (tmp_path / name).read_bytes()
    one_feed.write_ours(name)(tmp_path)
    assert entries
    assert entries in (tmp_path / name).read_bytes()


def test_the_limit_of_a_json_feed_writes_our_items(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_feed, "POSTS", one_feed.POSTS[:3])
    feed_limits.dump_json(feed_limits.json_items(one_feed.POSTS), tmp_path)
    items = json.loads((tmp_path / "json").read_bytes())
    one_feed.write_ours("json")(tmp_path)
    assert items == json.loads((tmp_path / "json").read_bytes())["items"]


def test_a_build_with_nothing_to_send(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_build, "ARTICLES", 2)
    monkeypatch.setattr(idle_build, "LINES", 20)
    with idle_build.idle_site() as build:
        build(fresh=True)
        assert profiling.own_times(profiling.profiled(build)).total() > 0


def test_a_pull_of_mentions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKBACK_TOKEN", "")
    with pulling.service_with(7) as service:
        pulls = pulling.Pulls(tmp_path, service)
        pulls.all()()
        pulls.again()()
        assert len((tmp_path / "linkback" / "received.jsonl").read_text().splitlines()) == 7
        assert len(service.requests) == 4


def test_the_status_of_a_site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "LINES", 20)
    monkeypatch.setattr(status, "ARTICLES", 2)
    status.write_site(tmp_path)
    assert main(["status", "-s", str(tmp_path / "publishconf.py")]) == 0
    assert capsys.readouterr().out.endswith("Linkbacks: 10 sent\n")


def test_a_plan_over_a_long_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "ARTICLES", 2)
    monkeypatch.setattr(sending, "LINES", 20)
    with sending.long_plan() as plan:
        assert len(plan()) == 10


def test_a_journal_of_long_histories() -> None:
    with long_journal.long_plan(long_journal.Size(2, 20)) as plan:
        assert len(plan()) == 10
    with long_journal.long_compaction(long_journal.Size(2, 40)) as compaction:
        before, after = compaction()
    assert before == 400
    assert after <= 50


def test_the_mentions_under_articles() -> None:
    articles = [{"id": f"tag:{number}", "url": f"https://a.example/{number}"} for number in (1, 2)]
    lines = [Received.read(json.loads(line)) for line in mentions.received(articles)]
    assert len({each.id for each in lines}) == 2 * mentions.EACH
    assert [each.article for each in lines].count("tag:1") == mentions.EACH
    assert {each.kind.value for each in lines} == set(mentions.KINDS)


def test_moderation_over_many_mentions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moderating, "TIMES", 1)
    monkeypatch.setattr(moderating, "ORIGINAL", 4)
    with closing(open_store(sqlite_url(tmp_path / "inbox.sqlite"))) as store:
        moderating.fill(store, 12)
        browser = moderating.moderator(store)
        assert all(moderating.took(browser, path) > 0 for path, _ in moderating.PAGES.values())
        browser.open("inbox?state=")
        assert len(browser.page.select(".mention")) == 12


def test_the_store_of_a_receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "SECONDS", 0.02)
    url = sqlite_url(tmp_path / "inbox.sqlite")
    receiving.fill(url, 20)
    assert receiving.verified(url, 20) > 0
    assert receiving.flushes(tmp_path) > 0
    results: SimpleQueue[list[float]] = SimpleQueue(ctx=receiving.SPAWN)
    receiving._accept(url, 2, results, 0)
    assert results.get()

"""The benchmarks of sending still run, if on next to nothing: what they measure changes often."""

from __future__ import annotations

import pytest

from benchmarks import idle_build, long_journal, profiling, sending


def test_a_build_with_nothing_to_send(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_build, "ARTICLES", 2)
    monkeypatch.setattr(idle_build, "LINES", 20)
    with idle_build.idle_site() as build:
        build(fresh=True)
        assert profiling.own_times(profiling.profiled(build)).total() > 0


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

"""From which day on found links are sent, and that it is remembered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pelican_linkback.journal.journal import Journal
from pelican_linkback.sending.memory.start_date import StartDate

TODAY = date(2026, 3, 1)


@pytest.fixture
def beginning(tmp_path: Path) -> StartDate:
    return StartDate(Journal(tmp_path / "site.jsonl"), Journal(tmp_path / "deliveries.jsonl"))


def test_the_first_day_is_today_and_stays_so(beginning: StartDate) -> None:
    assert beginning.day(TODAY) == TODAY
    assert beginning.day(date(2027, 1, 1)) == TODAY


def test_looking_leaves_no_trace(beginning: StartDate, tmp_path: Path) -> None:
    assert beginning.day(TODAY, remember=False) == TODAY
    assert not list(tmp_path.iterdir())


def test_the_first_delivery_of_a_site_is_its_start_date(
    beginning: StartDate, tmp_path: Path
) -> None:
    Journal(tmp_path / "deliveries.jsonl").append(
        {"v": 1, "at": "2026-01-31T23:00:00+00:00"},
        {"v": 1, "at": "2026-02-01T00:00:00+00:00"},
        {"v": 1, "at": "1970-01-01T00:00:00+00:00"},  # of a wrong clock
        {"v": 1, "at": "?"},
        {"v": 1, "at": "0001-01-01T00:00:00+10:00"},  # in UTC it is no time
        {"v": 1},
    )
    assert beginning.day(TODAY) == date(2026, 1, 31)


def test_the_earliest_of_two_branches_counts_and_an_author_may_name_an_earlier_one(
    beginning: StartDate, tmp_path: Path
) -> None:
    for day in (TODAY, date(2015, 1, 1), date(2020, 1, 1), date(2015, 1, 1)):
        beginning.record(day)
    assert beginning.day(TODAY) == date(2015, 1, 1)
    assert len((tmp_path / "site.jsonl").read_text().splitlines()) == 3


@pytest.mark.parametrize("shown", [date(1970, 1, 1), date(1980, 1, 1), date(2025, 12, 31)])
def test_a_clock_that_was_late_once_makes_no_archive_due(
    beginning: StartDate, tmp_path: Path, shown: date
) -> None:
    assert beginning.day(shown) == date.max
    assert not list(tmp_path.iterdir())
    assert beginning.day(TODAY) == TODAY


def test_a_clock_that_was_ahead_once_does_not_keep_links_back(beginning: StartDate) -> None:
    assert beginning.day(date(2036, 1, 1)) == date(2036, 1, 1)
    assert beginning.day(TODAY) == TODAY
    assert beginning.day(date(2036, 1, 2)) == TODAY

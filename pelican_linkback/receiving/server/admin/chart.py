"""Mentions a week, as a small SVG. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["WEEKS", "Bar", "Chart", "chart_of", "monday_of"]

WEEKS = 26
_STEP, _WIDTH, _HEIGHT = 22, 16, 120


class Bar(NamedTuple):
    """A week: its first day, how many mentions came, how many of them are shown, and where it is.

    ``top`` and ``height`` are those of the whole bar, ``shown_top`` and ``shown_height`` of the
    part that is shown.
    """

    week: dt.date
    came: int
    shown: int
    left: int
    top: int
    height: int
    shown_top: int
    shown_height: int


class Chart(NamedTuple):
    """The bars, oldest first, the greatest number of a week, and the size of the drawing."""

    bars: tuple[Bar, ...]
    most: int
    total: int
    width: int = WEEKS * _STEP
    height: int = _HEIGHT
    bar_width: int = _WIDTH


def monday_of(day: dt.date) -> dt.date:
    """Return the first day of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def chart_of(weeks: Mapping[dt.date, tuple[int, int]], today: dt.date) -> Chart:
    """Return the chart of the last half year.

    ``weeks`` has, by the Monday of each week, how many mentions came and how many are shown.
    """
    first = monday_of(today) - dt.timedelta(weeks=WEEKS - 1)
    counted = [
        (monday, *weeks.get(monday, (0, 0)))
        for monday in (first + dt.timedelta(weeks=n) for n in range(WEEKS))
    ]
    most = max(count for _, count, _ in counted)
    bars = (_bar(n, *week, most) for n, week in enumerate(counted))
    return Chart(tuple(bars), most, sum(count for _, count, _ in counted))


def _bar(number: int, week: dt.date, count: int, shown: int, most: int) -> Bar:
    height = _height(count, most)
    shown_height = min(height, _height(shown, most))
    left = number * _STEP + (_STEP - _WIDTH) // 2
    return Bar(
        week, count, shown, left, _HEIGHT - height, height, _HEIGHT - shown_height, shown_height
    )


def _height(count: int, most: int) -> int:
    """Return the height of a bar in pixels: at least three, unless the count is 0."""
    return max(3, round(count / most * _HEIGHT)) if count else 0

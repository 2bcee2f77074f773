"""docs/design.rst is the index of the decisions on the pages of docs/design."""

from __future__ import annotations

import re

import pytest

from tests.pages import DOCS

INDEX = (DOCS / "design.rst").read_text("utf-8")
PAGES = {
    path.stem: path.read_text("utf-8")
    for path in sorted((DOCS / "design").glob("*.rst"))
    if path.stem != "django"  # a table, held by test_differential
}
ENTRY = re.compile(r"^(\S.*)\n-{3,}\n\n(.*)\n", re.MULTILINE)


def entries(page: str) -> list[str]:
    return [f"- {date.removeprefix(':Date: ')} {title}" for title, date in ENTRY.findall(page)]


@pytest.mark.parametrize("name", PAGES)
def test_every_decision_has_a_date_and_a_line_in_the_index(name):
    lines = INDEX.partition(f":doc:`design/{name}`\n\n")[2].partition("\n\n")[0].splitlines()
    assert lines == entries(PAGES[name]), f"docs/design.rst, the list of docs/design/{name}.rst"
    assert all(re.match(r"- \d{4}-\d\d-\d\d \S", line) for line in lines)


def test_every_page_is_in_the_index():
    on_disk = {path.stem for path in (DOCS / "design").glob("*.rst")}
    assert set(re.findall(r"^:doc:`design/(\w+)`$", INDEX, re.MULTILINE)) == on_disk


def test_a_decision_takes_little_more_than_a_screen():
    for name, page in PAGES.items():
        _, *parts = re.split(r"^(\S.*)\n-{3,}\n", page, flags=re.MULTILINE)
        for title, text in zip(parts[::2], parts[1::2], strict=True):
            assert len(text.splitlines()) <= 45, f"docs/design/{name}.rst: {title}"

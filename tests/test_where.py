"""docs/where.rst and CONTRIBUTING.rst name files, targets and commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WHERE = (ROOT / "docs" / "where.rst").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.rst").read_text("utf-8")
PATH = re.compile(r"``(?:python )?([\w./-]+/[\w./-]*|[\w-]+\.rst)``")


@pytest.mark.parametrize("name", sorted({*PATH.findall(WHERE)}))
def test_every_path_in_where_exists(name):
    top = name.partition("/")[0]
    place = (
        ROOT
        if top in {"docs", "tests", "CONTRIBUTING.rst", "pelican_linkback"}
        else ROOT / "pelican_linkback"
    )
    assert (place / name).exists(), f"docs/where.rst names {name}: correct the path there"


@pytest.mark.parametrize("name", sorted({*PATH.findall(CONTRIBUTING)}))
def test_every_path_in_contributing_exists(name):
    made = {"dist/"}  # by make dist
    package = ROOT / "pelican_linkback"
    assert name in made or (ROOT / name).exists() or (package / name).exists(), name


def test_every_test_that_holds_a_defence_exists():
    named = re.findall(r"``(test_\w+)``", (ROOT / "docs" / "security.rst").read_text("utf-8"))
    assert named
    assert [name for name in named if not (ROOT / "tests" / f"{name}.py").exists()] == []


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    pages = [ROOT / "README.rst", ROOT / "CONTRIBUTING.rst", *(ROOT / "docs").rglob("*.rst")]
    named = {
        target
        for page in pages
        for words in re.findall(r"``make ([a-z -]+)``", page.read_text("utf-8"))
        for target in words.split()
    }
    assert named
    assert named <= targets | {"publish-and-send"}  # of the Makefile in docs/howto/laptop.rst


def test_at_least_twenty_changes_are_listed():
    _, *rows = WHERE.split("   * - ")[1:]
    assert len(rows) >= 20
    assert all(row.count("``") >= 4 for row in rows)

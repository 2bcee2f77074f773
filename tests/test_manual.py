"""The pages about the command line: every command on them is one that there is."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import pytest

from pelican_linkback.cli.parser import parser

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.rst",
    *sorted((ROOT / "docs").rglob("*.rst")),
    *sorted((ROOT / "pelican_linkback" / "cli" / "recipes").iterdir()),
]
COMMAND = re.compile(r"(?:^[ $-]*(?:run: |.*&& )?|``)(pelican-linkback [a-z][^`\n]*)", re.MULTILINE)


def examples():
    for page in PAGES:
        if "_build" not in page.parts:
            for found in COMMAND.finditer(page.read_text(encoding="utf-8")):
                line = found[1].partition("||")[0].strip()
                if not line.endswith("COMMAND"):
                    yield pytest.param(line, id=f"{page.name}: {line}")


@pytest.mark.parametrize("line", list(examples()))
def test_every_command_of_the_documentation_is_one_that_there_is(line):
    words = shlex.split(line)[1:]
    if words == ["retract"]:  # named, not shown
        words.append("https://your.site/old/")
    arguments = parser().parse_args(words)
    assert arguments.command == words[0]


def test_the_reference_is_what_the_parser_says():
    made = runpy.run_path(str(ROOT / "docs" / "reference" / "commands.py"))
    assert made["PAGE"].read_text(encoding="utf-8") == made["page"](), (
        "run docs/reference/commands.py"
    )


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs" / "screens").glob("*.*g")), ids=lambda p: p.name
)
def test_every_picture_is_shown_and_small(path):
    assert path.stat().st_size < 100_000
    assert any(f"screens/{path.name}" in page.read_text(encoding="utf-8") for page in PAGES)

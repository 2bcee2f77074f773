"""The pages about the command line: every command on them is one that there is."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import pytest

from pelican_linkback.cli.commands import RUN
from pelican_linkback.cli.parser import parser

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.rst",
    *sorted((ROOT / "docs").rglob("*.rst")),
    *sorted((ROOT / "pelican_linkback" / "cli" / "recipes").iterdir()),
]
COMMAND = re.compile(r"(?:^[ $-]*(?:run: |.*&& )?|``)(pelican-linkback [a-z][^`\n]*)", re.MULTILINE)

NEED_A_WORD = {"forget", "import-mentions", "retract", "retry"}


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
    if len(words) == 1 and words[0] in NEED_A_WORD:  # named, not shown
        words.append("https://your.site/old/")
    arguments = parser().parse_args(words)
    assert arguments.command == words[0]


COMMON = {"commands", "context"}
"""The modules that use the options of every command."""


@pytest.mark.parametrize("command", RUN)
def test_every_option_is_used_by_its_command(command):
    place, _, _ = RUN[command].rpartition(".")
    folder = ROOT / "pelican_linkback" / "cli"
    files = [folder / f"{name.replace('.', '/')}.py" for name in (*COMMON, place)]
    if "." in place:  # a folder of its own
        files += sorted(files[-1].parent.glob("*.py"))
    code = "".join(path.read_text("utf-8") for path in files)
    options = vars(parser().parse_args([command, *(["x"] if command in NEED_A_WORD else [])]))
    for name in options.keys() - {"command", "print_completion"}:
        assert re.search(rf"\barguments\.{name}\b|\(arguments, \"{name}\"", code), (
            f"{command} has the option {name}, and {files[-1]} does not use it"
        )


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


def test_the_manual_page_is_what_the_parser_says():
    made = runpy.run_path(str(ROOT / "docs" / "reference" / "man.py"))
    assert made["PAGE"].read_text(encoding="utf-8") == made["page"]()

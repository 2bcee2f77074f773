"""The types of the public face, as mypy and an editor see them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pelican_linkback.feeds import Feed
from tests import typed_feeds
from tests.pages import DOCS, blocks

pytest.importorskip("mypy")

HERE = Path(__file__).parent
ROOT = HERE.parent
CONFIGURATION = """
[mypy]
strict = true
mypy_path = {root}
[mypy-pelican.*,feedgenerator.*]
ignore_missing_imports = true
[mypy-pelican_linkback.*]
ignore_errors = true
[mypy-documented]
# The examples of the documentation are shown without types.
disallow_untyped_defs = false
disallow_untyped_calls = false
"""
RIGHT = ["typed_feeds", "documented", "pelican_trackback"]
CHECKED = [*RIGHT, "mistyped_feeds"]
MISTYPED = (HERE / "mistyped_feeds.py").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """What mypy says of each file, as (line, kind, text)."""
    folder = tmp_path_factory.mktemp("typing")
    (folder / "mypy.ini").write_text(CONFIGURATION.format(root=ROOT), "utf-8")
    found = blocks((DOCS / "feeds.rst").read_text("utf-8"))
    examples = "\n".join(each.text for each in found if each.kind == "python")
    (folder / "documented.py").write_text(examples, "utf-8")
    for path in ("typed_feeds.py", "mistyped_feeds.py", "extending/pelican_trackback.py"):
        (folder / Path(path).name).write_text((HERE / path).read_text("utf-8"), "utf-8")
    files = [f"{name}.py" for name in CHECKED]
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context"]
    done = subprocess.run(
        [*command, "--cache-dir", ROOT / ".mypy_cache" / "typing", *files],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert not done.stderr
    lines = re.findall(r"^(\w+)\.py:(\d+): (\w+): (.*)$", done.stdout, re.MULTILINE)
    assert len(lines) == len(done.stdout.splitlines()), done.stdout
    return {
        name: [(int(line), kind, text) for file, line, kind, text in lines if file == name]
        for name in CHECKED
    }


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_accepted(findings, name):
    assert findings[name] == []


def test_what_is_wrong_is_refused(findings):
    marked = {
        number: set(marks[1].split(", "))
        for number, line in enumerate(MISTYPED, 1)
        if (marks := re.search("# refused: (.*)", line))
    }
    refused: dict[int, set[str]] = {}
    for line, kind, text in findings["mistyped_feeds"]:
        if kind == "error":
            refused.setdefault(line, set()).add(text.rpartition("[")[2].rstrip("]"))
    assert refused == marked


def test_what_an_editor_shows(findings):
    written = {
        number: line.partition("  # ")[2]
        for number, line in enumerate(MISTYPED, 1)
        if line.startswith("reveal_type")
    }
    shown = {
        line: re.sub(r"\b(?:\w+\.)+(?=\w)", "", text.partition('"')[2].rstrip('"'))
        for line, kind, text in findings["mistyped_feeds"]
        if text.startswith("Revealed type is")
    }
    assert shown == written
    assert len(written) >= 3


def test_the_typed_classes_make_feeds(site):
    """Or the types would be those of something else."""
    site.article("mast", title="Mast", category="News", author="Ann", season="spring", by="Ann, Bo")
    (site.content / "pages").mkdir()
    (site.content / "pages" / "about.md").write_text("Title: About\n\nA harbour.\n")
    (site.folder / "title.html").write_text("{{ item.month }}")
    declared = [
        each
        for each in vars(typed_feeds).values()
        if isinstance(each, type)
        and issubclass(each, Feed)
        and each.__module__ == typed_feeds.__name__
        and each is not typed_feeds.Free
    ]
    # Those of the stock feeds need a path.
    classes = [
        each
        if getattr(each, "path", None)
        else type(each.__name__, (each,), {"path": f"{each.__name__}{{obj}}.xml"})
        for each in declared
    ]
    build = site.build(LINKBACK_FEEDS=classes, THEME_TEMPLATES_OVERRIDES=[str(site.folder)])
    assert build.problems == []
    written = {path.relative_to(build.output).as_posix() for path in build.output.rglob("*.xml")}
    assert len(written) >= len(classes)

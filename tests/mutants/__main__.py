"""``python -m tests.mutants [COUNT] [SEED] [PATTERN]``: do the tests notice a fault?

A fault is put into a copy of the project, in a line that tests run, and these tests run over the
copy. A fault that no test notices survives and is printed as a difference: a test is missing, or
the fault changes nothing that can be seen ("equivalent"). The faults are drawn at random from the
modules that decide and remember; SEED (a number) draws the same ones again.

The first call runs the whole suite once to learn which tests run which line, and keeps that in
``.mutants/`` until the tests or the package change.
"""

from __future__ import annotations

import difflib
import fnmatch
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coverage.numbits import num_in_numbits

from tests.mutants.faults import Fault, faults

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "pelican_linkback"
KEPT = ROOT / ".mutants"
MODULES = (
    "protocol/*.py",
    "sending/deciding/*.py",
    "sending/memory/*.py",
    "feeds/articles/id_*.py",
    "feeds/ids/entries.py",
    "feeds/formats/entry_cache.py",
    "journal/*.py",
)
PATIENCE = 240
"""Seconds for the tests of one fault; a run that takes longer noticed it (an endless loop)."""


def tests_of_lines() -> Path:
    """A database of coverage: for each line of the package the test functions that run it."""
    state = subprocess.run(
        ["git", "rev-parse", "HEAD:tests", "HEAD:pelican_linkback"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    data = KEPT / "coverage"
    if not data.exists() or (KEPT / "of").read_text() != state:
        shutil.rmtree(KEPT, ignore_errors=True)
        KEPT.mkdir()
        settings = KEPT / "coveragerc"
        settings.write_text(
            "[run]\nparallel = true\npatch = subprocess\nsource = pelican_linkback\n"
            f"dynamic_context = test_function\ndata_file = {data}\n"
        )
        coverage = [sys.executable, "-m", "coverage"]
        suite = subprocess.run(
            [*coverage, "run", f"--rcfile={settings}", "-m", "pytest", "-q", "-rfE", "-n", "auto"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        # A test that fails without a fault would "notice" each.
        failed = re.findall(r"^(?:FAILED|ERROR) ([^\s\[]+)", suite.stdout, re.MULTILINE)
        (KEPT / "failed").write_text("\n".join(failed))
        print(
            "\n".join(["Left out, since they fail anyway:", *failed])
            if failed
            else "The suite passes."
        )
        subprocess.run(
            [*coverage, "combine", "--quiet", f"--rcfile={settings}"], cwd=ROOT, check=True
        )
        (KEPT / "of").write_text(state)
    return data


def tests_of(line: int, module: Path, data: sqlite3.Connection) -> list[str]:
    """The test functions that run this line, as pytest takes them; all that run the module where
    the line runs at import, before any test.
    """
    rows = data.execute(
        "select context.context, numbits from line_bits"
        " join file on file.id = file_id join context on context.id = context_id"
        " where path like ? and context.context != ''",
        (f"%/{module.relative_to(ROOT)}",),
    )
    lines = list(rows)
    found = {name for name, numbits in lines if num_in_numbits(line, numbits)}
    found = found or {name for name, _ in lines}
    failed = (KEPT / "failed").read_text().splitlines()
    return sorted(set(map(_node, found)).difference(failed, [""]))


def _node(context: str) -> str:
    """``tests.test_x.Class.test_y`` as ``tests/test_x.py::Class::test_y``; fixtures are none."""
    parts = context.split(".")
    for cut in range(len(parts), 0, -1):
        path = Path(*parts[:cut]).with_suffix(".py")
        if (ROOT / path).exists() and parts[-1].startswith("test"):
            return "::".join([str(path), *parts[cut:]])
    return ""


def survives(fault: Fault, module: Path, nodes: list[str], copy: Path) -> bool:
    """Whether none of these tests fails over a copy of the project with this fault."""
    source = module.read_text(encoding="utf-8")
    place = copy / module.relative_to(ROOT)
    place.write_text(fault.applied(source), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-n",
        "2",
        "-p",
        "no:cacheprovider",
        *nodes,
    ]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    finally:
        place.write_text(source, encoding="utf-8")
    if ended.returncode not in {0, 1, 2}:
        sys.exit(ended.stdout.decode() + ended.stderr.decode())
    return ended.returncode == 0


def drawn(count: int, seed: int, pattern: str) -> Iterator[tuple[Path, Fault]]:
    """``count`` faults at random, each module by the number of faults that it can have."""
    modules = [path for glob in MODULES for path in sorted(PACKAGE.glob(glob))]
    everything = [
        (path, fault)
        for path in modules
        if fnmatch.fnmatch(str(path.relative_to(PACKAGE)), pattern)
        for fault in faults(path.read_text(encoding="utf-8"))
    ]
    print(f"{len(everything)} faults are possible in {len(modules)} modules; seed {seed}")
    yield from random.Random(seed).sample(everything, min(count, len(everything)))


def main(count: int = 60, seed: int = 1, pattern: str = "*") -> int:
    """Print what survives; the number of survivors is the exit status."""
    data = sqlite3.connect(tests_of_lines())
    survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "project")
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".mutants", "_build", "__pycache__")
        )
        for number, (module, fault) in enumerate(drawn(count, seed, pattern), start=1):
            nodes = tests_of(fault.line, module, data)
            name = f"{module.relative_to(PACKAGE)}:{fault.line}"
            if nodes and not survives(fault, module, nodes, copy):
                print(f"{number:3} noticed   {name}", flush=True)
                continue
            survivors += 1
            print(f"{number:3} SURVIVED  {name}, run by {len(nodes)} tests", flush=True)
            source = module.read_text(encoding="utf-8")
            print(*_difference(source, fault.applied(source)), sep="\n", flush=True)
    print(f"{survivors} survived")
    return min(survivors, 100)


def _difference(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    return [f"      {line}" for line in lines][2:]


if __name__ == "__main__":
    sys.exit(main(*[int(given) if given.isdigit() else given for given in sys.argv[1:]]))  # type: ignore[arg-type]

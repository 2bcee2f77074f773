"""``make release-check``: whether this checkout can be published, and what is left to do if not."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pelican_linkback import __version__

ROOT = Path(__file__).parent.parent
NUMBER = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}((a|b|rc)\d+)?")


def problems(
    version: str,
    files: Mapping[str, str],
    project: Mapping[str, Any],
    *,
    tags: Collection[str] = (),
    changed: str = "",
) -> Iterator[str]:
    """Yield what keeps ``version`` from being published."""
    if NUMBER.fullmatch(version) is None:
        yield f"{version} is no number of a release: pelican_linkback/__init__.py"
    if f"v{version}" in tags:
        yield f"v{version} is published: set the next number in pelican_linkback/__init__.py"
    heads = re.findall(r"^(\S.*)\n-{3,}$", files["CHANGELOG.rst"], re.MULTILINE)
    newest = heads[0] if heads else ""
    if re.fullmatch(rf"{re.escape(version)} \(\d{{4}}-\d\d-\d\d\)", newest) is None:
        yield f'CHANGELOG.rst: its first heading is "{newest}", not "{version} (YEAR-MONTH-DAY)"'
    if f"\nversion: {version}\n" not in files["CITATION.cff"]:
        yield f"CITATION.cff: version is not {version}"
    if "urls" not in project:
        yield (
            "pyproject.toml: [project.urls] is missing; a package without a home leads nowhere. "
            "With it, make the links at the end of README.rst absolute"
        )
    if changed:
        yield f"files are not committed:\n{changed.rstrip()}"


def main() -> int:
    """Print what is left to do."""
    files = {name: (ROOT / name).read_text("utf-8") for name in ("CHANGELOG.rst", "CITATION.cff")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    tags, changed = _git("tag", "--list").split(), _git("status", "--porcelain")
    left = list(problems(__version__, files, project, tags=tags, changed=changed))
    print(*(f"- {each}" for each in left), sep="\n", end="\n" if left else "")
    print(f"{__version__}: {len(left)} left to do" if left else f"{__version__} can be published")
    return 1 if left else 0


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main())

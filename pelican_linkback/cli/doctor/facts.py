"""I/O: what the checks of ``doctor`` are about, read from settings, files, pages and git."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from itertools import islice
from pathlib import Path

from pelican import load_plugins

from pelican_linkback import register
from pelican_linkback.cli.config_edits import NOT_FOR_GIT
from pelican_linkback.cli.doctor.checks import Pages, Repository
from pelican_linkback.cli.receiver.opening import is_current
from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import LINKBACKS_PLUGIN, PelicanSettings
from pelican_linkback.text import markup
from pelican_linkback.text.printable import described, printable, system_reason

__all__ = [
    "loaded_plugins",
    "oldest_versions",
    "read_pages",
    "repository_of",
    "state_of_database",
    "write_error",
]

ENOUGH_PAGES = 1000
"""As many pages are read."""

HEAD = 1 << 17
"""As much of a page is read, in bytes: its head is in it."""

_FEED_TYPES = ("atom+xml", "rss+xml", "feed+json")


def oldest_versions() -> dict[str, tuple[int, ...]]:
    """Return the oldest Python and Pelican that the package asks for; none where not installed."""
    try:
        ours = metadata("pelican-linkback")
    except PackageNotFoundError:
        return {}
    needs = f"python {ours['Requires-Python']}\n" + "\n".join(ours.get_all("Requires-Dist") or ())
    found = re.findall(r"^(python|pelican) ?\(?>=(\d+)\.(\d+)", needs, re.MULTILINE)
    return {name.title(): (int(major), int(minor)) for name, major, minor in found}


def loaded_plugins(pelican: PelicanSettings) -> tuple[bool, list[str], str]:
    """Load the plugins as a build does.

    Return whether this plugin is among them, which others that send linkbacks are, and what went
    wrong.
    """
    try:
        plugins = load_plugins(pelican)
    except (Exception, SystemExit) as error:  # noqa: BLE001 (a plugin is a program, and can fail in any way)
        return False, [], described(error)
    loaded = any(getattr(each, "register", None) is register for each in plugins)
    names = {getattr(each, "__name__", "") for each in plugins}
    return loaded, sorted(names & LINKBACKS_PLUGIN), ""


def write_error(folder: Path) -> str:
    """Return why nothing can be written into ``folder``; empty where it can, and nothing is left.

    A folder that is not there yet can be made in the nearest one that is.
    """
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return system_reason(error)


def state_of_database(settings: Settings) -> tuple[bool, str]:
    """Return whether the receiver's database has the tables of this version, or why it cannot."""
    try:
        return is_current(settings), ""
    except LinkbackError as error:
        return False, str(error)


def repository_of(folder: Path) -> Repository:
    """Return what git says of the state ``folder``."""
    if shutil.which("git") is None:
        return Repository(error="there is no command git")
    there = next(each for each in (folder, *folder.parents) if each.is_dir())

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            ["git", *words],  # noqa: S607 (the author's own)
            cwd=there,
            env=os.environ | {"LC_ALL": "C"},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )

    inside = git("rev-parse", "--is-inside-work-tree")
    if inside.returncode or inside.stdout.strip() != "true":
        known = not inside.stderr or "not a git repository" in inside.stderr
        return Repository(error="" if known else printable(inside.stderr))
    journal = str(folder / "deliveries.jsonl")
    rule = git("check-ignore", "--verbose", "--", journal).stdout.partition("\t")[0]
    attribute = git("check-attr", "merge", "--", journal).stdout
    others = git("ls-files", "--others", "--exclude-standard", "--", f"{folder}/*.jsonl")
    untracked = (Path(line).name for line in others.stdout.splitlines())
    return Repository(
        exists=True,
        ignored="" if rule.split(":")[-1:][0].startswith("!") else rule,
        untracked=tuple(name for name in untracked if name not in NOT_FOR_GIT),
        merge=attribute.strip().rpartition(": ")[2],
    )


def read_pages(output: Path) -> Pages:
    """Read which pages of the built site name a feed in their head."""
    home, pages = output / "index.html", list(_pages(output))
    without = [path for path in pages if not _names_a_feed(path)]
    return Pages(
        read=len(pages),
        without=len(without),
        home=home not in without if home.is_file() else None,
    )


def _pages(output: Path) -> Iterator[Path]:
    return islice((path for path in sorted(output.rglob("*.html")) if path.is_file()), ENOUGH_PAGES)


def _names_a_feed(page: Path) -> bool:
    with page.open("rb") as file:
        head = file.read(HEAD).decode("utf-8", "replace")
    return any(
        tag.name == "link"
        and "alternate" in attributes.get("rel", "").lower().split()
        and any(kind in attributes.get("type", "").lower() for kind in _FEED_TYPES)
        for tag in markup.tags(head[: markup.end_of_head(head)])
        for attributes in [dict(tag.attributes)]
    )

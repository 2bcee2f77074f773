"""The options of the commands about mentions."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = [
    "ACTIONS",
    "file_option",
    "forget_options",
    "inbox_options",
    "summary_option",
]

ACTIONS = {
    "show": "ID...",
    "approve": "ID...",
    "refuse": "ID|URL...",
    "block": "[HOST|URL]...",
    "hold": "HOST|URL...",
    "trust": "HOST|URL...",
    "undo": "ID|HOST|URL...",
    "rules": "",
    "vacuum": "",
    "export": "FILE",
    "import": "FILE",
}
"""What ``inbox`` does by its first word, and what stands after it.

"" is for nothing, "..." for one or several.
"""


def inbox_options(sub: argparse.ArgumentParser) -> None:
    """Add the options of ``inbox``."""
    for state, what in (
        ("held", "wait for you (the default without --article and --host)"),
        ("shown", "are on the pages"),
        ("hidden", "are not shown, and why"),
    ):
        sub.add_argument(f"--{state}", action="store_true", help=f"list those that {what}")
    sub.add_argument(
        "--article", metavar="URL", help="only those of this page: its address, or its title"
    )
    sub.add_argument(
        "--host", metavar="HOST", help="only those whose source, post or author is there or below"
    )
    sub.add_argument(
        "--file",
        metavar="FILE",
        type=Path,
        help="with block: a list of hosts, one a line, a hosts file, or Mastodon's domain blocks",
    )


def forget_options(sub: argparse.ArgumentParser) -> None:
    """Add the argument of ``forget``."""
    sub.add_argument(
        "what", metavar="URL|HOST", help="the source, the post, or the author's page; or a host"
    )


def summary_option(sub: argparse.ArgumentParser) -> None:
    """Add the option for a summary in Markdown."""
    sub.add_argument(
        "--summary",
        metavar="FILE",
        type=Path,
        help="append a summary in Markdown to this file, such as the page of a CI job",
    )


def file_option(sub: argparse.ArgumentParser) -> None:
    """Add the argument of ``import-mentions``."""
    sub.add_argument("file", metavar="FILE", type=Path, help="the export")

"""The options of ``inbox`` and ``forget``."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["ACTIONS", "forget_options", "inbox_options"]

ACTIONS = {
    "show": "ID",
    "approve": "ID",
    "refuse": "ID|URL",
    "block": "[HOST|URL]",
    "trust": "HOST|URL",
    "undo": "ID|HOST|URL",
    "rules": "",
}
"""What ``inbox`` does by its first word, and what stands after it: "" for nothing."""


def inbox_options(sub: argparse.ArgumentParser) -> None:
    """Add the options of ``inbox``."""
    for state, what in (
        ("held", "wait for you (the default)"),
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

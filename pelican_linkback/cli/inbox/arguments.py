"""The arguments of ``inbox`` and ``forget`` that name hosts, URLs, mentions and files."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TypeVar

from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.receiving.inbox.blocklist import read_list
from pelican_linkback.receiving.inbox.policy import Visibility
from pelican_linkback.receiving.memory.moderation import NAME as DECIDED
from pelican_linkback.receiving.memory.rules import rule_of
from pelican_linkback.receiving.memory.snapshot import NAME as RECEIVED
from pelican_linkback.text.printable import printable, system_reason

__all__ = [
    "at_least_one",
    "exactly_one",
    "file_to_import",
    "is_url",
    "nothing_decided_error",
    "one_file",
    "rule",
    "rule_or_empty",
    "rules_to_block",
    "visibilities_asked_for",
]

T = TypeVar("T")
_FEW = 5
"""How many of several are named in a message."""


def is_url(what: str) -> bool:
    """Return whether an argument is a URL."""
    return what.startswith(("http://", "https://"))


def rule(what: str) -> str:
    """Return a host or a URL as it is written in rules; raise LinkbackError for what is neither."""
    try:
        return rule_of(what)
    except ValueError as error:
        raise LinkbackError(str(error)) from error


def rule_or_empty(what: str) -> str:
    """Return a host or a URL as it is written in rules; "" for what is neither."""
    try:
        return rule_of(what)
    except ValueError:
        return ""


def rules_to_block(what: Sequence[str], file: Path | None) -> tuple[Sequence[str], str]:
    """Return the rules of ``block``, and a sentence about the list, or ""; raise LinkbackError."""
    if not (what or file):
        raise LinkbackError("block needs a host or a URL, or a list of them: --file FILE")
    listed, problem = _rules_in(file) if file else ((), "")
    return [*map(rule, what), *listed], problem


def _rules_in(file: Path) -> tuple[Sequence[str], str]:
    """Return the rules in a list of others, and a sentence about lines that are none, or ""."""
    try:
        listed = read_list(file.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        message = f"{file} cannot be read: {system_reason(error)}"
        raise LinkbackError(message) from error
    if not listed.wrong:
        return listed.rules, ""
    lines = ", ".join(map(str, listed.wrong[:_FEW]))
    more = f" and {len(listed.wrong) - _FEW} more" if len(listed.wrong) > _FEW else ""
    return listed.rules, f"{file}: lines that name no host are passed over: {lines}{more}"


def visibilities_asked_for(arguments: argparse.Namespace) -> Collection[Visibility]:
    """Return which mentions are listed: those that are held, or all of a page or host."""
    asked = {
        Visibility.HELD: arguments.held,
        Visibility.SHOWN: arguments.shown,
        Visibility.HIDDEN: arguments.hidden,
    }
    usual = set(Visibility) if arguments.article or arguments.host else {Visibility.HELD}
    return {each for each, is_asked in asked.items() if is_asked} or usual


def one_file(action: str, what: Sequence[str]) -> Path:
    """Return the file that is named after an action; raise LinkbackError for more of them."""
    if len(what) > 1:
        raise LinkbackError(f"inbox {action} takes one file")
    return Path(what[0])


def file_to_import(what: Sequence[str]) -> Path:
    """Return the file that ``import`` reads; raise LinkbackError if it is not there.

    What is decided in a state folder is imported also where that has no mentions.
    """
    file = one_file("import", what)
    if file.name == RECEIVED:
        if not (file.is_file() or file.with_name(DECIDED).is_file()):
            raise LinkbackError(f"there is no {file}; name the one in the state folder of the site")
        return file
    try:
        file.stat()
    except OSError as error:
        raise LinkbackError(f"{file} cannot be read: {system_reason(error)}") from error
    return file


def at_least_one(what: str, found: Sequence[T]) -> Sequence[T]:
    """Return the mentions ``found`` by the argument ``what``; raise LinkbackError for none."""
    if not found:
        raise LinkbackError(
            f"there is no mention {printable(what)!r}; pelican-linkback inbox --held --shown "
            "--hidden lists them"
        )
    return found


def exactly_one(what: str, found: Sequence[T], id_of: Callable[[T], str]) -> T:
    """Return the mention ``found`` by an argument; raise LinkbackError for none or several."""
    if len(at_least_one(what, found)) > 1:
        ids = ", ".join(map(id_of, found[:_FEW]))
        raise LinkbackError(
            f"{printable(what)!r} means {len(found)} mentions; write the id of one: {ids}"
        )
    return found[0]


def nothing_decided_error(what: str) -> LinkbackError:
    """Return the error for an argument about which nothing was decided."""
    return LinkbackError(
        f"nothing is decided about {printable(what)!r}; pelican-linkback inbox rules has "
        "the hosts, and pelican-linkback inbox --shown --hidden the mentions"
    )

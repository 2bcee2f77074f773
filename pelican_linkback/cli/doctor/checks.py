"""The checks of ``doctor``, one function for each. Pure: facts in, a Result out.

A remedy can be typed: it is a command, or names the line and the file that it belongs into.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

__all__ = [
    "Level",
    "Pages",
    "Repository",
    "Result",
    "address",
    "database",
    "feeds",
    "memory",
    "mentions",
    "merging",
    "other_plugins",
    "pages",
    "plugin",
    "receiver",
    "state",
    "versions",
]

INIT = "pelican-linkback init"


class Level(StrEnum):
    """How a check ended. A note is good to know, and no problem."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a check, and what to do about it; nothing where ``remedy`` is empty.

    ``lines`` are to be copied elsewhere, for who wants them.
    """

    check: str
    level: Level
    message: str
    remedy: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repository:
    """What git says of the state folder.

    ``error`` is what it says where it cannot tell. ``exists`` tells whether the folder is in a
    repository, ``ignored`` names the rule that keeps it out, ``untracked`` the files that are not
    added yet, and ``merge`` is the merge driver of its journals.
    """

    exists: bool = False
    error: str = ""
    ignored: str = ""
    untracked: tuple[str, ...] = ()
    merge: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of the built site: how many were read, and how many of them name no feed.

    ``home`` tells whether the first page names one; None where there is no first page.
    """

    read: int = 0
    without: int = 0
    home: bool | None = None


def plugin(named: Sequence[str] | None, file: str, *, loaded: bool, error: str) -> Result:
    """Say whether a build loads this plugin.

    ``named`` is what PLUGINS in ``file`` says; None where Pelican loads all that are installed.
    """
    if error:
        message = f"the plugins of {file} cannot be loaded: {error}"
        return Result("plugin", Level.PROBLEM, message, "pelican-plugins")
    if loaded and named is None:
        return Result("plugin", Level.OK, "PLUGINS is not set, and Pelican loads it by itself")
    if loaded:
        return Result("plugin", Level.OK, f"PLUGINS in {file} names it")
    message = (
        f"PLUGINS in {file} does not name it, so a build sends nothing and writes Pelican's own "
        "feeds"
    )
    return Result("plugin", Level.PROBLEM, message, INIT)


def other_plugins(others: Sequence[str]) -> Result:
    """Say whether another plugin sends linkbacks, too."""
    if not others:
        return Result("other plugins", Level.OK, "no other plugin sends linkbacks")
    message = f"{', '.join(others)} sends linkbacks, too: every site would get two"
    return Result("other plugins", Level.PROBLEM, message, INIT)


def address(site_url: str, file: str, *, problem: str, instead: str) -> Result:
    """Say whether SITEURL is where the public finds the site; ``instead`` names other settings."""
    if not problem:
        return Result("address", Level.OK, f"SITEURL is {site_url}")
    remedy = (
        f"pelican-linkback doctor {instead}"
        if instead
        else f'write SITEURL = "https://your.site" into {file}, with the address of your site'
    )
    return Result("address", Level.PROBLEM, f"{problem}, so nothing is sent", remedy)


def state(folder: str, error: str) -> Result:
    """Say whether the state folder can be written; ``error`` tells why not."""
    if not error:
        return Result("state folder", Level.OK, f"{folder} can be written")
    message = f"LINKBACK_STATE: {folder} cannot be written: {error}"
    quoted = shlex.quote(folder)
    remedy = f"mkdir -p {quoted} && chmod u+rwx {quoted}"
    return Result("state folder", Level.PROBLEM, message, remedy)


def memory(folder: str, repository: Repository) -> Result:
    """Say whether what was sent is recorded in version control."""
    quoted = shlex.quote(folder)
    if repository.error:
        message = f"git cannot say whether {folder} is committed: {repository.error}"
        return Result("version control", Level.NOTE, message)
    if not repository.exists:
        message = f"the site is in no git repository; copy {folder} wherever the site is built"
        return Result("version control", Level.NOTE, message, "git init")
    if repository.ignored:
        message = (
            f"git ignores {folder} ({repository.ignored}), so a build from another checkout would "
            "not know what was sent"
        )
        place, _, rest = repository.ignored.partition(":")
        remedy = f"take line {rest.partition(':')[0]} out of {place}"
        return Result("version control", Level.PROBLEM, message, remedy)
    if repository.untracked:
        message = f"git does not track {', '.join(repository.untracked)}"
        remedy = f"git add {quoted} && git commit --message 'Linkbacks' {quoted}"
        return Result("version control", Level.PROBLEM, message, remedy)
    return Result("version control", Level.OK, f"git leaves nothing of {folder} out")


def merging(repository: Repository, line: str) -> Result:
    """Say whether git merges the journals line by line; ``line`` is what .gitattributes lacks."""
    if not repository.exists:
        return Result("merge driver", Level.OK, "without git, nothing is merged")
    if repository.merge == "union":
        return Result("merge driver", Level.OK, "git keeps the lines of both sides (merge=union)")
    message = f"two branches that both sent would conflict: .gitattributes lacks {line}"
    return Result("merge driver", Level.PROBLEM, message, INIT)


def feeds(file: str, *, asked_for: bool) -> Result:
    """Say whether the settings ask for any feed."""
    if asked_for:
        return Result("feeds", Level.OK, f"{file} asks for feeds")
    remedy = f'write FEED_ALL_ATOM = "feeds/all.atom.xml" into {file}'
    return Result("feeds", Level.PROBLEM, f"{file} asks for no feed", remedy)


def pages(found: Pages, file: str, *, build: str, autodiscovery: bool) -> Result:
    """Say whether the pages of the built site lead to its feeds; ``build`` is how it is built."""
    if not found.read:
        if autodiscovery:
            return Result("links to feeds", Level.OK, "LINKBACK_AUTODISCOVERY adds them")
        message = "the site is not built yet, so its pages cannot be read"
        return Result("links to feeds", Level.NOTE, message, build)
    if not found.without:
        return Result("links to feeds", Level.OK, f"all of {found.read} pages name a feed")
    missing = f"{found.without} of {found.read} pages name no feed in their head"
    level = Level.NOTE
    if found.without == found.read or found.home is False:
        level = Level.PROBLEM
        missing += "; browsers and readers do not find the feeds"
    remedy = build if autodiscovery else f"write LINKBACK_AUTODISCOVERY = True into {file}"
    return Result("links to feeds", level, missing, remedy)


def mentions(receive: str, lines: Sequence[str]) -> Result:
    """Say where others send their mentions to; ``lines`` make a server say the same."""
    if not receive:
        return Result("mentions", Level.OK, "LINKBACK_RECEIVE is not set: none are received")
    if not lines:
        message = f"{receive} knows a site by its host, and SITEURL has none"
        return Result("mentions", Level.NOTE, message)
    message = (
        f"every page that takes mentions names {receive}; with one of these, the server of the "
        "site does so for every file"
    )
    return Result("mentions", Level.OK, message, lines=tuple(lines))


def receiver(address: str, status: int, why: str, export: int | None) -> Result:
    """Say whether a receiver of the author's own answers, and takes the token.

    ``status`` is that of its /health, 0 where nothing answers, and then ``why``; ``export`` that of
    a request with the token, None without one.
    """
    problem = partial(Result, "receiver", Level.PROBLEM)
    if not status:
        message = f"nothing answers at {address}: {why}"
        return problem(message, "start it where it runs: pelican-linkback serve")
    if status == 503:  # what a receiver says of itself
        return problem(f"{address} answers, but not its database", "its log says why")
    if status != 200:
        remedy = "see that the server of the site passes this address on: docs/howto/own-server.rst"
        return problem(f"{address}health answers {status}: that is no receiver", remedy)
    if export is None:
        message = f"{address} answers; LINKBACK_TOKEN is not set here, so a build cannot ask it"
        return Result("receiver", Level.NOTE, message, "set it to the word that the receiver has")
    if export != 200:
        message = f"{address} answers, but not to this LINKBACK_TOKEN ({export})"
        return problem(message, "set it to the same word here and where the receiver runs")
    return Result("receiver", Level.OK, f"{address} answers, and takes the token")


def database(where: str, error: str, *, is_current: bool) -> Result:
    """Say whether the database of a receiver of the author's own opens; ``error``: why not."""
    if error:
        message, _, remedy = error.partition("; ")
        return Result("database", Level.PROBLEM, message, remedy)
    if not is_current:
        message = f"{where} has no tables of this version yet: the receiver makes them at its start"
        return Result("database", Level.NOTE, message)
    return Result(
        "database", Level.OK, f"{where} can be written, and has the tables of this version"
    )


def versions(used: Mapping[str, str], oldest: Mapping[str, Sequence[int]]) -> Result:
    """Say which versions are ``used``, and whether one is older than the ``oldest`` supported."""
    ours = ", ".join(f"{name} {number}" for name, number in used.items())
    old = [name for name in used if _numbers(used[name]) < tuple(oldest.get(name, ()))]
    if not old:
        return Result("versions", Level.OK, ours)
    needed = " and ".join(f"{name} {'.'.join(map(str, oldest[name]))}" for name in old)
    message = f"{ours}: the oldest that are supported are {needed}"
    return Result("versions", Level.PROBLEM, message, "python -m pip install --upgrade pelican")


def _numbers(version: str) -> tuple[int, ...]:
    """Return the major and the minor number of a version such as 4.11.0.post0.

    >>> _numbers("4.11.0.post0")
    (4, 11)
    """
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())

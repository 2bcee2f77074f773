"""``targets.json`` in the state folder, and its copy in the output folder for a receiver."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pelican_linkback.exceptions import JournalError
from pelican_linkback.journal.atomic import replacing
from pelican_linkback.plugin.mentions.targets import SiteTargets
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.memory.targets_file import path_of, read_targets, write_targets
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import described, reason_of

__all__ = ["joined", "publish", "withdraw"]

logger = logging.getLogger(__name__)


def publish(sites: Sequence[SiteTargets], copy: Path, settings: Settings) -> None:
    """Write ``targets.json`` and ``copy``, where they differ, with the pages of all ``sites``."""
    try:
        write_targets(settings.state, joined(sites, settings))
        _copy(path_of(settings.state), copy)
    except (JournalError, OSError) as error:
        why = reason_of(error)
        logger.error("A receiver of mentions does not hear which pages there are: %s", why)


def withdraw(copy: Path, settings: Settings) -> None:
    """Remove ``copy``: it says which pages take mentions, and none does.

    A file that is not equal to ``targets.json`` is not ours, and stays.
    """
    ours = path_of(settings.state)
    try:
        if ours.is_file() and copy.read_bytes() == ours.read_bytes():
            copy.unlink()
    except OSError as error:
        logger.error("%s cannot be removed: %s", copy, described(error))


def joined(sites: Sequence[SiteTargets], settings: Settings, *, is_early: bool = False) -> Targets:
    """Return the pages of a site and its subsites, and the former addresses of the main one.

    A page that could not be read in this build stays as it was published, and so do all pages of
    subsites where ``is_early``: they are read later than the main site.
    """
    main, every = settings.site_url, [each.targets for each in sites]
    aliases = next((each.aliases for each in every if each.site == main), ())
    targets = Targets([page for each in every for page in each.pages], main, aliases)
    if not all(each.is_whole for each in sites) or (is_early and settings.subsites):
        with suppress(JournalError):  # it is written again
            return targets.beside((read_targets(settings.state) or Targets()).pages)
    return targets


def _copy(source: Path, path: Path) -> None:
    """Make ``path`` equal to ``source``; it keeps its time for those who upload what is newer."""
    data = source.read_bytes()
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(data)
    stat = source.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

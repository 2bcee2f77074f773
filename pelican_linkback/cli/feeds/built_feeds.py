"""The feeds of the built site, as the commands find them."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pelican_linkback.cli.context import build_command, path_from_here, publishing_remedy
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import FAULTS, InvalidURL, SettingsError
from pelican_linkback.feedcheck.built import documents
from pelican_linkback.feedcheck.reading import READERS, Reader
from pelican_linkback.feeds.formats.registry import formats
from pelican_linkback.feeds.output.manifest import MANIFEST
from pelican_linkback.feeds.output.manifest import read as read_manifest
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.printable import described
from pelican_linkback.text.urls import normalise

__all__ = [
    "BuiltFeeds",
    "address_of_feeds",
    "asks_for_feeds",
    "complain_of_missing",
    "load_plugins",
    "registered_readers",
]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BuiltFeeds:
    """The documents of the built site that can be feeds, and what can be read of them.

    ``written`` are those that a build wrote, by their paths: the media type of each, "" where it is
    not known.
    """

    documents: Mapping[str, bytes]
    written: Mapping[str, str]
    readers: list[Reader]

    @classmethod
    def of(cls, settings: Settings, arguments: argparse.Namespace) -> BuiltFeeds:
        """Return those of the site; raise SettingsError where it is not built."""
        if not settings.output.is_dir():
            raise SettingsError([f"there is no folder {_not_built(settings, arguments)}"])
        written = _written(settings.output)
        readers = _readers(written.values(), arguments.pelican)
        paths = [path for path, kind in written.items() if kind]
        return cls(documents(settings.output, readers, paths), written, readers)


def _written(output: Path) -> dict[str, str]:
    try:
        manifest = read_manifest((output / MANIFEST).read_bytes())
    except OSError:
        return {}
    return {path: entry.type for path, entry in manifest.items()}


def _readers(types: Iterable[str], pelican: PelicanSettings) -> list[Reader]:
    """Return the readers of the registered formats, and ours.

    The plugins of the site, which may register formats, are loaded only where documents of
    ``types`` would not be read otherwise.
    """
    readers = registered_readers()
    if set(filter(None, types)) - {each.media_type for each in readers}:
        load_plugins(pelican)
        readers = registered_readers()
    return readers


def load_plugins(pelican: PelicanSettings) -> None:
    """Load the plugins of the site, which may register formats; a plugin that fails is reported."""
    from pelican import Pelican  # noqa: PLC0415 (few sites need it)

    try:
        Pelican(pelican)
    except FAULTS as error:  # a plugin costs its format
        logger.warning("The plugins of the site cannot be loaded: %s", described(error))


def registered_readers() -> list[Reader]:
    """Return the readers of the formats that are registered by now, and ours."""
    theirs = [
        Reader(each.media_type, each.reader, frozenset({each.extension}))
        for each in formats()
        if each.reader
    ]
    return [*theirs, *READERS]


def complain_of_missing(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> bool:
    """Say that there is no feed, where the settings ask for one; return whether they do."""
    if not asks_for_feeds(settings, arguments.pelican):
        return False
    if not screen.json:
        screen.insist(f"There is no feed in {_not_built(settings, arguments)}")
    return True


def _not_built(settings: Settings, arguments: argparse.Namespace) -> str:
    build = build_command(settings, arguments)
    return f"{path_from_here(settings.output)} (OUTPUT_PATH); build the site: {build}"


def asks_for_feeds(settings: Settings, pelican: PelicanSettings) -> bool:
    """Return whether the settings ask for any feed."""
    return bool(settings.feeds) or any(pelican[name] for name in pelican if _names_a_feed(name))


def _names_a_feed(setting: str) -> bool:
    """Return whether a setting asks for a feed, as FEED_ATOM and CATEGORY_FEED_JSON do."""
    *words, form = setting.split("_")
    return "FEED" in words and form in {each.setting for each in formats()}


def address_of_feeds(settings: Settings, arguments: argparse.Namespace) -> str:
    """Return the URL of the output folder; raise SettingsError where the settings have none."""
    domain = settings.feed_domain
    try:
        return normalise(domain)
    except InvalidURL as error:
        remedy = publishing_remedy(settings, arguments)
        problem = f"SITEURL = {domain!r}, so the addresses of the feeds are not known; {remedy}"
        raise SettingsError([problem]) from error

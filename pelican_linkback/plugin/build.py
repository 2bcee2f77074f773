"""The build under way: what Pelican's signals have brought so far. It keeps, and does nothing."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pelican_linkback.plugin.feed_writer import FeedStage, WrittenFeed

__all__ = ["Build", "begin", "current"]


@dataclass
class Build:
    """What one build gathers of the site and of the subsites that i18n_subsites builds within it.

    Pelican makes an articles generator for each of them, and plugins may bring more.
    """

    stages: dict[int, FeedStage] = field(default_factory=dict)
    """The feeds of each articles generator, by its ``id()``: a stage keeps its generator alive."""

    published: list[Any] = field(default_factory=list)
    """The articles and pages."""

    feeds: list[WrittenFeed] = field(default_factory=list)
    """The feeds that were written, as far as they name hubs."""

    unpublished: list[Any] = field(default_factory=list)
    """The articles and pages of a site that is at an address, but not a public one."""

    def take_over(self, generator: Any) -> None:
        """Set the feeds of an articles generator aside, to be written when its pages are."""
        shelves = {each.output: each.shelf for each in self.stages.values()}
        folder = Path(generator.output_path).absolute()
        self.stages[id(generator)] = FeedStage(generator, shelves.get(folder))

    def paths_in(self, folder: Path) -> set[str] | None:
        """Return the paths of all feeds in an output folder; None before all are written."""
        paths = [each.paths for each in self.stages.values() if each.output == folder]
        known = [each for each in paths if each is not None]
        return set().union(*known) if len(known) == len(paths) else None


_current: ContextVar[Build | None] = ContextVar("_current", default=None)


def begin() -> Build:
    """Begin a build; what an earlier one of this process left is forgotten (``--autoreload``)."""
    build = Build()
    _current.set(build)
    return build


def current() -> Build:
    """Return the build under way."""
    return _current.get() or begin()

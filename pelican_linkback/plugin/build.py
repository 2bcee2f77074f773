"""The build under way: what Pelican's signals have brought so far. It keeps, and does nothing."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from pelican_linkback.feeds.output.folder import OutputFolder, OutputFolders
from pelican_linkback.plugin.feed_writer import FeedStage, WrittenFeed

__all__ = ["Build", "begin", "current"]


@dataclass
class Build:
    """What one build gathers of the site and of the subsites that i18n_subsites builds within it.

    Pelican makes an articles generator for each of them, and plugins may bring more.
    """

    folders: OutputFolders = field(default_factory=OutputFolders)
    """What is known of the feeds in each output folder."""

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
        self.stages[id(generator)] = FeedStage(generator, self.folders)

    def prune(self, output: OutputFolder) -> None:
        """Remove the feeds that are gone from a folder, when all that go there are written."""
        stages = [stage for stage in self.stages.values() if stage.output is output]
        if all(stage.is_over for stage in stages):
            paths = {path for stage in stages for path in stage.paths}
            stages[-1].prune(paths, {owner for stage in stages for owner in stage.failed})


_current: ContextVar[Build | None] = ContextVar("_current", default=None)


def begin() -> Build:
    """Begin a build; what an earlier one of this process left is forgotten (``--autoreload``)."""
    build = Build()
    _current.set(build)
    return build


def current() -> Build:
    """Return the build under way."""
    return _current.get() or begin()

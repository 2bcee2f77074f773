"""The state of the build under way: what Pelican's signals have brought so far."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pelican_linkback.feeds.output.folder import OutputFolder, OutputFolders
from pelican_linkback.plugin.feeds.stage import FeedStage, WrittenFeed
from pelican_linkback.plugin.pelican_types import ArticlesGenerator, ReadContent
from pelican_linkback.settings import model as settings_model
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import PelicanSettings

if typing.TYPE_CHECKING:
    from pelican_linkback.plugin.mentions.known import SiteMentions
    from pelican_linkback.plugin.mentions.targets import SiteTargets

__all__ = ["Build", "begin", "current", "is_only_read", "only_read"]


class Build:
    """The state of one build of a site, and of the subsites that i18n_subsites builds within it.

    Pelican makes an articles generator for each of them, and plugins may add more.
    """

    def __init__(self) -> None:
        self.folders = OutputFolders()
        """The feeds in each output folder."""

        self.stages: dict[int, FeedStage] = {}
        """The feed stage of each articles generator, by its ``id()``: a stage keeps its generator
        alive."""

        self.published: list[ReadContent] = []
        """The articles and pages."""

        self.feeds: list[WrittenFeed] = []
        """The written feeds that name hubs."""

        self.unpublished: list[ReadContent] = []
        """The articles and pages of a site whose address is not public."""

        self.targets: list[SiteTargets] = []
        """The pages of each site that receives mentions, in the order in which they were read."""

        self.mentions: list[SiteMentions] = []
        """The mentions of each of these sites."""

        self._read: dict[int, tuple[PelicanSettings, Settings]] = {}
        """The settings of each site, by the ``id()`` of Pelican's dictionary, which it keeps
        alive."""

    def settings(self, pelican: PelicanSettings) -> Settings:
        """Return the Settings in Pelican's dictionary, as they were when first asked for."""
        if id(pelican) not in self._read:
            self._read[id(pelican)] = (pelican, settings_model.read(pelican))
        return self._read[id(pelican)][1]

    def take_over(self, generator: ArticlesGenerator) -> None:
        """Turn the feeds of an articles generator off; they are written after its pages."""
        self.stages[id(generator)] = FeedStage(
            generator, self.settings(generator.settings), self.folders
        )

    def has_reported(self, name: str, why: str) -> bool:
        """Return whether the log says that an article is left out of feeds, and why."""
        return any(stage.has_reported(name, why) for stage in self.stages.values())

    def is_complete(self, output: OutputFolder) -> bool:
        """Return whether all feeds that go into a folder are written."""
        return all(each.is_over for each in self.stages.values() if each.output is output)

    def prune(self, output: OutputFolder) -> None:
        """Remove the feeds that are gone from a folder, after all feeds for it are written."""
        stages = [stage for stage in self.stages.values() if stage.output is output]
        if self.is_complete(output):
            paths = {path for stage in stages for path in stage.paths}
            stages[-1].prune(paths, {owner for stage in stages for owner in stage.failed})

    def forget_mentions(self) -> None:
        """Let the mentions of all sites go: few ask for some when these are complete.

        They are read again for those who do. When the process ends, Python's collector walks
        through all objects three times: that takes longer than to let these go.
        """
        for site in self.mentions:
            site.forget()


_current: ContextVar[Build | None] = ContextVar("_current", default=None)


def begin() -> Build:
    """Start a build, and forget the one before in this process (``--autoreload``)."""
    build = Build()
    _current.set(build)
    return build


def current() -> Build:
    """Return the build under way."""
    return _current.get() or begin()


_reads_only = ContextVar("_reads_only", default=False)


@contextmanager
def only_read() -> Iterator[None]:
    """Have Pelican run for what it reads: it sends ``finalized`` in any case.

    The signal itself has to be sent, since i18n_subsites builds its sites on it.
    """
    token = _reads_only.set(True)
    try:
        yield
    finally:
        _reads_only.reset(token)


def is_only_read() -> bool:
    """Return whether the site is read and not built: within ``only_read``."""
    return _reads_only.get()

"""``article.mentions``: every article and page gets what others say about it, read on first use."""

from __future__ import annotations

import datetime as dt
import difflib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from pelican.utils import strftime

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.journal.collector import without_collection
from pelican_linkback.plugin.mentions.targets import SiteTargets
from pelican_linkback.plugin.pelican_types import ReadContent
from pelican_linkback.receiving.display.mention import DisplayOptions
from pelican_linkback.receiving.display.mentions import ArticleMentions
from pelican_linkback.receiving.display.selection import shown_by_page
from pelican_linkback.receiving.display.words import names, words_for
from pelican_linkback.receiving.endpoints import endpoints_of
from pelican_linkback.receiving.hosted.sources import exports_of
from pelican_linkback.receiving.memory.avatars import Avatars
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.receiving.received import Received
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.printable import printable, reason_of
from pelican_linkback.text.regex import regex

__all__ = ["SiteMentions", "day_in", "give_mentions"]

_TIME_OF_DAY = regex("%-?[cfHIMpSXZz]")

logger = logging.getLogger(__name__)


class SiteMentions:
    """The mentions of a site, judged and grouped when the first template asks for some.

    ``pelican`` are Pelican's settings of the site, ``targets`` its pages.
    """

    def __init__(self, settings: Settings, pelican: PelicanSettings, targets: Targets) -> None:
        self._settings, self._targets = settings, targets
        self._zone = ZoneInfo(pelican.get("TIMEZONE") or "UTC")
        self._avatars = Avatars(settings.state) if settings.avatars else None
        self._options_by_language: dict[tuple[str, str], DisplayOptions] = {}

    def of(self, content: ReadContent, target: Target, endpoint: str) -> ArticleMentions:
        """Return the mentions of an article or page, which is ``target``."""
        is_open = target.mentions is not Mode.CLOSED
        return ArticleMentions(
            partial(self._about, target.id),
            self._options(content),
            target=target.url if is_open else "",
            endpoint=endpoint if is_open else "",
            invites=is_open and self._settings.receives and self._settings.invite_mentions,
        )

    def _options(self, content: ReadContent) -> DisplayOptions:
        """Return how mentions look on a page: in its language, with dates as it has them."""
        key = (str(content.lang), str(getattr(content, "date_format", "") or "%Y-%m-%d"))
        if key not in self._options_by_language:
            language, form = key
            words = words_for(language, self._settings.mention_words)
            picture = self._avatars.path_of if self._avatars else _no_picture
            self._options_by_language[key] = DisplayOptions(
                words, self._zone, day_in(form), picture
            )
        return self._options_by_language[key]

    def pictures(self) -> Mapping[str, Path]:
        """Return our copies of the pictures of authors, by their paths in the output folder."""
        if not self._avatars:
            return {}
        mentions = chain.from_iterable(self._shown.values())
        return self._avatars.files(each.author.photo for each in mentions if each.author.photo)

    def forget(self) -> None:
        """Let all mentions go; they are read again if something asks for them."""
        vars(self).pop("_shown", None)

    def _about(self, page: str) -> Sequence[Received]:
        return self._shown.get(page, ())

    @cached_property
    def _shown(self) -> Mapping[str, Sequence[Received]]:
        state = self._settings.state
        try:
            decisions, problems = Moderation(state).read()
            kinds, approved = self._settings.show_kinds, exports_of(self._settings)
            with without_collection():
                known = Snapshot(state).read_unsorted()
                shown = shown_by_page(known.mentions, self._targets, decisions, kinds, approved)
        except FAULTS as error:  # pages are written without mentions
            logger.error("No mentions are shown: %s", reason_of(error))
            return {}
        for problem in (*known.problems, *problems):
            logger.warning("%s", problem)
        return shown


def _no_picture(photo: str) -> str:  # noqa: ARG001 (what a DisplayOptions takes)
    return ""


def day_in(form: str) -> Callable[[dt.datetime], str]:
    """Return what writes the day of a time in the form of Pelican's DATE_FORMATS."""

    @cache
    def written(when: dt.date) -> str:
        return str(strftime(when, form))

    if _TIME_OF_DAY.search(form):
        return written
    return lambda when: written(when.date())


def give_mentions(pages: SiteTargets, pelican: PelicanSettings, settings: Settings) -> SiteMentions:
    """Give every published article and page of a site its ``mentions``.

    ``pelican`` are Pelican's settings of the site.
    """
    for problem in _misspelt(settings.mention_words):
        logger.warning("%s", problem)
    site = SiteMentions(settings, pelican, pages.targets)
    to = endpoints_of(settings)
    for content, target in pages.contents():
        content.mentions = site.of(content, target, to.webmention if to else "")
    return site


def _misspelt(own: Iterable[str]) -> Iterator[str]:
    known = sorted(names())
    for name in sorted(set(own).difference(known)):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
        yield f"LINKBACK_MENTION_WORDS: there is no word {printable(name)!r}; {hint}"

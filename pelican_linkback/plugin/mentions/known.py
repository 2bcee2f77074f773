"""``article.mentions``: every article and page gets what others say about it, read on first use."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.feeds.formats.xml import batched
from pelican_linkback.journal.collector import without_collection
from pelican_linkback.plugin.mentions.days import DAY, date_format, day_in, locale_in_force
from pelican_linkback.plugin.mentions.targets import SiteTargets
from pelican_linkback.plugin.pelican_types import ReadContent
from pelican_linkback.receiving.display.groups import grouped
from pelican_linkback.receiving.display.mention import DisplayOptions
from pelican_linkback.receiving.display.mentions import ArticleMentions, Totals
from pelican_linkback.receiving.display.selection import shown_by_page
from pelican_linkback.receiving.display.shown import Shown, shown_of
from pelican_linkback.receiving.display.words import names, words_for
from pelican_linkback.receiving.endpoints import endpoints_of
from pelican_linkback.receiving.hosted.sources import exports_of
from pelican_linkback.receiving.memory.avatars import Avatars
from pelican_linkback.receiving.memory.decisions import Decisions
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.receiving.received import Received
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.printable import printable, reason_of

__all__ = ["SiteMentions", "give_mentions"]

TOGETHER = 100
"""The number of pages of which what they show is made together."""

logger = logging.getLogger(__name__)


class _Summary(NamedTuple):
    """The ``totals`` of pages by their ids, and the pictures of those who are shown (URLs).

    ``is_unread`` is whether the mentions could not be read: there are none then.
    """

    totals: Mapping[str, Totals]
    photos: Collection[str]
    is_unread: bool


class SiteMentions:
    """The mentions of a site, judged and grouped when the first template asks for some.

    ``pelican`` are Pelican's settings of the site, ``targets`` its pages. What the pages show is
    made for all of them together; what it is made of is let go then, and made again, of the same
    bytes, for those who ask for mentions as objects.
    """

    def __init__(self, settings: Settings, pelican: PelicanSettings, targets: Targets) -> None:
        self._settings, self._pelican, self._targets = settings, pelican, targets
        self._zone = ZoneInfo(pelican.get("TIMEZONE") or "UTC")
        self._avatars = Avatars(settings.state) if settings.avatars else None
        self._options_by_language: dict[tuple[str, str], DisplayOptions] = {}
        self._pages: list[_Page] = []
        self._is_unread = False

    def of(self, content: ReadContent, target: Target, endpoint: str) -> ArticleMentions:
        """Return the mentions of an article or page, which is ``target``."""
        is_open = target.mentions is not Mode.CLOSED
        page = _Page(self, target.id, self._options(content))
        self._pages.append(page)
        return ArticleMentions(
            page,
            target=target.url if is_open else "",
            endpoint=endpoint if is_open else "",
            invites=is_open and self._settings.receives and self._settings.invite_mentions,
        )

    def _options(self, content: ReadContent) -> DisplayOptions:
        """Return how mentions look on a page: in its language, with dates as it has them."""
        key = (str(content.lang), str(getattr(content, "date_format", "") or DAY))
        if key not in self._options_by_language:
            language, form = key
            words = words_for(language, self._settings.mention_words)
            named, _ = date_format(language, self._pelican)
            picture = self._avatars.path_of if self._avatars else _no_picture
            self._options_by_language[key] = DisplayOptions(
                words, self._zone, day_in(form, named), picture
            )
        return self._options_by_language[key]

    def pictures(self) -> Mapping[str, Path]:
        """Return our copies of the pictures of authors, by their paths in the output folder."""
        return self._avatars.files(self.summary.photos) if self._avatars else {}

    def forget(self) -> None:
        """Let all mentions go; they are read again if something asks for them."""
        for name in ("received", "shown", "_files"):
            vars(self).pop(name, None)

    @cached_property
    def summary(self) -> _Summary:
        """What is kept of the mentions when they are let go."""
        every = chain.from_iterable(self.received.values()) if self._avatars else ()
        return _Summary(
            {page: Totals.of(found) for page, found in self.received.items()},
            {each.author.photo for each in every if each.author.photo},
            self._is_unread,
        )

    @cached_property
    def locale(self) -> str:
        """The locale of dates for which ``shown`` is made: that of the first page that asks."""
        return locale_in_force()

    @cached_property
    def shown(self) -> Mapping[_Page, Shown]:
        """What our template shows of the mentions of each page that has some.

        A page that fails is left out.
        """
        pages = [each for each in self._pages if each.id in self.summary.totals]
        with without_collection():  # nothing of what is made in between has to be looked for
            found = dict(_shown_of(pages, self.received))
            del self.received
        return found

    @cached_property
    def received(self) -> Mapping[str, Sequence[Received]]:
        """The mentions that are shown, by the ids of their pages."""
        try:
            content, decisions, problems = self._files
            kinds, approved = self._settings.show_kinds, exports_of(self._settings)
            with without_collection():
                known = Snapshot(self._settings.state).read_unsorted(content)
                shown = shown_by_page(known.mentions, self._targets, decisions, kinds, approved)
        except FAULTS as error:  # pages are written without mentions
            logger.error("No mentions are shown: %s", reason_of(error))
            self._is_unread = True
            return {}
        for problem in (*known.problems, *problems):
            logger.warning("%s", problem)  # Pelican logs it once
        return shown

    @cached_property
    def _files(self) -> tuple[bytes, Decisions, Sequence[str]]:
        """``received.jsonl``, the decisions, and what is wrong with lines of these.

        All pages and feeds of a build show what is known when the first one asks for it: somebody
        may pull, or decide, meanwhile.
        """
        state = self._settings.state
        return Snapshot(state).content(), *Moderation(state).read()


class _Page:
    """What a site knows of the mentions of one page, by the ``id`` of that."""

    def __init__(self, site: SiteMentions, id_: str, options: DisplayOptions) -> None:
        self._site, self.id, self.options = site, id_, options

    @property
    def is_unread(self) -> bool:
        """Whether they could not be read."""
        return self._site.summary.is_unread

    def received(self) -> Sequence[Received]:
        """Return them."""
        return self._site.received.get(self.id, ())

    def totals(self) -> Totals:
        """Return how many there are."""
        return self._site.summary.totals.get(self.id) or Totals.of(())

    def shown(self) -> Shown:
        """Return what our own template shows of them."""
        if not self.totals().number:
            return Shown()
        is_as_others = locale_in_force() == self._site.locale  # a plugin may set it for each page
        known = self._site.shown.get(self) if is_as_others else None
        return known or shown_of([grouped(self.received(), self.options)])[0]


def _shown_of(
    pages: Sequence[_Page], received: Mapping[str, Sequence[Received]]
) -> Iterator[tuple[_Page, Shown]]:
    """Yield what is shown of each page, many made together; a page that fails is left out."""
    for some in batched(pages, TOGETHER):
        try:
            groups = [grouped(received[each.id], each.options) for each in some]
            yield from zip(some, shown_of(groups), strict=True)
        except FAULTS:  # raised again for the page that it is about
            if len(some) > 1:
                for each in some:
                    yield from _shown_of([each], received)


def _no_picture(photo: str) -> str:  # noqa: ARG001 (what a DisplayOptions takes)
    return ""


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

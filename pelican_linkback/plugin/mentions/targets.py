"""Pelican's articles and pages -> the Targets of mentions."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from pelican.contents import Article

from pelican_linkback.exceptions import InvalidURL, JournalError
from pelican_linkback.feeds.articles.id_registry import IdRegistry
from pelican_linkback.feeds.articles.pages import has_page
from pelican_linkback.plugin.contents import attempt, name_of, published
from pelican_linkback.plugin.feeds.site_files import has_unread_sources
from pelican_linkback.plugin.feeds.stage import FeedStage
from pelican_linkback.plugin.messages import MessageBuffer
from pelican_linkback.plugin.pelican_types import Generator, ReadContent
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import printable
from pelican_linkback.text.urls import normalise, resolve

__all__ = ["SiteTargets", "mode_of", "read_targets"]

logger = logging.getLogger(__name__)

_COST = "it takes no mentions"


@dataclass(frozen=True, slots=True)
class SiteTargets:
    """The targets of one site: the pages that it publishes.

    ``home`` is the home page, unless that is an article or a page. ``is_whole`` is false if an
    article or a page could not be read.
    """

    targets: Targets
    home: Target | None
    is_whole: bool
    _by_content: Mapping[int, tuple[ReadContent, Target]]
    """By the object's ``id()``: the object is kept alive."""

    def contents(self) -> Collection[tuple[ReadContent, Target]]:
        """Return the articles and pages, and the target that each is."""
        return self._by_content.values()

    def of(self, content: object) -> Target | None:
        """Return the target that a published article or page is."""
        found = self._by_content.get(id(content))
        return found[1] if found else None


def read_targets(
    generators: Sequence[Generator],
    stages: Mapping[int, FeedStage],
    settings: Settings,
    now: dt.datetime,
) -> SiteTargets:
    """Return what the ``generators`` of a site publish at ``now``.

    ``stages`` are those of the build, by the ``id()`` of their generators. An article that cannot
    be read costs itself.
    """
    ids, registry = _ids(generators, stages, settings)
    former = registry.urls() if registry else {}
    messages = MessageBuffer(logger)
    read = partial(_target, ids=ids, former=former, settings=settings, messages=messages)
    contents = [each for each in _contents(generators, now) if has_page(each)]
    found = [(each, attempt(each, read, None, _COST)) for each in contents]
    messages.flush()
    by_content = {id(each): (each, target) for each, target in found if target}
    pages = tuple(target for _, target in by_content.values())
    home = _home(generators[0], settings, Targets(pages))
    former_sites = registry.sites - {settings.site_url} if registry else ()
    # A subsite is below the main site, and so are its former addresses.
    aliases = () if settings.subsite else settings.aliases
    return SiteTargets(
        Targets(
            (*pages, home) if home else pages,
            settings.site_url,
            tuple(dict.fromkeys((*aliases, *sorted(former_sites)))),
        ),
        home,
        len(by_content) == len(contents) and not any(map(has_unread_sources, generators)),
        by_content,
    )


def _contents(generators: Sequence[Generator], now: dt.datetime) -> Iterator[ReadContent]:
    """Yield each published article and page once: two generators may have the same pages."""
    yield from {id(each): each for every in generators for each in published(every, now)}.values()


def _ids(
    generators: Sequence[Generator], stages: Mapping[int, FeedStage], settings: Settings
) -> tuple[Mapping[int, str], IdRegistry | None]:
    """Return the entry ids, by the ``id()`` of the contents; none if they cannot be read."""
    stage = next((stages[id(each)] for each in generators if id(each) in stages), None)
    if stage is None:
        return {}, None
    try:
        ids, registry = stage.ids([*stages.values()])
    except JournalError as error:
        logger.debug("%s: %s", settings.state, error)  # reported with the feeds
        return {}, None
    return {content: name for content, (_, name) in ids.items()}, registry


def _target(
    content: ReadContent,
    ids: Mapping[int, str],
    former: Mapping[str, Sequence[str]],
    settings: Settings,
    messages: MessageBuffer,
) -> Target:
    """Return the target that a content is."""
    base = f"{settings.site_url}/"
    url = resolve(base, content.url)
    url = normalise(url) if settings.site_url else url
    entry = ids.get(id(content), "")
    mode, problem = mode_of(content.metadata.get("mentions"))
    if problem:
        messages.add(logging.WARNING, "Mentions", f"{name_of(content)}: Mentions: {problem}")
    before = former.get(entry, ())
    return Target(
        id=entry if entry and isinstance(content, Article) else url,
        url=url,
        title=str(content.title),
        former=tuple(sorted({*_absolute(before, base)} - {url, resolve(base, content.url)})),
        mentions=mode,
    )


def _absolute(urls: Sequence[str], base: str) -> Iterator[str]:
    for url in urls:
        with suppress(InvalidURL):  # a line of ids.jsonl can be edited by hand
            yield resolve(base, url)


def _home(generator: Generator, settings: Settings, pages: Targets) -> Target | None:
    """Return the home page, unless an article or a page is at its address."""
    url = f"{settings.site_url}/"
    title = str(generator.settings.get("SITENAME") or "")
    return None if pages.find(url) else Target(url, url, title)


def mode_of(value: object) -> tuple[Mode, str]:
    """Return what ``Mentions:`` in the metadata means, and what is wrong with it, if anything.

    A misspelt value holds the mentions: none is shown that the author did not want, and none lost.
    """
    said = str(value if value is not None else "").strip().lower()
    if not said:
        return Mode.OPEN, ""
    if said in {*Mode}:
        return Mode(said), ""
    # Few articles have any, and those are seldom misspelt.
    from difflib import get_close_matches  # noqa: PLC0415

    near = get_close_matches(said, [*Mode], n=1, cutoff=0.65)
    hint = f"; did you mean {near[0]}?" if near else ""
    problem = f"{printable(value)!r} is not open, held or closed, so its mentions are held{hint}"
    return Mode.HELD, problem

"""Pelican's articles and pages -> the Targets of mentions."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import product

from pelican.contents import Article

from pelican_linkback.exceptions import InvalidURL, JournalError
from pelican_linkback.feeds.articles.pages import has_page
from pelican_linkback.plugin.contents import attempt, name_of, published
from pelican_linkback.plugin.feeds.site_files import has_unread_sources
from pelican_linkback.plugin.feeds.stage import FeedStage, Identities
from pelican_linkback.plugin.messages import MessageBuffer
from pelican_linkback.plugin.pelican_types import Generator, ReadContent
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import printable
from pelican_linkback.text.titles import plain_text
from pelican_linkback.text.urls import page_key, resolve

__all__ = ["SiteTargets", "mode_of", "nothing_read", "read_targets"]

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
    known = _identities(generators, stages, settings)
    former_sites = {*known.sites} - {settings.site_url}
    messages = MessageBuffer(logger)
    read = partial(_target, known=known, settings=settings, messages=messages)
    unread: Target | None = Target("", "")
    found = [(each, attempt(each, read, unread, _COST)) for each in _contents(generators, now)]
    messages.flush()
    by_content = {id(each): (each, target) for each, target in found if target and target.id}
    pages = [target for _, target in by_content.values()]
    home = _home(generators[0], pages, known, settings)
    # Aliases are those of the main site. Pages of a subsite have all former URLs themselves.
    aliases = () if settings.subsite else (*settings.aliases, *sorted(former_sites))
    return SiteTargets(
        Targets(
            tuple(filter(None, (*pages, home))),
            settings.site_url,
            tuple(dict.fromkeys(aliases)),
        ),
        home,
        is_whole=not (
            any(target is unread for _, target in found) or any(map(has_unread_sources, generators))
        ),
        _by_content=by_content,
    )


def nothing_read(settings: Settings) -> SiteTargets:
    """Return what stands for a site whose pages could not be read."""
    return SiteTargets(Targets(site=settings.site_url), None, is_whole=False, _by_content={})


def _contents(generators: Sequence[Generator], now: dt.datetime) -> Iterator[ReadContent]:
    """Yield each published article and page once: two generators may have the same pages."""
    yield from {id(each): each for every in generators for each in published(every, now)}.values()


def _identities(
    generators: Sequence[Generator], stages: Mapping[int, FeedStage], settings: Settings
) -> Identities:
    """Return what is known of the entries of a site; nothing if their ids cannot be read."""
    stage = next((stages[id(each)] for each in generators if id(each) in stages), None)
    try:
        return stage.identities([*stages.values()]) if stage else Identities()
    except JournalError as error:
        logger.debug("%s: %s", settings.state, error)  # reported with the feeds
        return Identities()


def _target(
    content: ReadContent, known: Identities, settings: Settings, messages: MessageBuffer
) -> Target | None:
    """Return the target that a content is; None if it has no page."""
    if not has_page(content):
        return None
    # Pelican computes an article's URL each time.
    path = known.paths.get(id(content)) or content.url
    url = page_key(resolve(f"{settings.site_url}/", path))
    entry = known.ids.get(id(content), "")
    mode, problem = mode_of(content.metadata.get("mentions"))
    if problem:
        messages.add(logging.WARNING, "Mentions", f"{name_of(content)}: Mentions: {problem}")
    return Target(
        id=entry if entry and isinstance(content, Article) else url,
        url=url,
        title=plain_text(str(content.title)),
        former=_former(url, path, known.urls.get(entry, ()), known, settings),
        mentions=mode,
    )


def _former(
    url: str, path: str, known_at: Sequence[str], known: Identities, settings: Settings
) -> tuple[str, ...]:
    """Return the absolute URLs that a page had, besides ``url``, which is that of ``path`` now.

    ``known_at`` are the URLs that it is known at, relative as ``path`` is.
    """
    sites = (settings.site_url, *(known.sites if settings.subsite else ()))
    others = {*product(sites, (path, *known_at))} - {(settings.site_url, path)}
    found = set()
    for site, place in others:
        with suppress(InvalidURL):  # a line of ids.jsonl can be edited by hand
            found.add(page_key(resolve(f"{site}/", place)))
    return tuple(sorted(found - {url}))


def _home(
    generator: Generator, pages: Sequence[Target], known: Identities, settings: Settings
) -> Target | None:
    """Return the home page, unless an article or a page is at its address."""
    url = page_key(f"{settings.site_url}/")
    if any(each.url.removesuffix("index.html") == url for each in pages):
        return None
    for_all = generator.settings.get("DEFAULT_METADATA") or {}
    mode, _ = mode_of(for_all.get("mentions"))
    title = str(generator.settings.get("SITENAME") or "")
    return Target(url, url, title, _former(url, "", (), known, settings), mode)


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

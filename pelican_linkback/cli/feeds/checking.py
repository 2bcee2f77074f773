"""``pelican-linkback check``: finds errors in feeds, and imports the ids of older feeds."""

from __future__ import annotations

import argparse
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache, partial
from itertools import groupby
from pathlib import Path

from pelican_linkback.cli.feeds.built_feeds import (
    BuiltFeeds,
    address_of_feeds,
    complain_of_missing,
    load_plugins,
    registered_readers,
)
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import UnreadableFeed, WebError
from pelican_linkback.feedcheck.built import built_file
from pelican_linkback.feedcheck.check import Checked, Expected, Unread, check
from pelican_linkback.feedcheck.findings import Finding
from pelican_linkback.feedcheck.reading import published_ids
from pelican_linkback.feeds.ids.store import IdStore, edition_of
from pelican_linkback.net.client import Web
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.printable import printable, system_reason
from pelican_linkback.text.summarise import FEW

__all__ = ["run"]


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Show what is wrong with the feeds of the built site. Status 1 when anything is."""
    base, now = address_of_feeds(settings, arguments), dt.datetime.now(dt.UTC)
    store = IdStore(settings.state, edition_of(settings))
    if arguments.published:
        ids_at = partial(_ids_at, settings=settings, pelican=arguments.pelican)
        return _import(arguments.published, ids_at, now, store, screen)
    built = BuiltFeeds.of(settings, arguments)
    expected = Expected(
        base=base,
        now=now,
        remembered=store.registry().by_link(),
        readdressed=settings.feeds_readdressed or settings.feeds is not None,
        look=cache(partial(built_file, settings.output, settings.site_url)),
        written=built.written,
        readers=built.readers,
    )
    checked = check(built.documents, expected)
    if screen.json:
        screen.data(asdict(checked))
    else:
        _show(checked, screen)
    missing = not checked.feeds and complain_of_missing(settings, arguments, screen)
    return 1 if checked.findings or missing else 0


def _show(checked: Checked, screen: Screen) -> None:
    shown = checked.findings if screen.verbose else list(_first_of_each_kind(checked.findings))
    for feed, findings in groupby(shown, key=lambda finding: finding.feed):
        screen.insist(feed, style="bold")
        for each in findings:
            about = f"{each.entry}: " if each.entry else ""
            screen.insist(f"{about}{each.message} [{each.code}]", indent="  ")
    some, all_of = (Counter(each.code for each in found) for found in (shown, checked.findings))
    for code in some:
        if all_of[code] > some[code]:
            screen.insist(
                f"{code}: {all_of[code]} in all, {some[code]} of them shown; -v shows all"
            )
    _show_unread(checked.unread, screen)
    number = len(checked.findings)
    findings_are = "1 finding" if number == 1 else f"{number} findings"
    screen.say(f"Feeds: {checked.feeds} checked, {findings_are}")


def _show_unread(unread: Sequence[Unread], screen: Screen) -> None:
    if unread:
        types = ", ".join(sorted({each.type for each in unread}))
        number = "1 document" if len(unread) == 1 else f"{len(unread)} documents"
        screen.say(f"Not read: {number} in a format without a reader ({types}): {unread[0].feed}")


def _first_of_each_kind(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first few findings of each kind: a list of a thousand helps nobody."""
    seen: Counter[str] = Counter()
    for each in findings:
        seen[each.code] += 1
        if seen[each.code] <= FEW:
            yield each


def _import(
    places: Sequence[str],
    ids_at: Callable[[str], dict[str, str]],
    now: dt.datetime,
    store: IdStore,
    screen: Screen,
) -> int:
    """Import the ids of feeds that were published before. Status 1 when one cannot be read."""
    imported: list[dict[str, object]] = []
    for place in places:
        try:
            ids = ids_at(place)
        except UnreadableFeed as error:
            imported.append({"feed": place, "problem": str(error)})
            continue
        except WebError as error:
            imported.append({"feed": place, "problem": error.reason})
            continue
        new = store.import_ids(ids, now)
        imported.append({"feed": place, "ids": len(ids), "new": new})
    if screen.json:
        screen.data({"imported": imported})
    else:
        _show_imported(imported, screen)
    return 1 if any("problem" in each for each in imported) else 0


def _ids_at(place: str, settings: Settings, pelican: PelicanSettings) -> dict[str, str]:
    """Return the ids in the feed at a place, which may be in a format of a plugin of the site."""
    document, known = _fetched(place, settings), registered_readers()
    try:
        return published_ids(document, known)
    except UnreadableFeed:
        load_plugins(pelican)
        if (readers := registered_readers()) == known:
            raise
        return published_ids(document, readers)


def _show_imported(imported: Sequence[Mapping[str, object]], screen: Screen) -> None:
    for each in imported:
        if "problem" in each:
            screen.insist(f"{each['feed']}: {each['problem']}")
        else:
            screen.say(f"{each['feed']}: {each['ids']} ids, {each['new']} of them new")


def _fetched(place: str, settings: Settings) -> bytes:
    if "://" not in place:
        try:
            return Path(place).read_bytes()
        except OSError as error:
            why = f"it cannot be read ({system_reason(error)})"
            raise UnreadableFeed("unreadable", why) from error
    agent, allow = settings.user_agent, settings.allow_hosts
    with Web(timeout=settings.timeout, user_agent=agent, allow=allow) as web:
        answer = web.get(place)
    if answer.status != 200:
        raise UnreadableFeed("unreadable", f"it answers {answer.status}")
    if answer.packed:
        packed = printable(answer.packed, 60)
        raise UnreadableFeed("unreadable", f"it is packed as {packed}, which cannot be unpacked")
    if answer.truncated:
        raise UnreadableFeed("unreadable", "it is larger than 1 MB; download it, and name the file")
    return answer.body

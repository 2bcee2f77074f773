"""``pelican-linkback check``: finds errors in feeds, and imports the ids of older feeds."""

from __future__ import annotations

import argparse
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache, partial
from itertools import groupby
from pathlib import Path

from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import InvalidURL, SettingsError, UnreadableFeed, WebError
from pelican_linkback.feedcheck.built import built_file
from pelican_linkback.feedcheck.check import Checked, Expected, check
from pelican_linkback.feedcheck.findings import Finding
from pelican_linkback.feedcheck.reading import published_ids
from pelican_linkback.feeds.articles.id_store import IdStore, edition_of
from pelican_linkback.feeds.output.files import documents
from pelican_linkback.feeds.output.manifest import MANIFEST
from pelican_linkback.feeds.output.manifest import read as read_manifest
from pelican_linkback.net.client import Web
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.printable import printable
from pelican_linkback.text.summarise import FEW
from pelican_linkback.text.urls import normalise

__all__ = ["address_of_feeds", "asks_for_feeds", "built_documents", "complain_of_missing", "run"]

_FORMATS = frozenset({"ATOM", "JSON", "RSS"})


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Show what is wrong with the feeds of the built site. Status 1 when anything is."""
    base, now = address_of_feeds(settings), dt.datetime.now(dt.UTC)
    store = IdStore(settings.state, edition_of(settings))
    if arguments.published:
        return _import(arguments.published, settings, now, store, screen)
    expected = Expected(
        base=base,
        now=now,
        remembered=store.registry().by_link(),
        readdressed=settings.feeds_readdressed or settings.feeds is not None,
        look=cache(partial(built_file, settings.output, settings.site_url)),
        written=_written(settings.output),
    )
    checked = check(built_documents(settings), expected)
    if screen.json:
        screen.data(asdict(checked))
    else:
        _show(checked, screen)
    missing = not checked.feeds and complain_of_missing(settings, arguments.pelican, screen)
    return 1 if checked.findings or missing else 0


def complain_of_missing(settings: Settings, pelican: PelicanSettings, screen: Screen) -> bool:
    """Say that there is no feed, where the settings ask for one; return whether they do."""
    if not asks_for_feeds(settings, pelican):
        return False
    if not screen.json:
        screen.insist(
            f"There is no feed in {settings.output}; build the site first, or fix OUTPUT_PATH"
        )
    return True


def built_documents(settings: Settings) -> dict[str, bytes]:
    """Return the documents of the built site that can be feeds, by their paths."""
    if not settings.output.is_dir():
        raise SettingsError([f"there is no folder {settings.output}; build the site first"])
    return documents(settings.output)


def _written(output: Path) -> set[str]:
    """Return the paths of the feeds that a build wrote into the output folder."""
    try:
        return set(read_manifest((output / MANIFEST).read_bytes()))
    except OSError:
        return set()


def asks_for_feeds(settings: Settings, pelican: PelicanSettings) -> bool:
    """Return whether the settings ask for any feed."""
    return bool(settings.feeds) or any(pelican[name] for name in pelican if _names_a_feed(name))


def _names_a_feed(setting: str) -> bool:
    """Return whether a setting asks for a feed, as FEED_ATOM and CATEGORY_FEED_JSON do."""
    *words, form = setting.split("_")
    return "FEED" in words and form in _FORMATS


def address_of_feeds(settings: Settings) -> str:
    """Return the URL of the output folder; raise SettingsError where the settings have none."""
    try:
        return normalise(settings.feed_domain)
    except InvalidURL as error:
        problem = (
            f"SITEURL or FEED_DOMAIN = {settings.feed_domain!r}: {error.reason}, so the "
            "addresses of the feeds are not known; name the settings that publish the site with -s"
        )
        raise SettingsError([problem]) from error


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
    number = len(checked.findings)
    findings_are = "1 finding" if number == 1 else f"{number} findings"
    screen.say(f"Feeds: {checked.feeds} checked, {findings_are}")


def _first_of_each_kind(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first few findings of each kind: a list of a thousand helps nobody."""
    seen: Counter[str] = Counter()
    for each in findings:
        seen[each.code] += 1
        if seen[each.code] <= FEW:
            yield each


def _import(
    places: Sequence[str], settings: Settings, now: dt.datetime, store: IdStore, screen: Screen
) -> int:
    """Import the ids of feeds that were published before. Status 1 when one cannot be read."""
    imported: list[dict[str, object]] = []
    for place in places:
        try:
            ids = published_ids(_fetched(place, settings))
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
            raise UnreadableFeed("unreadable", f"it cannot be read ({error.strerror})") from error
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

"""``pelican-linkback check``: what is wrong with the feeds, and which ids they had before."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from rich.console import Console

from pelican_linkback.exceptions import InvalidURL, SettingsError, UnreadableFeed
from pelican_linkback.feeds import identity, output
from pelican_linkback.feeds.check import Checked, Expected, check
from pelican_linkback.feeds.reading import published_ids
from pelican_linkback.journal import Journal
from pelican_linkback.settings import Settings
from pelican_linkback.text import harmless
from pelican_linkback.urls import normalise
from pelican_linkback.web import Web

__all__ = ["run"]


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Say what is wrong with the feeds of the built site. Status 1 when anything is."""
    base, now = _address_of_the_feeds(settings), dt.datetime.now(dt.UTC)
    journal = Journal(settings.state / identity.JOURNAL)
    if arguments.published:
        return _remember(arguments.published, settings, journal, now)
    expected = Expected(
        base=base,
        now=now,
        remembered=identity.remembered(journal).by_link(settings.site_url, settings.edition),
        readdressed=settings.feeds_readdressed or settings.feeds is not None,
    )
    if not settings.output.is_dir():
        raise SettingsError([f"there is no folder {settings.output}; build the site first"])
    checked = check(output.documents(settings.output), expected)
    if arguments.json:
        print(json.dumps(asdict(checked), indent=2))  # noqa: T201
    else:
        _show(checked)
    return 1 if checked.findings else 0


def _address_of_the_feeds(settings: Settings) -> str:
    try:
        return normalise(settings.feed_domain)
    except InvalidURL as error:
        problem = (
            f"SITEURL or FEED_DOMAIN = {settings.feed_domain!r}: {error.reason}, so nobody can say "
            "where the feeds belong; name the settings that publish the site with -s"
        )
        raise SettingsError([problem]) from error


def _show(checked: Checked) -> None:
    console = Console(soft_wrap=True, markup=False, highlight=False)
    for feed, findings in groupby(checked.findings, key=lambda finding: finding.feed):
        console.print(harmless(feed, 1000), style="bold")
        for each in findings:
            about = f"{each.entry}: " if each.entry else ""
            console.print(f"  {about}{each.message} [{each.code}]")
    console.print(f"Feeds: {checked.feeds} checked, {len(checked.findings)} findings")


def _remember(places: Sequence[str], settings: Settings, journal: Journal, now: dt.datetime) -> int:
    """Remember the ids of feeds that were published before. Status 1 when one cannot be read."""
    console = Console(soft_wrap=True, markup=False, highlight=False)
    unreadable = 0
    for place in places:
        try:
            ids = published_ids(_fetched(place, settings))
        except UnreadableFeed as error:
            unreadable += 1
            console.print(f"{harmless(place)}: {error}")
            continue
        entries = identity.continued(ids, settings.site_url, settings.edition, now)
        new = identity.remember(journal, entries, identity.remembered(journal), now)
        console.print(f"{harmless(place)}: {len(ids)} ids, {new} of them new")
    return 1 if unreadable else 0


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
    if answer.truncated:
        raise UnreadableFeed("unreadable", "it is larger than 1 MB; download it, and name the file")
    return answer.body

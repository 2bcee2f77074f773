"""``pelican-linkback feeds``: which feeds the built site has, and what is in each."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import asdict

from pelican_linkback.cli.feeds.built_feeds import BuiltFeeds, address_of_feeds, complain_of_missing
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.feedcheck.listing import ListedFeed, listed
from pelican_linkback.settings.model import Settings

__all__ = ["run"]


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """List the feeds. Status 1 where one cannot be read, or there is none."""
    base = address_of_feeds(settings, arguments)
    built = BuiltFeeds.of(settings, arguments)
    feeds = listed(built.documents, base, built.written, built.readers)
    if screen.json:
        screen.data({"feeds": [*map(_as_json, feeds)]})
    else:
        _show(feeds, screen)
    missing = not feeds and complain_of_missing(settings, arguments, screen)
    return 1 if missing or any(each.problem for each in feeds) else 0


def _as_json(feed: ListedFeed) -> dict[str, object]:
    fields = asdict(feed) | {"newest": feed.newest and feed.newest.isoformat()}
    del fields["label"]  # which is for people
    return fields


def _show(feeds: Iterable[ListedFeed], screen: Screen) -> None:
    archives = shown = 0
    for each in feeds:
        if each.problem:
            screen.insist(f"{each.url}: {each.problem}")
        elif each.archive and not screen.verbose:
            archives += 1
        else:
            screen.entry(each.label or "", [each.url], [_about(each)])
            shown += 1
    more = f", and {archives} archive documents (-v shows them)" if archives else ""
    screen.say(f"Feeds: {shown}{more}")


def _about(feed: ListedFeed) -> str:
    if feed.entries is None:
        return f"{_size(feed.size)}, not read: its format has no reader"
    entries = "1 entry" if feed.entries == 1 else f"{feed.entries} entries"
    newest = f", newest {feed.newest:%Y-%m-%d %H:%M}" if feed.newest else ""
    return f"{entries}{newest}, {_size(feed.size)}: {feed.title or 'no title'}"


def _size(number: int) -> str:
    """Return a number of bytes for people.

    >>> _size(999), _size(12_345), _size(3_456_789)
    ('999 bytes', '12.3 kB', '3.5 MB')
    """
    if number < 1000:
        return f"{number} bytes"
    return f"{number / 1e3:.1f} kB" if number < 1e6 else f"{number / 1e6:.1f} MB"

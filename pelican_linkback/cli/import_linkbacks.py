"""``pelican-linkback import-linkbacks``: records what pelican-plugin-linkbacks sent."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from pelican import Pelican
from pelican.contents import Article

from pelican_linkback.cli.context import must_publish
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.plugin.adapters import posts_of, read_site
from pelican_linkback.plugin.contents import name_of
from pelican_linkback.sending import Sending
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.deciding.import_linkbacks import (
    FILE,
    PastMention,
    inherited,
    mentions_in,
)
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.printable import printable

__all__ = ["place_of_cache", "run"]


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Record what the cache says was sent. Status 1 if the cache cannot be used."""
    must_publish(settings, arguments)
    file = arguments.cache or place_of_cache(arguments.pelican)
    sent, now = _read(file), dt.datetime.now(dt.UTC)
    posts = _by_slug(Pelican(arguments.pelican), settings, now)
    present = [each for each in sent if _is_linked(each, posts)]
    ledger = Sending(settings).ledger()
    known = ledger.deliveries
    facts = [fact for each in present for fact in inherited(each, posts[each.slug], known)]
    ledger.record(facts, now)
    new = {mention for mention, _ in facts}
    numbers = {"told": len(sent), "new": len(new), "gone": len(sent) - len(present)}
    if screen.json:
        screen.data({"cache": str(file)} | numbers)
    else:
        screen.say(
            f"{file}: {numbers['told']} links had been sent, {numbers['new']} of them new here"
        )
        if numbers["gone"]:
            screen.say(f"{numbers['gone']} of them are not on the site any more, and left out")
    return 0


def place_of_cache(pelican: PelicanSettings) -> Path:
    """Return the path of that plugin's cache with these settings of Pelican."""
    return Path(pelican.get("LINKBACKS_CACHEPATH") or Path(pelican["CACHE_PATH"]) / FILE)


def _read(file: Path) -> list[PastMention]:
    try:
        return mentions_in(file.read_bytes())
    except FileNotFoundError:
        message = f"there is no file {file}; name the cache of pelican-plugin-linkbacks"
        raise LinkbackError(message) from None
    except (OSError, LinkbackError) as error:
        message = f"{file} cannot be used: {printable(error)}; nothing was imported"
        raise LinkbackError(message) from error


def _by_slug(pelican: Pelican, settings: Settings, now: dt.datetime) -> dict[str, Post]:
    """Return the articles by slug, the key of that plugin; originals only, no translations."""
    articles = [each for each in read_site(pelican, now).contents if isinstance(each, Article)]
    by_name = {post.article: post for post in posts_of(articles, settings)}
    found = [(article.slug, by_name.get(name_of(article))) for article in articles]
    return {slug: post for slug, post in reversed(found) if post and not post.is_unknown}


def _is_linked(past: PastMention, posts: Mapping[str, Post]) -> bool:
    return past.slug in posts and past.target in posts[past.slug].links

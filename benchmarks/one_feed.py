"""One Atom feed and one RSS feed of 1,000 entries of 5 KB: from ``Feed`` to text, and the peers."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.measure import Row, alternately, cpu
from benchmarks.site import SITE_URL, Plan, section

__all__ = ["rows"]


@dataclass(frozen=True)
class Post:
    """An entry; its attributes are what every framework below is given."""

    title: str
    url: str
    html: str
    date: dt.datetime
    author: str
    tags: tuple[str, ...]

    def get_absolute_url(self) -> str:
        """Return the URL, as Django asks for it."""
        return self.url


def _posts() -> list[Post]:
    chance = random.Random(2026)
    first = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    return [
        Post(
            f"Article {number} & more",
            f"{SITE_URL}/posts/{number}/",
            "".join(section(Plan(), part, chance) for part in range(5)),
            first + dt.timedelta(hours=number),
            f"Author {number % 50}",
            tuple(f"tag {tag}" for tag in chance.sample(range(200), 5)),
        )
        for number in range(1000)
    ]


POSTS = _posts()


class Declared:
    """A feed as Django and we declare it."""

    title = "A blog"
    link = "/"
    description = "A blog about feeds"
    author_name = "Editor"

    def items(self) -> list[Post]:
        """Return all entries."""
        return POSTS

    def item_title(self, item: Post) -> str:
        """Return the title."""
        return item.title

    def item_description(self, item: Post) -> str:
        """Return the article."""
        return item.html

    def item_pubdate(self, item: Post) -> dt.datetime:
        """Return the date."""
        return item.date

    def item_author_name(self, item: Post) -> str:
        """Return the author."""
        return item.author

    def item_categories(self, item: Post) -> tuple[str, ...]:
        """Return the tags."""
        return item.tags


def _ours() -> Callable[[], object]:
    from pelican_linkback import feeds  # noqa: PLC0415 (each peer is alone in its process)

    class Rss(Declared, feeds.Feed):
        path = "feed.xml"

    class Atom(Rss):
        feed_type = feeds.Atom1Feed

    site = feeds.Site(SITE_URL, "A blog", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return lambda: [each()(site).writeString("utf-8") for each in (Rss, Atom)]


def _django() -> Callable[[], object]:
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.syndication.views import Feed  # noqa: PLC0415
    from django.test import RequestFactory  # noqa: PLC0415
    from django.utils.feedgenerator import Atom1Feed  # noqa: PLC0415

    settings.configure(ALLOWED_HOSTS=["*"], USE_I18N=False)
    django.setup()

    class Rss(Declared, Feed):
        pass

    class Atom(Rss):
        feed_type = Atom1Feed

    request = RequestFactory().get("/feed.xml", secure=True)
    return lambda: [each().get_feed(None, request).writeString("utf-8") for each in (Rss, Atom)]


def _feedgenerator() -> Callable[[], object]:
    import feedgenerator  # noqa: PLC0415

    def write(kind: type) -> str:
        feed = kind("A blog", f"{SITE_URL}/", "A blog about feeds", author_name="Editor")
        for post in POSTS:
            feed.add_item(
                post.title,
                post.url,
                post.html,
                unique_id=post.url,
                pubdate=post.date,
                author_name=post.author,
                categories=post.tags,
            )
        text: str = feed.writeString("utf-8")
        return text

    return lambda: [write(kind) for kind in (feedgenerator.Rss201rev2Feed, feedgenerator.Atom1Feed)]


def _feedgen() -> Callable[[], object]:
    from feedgen.feed import FeedGenerator  # noqa: PLC0415

    def write(form: str) -> bytes:
        feed = FeedGenerator()
        feed.id(f"{SITE_URL}/")
        feed.title("A blog")
        feed.link(href=f"{SITE_URL}/")
        feed.description("A blog about feeds")
        feed.author(name="Editor")
        for post in POSTS:
            entry = feed.add_entry(order="append")
            entry.id(post.url)
            entry.title(post.title)
            entry.link(href=post.url)
            entry.summary(post.html)
            entry.description(post.html)
            entry.published(post.date)
            entry.updated(post.date)
            entry.author(name=post.author)
            entry.category([{"term": tag} for tag in post.tags])
        text: bytes = feed.atom_str() if form == "atom" else feed.rss_str()
        return text

    return lambda: [write(form) for form in ("rss", "atom")]


def _limit() -> Callable[[], object]:
    """Format and escape, and nothing else."""
    from xml.sax.saxutils import escape  # noqa: PLC0415

    def write(post: Post) -> str:
        tags = "".join(f"<category>{escape(tag)}</category>" for tag in post.tags)
        return (
            f"<item><title>{escape(post.title)}</title><link>{escape(post.url)}</link>"
            f"<description>{escape(post.html)}</description><author>{escape(post.author)}</author>"
            f"<pubDate>{post.date:%a, %d %b %Y %H:%M:%S %z}</pubDate>{tags}</item>"
        )

    return lambda: ["".join(map(write, POSTS)) for _ in ("rss", "atom")]


PEERS = {
    "Django's Feed": _django,
    "feedgenerator by hand": _feedgenerator,
    "feedgen": _feedgen,
    "format and escape alone": _limit,
}


def rows(times: int = 9) -> Iterator[Row]:
    """Measure ours and each peer, in turn."""
    ours, *theirs = map(cpu, alternately(times, _ours, *PEERS.values()))
    peers = dict(zip(PEERS, theirs, strict=True))
    limit = peers.pop("format and escape alone")
    best = min(peers.values())
    for peer, seconds in peers.items():
        ratio = seconds / ours
        is_best = seconds == best
        yield Row(
            "Atom and RSS, 1,000 entries of 5 KB",
            peer + (" (the best)" if is_best else ""),
            f"{ours * 1000:.0f} ms",
            f"{seconds * 1000:.0f} ms",
            f"{ratio:.1f} × less CPU",
            "3 ×" if is_best else "",
            ratio >= 3 if is_best else None,
        )
    yield Row(
        "the same",
        "format and escape alone (the limit)",
        f"{ours * 1000:.0f} ms",
        f"{limit * 1000:.0f} ms",
        f"{ours / limit:.1f} × the limit",
    )

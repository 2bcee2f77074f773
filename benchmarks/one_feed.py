"""Feeds of 1,000 entries of 5 KB, from ``Feed`` to files: ours, the peers, and the limits.

Each writes in the fastest of the ways that it has: Django and feedgenerator to a file of text, we
to one of bytes.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.feed_limits import dump_json, json_items, write_xml
from benchmarks.measure import Row, alternately, cpu, folder
from benchmarks.site import SITE_URL, Plan, section

__all__ = ["rows", "write_ours"]

Write = Callable[[Path], object]
"""Writes its documents into a folder."""


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


def write_ours(*names: str) -> Write:
    """Return what writes our documents of these formats."""
    from pelican_linkback import feeds  # noqa: PLC0415 (each peer is alone in its process)

    class Rss(Declared, feeds.Feed):
        path = "feed.xml"

    class Atom(Rss):
        feed_type = feeds.Atom1Feed

    class Json(Rss):
        feed_type = feeds.JsonFeed

    classes = {"rss": Rss, "atom": Atom, "json": Json}
    site = feeds.Site(SITE_URL, "A blog", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    def write(output: Path) -> None:
        for name in names:
            with (output / name).open("wb") as file:
                classes[name]()(site).write(file, "utf-8")

    return write


def _django() -> Write:
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

    def write(output: Path) -> None:
        for each in (Rss, Atom):
            with (output / each.__name__).open("w", encoding="utf-8") as file:
                each().get_feed(None, request).write(file, "utf-8")

    return write


def _feedgenerator() -> Write:
    import feedgenerator  # noqa: PLC0415

    def write(output: Path) -> None:
        for kind in (feedgenerator.Rss201rev2Feed, feedgenerator.Atom1Feed):
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
            with (output / kind.__name__).open("w", encoding="utf-8") as file:
                feed.write(file, "utf-8")

    return write


def _feedgen() -> Write:
    from feedgen.feed import FeedGenerator  # noqa: PLC0415

    def write(output: Path) -> None:
        for form in ("rss", "atom"):
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
            getattr(feed, f"{form}_file")(str(output / form))

    return write


def _jsonfeed_util() -> Write:
    import jsonfeed  # noqa: PLC0415

    def write(output: Path) -> None:
        feed = jsonfeed.Feed("A blog", f"{SITE_URL}/", description="A blog about feeds")
        feed.authors = [jsonfeed.Author("Editor")]
        for post in POSTS:
            item = jsonfeed.Item(post.url, post.url, title=post.title, content_html=post.html)
            item.date_published = post.date.isoformat()
            item.authors, item.tags = [jsonfeed.Author(post.author)], post.tags
            feed.items.append(item)
        (output / "json").write_text(feed.to_json(), "utf-8")

    return write


@dataclass(frozen=True)
class Contest:
    """Formats that ours and its peers write, the limit, and how near to it ours should be."""

    work: str
    formats: tuple[str, ...]
    peers: Mapping[str, Callable[[], Write]]
    goal: float | None
    limit: str
    write_limit: Callable[[], Write]
    times_limit: float


CONTESTS = (
    Contest(
        "Atom and RSS, 1,000 entries of 5 KB",
        ("rss", "atom"),
        {"Django's Feed": _django, "feedgenerator by hand": _feedgenerator, "feedgen": _feedgen},
        2,
        "format and escape alone, in bytes, both formats at once",
        lambda: partial(write_xml, POSTS),
        2.5,
    ),
    Contest(
        "JSON Feed, 1,000 entries of 5 KB",
        ("json",),
        {"jsonfeed-util": _jsonfeed_util},
        None,
        "json.dumps of the items",
        lambda: partial(dump_json, json_items(POSTS)),
        1,
    ),
)


def rows(times: int = 9) -> Iterator[Row]:
    """Measure ours, each peer and the limit, in turn."""
    for contest in CONTESTS:
        yield from _measured(contest, times)


def _measured(contest: Contest, times: int) -> Iterator[Row]:
    writers = (partial(write_ours, *contest.formats), *contest.peers.values(), contest.write_limit)
    with folder() as name:
        works = [partial(_prepared, each, Path(name)) for each in writers]
        ours, *theirs, limit = map(cpu, alternately(times, *works))
    best = min(theirs)
    for peer, seconds in zip(contest.peers, theirs, strict=True):
        ratio, goal = seconds / ours, contest.goal if seconds == best else None
        yield Row(
            contest.work,
            peer + (" (the best)" if seconds == best else ""),
            f"{ours * 1000:.0f} ms",
            f"{seconds * 1000:.0f} ms",
            f"{ratio:.1f} × less CPU",
            f"{goal} ×" if goal else "",
            ratio >= goal if goal else None,
        )
    ratio = ours / limit
    yield Row(
        "the same",
        f"{contest.limit} (the limit)",
        f"{ours * 1000:.0f} ms",
        f"{limit * 1000:.0f} ms",
        f"{ratio:.1f} × the limit",
        f"at most {contest.times_limit} ×",
        ratio <= contest.times_limit,
    )


def _prepared(writer: Callable[[], Write], output: Path) -> Callable[[], object]:
    """Return the work of a writer, whose documents will be new in ``output``."""
    for old in output.iterdir():
        old.unlink()
    return partial(writer(), output)

"""The least that feeds can cost: to format and to escape, in bytes, and nothing else.

No class, no hook, no check of what is in a text: what only such posts as those of ``one_feed`` can
be written with. A test holds that the documents are ours, byte for byte, but for their heads.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

__all__ = ["Post", "dump_json", "json_items", "write_xml"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

_ITEM = (
    b"<item><title>%b</title><link>%b</link><description>%b</description>"
    b'<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">%b</dc:creator>'
    b"<pubDate>%b</pubDate><guid>%b</guid>%b</item>"
)
_ENTRY = (
    b'<entry><title>%b</title><link href="%b" rel="alternate"/><published>%b</published>'
    b"<updated>%b</updated><author><name>%b</name></author><id>%b</id>"
    b'<summary type="html">%b</summary>%b</entry>'
)


class Post(Protocol):
    """An entry."""

    title: str
    url: str
    html: str
    date: dt.datetime
    author: str
    tags: Iterable[str]


def write_xml(posts: Iterable[Post], output: Path) -> None:
    """Write ``rss`` and ``atom`` at once: a text is escaped once for both."""
    with (output / "rss").open("wb") as rss, (output / "atom").open("wb") as atom:
        for post in posts:
            title, url, author = _escape(post.title), _escape(post.url), _escape(post.author)
            body, tags = _escape(post.html), [_escape(tag) for tag in post.tags]
            iso = post.date.isoformat()
            date, words = iso.encode(), _rfc822(post.date, iso)
            numeric = title.replace(b"&amp;", b"&#x26;")
            rss_tags = b"".join([b"<category>%b</category>" % tag for tag in tags])
            atom_tags = b"".join([b'<category term="%b"/>' % tag for tag in tags])
            rss.write(_ITEM % (numeric, url, body, author, words, url, rss_tags))
            atom.write(_ENTRY % (title, url, date, date, author, url, body, atom_tags))


def _escape(text: str) -> bytes:
    data = text.encode().replace(b"&", b"&amp;")
    return data.replace(b"<", b"&lt;").replace(b">", b"&gt;")


def _rfc822(date: dt.datetime, iso: str) -> bytes:
    day, month = _DAYS[date.weekday()], _MONTHS[date.month - 1]
    return f"{day}, {iso[8:10]} {month} {iso[:4]} {iso[11:19]} {iso[19:22]}{iso[23:]}".encode()


def json_items(posts: Iterable[Post]) -> list[Mapping[str, Any]]:
    """Return the items of a JSON Feed, ready to be written."""
    return [
        {
            "id": post.url,
            "url": post.url,
            "title": post.title,
            "content_html": post.html,
            "date_published": post.date.isoformat(),
            "authors": [{"name": post.author}],
            "tags": list(post.tags),
        }
        for post in posts
    ]


def dump_json(items: list[Mapping[str, Any]], output: Path) -> None:
    """Write ``json``: what ``json.dumps`` returns of ``items``; in ASCII, which is its fastest."""
    (output / "json").write_bytes(json.dumps(items).encode())

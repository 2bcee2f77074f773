"""The mail about the mentions that wait for the author. Pure.

It decides nothing: each link in it leads to a page that asks, since programs follow the links of a
mail before a person does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from pelican_linkback.receiving.inbox.listing import Entry
from pelican_linkback.receiving.inbox.policy import REASONS
from pelican_linkback.text.printable import printable

__all__ = ["MANY", "Digest", "message_of"]

MANY = 20
"""How many mentions a mail names; it counts the others."""

EXCERPT = 300
"""How much of a text it has, in characters."""

LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class Digest:
    """What is held: the newest ``entries``, and how many there are in all, ``count``.

    ``site`` is the name of the site, ``inbox`` the URL of the page on which the author decides.
    """

    site: str
    inbox: str
    entries: Sequence[Entry]
    count: int


def message_of(digest: Digest, sender: str, recipient: str, now: dt.datetime) -> bytes:
    """Return the mail of the time ``now``, with its head, as plain text and as HTML."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"{_number(digest.count)}: {printable(digest.site)}"
    message["From"], message["To"] = sender, recipient
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<linkback-{now:%Y%m%d%H%M%S}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence is reported to a program
    message.set_content("".join(f"{line}\n" for line in _lines(digest)))
    message.add_alternative("".join(_html(digest)), subtype="html")
    return message.as_bytes()


@dataclass(frozen=True, slots=True)
class _Item:
    """What is said of a mention, each a line without control characters; ``text`` may be ""."""

    head: str
    text: str
    url: str
    why: str


def _items(digest: Digest) -> Iterator[_Item]:
    for entry in digest.entries[:MANY]:
        mention = entry.mention
        yield _Item(
            printable(f"{mention.author.name}: {mention.kind.value}, on {entry.page}"),
            printable(mention.text or mention.title, EXCERPT),
            printable(mention.source, LONGEST_URL),
            REASONS[entry.verdict.why],
        )


def _number(count: int) -> str:
    return "1 mention waits for you" if count == 1 else f"{count} mentions wait for you"


def _more(digest: Digest) -> str:
    left = digest.count - len(digest.entries[:MANY])
    return f"and {left} more" if left > 0 else ""


_ABOUT = (
    "Nothing is shown before you approve it, and what you do not approve is erased after 30 days. "
    "This mail comes at most once a day, and only if something waits."
)


def _lines(digest: Digest) -> Iterator[str]:
    """Yield the lines of the plain text."""
    yield f"{_number(digest.count)} at {printable(digest.site)}."
    yield f"Decide here: {digest.inbox}"
    for item in _items(digest):
        yield ""
        yield f"* {item.head}"
        yield from (f"  {each}" for each in (item.text, item.url, f"({item.why})") if each)
    for line in filter(None, (_more(digest), _ABOUT)):
        yield ""
        yield line


def _html(digest: Digest) -> Iterator[str]:
    """Yield the parts of the HTML: no picture, no script, and links to ``inbox`` and sources."""
    yield (
        '<!DOCTYPE html><html><head><meta charset="utf-8"></head>'
        '<body style="font-family: sans-serif; max-width: 40em">'
        f"<p>{_number(digest.count)} at {escape(printable(digest.site))}. "
        f'<a href="{escape(digest.inbox)}"><b>Decide here</b></a></p><ul>'
    )
    for item in _items(digest):
        url = escape(item.url)
        text = f"<blockquote>{escape(item.text)}</blockquote>" if item.text else "<br>"
        yield (
            f'<li style="margin-bottom: 1em"><b>{escape(item.head)}</b>{text}'
            f'<a href="{url}" rel="nofollow noreferrer">{url}</a>'
            f"<br><small>{item.why}</small></li>"
        )
    yield f"</ul><p>{_more(digest)}</p><p><small>{_ABOUT}</small></p></body></html>"

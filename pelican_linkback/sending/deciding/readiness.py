"""Readiness: may a mention be sent now? Decided by what a receiver would find. Pure.

A receiver fetches the page to verify the link. A mention that is sent before the upload is refused
permanently, and an update that is sent before it is taken for no change. The version that is
recorded as sent has to be the one that the receiver can have seen.
"""

from __future__ import annotations

import typing
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from pelican_linkback.exceptions import (
    InvalidURL,
    LookupFailed,
    RedirectLoop,
    Refused,
    TimedOut,
    WebError,
)
from pelican_linkback.protocol import verification
from pelican_linkback.protocol.response import NOT_THERE, charset, is_passing
from pelican_linkback.protocol.verification import (
    Objection,
    has_words_of,
    is_tombstone,
    links_to,
    preflight,
)
from pelican_linkback.sending.deciding.reasons import (
    ADDRESS_REFUSED,
    HOST_IN_TROUBLE,
    HOST_REFUSES,
    INVALID_SOURCE,
    LINK_MISSING,
    LOOKUP_FAILED,
    NOT_ONLINE,
    OLDER,
    REDIRECTED,
    STILL_LINKED,
    STILL_ONLINE,
)
from pelican_linkback.sending.deciding.topics import is_version
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.events import GONE, Waiting
from pelican_linkback.text.encodings import decode
from pelican_linkback.text.printable import printable
from pelican_linkback.text.urls import page_key, same_site

if typing.TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = [
    "MAX_WAIT",
    "REWRITTEN",
    "BuiltPage",
    "Ready",
    "digest_of",
    "is_gone",
    "is_late",
    "is_shown",
    "objections",
    "readiness",
]

MAX_WAIT = timedelta(days=1)
"""How long a new version waits until the page online reads like the built one.

Some hosts rewrite pages, so that it never will.
"""

MAX_WAIT_UNCHANGED = timedelta(days=30)
"""How long it waits if the page online is still the one of an older version that was sent: nothing
has been uploaded since."""

LACKS_LINK = "it has no link to the target yet"
REWRITTEN = "the page that was built does; see whether the host changes links or shows a check"


class BuiltPage(typing.NamedTuple):
    """The page that is to be uploaded, and when it was written (UTC)."""

    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Ready:
    """A receiver would find the link: at ``source``, on a page with this ``digest``."""

    source: str
    digest: str


def readiness(
    delivery: Delivery, page: Response | WebError, built: BuiltPage | None, now: datetime
) -> Ready | Waiting:
    """Return whether ``delivery`` can be sent, or why it has to wait.

    ``page`` is the result of fetching ``delivery.sent_source``, ``built`` the page that is to be
    uploaded there, if known.
    """
    if isinstance(page, WebError):
        return Waiting(_ERRORS.get(type(page), NOT_ONLINE), printable(page.reason))
    if delivery.is_ping:
        return _of_feed(delivery, page)
    look = _Look(delivery, page, built, now)
    return look.why_wait() or Ready(look.source, look.online)


def _of_feed(delivery: Delivery, page: Response) -> Ready | Waiting:
    """Return whether a hub would find the feed as it was built.

    A redirect does not matter, since hubs follow redirects. The wait has no limit: a hub that comes
    too early finds nothing new, and is not notified again when the new feed is online.
    """
    if not is_shown(page):
        return _not_online(page)
    is_current = is_version(page, delivery.fingerprint)
    return Ready(delivery.mention.source, "") if is_current else Waiting(OLDER)


_ERRORS: dict[type[WebError], str] = {
    InvalidURL: INVALID_SOURCE,
    LookupFailed: LOOKUP_FAILED,
    Refused: ADDRESS_REFUSED,
    RedirectLoop: HOST_IN_TROUBLE,
    TimedOut: HOST_IN_TROUBLE,
}


def _not_online(page: Response) -> Waiting:
    """Return what the status of a page says that is not shown.

    Some hosts answer 403 for what they do not have; others mean by it a program, or anybody.
    """
    code = NOT_ONLINE
    if is_passing(page.status):
        code = HOST_IN_TROUBLE
    elif 400 <= page.status < 500 and page.status not in NOT_THERE:
        code = HOST_REFUSES
    return Waiting(code, f"it answers {page.status}")


@dataclass(frozen=True, slots=True)
class _Look:
    """The page of a delivery online, compared with the built one."""

    delivery: Delivery
    page: Response
    built: BuiltPage | None
    now: datetime

    @property
    def source(self) -> str:
        """The address to send to the receiver: always the same, once it knows one.

        At first it is the one that serves the page: many hosts redirect /a.html to /a.
        """
        if self.delivery.is_known or not self._is_redirected:
            return self.delivery.sent_source
        # What may be known by the old address of an article that moved is retracted by that.
        is_other = self.delivery.is_removal and not self._is_one_page
        return self.delivery.sent_source if is_other else page_key(self.page.url)

    @property
    def online(self) -> str:
        """The digest of the page that is online.

        Some hosts name another charset than the page has; it is the uploaded page all the same.
        """
        uploaded = digest_of(self.page.body)
        if uploaded in {*self._expected(), self.delivery.seen}:
            return uploaded
        return digest_of(self.page.body, charset(self.page.headers))

    def why_wait(self) -> Waiting | None:
        """Return why a receiver would not find what the mention says."""
        if self.delivery.is_removal:
            return None if is_gone(self.page) else self._why_not_removed()
        if not is_shown(self.page):
            return _not_online(self.page)
        if not self._has_link:
            return self._about_missing_link()
        if self._is_redirected and not self.delivery.is_known and not self._is_one_page:
            return self._about_other_page()
        return Waiting(OLDER) if self._is_older else None

    @property
    def _has_link(self) -> bool:
        page, target = self.page, self.delivery.mention.target
        return links_to(page.body, page.url, target, page.headers)

    @property
    def _is_redirected(self) -> bool:
        return page_key(self.page.url) != page_key(self.delivery.sent_source)

    @property
    def _is_at_home(self) -> bool:
        return same_site(self.delivery.sent_source, self.page.url)

    @property
    def _is_one_page(self) -> bool:
        """Whether a redirect leads to another spelling of the page: /a.html, /a, /a/."""
        return self._is_at_home and _stem(self.delivery.sent_source) == _stem(self.page.url)

    def _why_not_removed(self) -> Waiting | None:
        """Return why a receiver would still find the link on a page that answers."""
        if self.page.status >= 400:
            return _not_online(self.page)
        # A page that says in words alone that nothing is there, or where it has moved, is one
        # without the link. Who follows a redirect to the new page finds it there.
        if not self._has_link:
            return None
        return Waiting(STILL_ONLINE if self.delivery.fingerprint == GONE else STILL_LINKED)

    def _about_other_page(self) -> Waiting | None:
        """Return why a page with the link, to which the source redirects, is not its new address.

        It has to be on the same host, and the page that was built: some hosts redirect requests for
        missing pages to the home page.
        """
        if not self._is_at_home:
            return Waiting(REDIRECTED, printable(self.page.url))
        expected = self._expected()
        return Waiting(OLDER) if expected and self.online not in expected else None

    def _about_missing_link(self) -> Waiting:
        """Return why the page lacks the link: it is an older one, or differs from the built one."""
        if self._is_redirected and not self._is_one_page:
            return Waiting(REDIRECTED, printable(self.page.url))
        (source, target), built = self.delivery.mention, self.built
        expected = self._expected()
        if not expected or (built is not None and not links_to(built.body, source, target)):
            return Waiting(LINK_MISSING)
        has_words = any(has_words_of(self.online, each) for each in expected)
        if has_words or self._is_over(MAX_WAIT):
            return Waiting(LINK_MISSING, REWRITTEN)
        return Waiting(OLDER, LACKS_LINK)

    def _expected(self) -> AbstractSet[str]:
        """Return the digests of the page in the present version; none if unknown.

        The output folder may have another version: from an earlier build, if another machine queued
        this one. So it counts if it was written later, or if nothing else is known.
        """
        built, since = self.built, self.delivery.since
        expected = {self.delivery.page} - {""}
        if built and (not expected or since is None or built.at >= since):
            expected.add(digest_of(built.body))
        return expected

    @property
    def _is_older(self) -> bool:
        """Whether a version would be sent while the one before it is still online."""
        expected = self._expected()
        if not expected or self.online in expected or self.page.truncated:
            return False
        is_unchanged = self.online == self.delivery.seen
        of_another = self.delivery.seen_version != self.delivery.fingerprint
        return not self._is_over(MAX_WAIT_UNCHANGED if is_unchanged and of_another else MAX_WAIT)

    def _is_over(self, limit: timedelta) -> bool:
        return is_late(self.delivery, self.now, limit)


def is_late(delivery: Delivery, now: datetime, limit: timedelta = MAX_WAIT) -> bool:
    """Return whether what a delivery waits for should have passed by now.

    If the version was queued a day or more in the future, a clock was wrong: it does not wait.
    """
    return delivery.since is not None and not -MAX_WAIT < now - delivery.since < limit


def is_shown(page: Response) -> bool:
    """Return whether an answer is the page: with 203 a proxy has changed it on the way."""
    return page.status in {200, 203}


def is_gone(page: Response) -> bool:
    """Return whether a page is known to be gone, and not only in trouble."""
    return page.status in NOT_THERE or is_tombstone(page.body, page.headers)


def _stem(url: str) -> str:
    path = urlsplit(page_key(url)).path.rstrip("/")
    for ending in (".html", ".htm"):
        path = path.removesuffix(ending)
    return path.removesuffix("/index")


def objections(
    delivery: Delivery, page: Response | WebError, built: BuiltPage | None
) -> tuple[Objection, ...]:
    """Return why a WordPress receiver would refuse the page: the built one, if known."""
    if delivery.is_ping or delivery.is_removal:
        return ()
    if built is not None:
        return preflight(_text(built.body), delivery.mention.target)
    if isinstance(page, WebError):
        return ()
    return preflight(_text(page.body, charset(page.headers)), delivery.mention.target)


_text = lru_cache(maxsize=4)(decode)  # cached, since one page may be asked about many targets


@lru_cache(maxsize=8)
def digest_of(body: bytes, declared: str | None = None) -> str:
    """Return the digest of a page: see ``verification.digest``."""
    return verification.digest(decode(body, declared))

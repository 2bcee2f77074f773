"""The web around the blog: the author's own hosts, receivers of mentions, and their troubles.

It is a function of its state and the requests, so that what a process that was killed has said to
it can be said again, to the same effect.
"""

from __future__ import annotations

import re
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit
from zlib import crc32

from tests.years.author import Content

TIMED_OUT, UNREACHABLE, NO_NAMES = "timed out", "unreachable", "no name server"

HUB = "hub.example.net"

TEXT = re.compile(rb"Words of u(\d+)r(\d+)\.")
TITLE = re.compile(rb"Piece \d+ named (\d+)")


class Answer(NamedTuple):
    status: int
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    body: bytes = b""


class Asked(NamedTuple):
    """A request of a clone, at a true time in seconds."""

    clone: str
    at: float
    method: str
    url: str
    body: bytes = b""


class Heard(NamedTuple):
    """What a receiver was sent, what it saw at the source then, and whether it said yes."""

    clone: str
    at: float
    protocol: str
    source: str
    target: str
    seen: Content | None
    taken: bool


@dataclass
class OwnHost:
    """A host of the author's: what was uploaded, or where it leads instead."""

    files: dict[str, bytes] = field(default_factory=dict)
    strips: bool = False
    leads_to: str = ""
    mood: str = ""

    def answer(self, path: str) -> Answer | str:
        if self.mood:
            return self.mood if self.mood == UNREACHABLE else Answer(PASSING[self.mood])
        if self.leads_to:
            return Answer(301, (("Location", f"https://{self.leads_to}{path}"),))
        name = path.lstrip("/") or "index.html"
        is_page = name.endswith(".html") and name != "index.html"
        if self.strips and is_page and name in self.files:
            return Answer(308, (("Location", path.removesuffix(".html")),))
        if self.strips and name not in self.files:
            name = f"{name}.html"
        return Answer(200, body=self.files[name]) if name in self.files else Answer(404)


MOODS = ("503", "503 for an hour", "429 for ten minutes", "500", "403", "lost", "html")
MOODS += (TIMED_OUT, UNREACHABLE, NO_NAMES, "404", "throttle")
ASKS = {"503 for an hour": (503, 3600), "429 for ten minutes": (429, 600)}
PASSING = {"500": 500, "503": 503, "404": 404, "gone": 404}


@dataclass
class Receiver:
    """A site that takes mentions in some ways; ``holds`` is by target and source."""

    takes: frozenset[str]
    says_when_gone: int = 400
    says_by_status: bool = False
    mood: str = ""
    holds: dict[tuple[str, str], Content] = field(default_factory=dict)
    pinged: dict[tuple[str, str], Content] = field(default_factory=dict)
    left_alone: dict[str, float] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)


class World:
    def __init__(self, random: Random) -> None:
        self._random = random
        self.own: dict[str, OwnHost] = {"blog.example.io": OwnHost(strips=random.random() < 0.3)}
        ways = [{"webmention"}, {"webmention"}, {"pingback"}, {"webmention", "pingback"}, set()]
        self.receivers = {
            f"r{n}.example": Receiver(
                frozenset(way), random.choice([200, 400, 404, 410]), random.random() < 0.3
            )
            for n, way in enumerate(ways)
        }
        self.hub = Receiver(frozenset({"websub"}))
        self.pinged: dict[str, Content] = {}
        self.heard: list[Heard] = []
        self.violations: list[str] = []

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(f"https://{host}/p{n}" for host in self.receivers for n in range(2))

    def answer(self, asked: Asked) -> Answer | str:
        parts = urlsplit(asked.url)
        host = parts.netloc
        if host in self.own:
            return self.own[host].answer(parts.path)
        site = self.site(host)
        return self._received(site, host, asked) if site else UNREACHABLE

    def site(self, host: str) -> Receiver | None:
        return self.hub if host == HUB else self.receivers.get(host)

    def fetch(self, url: str) -> Answer:
        """Return what a receiver finds at ``url``, redirects followed."""
        for _ in range(5):
            host = self.own.get(urlsplit(url).netloc)
            found = host.answer(urlsplit(url).path) if host else UNREACHABLE
            if isinstance(found, str):
                return Answer(504)
            location = dict(found.headers).get("Location")
            if location is None:
                return found
            url = urljoin(url, location)
        return Answer(504)

    def seen(self, source: str, target: str) -> Content | None:
        """Return what a receiver that looks sees of an article that links to ``target``."""
        page = self.fetch(source)
        text, title = TEXT.search(page.body), TITLE.search(page.body)
        if page.status != 200 or not text or not title:
            return None
        if f'href="{target}"'.encode() not in page.body:
            return None
        return int(text[1]), int(title[1]), int(text[2])

    def _received(self, site: Receiver, host: str, asked: Asked) -> Answer | str:
        if asked.at < site.left_alone.get(asked.clone, 0.0):
            left = site.left_alone[asked.clone] - asked.at
            self.violations.append(f"{host} asked to be left alone for {left:.0f} s more: {asked}")
        if site.mood in ASKS:
            status, seconds = ASKS[site.mood]
            site.left_alone[asked.clone] = asked.at + seconds
            return Answer(status, (("Retry-After", str(seconds)),))
        if site.mood in PASSING:
            return Answer(PASSING[site.mood])
        if site.mood in {TIMED_OUT, UNREACHABLE, NO_NAMES}:
            return site.mood
        return self._well(site, host, asked)

    def _well(self, site: Receiver, host: str, asked: Asked) -> Answer | str:
        if site is self.hub:
            return self._hub_told(asked) if asked.method == "POST" else self._hub_asked(asked)
        if asked.method == "GET":
            return self._page(site, host, urlsplit(asked.url).path)
        if asked.url.endswith("/webmention") and "webmention" in site.takes:
            return self._mentioned(site, host, asked)
        if asked.url.endswith("/xmlrpc") and "pingback" in site.takes:
            return self._pinged(site, asked)
        return Answer(405)

    def _hub_asked(self, asked: Asked) -> Answer:
        self.violations.append(f"a hub is no page to look at: {asked}")
        return Answer(200)

    def _hub_told(self, asked: Asked) -> Answer | str:
        feed = parse_qs(asked.body.decode())["hub.url"][0]
        taken = self.hub.mood != "403"
        found = self.fetch(feed)
        seen = feed_seen(found.body) if found.status == 200 else None
        is_sure = taken and self.hub.mood != "lost"
        self.heard.append(Heard(asked.clone, asked.at, "websub", feed, asked.url, seen, is_sure))
        if seen and taken:
            self.pinged[feed] = seen
        if self.hub.mood == "lost":
            return TIMED_OUT
        return Answer(202 if taken else 403)

    def _page(self, site: Receiver, host: str, path: str) -> Answer:
        if path.startswith("/status/"):
            said = site.statuses.get(path, "")
            return Answer(200 if said else 404, (("Content-Type", "text/plain"),), said.encode())
        headers = [("Content-Type", "text/html; charset=utf-8")]
        if "webmention" in site.takes:
            headers.append(("Link", f"<https://{host}/webmention>; rel=webmention"))
        if "pingback" in site.takes:
            headers.append(("X-Pingback", f"https://{host}/xmlrpc"))
        return Answer(200, tuple(headers), b"<p>A page.</p>")

    def _mentioned(self, site: Receiver, host: str, asked: Asked) -> Answer | str:
        fields = parse_qs(asked.body.decode())
        source, target = fields["source"][0], fields["target"][0]
        if site.mood == "403":
            self._note(asked, "webmention", source, target, taken=False)
            return Answer(403)
        seen = self._note(asked, "webmention", source, target, taken=site.mood != "lost")
        was = site.holds.pop((target, source), None)
        if seen is not None:
            site.holds[target, source] = seen
        if site.mood == "lost":
            return TIMED_OUT
        if seen is None:
            return Answer(site.says_when_gone if was else 400)
        if site.says_by_status:
            path = f"/status/{len(site.statuses)}"
            site.statuses[path] = "success"
            return Answer(201, (("Location", f"https://{host}{path}"),))
        return Answer(202)

    def _pinged(self, site: Receiver, asked: Asked) -> Answer | str:
        (source, target), _ = xmlrpc.client.loads(asked.body)
        key = str(target), str(source)
        if site.mood in {"html", "throttle", "403"}:
            self._note(asked, "pingback", key[1], key[0], taken=False)
            html = b"<!DOCTYPE html><html><p>Error establishing a database connection</p></html>"
            return {
                "html": Answer(200, body=html),
                "throttle": _fault(429, "slow down"),
                "403": Answer(403),
            }[site.mood]
        seen = self._note(asked, "pingback", key[1], key[0], taken=site.mood != "lost")
        if seen is None:
            return _fault(17, "no link")
        if key in site.pinged:
            return _fault(48, "known")
        site.pinged[key] = seen
        if site.mood == "lost":
            return TIMED_OUT
        text = xmlrpc.client.dumps(("thanks",), methodresponse=True)
        return Answer(200, (("Content-Type", "text/xml"),), text.encode())

    def _note(
        self, asked: Asked, protocol: str, source: str, target: str, *, taken: bool
    ) -> Content | None:
        seen = self.seen(source, target)
        self.heard.append(Heard(asked.clone, asked.at, protocol, source, target, seen, taken))
        return seen

    def forgive(self, clone: str) -> None:
        """Forget for how long ``clone`` was asked to leave others alone, which it cannot know."""
        for site in (*self.receivers.values(), self.hub):
            site.left_alone.pop(clone, None)

    def trouble(self) -> None:
        """Let a receiver's troubles begin, or end."""
        site = self._random.choice([*self.receivers.values(), self.hub])
        site.mood = "" if site.mood else self._random.choice(MOODS)

    def calm(self) -> None:
        """Let all troubles end."""
        for site in (*self.receivers.values(), self.hub):
            site.mood = ""
            site.left_alone.clear()
        for own in self.own.values():
            own.mood = "gone" if own.mood == "gone" else ""

    def upload(self, host: str, files: Mapping[str, bytes]) -> None:
        if host in self.own:
            self.own[host].files = dict(files)


def feed_seen(document: bytes) -> Content:
    """Return what stands for a version of a feed."""
    return 0, 0, crc32(document)


def _fault(code: int, words: str) -> Answer:
    text = xmlrpc.client.dumps(xmlrpc.client.Fault(code, words), methodresponse=True)
    return Answer(200, (("Content-Type", "text/xml"),), text.encode())

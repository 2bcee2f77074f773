"""The protocols that are built in, for tests: their traits, and what needs to know them."""

from __future__ import annotations

from collections.abc import Mapping

from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.discovery import Discovery
from pelican_linkback.protocol.mention import Endpoint, Traits
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.sending.memory import compaction, event_lines
from pelican_linkback.sending.memory.events import Event
from pelican_linkback.sending.memory.ledger import Ledger

SPOKEN = Registry()
WEBMENTION, PINGBACK = SPOKEN.order
WEBSUB = SPOKEN.named("websub")
ALL = (WEBMENTION, PINGBACK, WEBSUB)


def ledger_of(journal: Journal) -> Ledger:
    return Ledger(journal, SPOKEN)


def compact(journal: Journal) -> tuple[int, int]:
    return compaction.compact(journal, SPOKEN)


def from_line(line: Mapping[str, object]) -> Event:
    return event_lines.from_line(line, SPOKEN)


def offered(found: Discovery, protocol: Traits) -> Endpoint | None:
    """The endpoint of ``protocol`` among those that were found."""
    return next((each for each in found.endpoints if each.protocol == protocol), None)


class Source:
    """A source of mentions that has none."""

    name = "none"

    def fetch(self, since: int) -> tuple[()]:
        return ()


class Broken(Source):
    """A source whose class cannot be used."""

    def __init__(self) -> None:
        raise RuntimeError("broken")


SOURCE = Source()

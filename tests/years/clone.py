"""A clone of the site, with its memory; and what git makes of two."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.years import checks, oracle
from tests.years.author import Article, Config, merged
from tests.years.oracle import Knowledge

MERGED = ("ids.jsonl", "deliveries.jsonl", "entries.jsonl", "site.jsonl")


@dataclass
class Clone:
    """A copy of the site with its memory; ``base`` is what it shared with the other one last.

    ``foreign`` are the feeds that Pelican wrote while the plugin was off: they are not the
    plugin's, until it writes them itself.
    """

    name: str
    folder: Path
    articles: dict[int, Article] = field(default_factory=dict)
    known: Knowledge = field(default_factory=Knowledge)
    ahead: float = 0.0
    jumped_at: float = 0.0
    built_at: float = 0.0
    foreign: frozenset[str] = frozenset()
    last: tuple[dict[int, Article], Config, dict[int, Article]] | None = None
    base: tuple[dict[int, Article], Knowledge, dict[str, bytes]] = field(
        default_factory=lambda: ({}, Knowledge(), {})
    )

    @property
    def state(self) -> Path:
        return self.folder / "linkback"

    @property
    def feeds(self) -> checks.Files:
        """The documents of feeds, by their names."""
        return checks.files_of(self.folder / "output" / "feeds", "*.xml")

    def lines(self, name: str) -> bytes:
        path = self.state / name
        return path.read_bytes() if path.exists() else b""

    def published(self, true: float) -> dict[int, Article]:
        """Return what a build publishes: by the clock of this clone."""
        return oracle.published(self.articles, datetime.fromtimestamp(true + self.ahead, UTC))

    def share(self) -> None:
        """Note that both clones are the same now."""
        lines = {name: self.lines(name) for name in MERGED}
        self.base = (dict(self.articles), self.known.copy(), lines)


def merge(home: Clone, away: Clone) -> None:
    """Merge the clones: both have then what either had."""
    articles, known, lines = home.base
    both = merged(articles, home.articles, away.articles)
    together = oracle.merged(known, home.known, away.known)
    union = {
        name: checks.merged_lines(lines.get(name, b""), home.lines(name), away.lines(name))
        for name in MERGED
    }
    jumped_at = max(home.jumped_at, away.jumped_at)
    for clone in (home, away):
        clone.articles, clone.known, clone.last = dict(both), together.copy(), None
        clone.jumped_at = jumped_at
        clone.state.mkdir(exist_ok=True)
        for name, text in union.items():
            if text:
                (clone.state / name).write_bytes(text)
        clone.share()

"""Mentions for tests: a few of each kind, and what writes them where a build reads them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pelican_linkback.receiving.display.deduplication import without_duplicates
from pelican_linkback.receiving.display.mention import DisplayOptions
from pelican_linkback.receiving.display.mentions import ArticleMentions, Mentioned
from pelican_linkback.receiving.display.words import NO_WORDS, Words
from pelican_linkback.receiving.received import Author, Kind, Received

ARTICLE = "https://me.example.io/one.html"


def received(kind: str = "reply", who: str = "Ann Lee", number: int = 0, **more: Any) -> Received:
    """A mention of ``article`` (ARTICLE), said on a site of its author's own."""
    host = f"https://{who.lower().split()[0]}.example"
    day = dt.datetime(2026, 2, 1, 10, tzinfo=dt.UTC) + dt.timedelta(days=number)
    fields: dict[str, Any] = {
        "source": f"{host}/notes/{number}",
        "target": more.get("article", ARTICLE),
        "article": ARTICLE,
        "kind": Kind(kind),
        "author": Author(who, f"{host}/"),
        "published": day,
        "received": day + dt.timedelta(minutes=5),
        "text": "Mine is of slate." if kind in {"reply", "quote"} else "",
    }
    return Received(**fields | more)


def displayed(
    mentions: Iterable[Received], words: Words = NO_WORDS, **options: Any
) -> ArticleMentions:
    """``article.mentions`` of an article that has these."""
    found = without_duplicates(mentions)
    return ArticleMentions(Mentioned(found, DisplayOptions(words, **options)))


def write(state: Path, mentions: Iterable[Received]) -> None:
    """Write ``mentions`` into the state folder."""
    state.mkdir(exist_ok=True)
    lines = [json.dumps(each.line(), ensure_ascii=False) + "\n" for each in mentions]
    (state / "received.jsonl").write_text("".join(lines), encoding="utf-8")

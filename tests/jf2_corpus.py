"""The corpus of items of hosted services: its site, and whether a mention is what is expected."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from pelican_linkback.receiving.hosted.jf2 import NotKept, read
from pelican_linkback.receiving.inbox.policy import Policy, Visibility
from pelican_linkback.receiving.memory.decisions import Decisions
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.receiving.received import Kind, Received

__all__ = [
    "CORPUS",
    "NOW",
    "SITE",
    "differences",
    "find",
    "item_of",
    "site_of",
    "visibility_of",
    "wrong",
]

CORPUS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "corpus" / "jf2.json").read_text(encoding="utf-8")
)
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def site_of(corpus: dict[str, Any]) -> Targets:
    """The pages of the site that a corpus is about."""
    site = corpus["site"]
    pages = [
        Target(
            each["id"], each["url"], each["title"], tuple(each["former"]), Mode(each["mentions"])
        )
        for each in site["targets"]
    ]
    return Targets(pages, site["siteurl"], site["aliases"])


SITE = site_of(CORPUS)


def find(url: str) -> tuple[str, str] | None:
    """As a pull does: a page that takes no mentions is none."""
    found = SITE.find(url)
    if found is None or found.target.mentions is Mode.CLOSED:
        return None
    return found.target.id, found.fragment


def item_of(item: object) -> Received | NotKept:
    return read(item, find, "webmention.io", NOW)


def visibility_of(mention: Received) -> Visibility:
    policy = Policy(Decisions.of([]), tuple(Kind), SITE.is_own)
    return policy.judge(mention, SITE.of(mention)).visibility


def wrong(case: dict[str, Any]) -> list[str]:
    """What is not as a case expects it, field by field."""
    expected, found = case["expected"], item_of(case["item"])
    also = {**case, **expected}.get("also_accept", {})
    state = visibility_of(found) if isinstance(found, Received) else None
    if "state" in expected and state != expected["state"]:
        return [f"state: {state}"]
    is_shown = state is Visibility.SHOWN
    if is_shown is not expected["shown"]:
        return [] if is_shown in also.get("shown", ()) else [f"shown: {is_shown}, {found}"]
    if not is_shown:
        return []
    assert isinstance(found, Received)
    return differences(found, expected, also)


def differences(found: Received, expected: dict[str, Any], also: dict[str, Any]) -> list[str]:
    """Which fields are neither what is expected, nor another right answer.

    A field of which nothing is expected is not judged.
    """
    actual = {
        "article": found.article,
        "kind": found.kind.value,
        "author.name": found.author.name,
        "author.url": found.author.url,
        "text": found.text,
        "published": found.published or found.received,
    }
    wanted = {**expected, **{f"author.{name}": v for name, v in expected["author"].items()}}
    if expected["published"] is None:
        del wanted["published"]  # no date at all: that of the receipt stands in
    return [
        f"{name}: {value!r}, not {wanted[name]!r}"
        for name, value in actual.items()
        if name in wanted
        if not any(_is(value, each) for each in (wanted[name], *also.get(name, ())))
    ]


def _is(value: object, expected: Any) -> bool:
    if isinstance(expected, dict):
        text = str(value)
        return len(text) <= expected["max"] and text.startswith(expected["starts"])
    if isinstance(value, dt.datetime):
        return _is_time(value, expected) if expected else value == NOW  # of the receipt
    return " ".join(str(value).split()) == " ".join((expected or "").split())


def _is_time(value: dt.datetime, expected: str) -> bool:
    time = dt.datetime.fromisoformat(expected)
    if time.tzinfo:
        return value == time
    return abs(value - time.replace(tzinfo=dt.UTC)) <= dt.timedelta(hours=14)

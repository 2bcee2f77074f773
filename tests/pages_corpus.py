"""The corpus of pages that mention an article: what each says, and whether that is as expected."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from pelican_linkback.receiving.reading.page import MentionRequest, Page
from pelican_linkback.receiving.received import Received
from tests.jf2_corpus import differences, site_of

__all__ = ["CASES", "NOW", "SITE", "asked", "page", "wrong"]

FOLDER = Path(__file__).parent / "corpus"
CORPUS: dict[str, Any] = json.loads((FOLDER / "pages.json").read_text(encoding="utf-8"))
CASES = CORPUS["cases"]
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SITE = site_of(CORPUS)


def page(case: dict[str, Any]) -> Page:
    """What a GET of the source answers."""
    body = (FOLDER / case["file"]).read_bytes()
    return Page(case["url"], [("Content-Type", case["content_type"])], body)


def asked(case: dict[str, Any]) -> MentionRequest:
    found = SITE.find(case["target"])
    article = found.target.id if found else case["target"]
    return MentionRequest(case["url"], case["target"], article, NOW, protocol="webmention")


def wrong(case: dict[str, Any], *, linked: bool, gone: bool, mention: Received | None) -> list[str]:
    """What is not as a case expects it, field by field."""
    expected = case["expected"]
    also = expected.get("also_accept", {})
    if gone is not expected.get("gone", False):
        return [f"gone: {gone}"]
    if linked is not expected["linked"]:
        return [] if linked in also.get("linked", ()) else [f"linked: {linked}"]
    if not linked:
        return []
    assert mention is not None
    return differences(mention, expected, also)

"""The style sheet for people who open a feed in a browser: in the language of the feed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pelican_linkback import feeds
from pelican_linkback.feeds import Rss201rev2Feed, RssUserland091Feed

CSS = (Path(feeds.__file__).with_name("feed.css")).read_text("utf-8")
LANGUAGES = [
    *("ar", "de", "es", "fa", "fr", "he", "it", "ja", "ko", "nl", "pl", "pt", "ru"),
    *("zh", "zh-HK", "zh-Hant", "zh-TW"),
]
RIGHT_TO_LEFT = ["ar", "dv", "fa", "he", "ku-Arab", "ps", "sd", "ug", "ur", "yi"]


def test_the_introduction_is_in_these_languages():
    introduced = re.findall(r":root:lang\(([\w-]+)\)::before", CSS)
    assert sorted(introduced) == LANGUAGES
    texts = re.findall(r':root(?::lang\(\w+\))?::before \{\s*content: "([^"]+)"', CSS)
    assert len(set(texts)) == len(texts) == len(LANGUAGES) - 2
    assert CSS.startswith('@charset "utf-8";')


def test_these_languages_are_written_from_the_right():
    (rule,) = re.findall(r"([^{}/]+)\{ direction: rtl; \}", CSS)
    assert re.findall(r":lang\(([\w-]+)\)", rule) == RIGHT_TO_LEFT
    assert not re.search(r"(?:margin|padding|border)-(?:left|right)", CSS)


@pytest.mark.parametrize("generator", [Rss201rev2Feed, RssUserland091Feed])
@pytest.mark.parametrize(
    ("language", "styled", "attribute"),
    [("de", True, ' xml:lang="de"'), ("de", False, ""), (None, True, "")],
)
def test_a_style_sheet_finds_the_language_of_a_feed_in_rss(generator, language, styled, attribute):
    feed = generator("t", "https://e.example/", "d", language=language, styled_by_language=styled)
    root = re.search(r"<rss[^>]*>", feed.writeString("utf-8"))
    assert (attribute or "xml:lang") in root[0] if attribute else "xml:lang" not in root[0]

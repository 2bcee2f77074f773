"""Feeds of the sample site, reviewed by eye once and kept: a change shows in the diff.

``make golden`` writes them again. What stands in them is read by parsers that others wrote, and
held to the articles' files.
"""

from __future__ import annotations

import datetime as dt
import difflib
import io
import json
import re
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import mutagen
import podcastparser
import pygments
import pytest

from tests.jsonfeed_schema import FEED
from tests.sample_sources import CONTENT, OWNER, SITE, Source, published, words

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.*"))
SUBTITLE = "Notes from a harbour, its old tide gauge and the people who mend it"

SOURCES = published()
ENGLISH = [source for source in SOURCES if source.language == "en"]
LATEST = ("The Tide Table", "/")

# What each feed is called, the page that shows the same, and what is in it, whatever its format.
HOLDS: dict[str, tuple[str, str, list[Source]]] = {
    "author/joao-falcao": (
        "The Tide Table - João Falcão",
        "/author/joao-falcao.html",
        [source for source in ENGLISH if "João Falcão" in source.authors],
    ),
    "category/harbour-town": (
        "The Tide Table - Harbour & Town",
        "/category/harbour-town.html",
        [source for source in ENGLISH if source.category == "Harbour & Town"],
    ),
    "language/de": (*LATEST, [source for source in SOURCES if source.language == "de"]),
    "tag/c": (
        "The Tide Table - C#",
        "/tag/c.html",
        [source for source in ENGLISH if {"C#", "C++"} & set(source.tags)],
    ),
    "latest": (*LATEST, ENGLISH[:8]),
    "latest.1": (*LATEST, ENGLISH[-8:]),
    "latest.2": (*LATEST, ENGLISH[-16:-8]),
    "latest.3": (*LATEST, ENGLISH[:-16]),
    "soundings": (
        "Soundings",
        "/category/soundings.html",
        [source for source in ENGLISH if source.category == "Soundings"],
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_feed_is_as_it_was_reviewed(sample_site, name):
    before, after = (
        (folder / name).read_text(encoding="utf-8").splitlines()
        for folder in (GOLDEN, sample_site / "output" / "feeds")
    )
    has_listings = any('class="highlight"' in line for line in before)
    if has_listings and not pygments.__version__.startswith("2.19."):
        pytest.skip("another Pygments marks up listings in another way")
    assert not list(difflib.unified_diff(before, after, lineterm=""))


def held(name: str) -> tuple[str, str, list[Source]]:
    """Return what the feed with this file name has to say."""
    return HOLDS[re.sub(r"(\.atom|\.rss)?\.(xml|json)$", "", name)]


def instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def of_struct(parsed: Any) -> dt.datetime:
    return dt.datetime(*parsed[:6], tzinfo=dt.UTC)


def said(source: Source, *, full: bool) -> str | None:
    """Return what an entry says, if it is Markdown that needs no correction."""
    summary = source.metadata.get("summary")
    if not full and summary:
        return words(summary)
    return source.words if full and source.is_plain else None


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".xml")])
def test_feedparser_reads_what_the_articles_say(name):
    title, page, sources = held(name)
    feed = feedparser.parse((GOLDEN / name).read_bytes())
    atom, podcast = ".atom" in name, name.startswith("soundings")
    assert not feed.bozo
    assert feed.version == ("atom10" if atom else "rss20")
    assert feed.feed.title == title
    assert feed.feed.link == SITE + page
    assert podcast or feed.feed.subtitle == SUBTITLE
    assert feed.feed.generator == "pelican_linkback"
    assert feed.feed.get("language", "de" if "/de." in name else "en") in {"de", "en"}
    assert of_struct(feed.feed.updated_parsed) == max(s.updated for s in sources)
    links = {link.rel: link.href for link in feed.feed.links}
    assert links["self"] == f"{SITE}/feeds/{name}"
    if atom:
        assert feed.feed.id == f"{SITE}/feeds/{'latest.atom.xml' if 'latest' in name else name}"
        assert [each.name for each in feed.feed.authors] == [OWNER]
    assert [entry.title for entry in feed.entries] == [source.title for source in sources]
    for entry, source in zip(feed.entries, sources, strict=True):
        assert entry.id == source.id
        assert entry.link == source.link
        assert entry.get("guidislink", False) is False
        assert of_struct(entry.published_parsed) == source.date
        assert not atom or of_struct(entry.updated_parsed) == source.updated
        assert [author.name for author in entry.authors] == source.authors
        terms = [tag.term for tag in entry.tags]
        assert terms == [source.category, *source.tags]
        html = entry.content[0].value if "content" in entry else entry.summary
        text = said(source, full="latest" not in name)
        assert text is None or words(html) == text
        assert "<script" not in html
        assert "<iframe" not in html
        files = [(file.href, file.length, file.type) for file in entry.enclosures]
        assert files == [(url, str(size), "audio/mpeg") for url, size in files_of(source)]
        pictures = [each["url"] for each in entry.get("media_content", [])]
        assert pictures == (
            [first_picture(source)] if first_picture(source) and not podcast else []
        )


def files_of(source: Source) -> list[tuple[str, int]]:
    """Return the address and the size of the article's file of sound, if it has one."""
    if "enclosure" not in source.metadata:
        return []
    url, path = file_of(source)
    return [(url, path.stat().st_size)]


def first_picture(source: Source) -> str | None:
    """Return the address of the picture that comes first in the article's file, if there is one."""
    found = re.search(r'(?:!\[[^]]*]\(|<img[^>]* src="|image:: )\S*?([^/\s)"]+)[\s)"]', source.text)
    return f"{SITE}/images/{found[1]}" if found else None


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".json")])
def test_json_is_what_its_specification_says_and_what_the_articles_say(name):
    title, page, sources = held(name)
    found = json.loads((GOLDEN / name).read_bytes())
    jsonschema.validate(found, FEED)
    assert found["title"] == title
    assert found["home_page_url"] == SITE + page
    assert found["feed_url"] == f"{SITE}/feeds/{name}"
    assert found["description"] == SUBTITLE or name == "soundings.json"
    assert found["authors"] == [{"name": OWNER}]
    assert found["language"] == "en"
    assert [item["title"] for item in found["items"]] == [source.title for source in sources]
    for item, source in zip(found["items"], sources, strict=True):
        assert item["id"] == source.id
        assert item["url"] == source.link
        assert instant(item["date_published"]) == source.date
        assert instant(item.get("date_modified", item["date_published"])) == source.updated
        assert [author["name"] for author in item["authors"]] == source.authors
        assert item["tags"] == [source.category, *source.tags]
        assert item.get("image") == (None if "soundings" in name else first_picture(source))
        attachments = [(each["url"], each["size_in_bytes"]) for each in item.get("attachments", [])]
        assert attachments == files_of(source)
        text = said(source, full="latest" not in name)
        assert text is None or words(item["content_html"]) == text
        if "summary" in item and "summary" in source.metadata:
            assert words(item["summary"]) == words(source.metadata["summary"])


# The archive: what RFC 5005 says, read by feedparser


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_an_archive_can_be_walked(form):
    feeds = {
        name: feedparser.parse((GOLDEN / f"{name}.{form}.xml").read_bytes())
        for name in ("latest", "latest.1", "latest.2", "latest.3")
    }
    links = {
        name: {
            link.rel: link.href.removeprefix(f"{SITE}/feeds/").removesuffix(f".{form}.xml")
            for link in feed.feed.links
            if link.rel not in {"alternate", "self"}
        }
        for name, feed in feeds.items()
    }
    assert links == {
        "latest": {"prev-archive": "latest.2"},
        "latest.1": {"current": "latest", "next-archive": "latest.2"},
        "latest.2": {
            "current": "latest",
            "prev-archive": "latest.1",
            "next-archive": "latest.3",
        },
        "latest.3": {"current": "latest", "prev-archive": "latest.2"},
    }
    assert [name for name, feed in feeds.items() if "fh_archive" in feed.feed] == [
        "latest.1",
        "latest.2",
    ]


def test_a_reader_of_json_finds_what_is_older():
    following = {
        name: json.loads((GOLDEN / f"{name}.json").read_bytes()).get("next_url")
        for name in ("latest", "latest.2", "latest.1")
    }
    assert following == {
        "latest": f"{SITE}/feeds/latest.2.json",
        "latest.2": f"{SITE}/feeds/latest.1.json",
        "latest.1": None,
    }


# The podcast


def file_of(source: Source) -> tuple[str, Path]:
    """Return the address of the article's file of sound, and the file."""
    place = source.metadata["enclosure"].removeprefix("{static}").lstrip("/")
    return f"{SITE}/{place}", CONTENT / place


def test_a_parser_for_podcasts_reads_what_the_articles_and_their_files_say():
    # The namespace has two names, says its specification, and this parser knows the older one.
    document = (GOLDEN / "soundings.xml").read_text(encoding="utf-8")
    known = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
    document = document.replace("https://podcastindex.org/namespace/1.0", known)
    found = podcastparser.parse(f"{SITE}/feeds/soundings.xml", io.StringIO(document))
    episodes = found.pop("episodes")
    assert found == {
        "title": "Soundings",
        "link": f"{SITE}/category/soundings.html",
        "description": "What is heard in the harbour, a few seconds at a time",
        "language": "en",
        "generator": "pelican_linkback",
        "cover_url": f"{SITE}/images/soundings.png",
        "explicit": False,
        "type": "serial",
        "itunes_author": OWNER,
        "itunes_owner": {"name": OWNER, "email": "soundings@tidetable.example"},
        "itunes_categories": [["Leisure"], ["Society & Culture", "Places & Travel"]],
    }
    *_, sources = HOLDS["soundings"]
    by_guid = {episode["guid"]: episode for episode in episodes}
    assert by_guid.keys() == {source.id for source in sources}
    for source in sources:
        episode = by_guid[source.id]
        url, path = file_of(source)
        assert episode["title"] == source.title
        assert episode["link"] == source.link
        assert episode["published"] == source.date.timestamp()
        size = path.stat().st_size
        assert episode["enclosures"] == [{"url": url, "file_size": size, "mime_type": "audio/mpeg"}]
        assert abs(episode["total_time"] - mutagen.File(path).info.length) <= 0.5
        assert episode["number"] == int(source.metadata["episode"])
        assert episode["season"] == int(source.metadata["season"])
        assert words(episode["description_html"]) == source.words
        assert episode["transcript_url"] == url.replace(".mp3", ".vtt")
        chapters = url.replace(".mp3", ".json") if "chapters" in source.metadata else None
        assert episode.get("chapters_json_url") == chapters
        people = [(each["name"], each["role"], each["group"]) for each in episode["persons"]]
        assert (
            people
            == {
                "the-bell-buoy": [
                    ("Ruth Okafor", "host", "cast"),
                    ("João Falcão", "guest", "cast"),
                ],
                "what-the-pipe-says": [
                    (OWNER, "host", "cast"),
                    ("Tomás Brandt", "audio engineer", "audio production"),
                ],
            }[source.metadata["slug"]]
        )


def test_a_reader_of_json_gets_the_same_files():
    *_, sources = HOLDS["soundings"]
    found = json.loads((GOLDEN / "soundings.json").read_bytes())
    for item, source in zip(found["items"], sources, strict=True):
        url, path = file_of(source)
        (attachment,) = item["attachments"]
        length = mutagen.File(path).info.length
        assert abs(attachment.pop("duration_in_seconds") - length) <= 0.5
        assert attachment == {
            "url": url,
            "mime_type": "audio/mpeg",
            "size_in_bytes": path.stat().st_size,
        }


@pytest.mark.parametrize("path", sorted((CONTENT / "audio").glob("*.mp3")), ids=lambda p: p.name)
def test_the_files_of_sound_are_real_and_tiny(path):
    info = mutagen.File(path).info
    assert type(info).__name__ == "MPEGInfo"
    assert 3 < info.length < 10
    assert path.stat().st_size < 20_000

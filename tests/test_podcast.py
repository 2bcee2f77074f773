"""A podcast of a site, with a real file in it; and each rule of Apple's and of the namespace."""

from __future__ import annotations

import datetime as dt
import io

import podcastparser
import pytest

from pelican_linkback.feeds import Person, PodcastFeed
from pelican_linkback.feeds.check import Expected, check
from pelican_linkback.feeds.podcast_format import podcast_guid

# Two seconds of silence: frames of MPEG 1, layer III, mono, 44.1 kHz, 32 kbit/s.
SILENCE = (b"\xff\xfb\x10\xc0" + bytes(100)) * 77
BASE = "https://me.example.io"
URL = f"{BASE}/audio/one.mp3"


class Show(PodcastFeed):
    path, category = "show.xml", "Show"


class Rich(Show):
    cover = "images/cover.png"
    itunes_categories = ("Arts", ("Society & Culture", "Documentary", "Philosophy"))
    owner = Person("Ann Lee", "ann@me.example.io")
    description = "What is heard in the harbour"


@pytest.fixture
def show(site):
    site.settings |= {"LINKBACK_FEEDS": [Rich], "STATIC_PATHS": ["audio"]}
    (site.content / "audio").mkdir()
    (site.content / "audio" / "one.mp3").write_bytes(SILENCE)
    for name in ("one.vtt", "one.json"):
        (site.content / "audio" / name).write_text("")
    site.article("text", category="Show")
    site.article("else", category="Talk", enclosure="audio/one.mp3")
    site.article(
        "one",
        "All *about* it.",
        category="Show",
        enclosure="{static}/audio/one.mp3",
        episode="3",
        season="2",
        episode_type="bonus",
        explicit="yes",
        image="images/one.jpg",
        transcript="audio/one.vtt",
        chapters="audio/one.json",
        person="Ann Lee (Guest); Bo Ek",
    )
    return site


def test_one_category_is_a_podcast(show):
    build = show.build(LINKBACK_FEEDS=[Show])
    assert build.problems == []
    feed = build.parse("show.xml")
    assert [each.title for each in feed.entries] == ["one"]
    assert feed.feed.author == "Ann Lee"


def test_feedparser_reads_what_is_meant(show):
    feed = show.build().parse("show.xml")
    assert feed.feed.title == "A Site"
    assert feed.feed.image.href == f"{BASE}/images/cover.png"
    assert feed.feed.itunes_type == "episodic"
    assert [tag.term for tag in feed.feed.tags] == [
        "Arts",
        "Society & Culture",
        "Documentary",
        "Philosophy",
    ]
    assert feed.feed.publisher_detail == {"name": "Ann Lee", "email": "ann@me.example.io"}
    assert feed.feed.podcast_guid == podcast_guid(f"{BASE}/show.xml")
    (one,) = feed.entries
    (file,) = one.enclosures
    assert (file.href, file.length, file.type) == (URL, str(len(SILENCE)), "audio/mpeg")
    assert one.itunes_duration == "2"
    assert (one.itunes_episode, one.itunes_season) == ("3", "2")
    assert one.itunes_episodetype == "bonus"
    assert one.image.href == f"{BASE}/images/one.jpg"
    assert one.podcast_chapters == {
        "url": f"{BASE}/audio/one.json",
        "type": "application/json+chapters",
    }
    assert one.podcast_transcript == {"url": f"{BASE}/audio/one.vtt", "type": "text/vtt"}
    text = show.output.joinpath("show.xml").read_text()
    assert "<itunes:explicit>false</itunes:explicit>" in text.partition("<item>")[0]
    assert "<itunes:explicit>true</itunes:explicit>" in text.partition("<item>")[2]
    assert '<podcast:person role="guest">Ann Lee</podcast:person>' in text
    assert "<podcast:person>Bo Ek</podcast:person>" in text


def test_a_parser_for_podcasts_reads_the_same(show):
    document = show.build().read("show.xml")
    found = podcastparser.parse(f"{BASE}/show.xml", io.StringIO(document))
    assert found["title"] == "A Site"
    assert found["description"] == "What is heard in the harbour"
    assert found["cover_url"] == f"{BASE}/images/cover.png"
    assert found["itunes_author"] == "Ann Lee"
    assert found["explicit"] is False
    (one,) = found["episodes"]
    assert one["enclosures"] == [{"url": URL, "file_size": len(SILENCE), "mime_type": "audio/mpeg"}]
    assert one["total_time"] == 2
    assert one["number"] == 3
    assert one["explicit"] is True
    assert one["guid"] == "tag:me.example.io,2026-01-01:/one.html"
    assert one["published"] == dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC).timestamp()


@pytest.mark.parametrize(
    ("url", "guid"),
    [  # the examples of the specification
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("http://podnews.net/rss/", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
    ],
)
def test_the_guid_of_a_podcast(url, guid):
    assert podcast_guid(url) == guid


# Metadata


@pytest.mark.parametrize(("told", "seconds"), [("90", "90"), ("1:30", "90"), ("1:00:05", "3605")])
def test_a_duration_may_be_told(show, told, seconds):
    show.article("one", category="Show", enclosure="audio/one.mp3", duration=told)
    assert show.build().parse("show.xml").entries[0].itunes_duration == seconds


@pytest.mark.parametrize(("told", "written"), [("no", 2), ("", 1)])
def test_an_episode_need_not_be_explicit(show, told, written):
    show.article("one", category="Show", enclosure="audio/one.mp3", explicit=told)
    assert show.build().read("show.xml").count("<itunes:explicit>false<") == written


@pytest.mark.parametrize("metadata", [{"episode": "three"}, {"duration": "1h"}])
def test_what_is_no_number_is_told(show, metadata):
    show.article("one", category="Show", enclosure="audio/one.mp3", **metadata)
    (problem,) = show.build().problems
    assert "one.md" in problem
    assert "write whole numbers" in problem


def test_metadata_may_be_a_list(show):
    path = show.article("one", category="Show", enclosure="audio/one.mp3", person="Ann Lee")
    path.write_text(path.read_text().replace("Ann Lee", "Ann Lee\n    Bo Ek (host)"))
    text = show.build().read("show.xml")
    assert "<podcast:person>Ann Lee</podcast:person>" in text
    assert '<podcast:person role="host">Bo Ek</podcast:person>' in text


def test_all_articles_with_a_file_may_be_the_podcast(show):
    every = type("Every", (Rich,), {"category": None})
    entries = show.build(LINKBACK_FEEDS=[every]).parse("show.xml").entries
    assert sorted(each.title for each in entries) == ["else", "one"]


# The rules


def checked(document: str) -> set[str]:
    now = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    found = check({"show.xml": document.encode()}, Expected(BASE, now))
    return {finding.code for finding in found.findings}


FILE = f'<enclosure length="{len(SILENCE)}" type="audio/mpeg" url="{URL}"/>'
BROKEN = [
    ("podcast-lacks", f'<itunes:image href="{BASE}/images/cover.png"/>', ""),
    ("podcast-lacks", "<itunes:explicit>false</itunes:explicit>", ""),
    ("podcast-lacks", "<language>en</language>", ""),
    ("podcast-lacks", "What is heard in the harbour", ""),
    ("podcast-lacks", "itunes:category", "category"),
    ("podcast-wrong", "<itunes:explicit>false<", "<itunes:explicit>clean<"),
    ("podcast-wrong", ">episodic<", ">weekly<"),
    ("podcast-wrong", ">bonus<", ">extra<"),
    ("podcast-wrong", "cover.png", "cover.svg"),
    ("podcast-wrong", "<itunes:episode>3", "<itunes:episode>0"),
    ("podcast-wrong", "<itunes:season>2", "<itunes:season>two"),
    ("podcast-wrong", "<itunes:duration>2", "<itunes:duration>2m"),
    ("podcast-wrong", "<podcast:guid>", "<podcast:guid>x"),
    ("enclosure-missing", FILE, ""),
    ("enclosure-length", f'length="{len(SILENCE)}"', 'length="0"'),
    ("enclosure-type", 'type="audio/mpeg"', 'type="audio/ogg"'),
]


def test_nothing_is_found_in_a_sound_podcast(show):
    document = show.build().read("show.xml")
    assert checked(document) == set()
    for code, old, new in BROKEN:
        assert old in document, old
        assert checked(document.replace(old, new)) == {code}, (old, new)
    item = document[document.index("<item>") : document.index("</item>")] + "</item>"
    other = item.replace("one.html", "two.html")
    doubled = document.replace(item, item + other)
    assert checked(doubled) == {"enclosure-doubled"}

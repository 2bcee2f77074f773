"""A podcast of a site, with a real file in it; and each rule of Apple's and of the namespace."""

from __future__ import annotations

import datetime as dt
import io

import feedparser
import podcastparser
import pytest

from pelican_linkback.feedcheck.built import built_file
from pelican_linkback.feedcheck.check import Expected, check
from pelican_linkback.feedcheck.podcast import BuiltFile
from pelican_linkback.feeds import Person, PodcastFeed
from pelican_linkback.feeds.formats.podcast import podcast_guid
from pelican_linkback.feeds.formats.podcast_terms import CATEGORIES, GROUPS, MEDIUMS

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


def test_what_is_said_of_the_show_is_read(show):
    document = show.build(LINKBACK_FEEDS=[Complete]).read("show.xml")
    older = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
    known = document.replace("https://podcastindex.org/namespace/1.0", older)
    found = podcastparser.parse(f"{BASE}/show.xml", io.StringIO(known))
    assert found["import_prohibited"] is True
    assert found["funding_url"] == f"{BASE}/give"
    assert feedparser.parse(document).feed.podcast_medium == "podcast"
    channel, _, item = document.partition("<item>")
    assert '<podcast:locked owner="ann@me.example.io">yes</podcast:locked>' in channel
    assert '<podcast:person role="host">Ann Lee</podcast:person>' in channel
    person = '<podcast:person group="visuals" role="Cover Art Designer">Cy Tide</podcast:person>'
    assert person in channel
    assert "Cy Tide" not in item


def test_a_show_may_be_unlocked_by_nobody(show):
    unlocked = type("Unlocked", (Show,), {"locked": False})
    document = show.build(LINKBACK_FEEDS=[unlocked]).read("show.xml")
    assert "<podcast:locked>no</podcast:locked>" in document


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
def test_a_duration_may_be_given(show, told, seconds):
    show.article("one", category="Show", enclosure="audio/one.mp3", duration=told)
    assert show.build().parse("show.xml").entries[0].itunes_duration == seconds


@pytest.mark.parametrize(("told", "written"), [("no", 2), ("", 1)])
def test_an_episode_need_not_be_explicit(show, told, written):
    show.article("one", category="Show", enclosure="audio/one.mp3", explicit=told)
    assert show.build().read("show.xml").count("<itunes:explicit>false<") == written


@pytest.mark.parametrize("metadata", [{"episode": "three"}, {"duration": "1h"}])
def test_what_is_no_number_is_reported_and_left_out(show, metadata):
    show.article("two", category="Show", enclosure="audio/one.mp3", date="2026-02-01")
    show.article("one", category="Show", enclosure="audio/one.mp3", **metadata)
    build = show.build()
    (problem,) = build.problems
    assert "one.md" in problem
    assert "write whole numbers" in problem
    two, one = build.parse("show.xml").entries
    assert "itunes_episode" not in one
    assert one.itunes_duration == two.itunes_duration  # the file's own


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


def png(width: int, height: int, colours: int = 2) -> bytes:
    size = width.to_bytes(4) + height.to_bytes(4)
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + size + bytes([8, colours, 0, 0, 0])


def jpeg(width: int, height: int, components: int = 3) -> bytes:
    frame = bytes([8]) + height.to_bytes(2) + width.to_bytes(2) + bytes([components])
    return b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11" + frame + bytes(8)


CHAPTERS = b'{"version": "1.2.0", "chapters": [{"startTime": 0}, {"startTime": 9.5}]}'
FILES = {
    "audio/one.mp3": SILENCE,
    "audio/one.ogg": SILENCE,
    "audio/one.vtt": b"WEBVTT",
    "audio/one.json": CHAPTERS,
    "images/cover.png": png(1400, 1400),
    "images/one.jpg": jpeg(3000, 3000),
}


def checked(document: str, **files: bytes | None) -> set[str]:
    """Return the codes of what is wrong; ``files`` take the place of those that are right."""
    known = FILES | {path.replace("__", "/").replace("_", "."): f for path, f in files.items()}

    def look(url: str) -> BuiltFile | None:
        path = url.removeprefix(f"{BASE}/")
        found = known.get(path)
        if path == url or path.endswith((".html", ".xml")) or not path:
            return None  # the pages are not what this is about
        return BuiltFile(None, b"") if found is None else BuiltFile(len(found), found)

    now = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    found = check({"show.xml": document.encode()}, Expected(BASE, now, look=look))
    return {finding.code for finding in found.findings}


FILE = f'<enclosure length="{len(SILENCE)}" type="audio/mpeg" url="{URL}"/>'
GUID = podcast_guid(f"{BASE}/show.xml")
ID = "tag:me.example.io,2026-01-01:/one.html"
COVER = f'<itunes:image href="{BASE}/images/cover.png"/>'
SAID = "What is heard in the harbour"
# Each rule, where it stands (as in feedcheck/podcast.py), and what breaks it.
BROKEN = [
    ("GUIDE itunes:image", "podcast-lacks", COVER, ""),
    ("GUIDE itunes:explicit", "podcast-lacks", "<itunes:explicit>false</itunes:explicit>", ""),
    ("GUIDE language", "podcast-lacks", "<language>en</language>", ""),
    ("GUIDE description", "podcast-lacks", SAID, ""),
    ("GUIDE itunes:category", "podcast-lacks", "itunes:category", "category"),
    ("GUIDE title", "title-empty", "<title>A Site</title>", "<title/>"),
    ("GUIDE language, ISO 639", "language-wrong", "<language>en<", "<language>English<"),
    ("GUIDE description, 4000 bytes", "podcast-long", SAID, "é" * 2001),
    ("GUIDE 255 characters", "podcast-long", "<title>A Site<", f"<title>{'A' * 256}<"),
    ("GUIDE categories", "podcast-category", 'text="Arts"', 'text="arts"'),
    ("GUIDE subcategories", "podcast-category", 'text="Philosophy"', 'text="Astronomy"'),
    ("GUIDE explicit", "podcast-wrong", "<itunes:explicit>false<", "<itunes:explicit>clean<"),
    ("GUIDE itunes:type", "podcast-wrong", ">episodic<", ">weekly<"),
    ("GUIDE itunes:episodeType", "podcast-wrong", ">bonus<", ">extra<"),
    ("GUIDE itunes:image, JPEG or PNG", "podcast-wrong", "cover.png", "cover.svg"),
    ("GUIDE itunes:episode", "podcast-wrong", "<itunes:episode>3", "<itunes:episode>0"),
    ("GUIDE itunes:season", "podcast-wrong", "<itunes:season>2", "<itunes:season>two"),
    ("GUIDE itunes:duration", "podcast-wrong", "<itunes:duration>2", "<itunes:duration>2m"),
    ("itunes:owner has an address", "podcast-wrong", "<itunes:email>ann@", "<itunes:email>ann "),
    ("RSS guid", "id-missing", f'<guid isPermaLink="false">{ID}</guid>', ""),
    ("RSS pubDate, RFC 2822", "date-wrong", "<pubDate>Thu, 01 Jan 2026", "<pubDate>2026-01-01"),
    ("RSS enclosure", "enclosure-missing", FILE, ""),
    ("RSS enclosure url", "enclosure-missing", f'url="{URL}"', ""),
    ("RSS enclosure length", "enclosure-length", f'length="{len(SILENCE)}"', 'length="0"'),
    ("RSS enclosure length, true", "enclosure-size", f'length="{len(SILENCE)}"', 'length="9"'),
    ("GUIDE enclosure type", "enclosure-type", 'type="audio/mpeg"', 'type="audio/mp3"'),
    ("GUIDE enclosure extension", "enclosure-type", "one.mp3", "one.ogg"),
    ("RSS ASCII", "enclosure-name", URL, "https://cdn.example.io/mar%C3%A9.mp3"),
    ("NAMESPACE guid", "podcast-wrong", "<podcast:guid>", "<podcast:guid>x"),
    ("NAMESPACE guid, version 5", "podcast-wrong", GUID, f"{GUID[:14]}4{GUID[15:]}"),
    ("NAMESPACE locked", "podcast-wrong", ">yes</podcast:locked>", ">true</podcast:locked>"),
    ("NAMESPACE locked owner", "podcast-wrong", 'owner="ann@', 'owner="ann '),
    ("NAMESPACE medium", "podcast-wrong", ">podcast</podcast:medium>", ">radio</podcast:medium>"),
    ("NAMESPACE funding url", "podcast-wrong", f'url="{BASE}/give"', ""),
    ("NAMESPACE funding, 128", "podcast-long", ">Help us<", f">{'h' * 129}<"),
    ("NAMESPACE https", "podcast-insecure", f'url="{BASE}/give"', 'url="http://a.io/give"'),
    ("NAMESPACE person", "podcast-wrong", ">Bo Ek</podcast:person>", "/>"),
    ("NAMESPACE person, 128", "podcast-long", ">Bo Ek<", f">{'b' * 129}<"),
    ("NAMESPACE person role", "podcast-role", 'role="guest"', 'role="owner"'),
    ("NAMESPACE person group", "podcast-role", 'group="visuals"', 'group="cast"'),
    ("NAMESPACE person groups", "podcast-role", 'group="visuals"', 'group="friends"'),
    ("NAMESPACE transcript url", "podcast-wrong", f'url="{BASE}/audio/one.vtt"', ""),
    ("NAMESPACE transcript type", "podcast-wrong", 'type="text/vtt"', 'type="audio/mpeg"'),
    ("NAMESPACE transcript type given", "podcast-wrong", 'type="text/vtt"', ""),
    ("NAMESPACE chapters type", "podcast-wrong", "json+chapters", "json"),
    ("the picture is there", "file-missing", "cover.png", "none.png"),
    ("the file is there", "file-missing", "one.mp3", "none.mp3"),
    ("the transcript is there", "file-missing", "one.vtt", "none.vtt"),
]
TOGETHER = {
    *("enclosure-doubled", "podcast-number", "chapters-wrong"),
    *("picture-size", "picture-colours", "picture-kind"),
}


class Complete(Rich):
    locked = True
    medium = "podcast"
    funding = (("/give", "Help us"),)
    persons = (("Ann Lee", "host"), ("Cy Tide", "Cover Art Designer"))


@pytest.fixture
def document(show):
    return show.build(LINKBACK_FEEDS=[Complete]).read("show.xml")


def test_nothing_is_found_in_a_sound_podcast(document):
    assert checked(document) == set()


def test_each_rule_that_is_broken_is_found_and_no_other(document):
    for rule, code, old, new in BROKEN:
        assert old in document, rule
        assert checked(document.replace(old, new)) == {code}, rule


def test_an_episode_has_a_file_of_its_own(document):
    item = document[document.index("<item>") : document.index("</item>")] + "</item>"
    other = item.replace("one.html", "two.html")
    assert checked(document.replace(item, item + other)) == {"enclosure-doubled"}


def test_a_serial_show_has_numbers(document):
    serial = document.replace(">episodic<", ">serial<")
    full = serial.replace(">bonus<", ">full<").replace("<itunes:episode>3</itunes:episode>", "")
    assert checked(serial) == set()
    assert checked(full) == {"podcast-number"}
    assert checked(full.replace("<itunes:episodeType>full</itunes:episodeType>", "")) == {
        "podcast-number"
    }
    assert checked(full.replace(">full<", ">trailer<")) == set()


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (png(1399, 1399), "picture-size"),
        (png(3001, 3001), "picture-size"),
        (png(1400, 1500), "picture-size"),
        (png(1400, 1400, colours=0), "picture-colours"),
        (jpeg(1400, 1400), "picture-kind"),
        (b"GIF89a", "picture-kind"),
        (b"", "picture-kind"),
    ],
)
def test_a_cover_that_apple_would_refuse_is_found(document, picture, code):
    assert checked(document, images__cover_png=picture) == {code}


@pytest.mark.parametrize(
    ("picture", "codes"),
    [
        (jpeg(1400, 1400), set()),
        (jpeg(1400, 1400, components=4), {"picture-colours"}),
        (jpeg(1400, 1400)[:17], {"picture-kind"}),
        (b"\xff\xd8\xff", {"picture-kind"}),
    ],
)
def test_a_jpeg_is_read(document, picture, codes):
    assert checked(document, images__one_jpg=picture) == codes


@pytest.mark.parametrize(
    "chapters",
    [
        b"[]",
        b"no JSON",
        b'{"chapters": []}',
        b'{"version": 1.2, "chapters": []}',
        b'{"version": "1.2.0", "chapters": [{}]}',
        b'{"version": "1.2.0", "chapters": [{"startTime": "soon"}]}',
        b'{"version": "1.2.0", "chapters": [{"startTime": 9}, {"startTime": 1}]}',
        b'{"version": "1.2.0", "chapters": [{"startTime": 1' + b"0" * 400 + b"}]}",
    ],
)
def test_chapters_that_are_none_are_found(document, chapters):
    assert checked(document, audio__one_json=chapters) == {"chapters-wrong"}


def test_what_is_no_url_is_reported_and_breaks_nothing(document):
    broken = document.replace(URL, "https://[").replace("https://me.example.io/im", "https://[")
    assert checked(broken) == {"enclosure-type", "enclosure-wrong"}


def test_what_is_elsewhere_is_not_looked_at(document):
    assert checked(document.replace(BASE, "https://cdn.example.io")) == {"self-elsewhere"}


def test_the_files_of_a_site_are_looked_at(tmp_path):
    folder = tmp_path / "output"
    (folder / "audio").mkdir(parents=True)
    (folder / "audio" / "a b.mp3").write_bytes(b"abc")
    (tmp_path / "secret").write_text("x")
    assert built_file(folder, BASE, f"{BASE}/audio/a%20b.mp3?x=1") == BuiltFile(3, b"abc")
    for lost in ("none.mp3", "audio", "%00", "x//["):
        assert built_file(folder, f"{BASE}/", f"{BASE}/{lost}") == BuiltFile(None, b"")
    for elsewhere in ("https://a.io/audio/a%20b.mp3", f"{BASE}/../secret", f"{BASE}.evil/"):
        assert built_file(folder, BASE, elsewhere) is None


def test_the_terms_are_whole():
    assert len(CATEGORIES) == 19
    assert sum(map(len, CATEGORIES.values())) == 91
    assert {len(GROUPS), len(GROUPS["cast"]), len(MEDIUMS)} == {11, 8, 18}

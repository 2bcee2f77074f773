"""The files that an article's metadata name: where they are, how long, and what may go wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest

from pelican_linkback.feeds import STOCK_FEEDS, PodcastFeed
from pelican_linkback.feeds.articles import files
from pelican_linkback.feeds.articles.audio import seconds_of
from pelican_linkback.feeds.articles.files import named_files, type_of
from tests.test_podcast import SILENCE

SIZE = str(len(SILENCE))


class Show(PodcastFeed):
    path = "show.xml"


@pytest.fixture
def show(site):
    site.settings |= {
        "LINKBACK_FEEDS": [Show],
        "ARTICLE_SAVE_AS": "{date:%Y}/{slug}/index.html",
        "ARTICLE_URL": "{date:%Y}/{slug}/",
    }
    for name in ("audio/one.mp3", "audio/maré alta #1.mp3", "posts/beside.mp3"):
        path = site.content / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(SILENCE)
    return site


def built(show, enclosure, **settings):
    """Return the build, and the one file of its one episode."""
    show.article("posts/one", slug="one", enclosure=enclosure)
    build = show.build(**settings)
    (entry,) = build.parse("show.xml").entries
    (file,) = entry.enclosures
    return build, file, entry


@pytest.mark.parametrize(
    ("place", "path"),
    [
        pytest.param("audio/one.mp3", "audio/one.mp3", id="in the content folder"),
        pytest.param("/audio/one.mp3", "audio/one.mp3", id="with a slash"),
        pytest.param("beside.mp3", "posts/beside.mp3", id="beside the article"),
        pytest.param("{static}/audio/one.mp3", "audio/one.mp3", id="static"),
        pytest.param("{static}beside.mp3", "posts/beside.mp3", id="static, relative"),
        pytest.param("{static}../audio/one.mp3", "audio/one.mp3", id="static, above"),
        pytest.param("|static|/audio/one.mp3", "audio/one.mp3", id="static, the old way"),
        pytest.param("{attach}beside.mp3", "2026/one/beside.mp3", id="attach"),
        pytest.param(
            "{attach}/audio/maré alta #1.mp3",
            "2026/one/mar%C3%A9%20alta%20%231.mp3",
            id="attach, odd",
        ),
        pytest.param(
            "audio/maré alta #1.mp3", "audio/mar%C3%A9%20alta%20%231.mp3", id="an odd name"
        ),
        pytest.param(
            "audio/mar%C3%A9%20alta%20%231.mp3",
            "audio/mar%C3%A9%20alta%20%231.mp3",
            id="an odd name, escaped",
        ),
        pytest.param("https://me.example.io/blog/audio/one.mp3", "audio/one.mp3", id="own address"),
    ],
)
@pytest.mark.parametrize("relative", [False, True], ids=["absolute", "RELATIVE_URLS"])
def test_a_file_of_the_site_is_found_and_published(show, place, path, relative):
    base = "https://me.example.io/blog"
    build, file, entry = built(
        show, place, SITEURL=base, RELATIVE_URLS=relative, STATIC_PATHS=["audio"]
    )
    assert build.problems == []
    assert file.href == f"{base}/{path}"
    assert (file.length, file.type, entry.itunes_duration) == (SIZE, "audio/mpeg", "2")
    published = build.output / unquote(urlsplit(file.href).path.removeprefix("/blog/"))
    assert published.read_bytes() == SILENCE


def test_what_the_metadata_name_is_published_without_static_paths(show):
    (show.content / "audio" / "one.vtt").write_text("WEBVTT")
    show.article("two", enclosure="audio/one.mp3", transcript="{static}/audio/one.vtt")
    build = show.build(STATIC_PATHS=[])
    assert build.problems == []
    assert (build.output / "audio" / "one.mp3").read_bytes() == SILENCE
    assert (build.output / "audio" / "one.vtt").exists()
    assert not list(build.output.glob("audio/mar*"))


def test_pelican_says_where_a_file_goes(show):
    moved = {"audio/one.mp3": {"path": "sounds/1.mp3"}}
    _, file, _ = built(show, "audio/one.mp3", EXTRA_PATH_METADATA=moved)
    assert file.href == "https://me.example.io/sounds/1.mp3"
    _, file, _ = built(show, "audio/one.mp3", STATIC_URL="s/{path}", STATIC_SAVE_AS="s/{path}")
    assert file.href == "https://me.example.io/s/audio/one.mp3"


@pytest.mark.parametrize(
    ("place", "url"),
    [
        ("audio/none.mp3", "audio/none.mp3"),
        ("{static}/audio/none.mp3", "audio/none.mp3"),
        ("{attach}none.mp3", "none.mp3"),
        ("audio", "audio"),
        ("a" * 300, "a" * 300),
    ],
)
def test_a_file_that_is_not_there_is_reported(show, place, url):
    build, file, _ = built(show, place)
    (problem,) = build.problems
    assert "one.md" in problem
    assert f"names {place!r} in Enclosure, and there is no such file in the content" in problem
    assert (file.href, file.length) == (f"https://me.example.io/{url}", "0")


@pytest.mark.parametrize("field", ["enclosure", "image", "transcript"])
@pytest.mark.parametrize(
    "place",
    [
        "../secret.txt",
        "{static}../../secret.txt",
        "{static}/../secret.txt",
        "{attach}../../secret.txt",
        "%2e%2e/secret.txt",
        "%2F{folder}/secret.txt",
        "audio/../../secret.txt",
    ],
)
def test_what_is_outside_of_the_content_folder_is_not_published(show, field, place):
    (show.folder / "secret.txt").write_text("secret")
    out = show.folder / "public" / "html"
    place = place.replace("{folder}", str(show.folder))
    show.article("posts/one", slug="one", **{"enclosure": "audio/one.mp3", field: place})
    build = show.build(OUTPUT_PATH=str(out), STATIC_PATHS=["audio"])
    assert not [each for each in build.problems if "there is no such file" not in each]
    assert len(build.problems) == (field != "image" or place.startswith("{"))
    assert list(show.folder.rglob("secret.txt")) == [show.folder / "secret.txt"]
    assert [each.name for each in out.parent.iterdir()] == ["html"]


def test_what_is_above_the_folder_at_hand_is_outside_of_it(tmp_path, monkeypatch):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "content").mkdir()
    monkeypatch.chdir(tmp_path / "content")
    article = SimpleNamespace(metadata={"enclosure": "../secret.txt"})
    assert list(named_files(article, Path())) == []


@pytest.mark.posix(reason="symbolic links need a privilege")
def test_a_symbolic_link_of_the_author_is_followed(show):
    """As for Pelican's STATIC_PATHS: large files are often kept elsewhere (git-annex)."""
    store = show.folder / "store"
    store.mkdir()
    (show.content / "audio" / "one.mp3").rename(store / "1")
    (show.content / "audio" / "one.mp3").symlink_to(store / "1")
    build, file, _ = built(show, "audio/one.mp3", STATIC_PATHS=[])
    assert file.length == SIZE
    assert (build.output / "audio" / "one.mp3").read_bytes() == SILENCE


@pytest.mark.parametrize("field", ["enclosure", "image", "transcript", "chapters"])
def test_what_is_no_address_costs_no_feed(show, field):
    show.article("one", **{"enclosure": "audio/one.mp3", field: "http://[x/a.mp3"})
    build = show.build(LINKBACK_FEEDS=[*STOCK_FEEDS, Show])
    (problem,) = build.problems
    assert problem == (
        f"'one.md' names 'http://[x/a.mp3' in {field.capitalize()}, which is not an address; fix it"
    )
    for feed in ("show.xml", "feeds/all.atom.xml"):
        assert "[x" not in build.read(feed)


@pytest.mark.parametrize("there", ["https://cdn.example.io/a.m4a?x=1", "//cdn.example.io/a.m4a"])
def test_a_file_elsewhere_is_used_as_written(show, there):
    build, file, entry = built(show, there)
    assert build.problems == []
    url = there if "?" in there else f"https:{there}"
    assert (file.href, file.type, file.length) == (url, "audio/x-m4a", "0")
    assert "itunes_duration" not in entry


def test_of_a_file_elsewhere_the_metadata_may_say_all(show):
    show.article(
        "one",
        enclosure="https://cdn.example.io/play?id=7",
        enclosure_length="4200",
        enclosure_type="audio/mpeg",
        duration="90",
    )
    (entry,) = show.build().parse("show.xml").entries
    (file,) = entry.enclosures
    assert (file.length, file.type, entry.itunes_duration) == ("4200", "audio/mpeg", "90")


def test_a_page_of_the_site_that_is_no_file_of_it_is_used_as_written(show):
    build, file, _ = built(show, "https://me.example.io/made/by/another.mp3")
    assert build.problems == []
    assert file.length == "0"


def test_without_mutagen_it_is_said_once_how_to_get_it(show, monkeypatch):
    monkeypatch.setitem(sys.modules, "mutagen", None)
    show.article("two", enclosure="audio/one.mp3")
    show.article("three", enclosure="posts/beside.mp3", duration="90")
    show.article("four", enclosure="posts/beside.mp3")
    build = show.build()
    durations = {
        each.title: each.get("itunes_duration") for each in build.parse("show.xml").entries
    }
    assert durations == {"two": None, "three": "90", "four": None}
    (problem,) = build.problems
    assert "; python -m pip install mutagen, or " in problem


def test_a_broken_file_is_reported_with_its_article(show):
    (show.content / "audio" / "one.mp3").write_bytes(b"ID3 and nothing more")
    build, file, entry = built(show, "audio/one.mp3")
    (problem,) = build.problems
    assert "one.md" in problem
    assert "how long that lasts cannot be read" in problem
    assert file.length == "20"
    assert "itunes_duration" not in entry


def test_what_is_no_sound_has_no_duration(tmp_path):
    (tmp_path / "words.txt").write_text("words")
    (tmp_path / "broken.mp3").write_bytes(b"ID3")
    header = b"OggS\0\2" + bytes(8) + b"\1" + bytes(12) + b"\x1eOpusHead" + bytes(30)
    (tmp_path / "broken.opus").write_bytes(header)  # an IndexError of mutagen
    assert seconds_of(tmp_path / "words.txt") is None
    assert seconds_of(tmp_path / "broken.mp3") is None
    assert seconds_of(tmp_path / "broken.opus") is None
    assert seconds_of(tmp_path / "none.mp3") is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.MP3", "audio/mpeg"),
        ("https://x.org/a.vtt?v=2", "text/vtt"),
        ("a.ogg", "audio/ogg"),
        ("words", None),
    ],
)
def test_the_type_of_a_file(name, kind):
    assert type_of(name) == kind


def test_a_transcript_of_an_unknown_kind_is_plain_text(show):
    (show.content / "audio" / "words").write_text("words")
    show.article("one", enclosure="audio/one.mp3", transcript="audio/words")
    (entry,) = show.build().parse("show.xml").entries
    assert entry.podcast_transcript == {
        "type": "text/plain",
        "url": "https://me.example.io/audio/words",
    }


# Other feeds than podcasts


def test_the_stock_feeds_carry_the_file(show):
    show.article("one", enclosure="{static}/audio/one.mp3")
    show.article("none")
    settings = {"LINKBACK_FEEDS": None, "FEED_ATOM": "a.xml", "FEED_RSS": "r.xml"}
    build = show.build(**settings, FEED_JSON="j.json", FEED_ALL_ATOM=None)
    for name in ("a.xml", "r.xml"):
        files = {entry.title: entry.enclosures for entry in build.parse(name).entries}
        assert files["none"] == []
        (file,) = files["one"]
        assert (file.href, file.length) == ("https://me.example.io/audio/one.mp3", SIZE)
    items = {item["title"]: item for item in json.loads(build.read("j.json"))["items"]}
    assert "attachments" not in items["none"]
    assert items["one"]["attachments"] == [
        {
            "url": "https://me.example.io/audio/one.mp3",
            "mime_type": "audio/mpeg",
            "size_in_bytes": len(SILENCE),
        }
    ]


def test_a_name_that_the_system_refuses_is_no_file_before_python_3_14_either(monkeypatch):
    def refuse(self):
        raise OSError(36, "File name too long")

    monkeypatch.setattr(Path, "is_file", refuse)
    assert not files._is_file(Path("a.m4a"))

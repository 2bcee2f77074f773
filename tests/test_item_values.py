"""Values of an item that cannot be are left out, each with a warning that names it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds import (
    Atom1Feed,
    AtomAllFeed,
    Enclosure,
    Feed,
    JsonFeed,
    Person,
    Rss201rev2Feed,
    Site,
)
from pelican_linkback.text.urls import is_script
from tests.conftest import SiteBuilder
from tests.test_feed import NOW

FILE = "https://files.example/one.mp3"
SCRIPT = "javascript:alert(1)"
FORMATS = (Atom1Feed, Rss201rev2Feed, JsonFeed)


@pytest.mark.parametrize(
    "url",
    [
        SCRIPT,
        "JavaScript:alert(1)",
        " \x01java\tscript\n:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "data:,x",
        "DATA:application/xhtml+xml;base64,AAAA",
    ],
)
def test_what_a_browser_would_run_is_a_script(url: str) -> None:
    assert is_script(url)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "/a",
            FILE,
            "mailto:a@b.example",
            "javascript.html",
            "x/javascript:1",
            "#javascript:",
        ),
        *("data:image/png;base64,AAAA", "data:image/gif,x", "magnet:?xt=urn:x"),
    ],
)
def test_other_addresses_are_none(url: str) -> None:
    assert not is_script(url)


class Boats(Feed):
    title, link, description, path = "Boats", "/", "d", "boats.xml"
    items = ("sloop",)
    item_link = "/sloop"


def made(feed_type: type = Atom1Feed, **aspects: Any) -> tuple[Any, list[str]]:
    """The only item of a feed with these aspects, and the warnings."""
    said: list[str] = []
    site = Site(
        "https://me.example",
        "Me",
        NOW,
        warn=lambda words, *names: said.append(words.format(*names)),
    )
    cls = type("Mine", (Boats,), {"feed_type": feed_type, **aspects})
    feed = cls().get_feed(None, site)
    feed.writeString("utf-8")
    return feed.items[0], said


LENGTHS: list[tuple[Any, str | None]] = [
    # What a class says, and what stands in the document: None for 0 with a warning.
    *((5, "5"), ("5", "5"), (0, "0"), ("0", "0"), (None, "0"), ("", "0"), ("4200", "4200")),
    *((2**63 - 1, str(2**63 - 1)), (2**63, None), (-5, None), ("-5", None), ("9" * 400, None)),
    *(
        ("9" * 5000, None),
        ("42 MB", None),
        ("5.0", None),
        ("٥", None),
        ("5\n", None),
        ("0x5", None),
    ),
    *(([], "0"), ([5], None), ("1_000", None), ("+5", None)),
]


@pytest.mark.parametrize(("given", "expected"), LENGTHS)
@pytest.mark.parametrize("feed_type", FORMATS)
def test_a_length_is_a_number_of_bytes(given: Any, expected: str | None, feed_type: type) -> None:
    aspects = {"item_enclosure_url": FILE, "item_enclosure_length": given}
    item, said = made(feed_type, **aspects)
    assert item["enclosures"][0].length == (expected or "0")
    assert item["enclosures"][0].url == FILE
    assert len(said) == (expected is None)
    assert all("'sloop' has" in each and "as the length" in each for each in said)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        *(("audio/mpeg", None), ("audio/x-m4a", None), ("application/vnd.a+json", None)),
        *(("audio/ogg; codecs=opus", None), ('audio/ogg;codecs="opus, flac"', None)),
        *(('"audio/mpeg"', "audio/mpeg"), ("audio", "audio/mpeg"), ("audio/", "audio/mpeg")),
        *(("/mpeg", "audio/mpeg"), ("audio/mpeg\n", "audio/mpeg"), ("a b/c", "audio/mpeg")),
        *(("audio/mpeg;", "audio/mpeg"), ("<x>", "audio/mpeg"), (5, "audio/mpeg")),
    ],
)
def test_a_type_is_a_media_type(given: Any, expected: str | None) -> None:
    item, said = made(item_enclosure_url=FILE, item_enclosure_mime_type=given)
    assert item["enclosures"][0].mime_type == (expected or given)
    assert len(said) == (expected is not None)


@pytest.mark.parametrize("feed_type", FORMATS)
def test_a_script_is_no_address(feed_type: type) -> None:
    item, said = made(
        feed_type,
        item_enclosures=lambda _, item: [Enclosure(SCRIPT), Enclosure(FILE)],
        item_image=SCRIPT,
        item_replies=SCRIPT,
        item_comments=SCRIPT,
        item_author_name="Ann",
        item_author_link=SCRIPT,
        item_authors=(Person("Ann", link=SCRIPT), Person("Bo"), "Cy"),
        item_contributors=[Person("Dee", link=f" {SCRIPT}")],
    )
    assert [each.url for each in item["enclosures"]] == [FILE]
    assert item["image"] is item["replies"] is item["comments"] is item["author_link"] is None
    assert [person.name for person in item["authors"]] == ["Ann", "Bo", "Cy"]
    assert {person.link for person in item["authors"]} == {None}
    assert item["contributors"][0].link is None
    assert len(said) == 7
    assert all(SCRIPT in each for each in said)


@pytest.mark.parametrize("feed_type", FORMATS)
def test_an_email_address_is_one(feed_type: type) -> None:
    item, said = made(
        feed_type,
        item_author_name="Ann",
        item_author_email="ann",
        item_authors=(Person("Ann", "ann at b.example"), Person("Bo", "bo@b.example")),
        item_contributors=[Person("Dee", "<dee@b.example>", "https://dee.example/")],
    )
    assert item["author_email"] is None
    assert [person.email for person in item["authors"]] == [None, "bo@b.example"]
    assert [person.link for person in item["contributors"]] == ["https://dee.example/"]
    assert item["contributors"][0].email is None
    assert len(said) == 3
    assert all("as the e-mail address of its " in each for each in said)


def test_the_address_of_a_feed_is_one(site: SiteBuilder) -> None:
    site.article("one", author_email="nobody")
    mine = type("Mine", (AtomAllFeed,), {"path": "mine.xml", "author_email": "ann"})
    build = site.build(LINKBACK_FEEDS=[mine])
    assert "<email>" not in build.read("mine.xml")
    assert sorted(each.partition(" as the")[0] for each in build.problems) == [
        "'Mine' has 'ann'",
        "'one.md' has 'nobody'",
    ]


def test_an_item_whose_link_is_a_script_is_none() -> None:
    with pytest.raises(FeedError, match="item_link of 'sloop' is 'javascript"):
        made(item_link=SCRIPT)


def test_what_is_in_order_stays_as_it_is() -> None:
    files = [
        Enclosure(FILE, 5, "audio/mpeg"),
        SimpleNamespace(url="/b", length="", mime_type="a/b"),
    ]
    item, said = made(item_enclosures=lambda _, item: files, item_image="/a.png")
    assert item["enclosures"] == files
    assert item["image"] == "https://me.example/a.png"
    assert said == []


METADATA: dict[str, dict[str, str]] = {
    "length": {"enclosure": FILE, "enclosure_length": "-5"},
    "type": {"enclosure": FILE, "enclosure_length": "5", "enclosure_type": '"audio/mpeg"'},
    "enclosure": {"enclosure": SCRIPT},
    "image": {"image": SCRIPT},
    "author": {"author_url": SCRIPT},
}


@pytest.mark.parametrize("metadata", METADATA.values(), ids=METADATA)
def test_a_slip_in_metadata_costs_itself_and_one_message(
    site: SiteBuilder, metadata: dict[str, str]
) -> None:
    site.article("one", **metadata)
    build = site.build(FEED_ALL_RSS="feeds/all.rss.xml", FEED_ALL_JSON="feeds/all.json")
    (problem,) = build.problems
    assert "one.md" in problem
    for path in ("feeds/all.atom.xml", "feeds/all.rss.xml", "feeds/all.json"):
        text = build.read(path)
        assert "one.html" in text
        assert not any(each in text for each in (SCRIPT, '"-5"', "&quot;audio", '\\"audio'))


def test_a_file_that_is_gone_has_no_length(site: SiteBuilder) -> None:
    from pelican import signals

    audio = site.content / "one.mp3"
    audio.write_bytes(b"12345")

    def remove(path: str, context: Any) -> None:
        audio.unlink(missing_ok=True)

    site.article("one", enclosure="one.mp3")
    assert 'length="5"' in site.build().read("feeds/all.atom.xml")
    signals.content_written.connect(remove)
    assert 'length="0"' in site.build().read("feeds/all.atom.xml")

"""``Ann Lee <ann@example.org>`` is a name and an address, in every format, whoever says it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from pelican_linkback.feeds import (
    Atom1Feed,
    JsonFeed,
    Person,
    PodcastFeed,
    Rss201rev2Feed,
    SiteFeed,
)
from pelican_linkback.feeds.formats.people import as_person

DC = "{http://purl.org/dc/elements/1.1/}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"


@pytest.mark.parametrize(
    ("said", "person"),
    [
        ("Ann Lee <ann@example.org>", Person("Ann Lee", "ann@example.org")),
        (' "Lee, Ann" <ann@example.org> ', Person("Lee, Ann", "ann@example.org")),
        ("Ann<mailto:ann@example.org>", Person("Ann", "ann@example.org")),
        ("<ann@example.org>", Person(None, "ann@example.org")),
        (Person("Ann <ann@example.org>", None, "/ann"), Person("Ann", "ann@example.org", "/ann")),
        (Person("Ann <old@example.org>", "ann@x.org"), Person("Ann", "ann@x.org")),
        ("Ann Lee", Person("Ann Lee")),
        ("", Person("")),
        (Person(None, "ann@example.org"), Person(None, "ann@example.org")),
        ("vector<int>", Person("vector<int>")),
        ("Ann <Lee>", Person("Ann <Lee>")),
        ("Ann <a@b> Lee", Person("Ann <a@b> Lee")),
        ("Ann <https://ann.example/>", Person("Ann <https://ann.example/>")),
        ("a <b@c> <d@e>", Person("a <b@c> <d@e>")),
        ("<" * 20_000 + "a@b>", Person("<" * 20_000 + "a@b>")),
    ],
)
def test_a_person(said, person):
    assert as_person(said) == person


FEEDS = {
    f"{kind}_{form}": f"{folder}.{form.lower()}"
    for kind, folder in (("FEED_ALL", "all"), ("AUTHOR_FEED", "author/{slug}"))
    for form in ("ATOM", "RSS", "JSON")
}


def authors(build, path):
    """The authors of the feed, and those of its only entry, as each format has them."""
    atom, rss = (ET.fromstring(build.read(f"{path}.{form}")) for form in ("atom", "rss"))
    data = json.loads(build.read(f"{path}.json"))
    (entry,), (item,), (one,) = atom.findall("{*}entry"), rss.iter("item"), data["items"]
    return {
        "atom": [
            [(p.findtext("{*}name"), p.findtext("{*}email")) for p in each.findall("{*}author")]
            for each in (atom, entry)
        ],
        "rss": [each.text for each in item if each.tag in {"author", f"{DC}creator"}],
        "json": [[(p.get("name"), p.get("url")) for p in each["authors"]] for each in (data, one)],
    }


def test_authors_of_a_site(site):
    site.settings |= {**FEEDS, "AUTHOR": "The Harbour <crew@harbour.io>"}
    site.article("a", authors="Ann Lee <ann@harbour.io>; Bo Ek")
    build = site.build()
    harbour, ann, bo = ("The Harbour", "crew@harbour.io"), ("Ann Lee", "ann@harbour.io"), "Bo Ek"
    entry = [ann, (bo, None)]
    data = [("Ann Lee", "mailto:ann@harbour.io"), (bo, None)]
    rss = ["ann@harbour.io (Ann Lee)", bo]
    assert authors(build, "all") == {
        "atom": [[harbour], entry],
        "rss": rss,
        "json": [[("The Harbour", "mailto:crew@harbour.io")], data],
    }
    of_ann = "author/ann-lee"
    assert authors(build, of_ann) == {"atom": [[ann], entry], "rss": rss, "json": [data[:1], data]}
    assert {build.parse(f"{of_ann}.{form}").feed.title for form in ("atom", "rss")} == {
        "A Site - Ann Lee"
    }


@pytest.mark.parametrize(
    ("known", "metadata", "email"),
    [
        ({}, {}, "ann@harbour.io"),
        ({"Ann Lee": {"email": "lee@harbour.io"}}, {}, "lee@harbour.io"),
        ({"Ann Lee <ann@harbour.io>": {"email": "lee@harbour.io"}}, {}, "lee@harbour.io"),
        ({}, {"author_email": "a@harbour.io"}, "a@harbour.io"),
    ],
)
def test_what_is_said_elsewhere_wins_over_the_name(site, known, metadata, email):
    site.article("a", author="Ann Lee <ann@harbour.io>", **metadata)
    build = site.build(**FEEDS, LINKBACK_AUTHORS=known)
    assert authors(build, "all")["rss"] == [f"{email} (Ann Lee)"]


@pytest.mark.parametrize("form", [Atom1Feed, Rss201rev2Feed, JsonFeed])
@pytest.mark.parametrize(
    "aspects",
    [
        {"author_name": "Ann Lee <ann@harbour.io>", "item_authors": ()},
        {"item_authors": ["Ann Lee <ann@harbour.io>"]},
        {"item_authors": [Person("Ann Lee <ann@harbour.io>")]},
        {"item_authors": None, "item_author_name": "Ann Lee <ann@harbour.io>"},
        {"contributors": ["Ann Lee <ann@harbour.io>"], "item_authors": ()},
    ],
)
def test_what_a_class_says(site, aspects, form):
    site.article("a", author="Bo Ek")
    mine = type("Mine", (SiteFeed,), {"path": "mine.xml", "feed_type": form, **aspects})
    text = site.build(LINKBACK_FEEDS=[mine], AUTHOR="Bo Ek").read("mine.xml")
    assert "<ann@" not in text
    assert "&lt;ann@" not in text


def test_the_author_of_a_podcast(site):
    site.article("a", enclosure="https://cdn.harbour.io/a.mp3")
    show = type("Show", (PodcastFeed,), {"path": "x.xml"})
    build = site.build(LINKBACK_FEEDS=[show], AUTHOR="Ann Lee <ann@harbour.io>")
    assert ET.fromstring(build.read("x.xml")).findtext(f"channel/{ITUNES}author") == "Ann Lee"

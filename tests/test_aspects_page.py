"""docs/reference/aspects.rst: the table of what becomes of an aspect in each format is true."""

from __future__ import annotations

import datetime as dt
import json
import re
from io import StringIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from pelican_linkback import feeds
from tests.declared import assert_names_each_aspect
from tests.pages import PAGES

PAGE = PAGES["aspects"]
SITE = feeds.Site("https://your.site", "My Site", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
AROUND = re.compile("^(?:/channel/item|/channel|/entry|/items)?/?")
FORMATS = {"RSS": feeds.Rss201rev2Feed, "Atom": feeds.Atom1Feed, "JSON": feeds.JsonFeed}
DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ANN, BO = feeds.Person("Ann", "ann@your.site", "/ann"), feeds.Person("Bo", "bo@your.site", "/bo")

# Two values of each aspect: where the documents with the one and the other differ, it stands.
VALUES: dict[str, tuple[Any, Any]] = {
    "title": ("a", "b"),
    "link": ("/a", "/b"),
    "description": ("a", "b"),
    "subtitle": ("a", "b"),
    "language": ("en", "de"),
    "feed_url": ("https://your.site/a", "https://your.site/b"),
    "feed_guid": ("tag:your.site,2026:a", "tag:your.site,2026:b"),
    "author_name": ("Ann", "Bo"),
    "author_email": ("ann@your.site", "bo@your.site"),
    "author_link": ("https://your.site/ann", "https://your.site/bo"),
    "categories": (["a"], ["b"]),
    "feed_copyright": ("a", "b"),
    "contributors": ([ANN], [BO]),
    "icon": ("/a.png", "/b.png"),
    "logo": ("/c.png", "/d.png"),
    "skip_hours": ([1], [2]),
    "skip_days": (["Sunday"], ["Monday"]),
    "ttl": (1, 2),
    "stylesheets": (["/a.css"], ["/b.css"]),
    "hubs": (["https://a.your.site/"], ["https://b.your.site/"]),
    "item_title": ("a", "b"),
    "item_description": ("a", "b"),
    "item_content": ("c", "d"),
    "item_link": ("/a", "/b"),
    "item_guid": ("tag:your.site,2026:c", "tag:your.site,2026:d"),
    "item_guid_is_permalink": (False, True),
    "item_author_name": ("Ann", "Bo"),
    "item_author_email": ("ann@your.site", "bo@your.site"),
    "item_author_link": ("https://your.site/ann", "https://your.site/bo"),
    "item_contributors": ([ANN], [BO]),
    "item_pubdate": (DAY, DAY + dt.timedelta(1)),
    "item_updateddate": (DAY + dt.timedelta(2), DAY + dt.timedelta(3)),
    "item_categories": (["a"], ["b"]),
    "item_image": ("/a.jpg", "/b.jpg"),
    "item_comment_count": (1, 2),
    "item_enclosure_url": ("https://your.site/a.mp3", "https://your.site/b.mp3"),
    "item_enclosure_length": (1, 2),
    "item_enclosure_mime_type": ("audio/mpeg", "audio/ogg"),
    "item_comments": ("https://your.site/#a", "https://your.site/#b"),
    "item_replies": ("https://your.site/#c", "https://your.site/#d"),
    "item_comments_feed": ("https://your.site/e", "https://your.site/f"),
    "item_comments_updated": (DAY + dt.timedelta(4), DAY + dt.timedelta(5)),
    "item_in_reply_to": ("tag:your.site,2026:e", "tag:your.site,2026:f"),
    "item_copyright": ("a", "b"),
    "item_language": ("pt", "fr"),
}
# These say the same as others and win over them, so they are looked at by themselves.
INSTEAD: dict[str, tuple[Any, Any]] = {
    "item_authors": ([ANN], [BO]),
    "item_enclosures": (
        [feeds.Enclosure("https://your.site/a.mp3", 1, "audio/mpeg")],
        [feeds.Enclosure("https://your.site/b.mp3", 2, "audio/ogg")],
    ),
}


def written(form, aspects):
    declared = type("Declared", (feeds.Feed,), {"path": "feed", "items": [1], **aspects})
    declared.feed_type = FORMATS[form]
    return declared().get_feed(None, SITE).writeString("utf-8")


def flat_xml(text):
    """Every element and attribute of a document, by its place, with what it holds."""
    found = ET.iterparse(StringIO(text), ["start-ns"])
    prefixes = {uri: f"{prefix}:" if prefix else "" for _, (prefix, uri) in found}
    prefixes |= {"": "", "http://www.w3.org/XML/1998/namespace": "xml:"}

    def name(tag):
        uri, _, local = tag.rpartition("}")
        return prefixes[uri[1:]] + local

    def walk(element, place):
        yield place, (element.text or "").strip()
        for key, value in element.attrib.items():
            yield f"{place}@{name(key)}", value
        for child in element:
            kind = f"[{child.get('rel')}]" if child.get("rel") else ""
            yield from walk(child, f"{place}/{name(child.tag)}{kind}")

    sheets = re.findall(r"<\?(xml-stylesheet) (.*?)\?>", text)
    return {*walk(ET.fromstring(text), ""), *sheets}


def flat_json(value, place=""):
    if isinstance(value, dict):
        for name, each in value.items():
            yield from flat_json(each, f"{place}/{name}")
    elif isinstance(value, list):
        for each in value:
            yield from flat_json(each, place)
    else:
        yield place, str(value)


def flat(form, text):
    return set(flat_json(json.loads(text))) if form == "JSON" else flat_xml(text)


def places(form, name):
    """Where the aspect stands in a document, as the page writes it."""
    values = {each: first for each, (first, _) in VALUES.items()}
    one, other = (
        flat(form, written(form, values | {name: value})) for value in (VALUES | INSTEAD)[name]
    )
    return {AROUND.sub("", place) for place, _ in one ^ other}


ROWS = {
    name: dict(zip(FORMATS, cells, strict=True))
    for names, *cells in re.findall(
        r"^   \* - (.*)\n     - (.*)\n     - (.*)\n     - (.*)$", PAGE, re.M
    )
    for name in re.findall(r"``(\w+)``", names)
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", VALUES | INSTEAD)
def test_an_aspect_stands_where_the_table_says(name, form):
    assert set(re.findall(r"``(.*?)``", ROWS[name][form])) == places(form, name)


def test_every_aspect_is_in_the_table_but_those_that_choose():
    choosing = set(
        re.findall(r"``(\w+)``", PAGE[PAGE.index("The others say") :].partition("\n\n")[0])
    )
    assert_names_each_aspect(
        {*ROWS, *choosing}, "the table of what becomes of it", "docs/reference/aspects.rst"
    )
    assert_names_each_aspect(
        {*VALUES, *INSTEAD, *choosing}, "what is tried in each format", f"{__file__} (VALUES)"
    )

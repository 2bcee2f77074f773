"""JSON Feed 1.1: the same feeds, held against a schema of the specification."""

from __future__ import annotations

import datetime as dt
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pelican_linkback.feedcheck.built import documents
from pelican_linkback.feeds import Enclosure, JsonFeed, Person
from pelican_linkback.text.xml_characters import clean
from tests.conftest import ids_of
from tests.jsonfeed_schema import FEED

DAY = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
PAGE = "https://me.example/t"


def make(**arguments: Any) -> JsonFeed:
    required = {
        "title": "T",
        "link": "https://me.example/",
        "description": "D",
        "feed_url": "https://me.example/feed.json",
    }
    return JsonFeed(**required | arguments)


def with_item(feed: JsonFeed | None = None, **arguments: Any) -> JsonFeed:
    feed = feed or make()
    feed.add_item(**{"title": "t", "link": PAGE, "description": "d", "pubdate": DAY} | arguments)
    return feed


def read(feed: JsonFeed) -> Any:
    document = json.loads(feed.writeString("utf-8"))
    jsonschema.validate(document, FEED)
    return document


def item(**arguments: Any) -> Any:
    (only,) = read(with_item(**arguments))["items"]
    return only


def test_what_a_feed_says():
    feed = make(
        language="de",
        author_name="Ann",
        author_link="https://me.example/ann",
        generator="me",
        subtitle="S",
        feed_copyright="CC0",
    )
    assert read(feed) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "_generator": {"name": "me"},
        "home_page_url": "https://me.example/",
        "feed_url": "https://me.example/feed.json",
        "description": "D",
        "authors": [{"name": "Ann", "url": "https://me.example/ann"}],
        "language": "de",
        "_copyright": {"text": "CC0"},
        "items": [],
    }


def test_what_an_item_says():
    found = item(
        unique_id="tag:me.example,2026:t",
        content="<p>All <b>of</b> it.</p>",
        description="<p>Some &amp; <b>mo</b>re.</p><p>End</p>",
        updateddate=DAY + dt.timedelta(days=1),
        authors=[Person("Ann", "ann@me.example"), "Bo"],
        categories=["x <y>", "é"],
        language="pt",
        enclosures=[Enclosure("https://me.example/a.mp3", 12), Enclosure("https://me.example/b")],
    )
    assert found == {
        "id": "tag:me.example,2026:t",
        "url": PAGE,
        "title": "t",
        "content_html": "<p>All <b>of</b> it.</p>",
        "summary": "Some & more. End",
        "date_published": "2026-05-01T12:00:00+00:00",
        "date_modified": "2026-05-02T12:00:00+00:00",
        "authors": [{"name": "Ann", "url": "mailto:ann@me.example"}, {"name": "Bo"}],
        "tags": ["x <y>", "é"],
        "language": "pt",
        "attachments": [
            {"url": "https://me.example/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12},
            {"url": "https://me.example/b", "mime_type": "application/octet-stream"},
        ],
    }


def test_without_content_the_description_is_it():
    found = item(description="<p>d</p>")
    assert found["content_html"] == "<p>d</p>"
    assert "summary" not in found


def test_an_item_with_no_text_says_so_and_has_a_tag_uri_for_its_id():
    found = item(description=None)
    assert (found["content_html"], found["id"]) == ("", "tag:me.example,2026-05-01:/t")


def test_a_language_is_said_where_it_is_not_the_feeds():
    assert "language" not in read(with_item(make(language="pt"), language="pt"))["items"][0]


def test_an_item_is_a_line_and_the_letters_are_letters():
    feed = with_item(with_item(title="Maré"), title="Ångström")
    lines = feed.writeString("utf-8").splitlines()
    assert len(lines) == 4
    assert '"title": "Maré"' in lines[1]
    assert '"title": "Ångström"' in lines[2]


@given(st.text(), st.text())
def test_any_text_makes_a_document(title, content):
    text = with_item(make(title=title), content=content).writeString("utf-8")
    assert json.loads(text.encode())["version"]


HOSTILE = st.text(
    '"\\/\b\f\n\r\t\x00\x1b\x7f\x85\u2028\ufffe\uffff\ud800\udfffé“\U0001f600', max_size=9
)
WORDS = st.text() | HOSTILE
LONG_WORDS = st.tuples(WORDS, st.sampled_from('ab\r\n\\"“\x1b\ud800')).map(
    lambda t: t[0] + t[1] * 600
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | LONG_WORDS,
    lambda values: (
        st.lists(values, max_size=2) | st.dictionaries(WORDS.map(clean), values, max_size=2)
    ),
    max_leaves=4,
)


def slowly(value):
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [slowly(each) for each in value]
    if isinstance(value, dict):
        said = {name: slowly(each) for name, each in value.items()}
        return {name: each for name, each in said.items() if each not in (None, [], {})}
    return value


@given(st.dictionaries(st.text('a"é', max_size=3) | st.integers(), VALUES | LONG_WORDS, max_size=5))
@example({"a": "b" * 600})
@example({"a": "b" * 600, "b": "\0", "c": "d" * 600})
@example({"a": "b" * 600, "b": {"\0": "c"}})
@example({"\0": "b" * 600})
@example({"a": '"\\u0000"' + "b" * 600, "c": '"\0"' + "d" * 600})
@example({"a": "b" * 600, "b": "\b"})
@example({"a": "b" * 600, "b": "\\b"})
@example({"a": "b" * 600, "b": '"\0"'})
@example({"a": "b" * 600, "b": "\xa0\ufffe"})
@example({"a": {"b": None}, "b": [[], {}, None]})
@example({})
def test_a_line_is_what_json_dumps_makes_of_an_item(attributes):
    class Mine(JsonFeed):
        def item_attributes(self, item):
            return attributes

    (line,) = with_item(Mine("T", "https://me.example/", "")).rendered()
    assert line == json.dumps(slowly(attributes), ensure_ascii=False).encode()


def test_hooks_return_dictionaries():
    class Mine(JsonFeed):
        def root_attributes(self):
            return {**super().root_attributes(), "expired": True, "_mine": {"a": 1}}

        def item_attributes(self, item):
            return {**super().item_attributes(item), "title": None, "_mine": {"b": [1, 2.5]}}

    found = read(with_item(Mine("T", "https://me.example/", "", feed_url="https://me.example/f")))
    assert (found["expired"], found["_mine"]) == (True, {"a": 1})
    assert found["items"][0]["_mine"] == {"b": [1, 2.5]}
    assert "title" not in found["items"][0]


# On a site

SETTINGS = {
    f"{kind}_{form}": f"feeds/{folder}.{suffix}"
    for form, suffix in (("ATOM", "xml"), ("JSON", "json"))
    for kind, folder in (
        ("FEED", "site"),
        ("FEED_ALL", "all"),
        ("CATEGORY_FEED", "category/{slug}"),
        ("AUTHOR_FEED", "author/{slug}"),
        ("TAG_FEED", "tag/{slug}"),
        ("TRANSLATION_FEED", "lang/{lang}"),
    )
}


@pytest.fixture
def blog(site):
    site.settings |= SETTINGS
    site.article("one", "![A](/a.png) First.", category="Boats", authors="Ann Lee, Bo", tags="wood")
    site.article("two", "Second.", category="Bread", date="2026-02-01", modified="2026-02-03")
    (site.content / "zwei.md").write_text(
        "Title: Zwei\nSlug: two\nLang: de\nDate: 2026-02-01\nCategory: Bread\n\nZweitens.\n"
    )
    return site


def test_each_setting_makes_feeds_that_say_what_their_siblings_say(blog):
    build = blog.build()
    assert build.problems == []
    places = sorted(build.output.joinpath("feeds").rglob("*.json"))
    assert len(places) == 9
    for place in places:
        found = json.loads(place.read_text(encoding="utf-8"))
        jsonschema.validate(found, FEED)
        sibling = build.parse(place.with_suffix(".xml"))
        assert found["title"] == sibling.feed.title
        assert found["home_page_url"] == sibling.feed.link
        assert found["feed_url"] == sibling.feed.id.replace(".xml", ".json")
        assert [each["id"] for each in found["items"]] == [each.id for each in sibling.entries]
        for each, entry in zip(found["items"], sibling.entries, strict=True):
            # feedparser writes the HTML again, in its own way.
            assert each["content_html"].replace(" />", ">") == entry.content[0].value.replace(
                " />", ">"
            )
            assert (each["title"], each["url"]) == (entry.title, entry.link)
            assert each["date_published"] == entry.published
            assert each.get("date_modified", each["date_published"]) == entry.updated
            assert [a["name"] for a in each["authors"]] == [a.name for a in entry.authors]
            assert each["tags"] == [tag.term for tag in entry.tags]


def test_an_address_of_its_own(blog):
    build = blog.build(FEED_JSON_URL="feed/")
    assert json.loads(build.read("feeds/site.json"))["feed_url"] == "https://me.example.io/feed/"


def test_a_json_feed_whose_subject_is_gone_is_removed(blog):
    first = blog.build()
    (blog.content / "one.md").unlink()
    (first.output / "feeds" / "category" / "mine.json").write_text('{"_generator": {"name": "me"}}')
    build = blog.build()
    folder = build.output / "feeds" / "category"
    assert sorted(path.name for path in folder.iterdir()) == [
        "bread.json",
        "bread.xml",
        "mine.json",
    ]


def test_a_json_feed_is_not_written_again(blog):
    blog.build()
    assert "Feeds: 0 written, 20 unchanged" in blog.build().printed


def test_ids_of_json_and_atom_are_one(blog):
    build = blog.build()
    found = json.loads(build.read("feeds/all.json"))
    assert [each["id"] for each in found["items"]] == ids_of(build, "feeds/all.xml")


def test_json_that_is_no_feed_is_no_document(tmp_path):
    (tmp_path / "search.json").write_text('"words"')
    (tmp_path / "feed.json").write_text(make().writeString("utf-8"))
    assert list(documents(tmp_path)) == ["feed.json"]


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "iso-8859-1", "cp1252", "utf-16", "ascii"])
def test_json_is_utf_8_whatever_encoding_is_asked_for(encoding: str) -> None:
    feed, file = with_item(make(title="Tïtle – 𝄞"), title="Ärger"), BytesIO()
    feed.write(file, encoding)
    document = json.loads(file.getvalue().decode("utf-8"))
    assert (document["title"], document["items"][0]["title"]) == ("Tïtle – 𝄞", "Ärger")


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "cp1252", "ascii"])
def test_a_text_file_may_encode_json_in_its_own_way(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    with path.open("w", encoding=encoding) as file:
        make(title="Tïtle – 𝄞").write(file, encoding)
    assert json.loads(path.read_bytes())["title"] == "Tïtle – 𝄞"

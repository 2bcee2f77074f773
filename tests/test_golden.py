"""Feeds of the sample site, reviewed by eye once and kept: a change shows in the diff.

``make golden`` writes them anew.
"""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import feedparser
import jsonschema
import pytest

from tests.jsonfeed_schema import FEED
from tests.test_sample_site import output  # noqa: F401 (the fixture)

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.*"))


@pytest.mark.parametrize("name", NAMES)
def test_a_feed_is_as_it_was_reviewed(output, name):  # noqa: F811
    before, after = (
        (folder / name).read_text(encoding="utf-8").splitlines()
        for folder in (GOLDEN, output / "feeds")
    )
    assert not list(difflib.unified_diff(before, after, lineterm=""))


def test_a_stranger_reads_what_is_meant():
    feed = feedparser.parse((GOLDEN / "category" / "harbour-town.atom.xml").read_bytes())
    assert feed.feed.title == "The Tide Table - Harbour & Town"
    assert feed.feed.subtitle.startswith("Notes from a harbour")
    assert feed.feed.id == "https://tidetable.example/feeds/category/harbour-town.atom.xml"
    assert feed.feed.link == "https://tidetable.example/category/harbour-town.html"
    assert feed.feed.updated == "2026-03-21T09:00:00+00:00"
    visit, keeper = feed.entries
    assert visit.title == "Visiting the gauge"
    assert visit.id == "tag:tidetable.example,2026-03-21:/2026/visiting-the-gauge/"
    assert visit.link == "https://tidetable.example/2026/visiting-the-gauge/"
    assert visit.published == "2026-03-21T09:00:00+00:00"
    assert [author.name for author in visit.authors] == ["Inês Carvalho"]
    assert [tag.term for tag in visit.tags] == ["Harbour & Town", "visitors"]
    assert visit.content[0].language == "en"
    assert "<script" not in visit.content[0].value
    assert "<iframe" not in visit.content[0].value
    assert keeper.title == "What the lighthouse keeper wrote down"


def test_a_translation_is_read_with_its_language():
    feed = feedparser.parse((GOLDEN / "language" / "de.rss.xml").read_bytes())
    assert feed.feed.language == "de"
    (entry,) = feed.entries
    assert entry.title == "Den Pegel besuchen"
    assert entry.link == "https://tidetable.example/de/2026/visiting-the-gauge/"
    assert entry.id == "tag:tidetable.example,2026-03-21:/de/2026/visiting-the-gauge/"
    assert not entry.guidislink
    assert entry.author == "Tomás Brandt"
    assert entry.published == "Sat, 21 Mar 2026 09:00:00 +0000"


def test_co_authors_and_titles_are_read():
    feed = feedparser.parse((GOLDEN / "tag" / "c.atom.xml").read_bytes())
    by_title = {entry.title: [author.name for author in entry.authors] for entry in feed.entries}
    assert by_title == {
        "The tide as a feed": ["Ruth Okafor", "Tomás Brandt"],
        "Why vector<int> is not a tide curve": ["Tomás Brandt"],
        "Holes in the paper: std::optional<double> and a torn chart": ["Tomás Brandt"],
    }


def test_json_is_what_its_specification_says_and_what_atom_says():
    found = json.loads((GOLDEN / "category" / "harbour-town.json").read_bytes())
    jsonschema.validate(found, FEED)
    atom = feedparser.parse((GOLDEN / "category" / "harbour-town.atom.xml").read_bytes())
    assert found["title"] == atom.feed.title
    assert found["description"] == atom.feed.subtitle
    assert found["home_page_url"] == atom.feed.link
    assert found["language"] == "en"
    assert found["authors"] == [{"name": atom.feed.author}]
    for each, entry in zip(found["items"], atom.entries, strict=True):
        assert each["id"] == entry.id
        assert each["url"] == entry.link
        assert each["title"] == entry.title
        assert each["date_published"] == entry.published
        assert [author["name"] for author in each["authors"]] == [a.name for a in entry.authors]
        assert each["tags"] == [tag.term for tag in entry.tags]
        assert each["content_html"].strip() == entry.content[0].value.strip()

"""Ids that never change."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from feedgenerator.django.utils.feedgenerator import get_tag_uri
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.feeds.articles.entry_ids import (
    Entry,
    Memory,
    assign,
    continued,
    published_id,
    remember,
    remembered,
    tag_uri,
)
from pelican_linkback.feeds.formats.validity import is_uri
from pelican_linkback.journal.journal import Journal

DAY = dt.datetime(2026, 5, 1, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def entry(source="a.md", url="a.html", site="https://me.example/", **kwargs):
    return Entry("en", source, url, site + url, DAY, **kwargs)


LINKS = st.from_regex(
    r"https?://[a-zA-Z0-9.-]{1,9}(:80)?(/[a-z%.~é-]{0,4}){0,3}([?;#][a-z=]{0,3}){0,2}",
    fullmatch=True,
)


@given(LINKS, st.datetimes(timezones=st.timezones()) | st.dates())
def test_a_plain_link_has_the_id_that_feedgenerator_makes(link, date):
    assert published_id(link, date) == get_tag_uri(link, date)


ID = "tag:me.example,2026-05-01:/a.html"


def only_id(one, memory=None):
    ids, problems = assign([one], memory or Memory())
    assert not problems
    return ids[one]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://me.example/a.html", ID),
        ("https://me.example:8080/a.html", ID),
        ("https://me.example/?p=1&x=é", "tag:me.example,2026-05-01:/?p=1&x=%C3%A9"),
        ("https://me.example/maré/", "tag:me.example,2026-05-01:/mar%C3%A9/"),
        ("https://bücher.example/a.html", "tag:xn--bcher-kva.example,2026-05-01:/a.html"),
        ("/a.html", "tag:localhost,2026-05-01:/a.html"),
    ],
)
def test_a_tag_uri_is_valid_whatever_the_link(link, expected):
    assert tag_uri(link, DAY) == expected


def test_a_tag_uri_of_the_first_thousand_years_has_four_digits():
    assert tag_uri("https://me.example/a", DAY.replace(year=1)) == "tag:me.example,0001-05-01:/a"


def test_the_first_id_is_the_one_that_pelican_publishes():
    assert only_id(entry()) == published_id(entry().link, DAY) == ID


def test_ids_that_pelican_gives_twice_or_wrongly_are_not_kept():
    one, two = entry("a.md", "?p=1"), entry("b.md", "?p=2")
    ids, _ = assign([one, two, entry("c.md", "maré")], Memory())
    assert sorted(ids.values()) == [
        "tag:me.example,2026-05-01:/?p=1",
        "tag:me.example,2026-05-01:/?p=2",
        "tag:me.example,2026-05-01:/mar%C3%A9",
    ]


def test_two_articles_at_one_url_have_two_ids():
    ids, _ = assign([entry("a.md"), entry("b.md")], Memory())
    assert len(set(ids.values())) == 2
    assert all(map(is_uri, ids.values()))


@pytest.fixture
def memory(tmp_path):
    journal = Journal(tmp_path / "ids.jsonl")
    remember(journal, {entry(): ID}, Memory(), NOW)
    return remembered(journal)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"date": DAY.replace(year=2020)}, id="a corrected date"),
        pytest.param({"url": "b.html", "link": "https://me.example/b.html"}, id="another slug"),
        pytest.param({"source": "moved/a.md"}, id="a moved file with its URL"),
        pytest.param({"link": "https://new.example/blog/a.html"}, id="a new domain"),
    ],
)
def test_a_remembered_id_stays(memory, change):
    assert only_id(replace(entry(), **change), memory) == ID


def test_another_edition_has_ids_of_its_own(memory):
    german = replace(entry(), edition="de", link="https://me.example/de/a.html")
    assert only_id(german, memory) == "tag:me.example,2026-05-01:/de/a.html"


def test_a_page_that_kept_its_url_comes_before_a_new_file_of_the_old_name(memory):
    moved, new = entry("moved.md"), entry("a.md", "new.html")
    ids, _ = assign([new, moved], memory)
    assert ids == {moved: ID, new: "tag:me.example,2026-05-01:/new.html"}


def test_an_id_that_is_remembered_is_not_given_to_another(memory):
    renamed = entry("a.md", "b.html")
    newcomer = entry("c.md", "x/../a.html")
    newcomer = replace(newcomer, link="https://me.example/a.html")
    ids, _ = assign([newcomer, renamed], memory)
    assert ids[renamed] == ID
    assert ids[newcomer] != ID


def test_what_the_author_wrote_comes_first_and_is_remembered(memory, tmp_path):
    wanted = entry(wanted="urn:x:1")
    assert only_id(wanted, memory) == "urn:x:1"
    journal = Journal(tmp_path / "ids.jsonl")
    remember(journal, {wanted: "urn:x:1"}, memory, NOW + dt.timedelta(1))
    assert only_id(entry(), remembered(journal)) == "urn:x:1"


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        (
            [entry(wanted="my post")],
            "a.md: Feed_ID: 'my post' is not a URI; write one such as tag:",
        ),
        (
            [entry(wanted="tag:me,2026:x")],
            "a.md: Feed_ID: 'tag:me,2026:x' is not a tag URI, which has a domain, a comma",
        ),
        (
            [entry(wanted="urn:x:1"), entry("b.md", "b", wanted="urn:x:1")],
            "b.md: Feed_ID: urn:x:1 is that of a.md too; change one of the two",
        ),
    ],
)
def test_a_wrong_id_is_told_and_another_taken(entries, says):
    ids, problems = assign(entries, Memory())
    assert len(ids) == len(entries)
    assert says in problems[0][1]


def test_only_what_is_new_is_written(tmp_path):
    journal = Journal(tmp_path / "ids.jsonl")
    assert remember(journal, {entry(): ID}, remembered(journal), NOW) == 1
    assert remember(journal, {entry(): ID}, remembered(journal), NOW) == 0
    moved = entry("moved.md")
    assert remember(journal, {moved: ID}, remembered(journal), NOW) == 1


def test_published_feeds_are_continued_by_their_urls(tmp_path):
    journal = Journal(tmp_path / "ids.jsonl")
    feed = {
        "https://me.example/blog/a.html": "urn:x:a",
        "https://old.example/?p=2": "urn:x:2",
    }
    known = continued(feed, "https://me.example/blog", "en", NOW)
    assert remember(journal, known, remembered(journal), NOW) == 2
    memory = remembered(journal)
    assert remember(journal, known, memory, NOW) == 0
    assert memory.by_link("https://me.example/blog/", "en") == {
        "https://me.example/blog/a.html": "urn:x:a",
        "https://me.example/blog/?p=2": "urn:x:2",
    }
    assert memory.by_link("https://me.example/blog/", "de") == {}
    one = entry("any.md", "a.html", "https://me.example/blog/")
    assert only_id(one, memory) == "urn:x:a"


def test_damaged_and_foreign_lines_are_reported_and_the_rest_is_used(tmp_path):
    path = tmp_path / "ids.jsonl"
    remember(Journal(path), {entry(): ID}, Memory(), NOW)
    path.write_text('garbage\n{"v": 0}\n' + path.read_text())
    memory = remembered(Journal(path))
    assert only_id(entry(), memory) == ID
    assert [problem.split(":")[1] for problem in memory.problems] == [
        " line 1 is not used",
        " line 2 is not used",
    ]


@given(st.permutations(range(4)))
def test_the_order_of_the_lines_does_not_matter(order):
    lines = [
        {
            "v": 1,
            "at": f"2026-01-0{n + 1}",
            "edition": "en",
            "source": "a",
            "url": "u",
            "id": f"x:{n}",
        }
        for n in range(4)
    ]

    class Shuffled:
        path = "ids.jsonl"

        def read(self):
            from pelican_linkback.journal.journal import Reading

            return Reading(tuple(lines[n] for n in order), tuple(range(4)), ())

    assert remembered(Shuffled()).by_url == {("en", "u"): "x:3"}


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), unique=True, max_size=6))
def test_ids_are_always_valid_and_unique(pairs):
    entries = [entry(source, url) for source, url in pairs]
    ids, _ = assign(entries, Memory())
    assert len(set(ids.values())) == len(entries)
    assert all(map(is_uri, ids.values()))

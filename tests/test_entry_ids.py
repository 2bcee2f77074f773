"""Ids for entries that have none yet."""

from __future__ import annotations

import datetime as dt

import pytest
from feedgenerator.django.utils.feedgenerator import get_tag_uri
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.feeds.formats.validity import is_uri
from pelican_linkback.feeds.ids.entries import (
    Entry,
    Key,
    keys_of,
    new_ids,
    published_id,
    tag_uri,
)

replace = Entry._replace

DAY = dt.datetime(2026, 5, 1, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
ID = "tag:me.example,2026-05-01:/a.html"

LINKS = st.from_regex(
    r"https?://[a-zA-Z0-9.-]{1,9}(:80)?(/[a-z%.~é-]{0,4}){0,3}([?;#][a-z=]{0,3}){0,2}",
    fullmatch=True,
)


def entry(source="a.md", url="a.html", site="https://me.example/", **kwargs):
    return Entry(source, url, site + url, DAY, **kwargs)


def ids_of(*entries, taken=()):
    return new_ids(entries, keys_of(entries), taken)


@given(LINKS, st.datetimes(timezones=st.timezones()) | st.dates())
def test_a_plain_link_has_the_id_that_feedgenerator_makes(link, date):
    assert published_id(link, date) == get_tag_uri(link, date)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://me.example/a.html", ID),
        ("https://me.example:8080/a.html", ID),
        ("https://me.example/?p=1&x=é", "tag:me.example,2026-05-01:/?p=1&x=%C3%A9"),
        ("https://me.example/maré/", "tag:me.example,2026-05-01:/mar%C3%A9/"),
        ("https://bücher.example/a.html", "tag:xn--bcher-kva.example,2026-05-01:/a.html"),
        ("/a.html", "tag:localhost,2026-05-01:/a.html"),
        ("https://[me.example/a.html", "tag:localhost,2026-05-01:https://%5Bme.example/a.html"),
    ],
)
def test_a_tag_uri_can_be_made_of_any_link(link, expected):
    assert tag_uri(link, DAY) == expected
    assert is_uri(expected.replace("localhost", "me.example"))


def test_a_tag_uri_of_the_first_thousand_years_has_four_digits():
    assert tag_uri("https://me.example/a", DAY.replace(year=1)) == "tag:me.example,0001-05-01:/a"


@pytest.mark.parametrize("url", ["a.html", "?p=1", "a.html?x=1", "a.html#b"])
def test_the_id_is_pelicans_own_where_that_is_valid_even_if_ours_is_another(url):
    (made,) = ids_of(entry(url=url))
    assert made == published_id(f"https://me.example/{url}", DAY)
    assert (made == tag_uri(f"https://me.example/{url}", DAY)) == (url == "a.html")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(
            [entry("a.md", "?p=1"), entry("b.md", "?p=2"), entry("c.md", "maré")],
            ["/?p=1", "/?p=2", "/mar%C3%A9"],
            id="what Pelican gives twice, or wrongly, is given once and rightly",
        ),
        pytest.param(
            [entry("a.md", ""), entry("b b.md", "")],
            ["/?a.md", "/?b%20b.md"],
            id="two files at one URL",
        ),
        pytest.param(
            [entry("", "", title="One"), entry("", "", title="Two")],
            ["/?2026-05-01T23:30:00+02:00%20One", "/?2026-05-01T23:30:00+02:00%20Two"],
            id="made of no file",
        ),
        pytest.param(
            [entry("a.yml", "", title="One"), entry("a.yml", "", title="Two")],
            [
                "/?a.yml%202026-05-01T23:30:00+02:00%20One",
                "/?a.yml%202026-05-01T23:30:00+02:00%20Two",
            ],
            id="made of one file",
        ),
        pytest.param(
            [entry("a.md", "a"), entry("b.md", "a"), entry("c.md", "b")],
            ["/a?a.md", "/a?b.md", "/b"],
            id="others are not touched",
        ),
        pytest.param(
            [entry("", "", title="One")] * 3,
            ["/?2026-05-01T23:30:00+02:00%20One&" + number for number in "123"],
            id="nothing tells them apart",
        ),
    ],
)
def test_no_two_entries_get_one_id(entries, expected):
    made = ids_of(*entries)
    assert [each.removeprefix("tag:me.example,2026-05-01:") for each in made] == expected
    assert all(map(is_uri, made))


def test_an_id_that_another_entry_has_is_not_given():
    assert ids_of(entry(), taken={ID}) == [f"{ID}?a.md"]
    assert ids_of(entry(), taken={ID, f"{ID}?a.md"}) == [f"{ID}?a.md&1"]
    assert ids_of(entry(), taken={ID, f"{ID}?a.md", f"{ID}?a.md&1"}) == [f"{ID}?a.md&2"]


def test_a_link_that_no_program_can_read_costs_nothing():
    assert ids_of(Entry("a.md", "//[a", "https://[a", DAY)) == [
        "tag:localhost,2026-05-01:https://%5Ba"
    ]


def test_an_entry_is_known_by_its_file_as_far_as_that_is_its_own():
    part = "2026-05-01T23:30:00+02:00 T"
    entries = [entry("a.md", "a"), entry("b.yml", "b", title="T"), entry("b.yml", "c", title="T")]
    entries += [entry("", "d", title="T")]
    assert keys_of(entries) == [
        Key("a.md", "", "a"),
        Key("b.yml", part, "b"),
        Key("b.yml", part, "c"),
        Key("", part, "d"),
    ]


@pytest.mark.parametrize(
    ("one", "label"),
    [
        (entry(title="A"), "a.md"),
        (entry("", title="A"), "A"),
        (entry(""), "a.html"),
    ],
)
def test_its_author_knows_an_entry_by_its_file_or_title(one, label):
    assert one.label == label


ENTRIES = st.lists(
    st.builds(
        Entry,
        source=st.sampled_from(["", "a.md", "b.md"]) | st.text(max_size=4),
        url=st.sampled_from(["", "a.html", "?p=1", "?p=2", "x#a"]) | st.text(max_size=4),
        link=st.just(""),
        date=st.sampled_from([DAY, DAY.replace(year=2020)]),
        wanted=st.just(""),
        title=st.sampled_from(["", "A", "B"]),
        html=st.sampled_from(["", "1", "2"]),
        own_url=st.just(True),
    ),
    max_size=8,
)


@given(ENTRIES, st.randoms(use_true_random=False))
def test_ids_are_valid_unique_and_independent_of_the_order(entries, random):
    entries = [replace(each, link=f"https://me.example/{each.url}") for each in entries]
    made = ids_of(*entries)
    assert len(set(made)) == len(entries)
    assert all(map(is_uri, made))
    again = sorted(entries, key=lambda _: random.random())
    pairs = [sorted(zip(map(repr, each), ids_of(*each), strict=True)) for each in (entries, again)]
    assert pairs[0] == pairs[1]


@pytest.mark.parametrize("html", ["", " \n", "\t"])
def test_a_blank_content_has_no_digest(html):
    assert Entry("a.md", "", "", DAY, html=html).text == ""


def test_the_digest_of_a_content_does_not_change():
    # It is in entries.jsonl: with another one, files that are renamed would not be recognised.
    assert Entry("a.md", "", "", DAY, html="<p>Ahoy</p>").text == "cee41d49c1b6cdb6"
    assert Entry("a.md", "", "", DAY, html=" <p>Ahoy</p>\n\ud800").text != "cee41d49c1b6cdb6"

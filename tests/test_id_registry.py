"""The lines of ids.jsonl, and what they amount to."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pelican_linkback.feeds.ids.entries import Key
from pelican_linkback.feeds.ids.registry import Edition, IdLine, IdRegistry

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
SITE = "https://me.example"
EN = Edition("en", SITE)


def key(source="a.md", url="a.html", part=""):
    return Key(source, part, url)


def line(source="a.md", url="a.html", name="x:1", day=1, edition="en", **more):
    at = day if isinstance(day, str) else f"2026-01-{day:02}T00:00:00.000000+00:00"
    return {"v": 1, "at": at, "edition": edition, "source": source, "url": url, "id": name, **more}


def registry(*lines, edition=EN, keys=()):
    return IdRegistry.of([IdLine.read(each) for each in lines], edition, keys)


def known(*lines, **kwargs):
    return {key: name for name, key in registry(*lines, **kwargs).records()}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([line()], {key(): "x:1"}, id="as it was written"),
        pytest.param([line(), line(name="x:2", day=2)], {key(): "x:2"}, id="the later one counts"),
        pytest.param([line(name="x:2", day=2), line()], {key(): "x:2"}, id="in any order"),
        pytest.param([line(), line()], {key(): "x:1"}, id="one that is there twice"),
        pytest.param([line(), line("b.md", day=2)], {key("b.md"): "x:1"}, id="an id that went on"),
        pytest.param(
            [line(), line(url="b.html", day=2)], {key(url="b.html"): "x:1"}, id="to another URL"
        ),
        pytest.param(
            [line(None)], {key(""): "x:1"}, id="of no file, as it was written by earlier versions"
        ),
        pytest.param([line("", part="p")], {key("", part="p"): "x:1"}, id="of no file"),
        pytest.param([line("")], {key(""): "x:1"}, id="imported"),
        pytest.param(
            [line(), line("", name="x:2", day=2)],
            {key(): "x:2"},
            id="imported for an entry that is known",
        ),
        pytest.param(
            [line(), line("b.md", name="x:2"), line("", name="x:3", day=2)],
            {key(): "x:1", key("b.md"): "x:2", key(""): "x:3"},
            id="imported for a URL that several have",
        ),
        pytest.param(
            [line(), line("b.md", day=2), line("", name="x:3", day=3)],
            {key("b.md"): "x:3"},
            id="imported for a URL that several had",
        ),
        pytest.param(
            [line(""), line(name="x:2", day=2)],
            {key(): "x:2"},
            id="imported, and overruled by who is at the URL",
        ),
        pytest.param(
            [line(day="2026-01-01T01:00:00+02:00"), line(name="x:2")],
            {key(): "x:2"},
            id="times of other zones",
        ),
        pytest.param(
            [line(day="2026-01-01T00:00:01"), line(name="x:2")],
            {key(): "x:1"},
            id="a time without a zone is UTC",
        ),
        pytest.param(
            [line(day="yesterday"), line(name="x:2")], {key(): "x:2"}, id="no time is the oldest"
        ),
        pytest.param(
            [line(day="9999-12-31T23:59:59+00:00"), line(name="x:2")],
            {key(): "x:2"},
            id="the last year is no time",
        ),
        pytest.param(
            [line(day="0001-01-01T00:00:00+23:00"), line(name="x:2")],
            {key(): "x:2"},
            id="nor is one before all times",
        ),
        pytest.param([line(edition="de")], {}, id="of another edition"),
    ],
)
def test_what_the_lines_amount_to_in_any_order(lines, expected):
    for order in permutations(lines):
        assert known(*order) == expected


@pytest.mark.parametrize(
    "wrong", [{"v": 2}, {"v": None}, {"at": 1}, {"edition": None}, {"url": 1}, {"id": None}]
)
def test_what_is_no_line(wrong):
    assert IdLine.read(line() | wrong) is None


LINES = st.builds(
    line,
    source=st.sampled_from(["a.md", "b.md", "", None]),
    url=st.sampled_from(["", "a.html", "b.html"]),
    name=st.sampled_from(["x:1", "x:2", "x:3"]),
    day=st.integers(1, 3),
    edition=st.sampled_from(["en", "en-GB", "de"]),
    site=st.sampled_from(["", SITE, "https://other.example"]),
)
EDITIONS = st.sampled_from([EN, Edition("en-GB", SITE), Edition("de", f"{SITE}/de", ("de",))])


@given(st.lists(LINES, max_size=7), EDITIONS, st.randoms(use_true_random=False))
def test_the_registry_is_a_function_of_the_set_of_the_lines(lines, edition, random):
    shuffled = [*lines, *random.sample(lines, len(lines) // 2)]
    random.shuffle(shuffled)
    one, other = registry(*lines, edition=edition), registry(*shuffled, edition=edition)
    assert list(one.records()) == list(other.records())
    assert one.by_link() == other.by_link()


@settings(max_examples=400)
@given(
    st.lists(LINES, max_size=7),
    EDITIONS,
    st.dictionaries(
        st.builds(key, st.sampled_from(["a.md", "c.md"]), st.sampled_from(["a.html", "c.html"])),
        st.sampled_from(["x:1", "x:4", "x:5"]),
        max_size=3,
    ),
)
def test_what_was_put_down_is_so_and_need_not_be_put_down_again(lines, edition, wanted):
    # As an assignment gives them: no id to two.
    wanted = {key: name for name, key in {name: key for key, name in wanted.items()}.items()}
    for now in (NOW, NOW.replace(year=1)):  # whatever the clock says
        news = registry(*lines, edition=edition, keys=wanted).news(wanted, now)
        after = registry(*lines, *news, edition=edition, keys=wanted)
        assert {key: after.current(key) for key in wanted} == wanted
        assert after.news(wanted, now) == []


def test_the_first_line_says_where_the_site_is():
    news = registry().news({key(): "x:1", key("b.md", "b.html"): "x:2"}, NOW)
    assert news == [
        line(day="2026-06-01T00:00:00.000000+00:00", site=SITE),
        line("b.md", "b.html", "x:2", day="2026-06-01T00:00:00.000000+00:00"),
    ]
    moved = Edition("en", "https://new.example")
    assert registry(*news).news({}, NOW) == []
    (again,) = registry(*news, edition=moved).news({}, NOW)
    assert (again["source"], again["id"], again["site"]) == ("b.md", "x:2", "https://new.example")
    for edition in (EN, moved):
        assert registry(*news, again, edition=edition).news({}, NOW) == []


def test_what_was_imported_for_a_url_that_several_had_is_not_said_of_who_is_left_there():
    lines = [
        line(),
        line("b.md", name="x:2"),
        line("", name="x:3", day=2),
        line("b.md", "b", "x:2", 3),
    ]
    british = Edition("en-GB", SITE)
    news = registry(*lines, edition=british).news({}, NOW)
    assert known(*news, edition=british) == {key(): "x:1", key("b.md", "b"): "x:2"}


def test_nothing_is_put_down_where_nothing_is_known():
    assert registry().news({}, NOW) == []
    assert registry(edition=Edition("en")).news({}, NOW) == []


def test_articles_of_no_file_have_a_part_and_nothing_is_null():
    (news,) = registry().news({key("", part="today T"): "x:1"}, NOW)
    assert news["part"] == "today T"
    assert None not in news.values()


# A clock that was ahead


def test_a_clock_that_was_ahead_brings_nothing_back():
    ahead = line(name="x:mistake", day="2040-01-01T00:00:00.000000+00:00", site=SITE)
    wanted = {key(): "x:right"}
    (news,) = registry(ahead).news(wanted, NOW)
    assert news["at"] == "2040-01-01T00:00:00.000001+00:00"
    after = registry(ahead, news)
    assert after.news(wanted, NOW) == []
    assert after.of_name(key(url="b.html")) == after.at_url(key("b.md")) == "x:right"
    # What it has nothing to do with has its own time.
    (other,) = after.news({**wanted, key("b.md", "b.html"): "x:2"}, NOW)
    assert other["at"] == "2026-06-01T00:00:00.000000+00:00"


@pytest.mark.parametrize(
    "ahead",
    [line(url="b.html", name="x:2"), line("b.md", name="x:2"), line("b.md", "b.html"), line("")],
)
def test_a_line_is_later_than_all_that_it_overrules(ahead):
    ahead |= {"at": NOW.isoformat(), "site": SITE}
    (news,) = [
        each for each in registry(ahead).news({key(): "x:1"}, NOW) if each["source"] == "a.md"
    ]
    assert news["at"] == "2026-06-01T00:00:00.000001+00:00"


# The language setting was corrected

OLD = [line(site=SITE), line("b.md", "b.html", "x:2"), line("", "c.html", "x:3")]
KEYS = [key(), key("b.md", "b.html")]
ALL = {key(): "x:1", key("b.md", "b.html"): "x:2", key("", "c.html"): "x:3"}


@pytest.mark.parametrize(
    ("lines", "edition", "keys", "continues"),
    [
        (OLD, Edition("en-GB", SITE), KEYS, True),
        (OLD, Edition("fr", SITE), KEYS, True),
        (OLD, Edition("fr", SITE), [*KEYS, key("d.md"), key("e.md")], True),
        (OLD, Edition("fr", SITE), [key(url="new.html"), key("b.md", "x/b.html")], True),
        (OLD, Edition("fr", SITE), [], True),
        pytest.param(
            OLD, Edition("fr", SITE), [key("x.md"), key("y.md"), key()], False, id="other files"
        ),
        pytest.param(OLD, Edition("en-GB", f"{SITE}/gb"), KEYS, False, id="another address"),
        pytest.param(OLD, Edition("fr", SITE, ("fr",)), KEYS, False, id="is a subsite"),
        pytest.param(OLD, Edition("fr", SITE, ("en",)), KEYS, False, id="that is a subsite"),
        pytest.param(
            [*OLD, line("z.md", edition="fr")], Edition("fr", SITE), KEYS, False, id="not new"
        ),
        pytest.param(
            [*OLD, line("", "z", "x:9", edition="fr")],
            Edition("fr", SITE),
            KEYS,
            True,
            id="nothing but imported",
        ),
        pytest.param(OLD[1:], Edition("en-GB", SITE), KEYS, True, id="of an earlier version"),
        pytest.param(OLD[1:], Edition("EN_us.utf8", SITE), KEYS, True, id="or odd"),
        pytest.param(OLD[1:], Edition("fr", SITE), KEYS, False, id="and another language"),
    ],
)
def test_a_corrected_language_continues_what_the_old_one_had(lines, edition, keys, continues):
    found = registry(*lines, edition=edition, keys=keys)
    assert (found.owner("x:2") is not None) == continues
    assert ("en" in found.editions) == continues
    assert edition.name in found.editions


def test_what_is_continued_is_put_down_once():
    edition = Edition("en-GB", SITE)
    wanted = {key(): "x:1", key("b.md", "moved.html"): "x:2"}
    news = registry(*OLD, edition=edition, keys=wanted).news(wanted, NOW)
    assert {(each["edition"], each["source"], each["url"], each["id"]) for each in news} == {
        ("en-GB", "a.md", "a.html", "x:1"),
        ("en-GB", "b.md", "moved.html", "x:2"),
        ("en-GB", "", "c.html", "x:3"),
    }
    assert known(*news, edition=edition) == wanted | {key("", "c.html"): "x:3"}
    assert registry(*OLD, *news, edition=edition, keys=wanted).news(wanted, NOW) == []


def test_only_urls_of_one_entry_are_reported_by_their_links():
    found = registry(
        line(),
        line("b.md", "news.html", "x:2"),
        line("c.md", "news.html", "x:3"),
        line("d.md", "", "x:4"),
        line("e.md", "news.html#e", "x:5"),
        edition=Edition("en", f"{SITE}/blog"),
    )
    assert found.by_link() == {
        f"{SITE}/blog/a.html": "x:1",
        f"{SITE}/blog/news.html#e": "x:5",
    }


def test_the_urls_of_an_entry_are_those_of_its_id_and_of_its_file():
    lines = (
        line(url="old.html"),
        line(url="a.html", day=2),
        line("", url="imported.html", name="x:1", day=3),
        line("b.md", url="b.html", name="x:2", day=4),
        line("", url="nobodys.html", name="x:3", day=5),
    )
    known = registry(*lines, line(site="https://old.example", day=6, name="x:9", source="c.md"))
    own = {"x:1": key(), "x:new": key("b.md"), "x:other": key("d.md"), "x:none": key("")}
    assert known.urls(own) == {
        "x:1": ["old.html", "a.html", "imported.html"],
        "x:new": ["b.html"],
        "x:other": [],
        "x:none": [],
    }
    assert known.sites == {"https://old.example"}

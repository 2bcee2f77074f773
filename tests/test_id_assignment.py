"""Ids never change: who gets which from one build to the next."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pelican_linkback.feeds.ids.assignment import Assigned, Published, assign_ids
from pelican_linkback.feeds.ids.entries import Entry, keys_of
from pelican_linkback.feeds.ids.registry import Edition, IdLine, IdRegistry

replace = Entry._replace

DAY = dt.datetime(2026, 5, 1, 10, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
SITE = "https://me.example"
EN = Edition("en", SITE)


def entry(source="a.md", url="a.html", *, site=f"{SITE}/", **kwargs):
    return Entry(source, url, site + url, **{"date": DAY, "title": source, **kwargs})


@dataclass
class Journal:
    """The state folder, in memory: each build is a minute later than the one before."""

    edition: Edition = EN
    lines: list = field(default_factory=list)
    published: list = field(default_factory=list)
    now: dt.datetime = NOW

    def assign(self, *entries: Entry, edition: Edition | None = None) -> Assigned:
        lines = [IdLine.read(line) for line in self.lines]
        registry = IdRegistry.of(lines, edition or self.edition, keys_of(entries))
        return assign_ids(entries, registry, lambda: self.published)

    def build(self, *entries: Entry, edition: Edition | None = None) -> list[str]:
        """Assign and remember; return the ids."""
        self.now += dt.timedelta(minutes=1)
        assigned = self.assign(*entries, edition=edition)
        self.lines += assigned.registry.news(assigned.recognisable(), self.now)
        self.published = [
            Published(each.source, name, each.title, each.text)
            for each, name in zip(entries, assigned.ids, strict=True)
        ]
        return list(assigned.ids)

    def forget_published(self):
        self.published = []
        return self


A, B, C = entry("a.md", "a.html"), entry("b.md", "b.html"), entry("c.md", "c.html")


def moved(one: Entry, url: str) -> Entry:
    return replace(one, url=url, link=f"{SITE}/{url}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([A], [replace(A, date=DAY.replace(year=2020))], id="a corrected date"),
        pytest.param([A], [moved(A, "b.html")], id="another slug"),
        pytest.param([A], [replace(A, source="moved/a.md")], id="a moved file"),
        pytest.param([A], [replace(A, link="https://new.example/a.html")], id="a new domain"),
        pytest.param([A], [replace(A, title="x", html="x")], id="another title and text"),
        pytest.param([A, B], [moved(A, "b.html"), moved(B, "a.html")], id="two swap their URLs"),
        pytest.param(
            [A, B], [moved(A, "b.html"), moved(B, "c.html"), moved(C, "a.html")], id="a series"
        ),
        pytest.param([A], [moved(A, "old.html"), moved(B, "a.html")], id="a URL given away"),
        pytest.param(
            [A, B], [moved(A, "b.html"), B], id="two come to one URL: their files tell them apart"
        ),
        pytest.param(
            [A, moved(B, "a.html")], [A, B], id="two come from one URL: their files do, too"
        ),
    ],
)
@pytest.mark.parametrize("with_published", [True, False])
def test_an_entry_keeps_its_id(before, after, with_published):
    journal = Journal()
    ids = journal.build(*before)
    if not with_published:  # a cache, and no evidence is needed that only it has
        journal.forget_published()
    assert journal.build(*after)[: len(ids)] == ids
    assert len({*journal.build(*after)}) == len(after)


def part(number: int, source: str) -> Entry:
    """A part of a series: its file gets another number when one comes between."""
    title, text = f"Part {number}", f"<p>Text {number}.</p>"
    return entry(source, f"part-{number}.html", title=title, html=text)


ONE, TWO, THREE = (part(n, f"0{n}.md") for n in (1, 2, 3))
NEW = entry("02.md", "new.html", title="New", html="<p>New.</p>")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([ONE, TWO], [part(1, "02.md"), part(2, "01.md")], id="two swap their files"),
        pytest.param(
            [ONE, TWO, THREE],
            [part(1, "02.md"), part(2, "03.md"), part(3, "01.md")],
            id="three pass their files on",
        ),
        pytest.param(
            [ONE, TWO, THREE], [ONE, part(2, "03.md"), part(3, "04.md"), NEW], id="one more"
        ),
        pytest.param(
            [ONE, TWO, THREE], [ONE, part(2, "04.md"), part(3, "05.md"), NEW], id="far away"
        ),
        pytest.param([ONE, TWO], [ONE, part(2, "2.md"), NEW], id="a file given away"),
        pytest.param(
            [ONE, TWO],
            [replace(part(1, "02.md"), html="Edited."), replace(part(2, "01.md"), title="II")],
            id="two swap their files, and are edited",
        ),
        pytest.param(
            [ONE, TWO],
            [moved(replace(ONE, html="x"), "part-2.html"), moved(TWO, "part-1.html")],
            id="two swap their URLs, and one is edited",
        ),
    ],
)
def test_what_an_entry_says_decides_between_its_file_and_its_url(before, after):
    journal = Journal()
    ids = journal.build(*before)
    for _ in range(2):
        found = journal.build(*after)
        assert found[: len(ids)] == ids
        assert len({*found}) == len(after)
    assert journal.build(*before) == ids
    lines = len(journal.lines)
    journal.build(*before)
    assert len(journal.lines) == lines


def test_a_lost_line_is_no_new_name():
    journal = Journal()
    ids = journal.build(ONE, TWO)
    journal.lines.clear()
    assigned = journal.assign(ONE, TWO)
    assert (list(assigned.ids), list(assigned.messages)) == (ids, [])


def test_one_part_less_leaves_the_others_their_ids():
    journal = Journal()
    first, _, third = journal.build(ONE, TWO, THREE)
    assert journal.build(ONE, part(3, "02.md")) == [first, third]


def test_a_blank_entry_says_nothing():
    """Then the file decides, as it does where nothing is known of what was published."""
    blank = [replace(each, title="", html="") for each in (ONE, TWO)]
    journal = Journal()
    ids = journal.build(*blank)
    swapped = [replace(blank[0], source="02.md"), replace(blank[1], source="01.md")]
    assert journal.build(*swapped) == ids[::-1]
    assert journal.forget_published().build(part(1, "01.md"), part(2, "02.md")) == ids


def test_an_address_that_was_given_away_stays_away():
    journal = Journal()
    (old,) = journal.build(A)
    journal.build(moved(A, "a-2024.html"))
    for _ in range(2):
        new, still = journal.build(moved(B, "a.html"), moved(A, "a-2024.html"))
        assert still == old
        assert new not in {None, old}
    # Gone for good, and its old URL speaks for it no more.
    assert journal.forget_published().build(C, moved(B, "a.html"))[1] == new


def test_a_url_that_several_had_speaks_for_none_of_them():
    journal = Journal()
    ids = journal.build(*(entry(f"{n}.md", "news.html") for n in range(3)))
    (new,) = journal.forget_published().build(entry("other.md", "news.html"))
    assert new not in ids


def test_a_url_that_several_have_speaks_for_none_of_them():
    journal = Journal()
    (old,) = journal.build(A)
    ids = journal.forget_published().build(entry("x.md", "a.html"), entry("y.md", "a.html"))
    assert old not in ids


@pytest.mark.parametrize(
    ("url", "own_url", "keeps"),
    [
        ("news.html", True, True),
        ("news.html", False, False),
        ("", True, False),
        ("", False, False),
    ],
)
def test_a_url_speaks_for_an_entry_only_where_it_is_its_own(url, own_url, keeps):
    journal = Journal()
    (old,) = journal.build(entry("a.md", url, own_url=own_url))
    (new,) = journal.forget_published().build(entry("b.md", url, own_url=own_url))
    assert (new == old) == keeps


def test_a_url_speaks_for_an_entry_only_if_who_had_it_has_vanished():
    journal = Journal()
    (old,) = journal.build(A)
    # A has another id by its author's wish; B is not A for all that.
    ids = journal.build(replace(moved(A, "x.html"), wanted="urn:x:1"), moved(B, "a.html"))
    assert ids[0] == "urn:x:1"
    assert ids[1] != old


def test_a_file_and_url_that_came_back_have_their_id_again():
    journal = Journal()
    (old,) = journal.build(A)
    journal.build(replace(A, source="b.md"))
    journal.build(moved(replace(A, source="b.md"), "b.html"))
    assert journal.forget_published().build(A) == [old]


def test_articles_of_one_file_are_known_by_title_and_url():
    one, two = (entry("all.yml", f"{name}.html", title=name) for name in "ab")
    journal = Journal()
    ids = journal.build(one, two)
    assert journal.build(two, moved(one, "x.html")) == ids[::-1]
    assert journal.build(replace(one, title="A")) != ids[:1]


def test_articles_of_no_file_are_known_by_title_and_url():
    one, two = (entry("", f"{name}.html", title=name) for name in "ab")
    journal = Journal()
    ids = journal.build(one, two)
    assert journal.build(two, moved(one, "x.html")) == ids[::-1]
    assert journal.build(replace(two, title="B"), moved(one, "x.html")) == ids[::-1]


def test_articles_that_nothing_distinguishes_are_not_remembered():
    same = [entry("", "", title="T")] * 2
    journal = Journal()
    assert len(set(journal.build(*same))) == 2
    assert journal.lines == []


# Feed_ID


def test_what_the_author_wrote_comes_first_and_is_remembered():
    journal = Journal()
    journal.build(A)
    assert journal.build(replace(A, wanted="urn:x:1")) == ["urn:x:1"]
    assert journal.build(A) == ["urn:x:1"]


@pytest.mark.parametrize(
    ("entries", "kind", "says"),
    [
        (
            [replace(A, wanted="my post")],
            "not a URI",
            "a.md: Feed_ID: 'my post' is not a URI; write one such as tag:",
        ),
        (
            [replace(A, wanted="tag:me,2026:x")],
            "not a tag URI, which has a domain, a comma, a year or day, a colon and a name",
            "a.md: Feed_ID: 'tag:me,2026:x' is not a tag URI, which has a domain, a comma",
        ),
        (
            [replace(B, wanted="urn:x:1"), replace(A, wanted="urn:x:1")],
            "taken",
            "b.md: Feed_ID: urn:x:1 is that of a.md too; change one of the two",
        ),
    ],
)
def test_a_wrong_id_is_reported_and_another_taken(entries, kind, says):
    assigned = Journal().assign(*entries)
    assert len(set(assigned.ids)) == len(entries)
    ((told, message),) = assigned.messages
    assert told == kind
    assert message.startswith(says)


def test_who_has_the_id_keeps_it_when_a_copy_of_its_file_asks_for_it():
    journal = Journal()
    wanted = {"wanted": "urn:x:1"}
    journal.build(replace(B, **wanted))
    for _ in range(2):
        ids = journal.build(replace(A, **wanted), replace(B, **wanted))
        assert ids[1] == "urn:x:1"


# What was renamed, its URL included


def renamed(name, **kwargs):
    return entry(f"{name}.md", f"{name}.html", **kwargs)


@pytest.mark.parametrize(
    ("before", "after", "is_old"),
    [
        pytest.param({"title": "T"}, [{"title": "T"}], True, id="the title"),
        pytest.param({"html": "X"}, [{"html": "X"}], True, id="the text"),
        pytest.param(
            {"title": "T", "html": "X"},
            [{"title": "U", "html": "X"}, {"title": "T", "html": "Y"}],
            True,
            id="the text comes before the title",
        ),
        pytest.param({"title": "T"}, [{"title": "U"}], False, id="nothing is alike"),
        pytest.param({"html": ""}, [{"html": ""}], False, id="blank is not alike"),
        pytest.param({"title": "T"}, [{"title": "T"}, {"title": "T"}], False, id="two might be it"),
    ],
)
def test_a_renamed_file_is_recognised_by_its_title_or_text(before, after, is_old):
    journal = Journal()
    (old,) = journal.build(renamed("old", **{"title": "1", **before}))
    entries = [renamed(f"new-{n}", **{"title": f"{n}", **each}) for n, each in enumerate(after)]
    assigned = journal.assign(*entries)
    assert (assigned.ids[0] == old) == is_old
    assert old not in assigned.ids[1:]
    sentence = (
        f"new-0.md is taken for old.md under a new name, and keeps its id {old} in feeds; if it "
        "is another article, give it a Feed_ID"
    )
    assert list(assigned.messages) == [("renamed", sentence)] * is_old
    assert journal.build(*entries) == list(assigned.ids) == journal.build(*entries)


@pytest.mark.parametrize("others", ["before", "after", "both"])
def test_what_several_are_called_says_nothing(others):
    old, new = renamed("old", title="Links"), renamed("new", title="Links")
    other = renamed("other", title="Links")
    journal = Journal()
    (known, *_) = journal.build(old, *[other] * (others != "after"))
    assert known not in journal.build(new, *[other] * (others != "before"))


def test_what_vanished_before_is_not_looked_for():
    journal = Journal()
    (known, _) = journal.build(renamed("old", title="T"), A)
    journal.build(A)
    assert known not in journal.build(A, renamed("new", title="T"))


def test_what_has_another_id_by_its_authors_wish_has_not_vanished():
    journal = Journal()
    (known,) = journal.build(renamed("old", title="T"))
    entries = renamed("old", title="U", wanted="urn:x:1"), renamed("new", title="T")
    assert known not in journal.build(*entries)


def test_a_moved_file_is_not_reported_where_its_url_says_the_same():
    journal = Journal()
    ids = journal.build(A)
    assigned = journal.assign(replace(A, source="b.md"))
    assert (list(assigned.ids), list(assigned.messages)) == (ids, [])


def test_a_feed_id_undoes_it():
    journal = Journal()
    (old,) = journal.build(renamed("old", title="T"))
    new = renamed("new", title="T")
    journal.build(new)
    assert journal.build(replace(new, wanted="urn:x:1")) == ["urn:x:1"]
    assert journal.build(replace(new, wanted="urn:x:1"), renamed("old", title="T"))[1] == old


def test_many_are_renamed_at_once():
    journal = Journal()
    entries = [renamed(f"{n}", title=f"T{n}") for n in range(30)]
    ids = journal.build(*entries)
    after = [
        replace(each, source=f"posts/{each.source}", url=f"posts/{each.url}") for each in entries
    ]
    assert journal.build(*reversed(after)) == ids[::-1]


# Whatever happens to a site

FRESH = count()
OPERATIONS = st.tuples(
    st.sampled_from(["add", "delete", "file", "url", "both", "title", "text", "copy"]),
    st.integers(0, 5),
    st.sampled_from(["", "news.html", "a.html", "b.html", None]),
)


def changed(site: dict[int, Entry], operation: tuple[str, int, str | None]) -> None:
    """Change the articles of a site, which are numbered."""
    kind, number, place = operation
    fresh = next(FRESH)
    url = f"{fresh}.html" if place is None else place
    if kind == "add" or not site:
        site[fresh] = entry(f"{fresh}.md", url, title=f"T{fresh}", html=f"X{fresh}")
        return
    which = sorted(site)[number % len(site)]
    one = site[which]
    if kind == "delete":
        del site[which]
    elif kind == "copy":
        site[fresh] = replace(one, source=f"{fresh}.md")
    else:
        url = url if kind in {"url", "both"} else one.url
        site[which] = replace(
            one,
            source=f"{fresh}.md" if kind in {"file", "both"} else one.source,
            url=url,
            link=f"{SITE}/{url}",
            title=f"T{fresh}" if kind == "title" else one.title,
            html=f"X{fresh}" if kind == "text" else one.html,
        )


def is_recognisable(number: int, before: dict[int, Entry], after: dict[int, Entry]) -> bool:
    """Whether a file has its name as before, or a text that is its alone as before."""
    old, new = before[number], after[number]
    alone = all(
        Counter(each.text for each in site.values())[new.text] == 1 for site in (before, after)
    )
    return old.source == new.source or (old.text == new.text and alone)


COPIED_AND_CHANGED = [
    [("add", 0, "news.html")],
    [("copy", 0, ""), ("url", 0, ""), ("title", 0, "")],
]


@settings(max_examples=300)
@example(COPIED_AND_CHANGED, Random(1))
@given(st.lists(st.lists(OPERATIONS, max_size=4), max_size=6), st.randoms(use_true_random=False))
def test_ids_are_unique_and_for_ever_and_the_journal_grows_only_with_changes(steps, random):
    journal, before, known = Journal(), {}, {}
    for step in steps:
        after = dict(before)
        for operation in step:
            changed(after, operation)
        numbers = sorted(after, key=lambda _: random.random())
        random.shuffle(journal.lines)
        ids = dict(zip(numbers, journal.build(*(after[number] for number in numbers)), strict=True))
        assert len(set(ids.values())) == len(ids)
        for number in before.keys() & after.keys():
            if is_recognisable(number, before, after):
                assert ids[number] == known[number]
        # An idle build, with its entries in another order, and with lines that occur twice.
        length = len(journal.lines)
        numbers.reverse()
        again = journal.build(*(after[number] for number in numbers))
        assert dict(zip(numbers, again, strict=True)) == ids
        assert len(journal.lines) == length
        journal.lines += random.sample(journal.lines, min(length, 2))
        before, known = after, ids


def test_many_articles_at_one_url_take_no_more_time_than_others():
    """Measured in steps, not in seconds: none of the tables is walked for each entry."""

    class Counted(str):
        compared = 0
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other):
            Counted.compared += 1
            return str.__eq__(self, other)

    journal = Journal()
    entries = [entry(f"{n}.md", Counted("news.html")) for n in range(2000)]
    journal.build(*entries)
    journal.build(*entries)
    assert Counted.compared < 40 * len(entries)


def test_no_digest_of_a_text_is_computed_without_need(monkeypatch):
    def refuse(self):
        raise AssertionError

    monkeypatch.setattr(Entry, "text", property(refuse))
    journal = Journal()
    assert len(set(journal.assign(A, B, C).ids)) == 3

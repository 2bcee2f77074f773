"""The manifest of an output folder: what it says, what it forgives, and what is absent by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.feeds.framework.catalogue import Owner
from pelican_linkback.feeds.output import manifest
from pelican_linkback.feeds.output.manifest import Entry, absent, announcement, read, written

BOATS, BREAD, SITE = Owner("Mine", "Boats"), Owner("Mine", "Bread"), Owner("Site", "")
LEFT = Entry(BOATS, "d1", 3, 5)

names = st.text(st.characters(exclude_characters="\0\\\\", exclude_categories=["Cs"]), min_size=1)
paths = names.filter(lambda name: not name.startswith("/") and ".." not in name.split("/"))
owners = st.none() | st.builds(Owner, st.text(), st.none() | st.text())
stamps = st.integers(0, 2**63 - 1)
entries = st.builds(Entry, owners, st.text(), stamps, stamps, st.just(False), st.text())


@given(st.dictionaries(paths, entries))
def test_what_is_written_is_read(known):
    assert read(written(known)) == known


@pytest.mark.parametrize(
    "path", ["a\u2028b", "a\x85b", "a\x1cb", "a\nb", "\udcff", " a ", '"', "é"]
)
def test_a_path_may_hold_anything(path):
    assert read(written({path: LEFT})) == {path: LEFT}


@pytest.mark.parametrize(
    ("line", "path", "entry"),
    [
        ("833/1795 feeds/a.xml", "feeds/a.xml", Entry(None, "", 833, 1795)),
        ("1/1795766944680896246 a", "a", Entry(None, "", 1, 1795766944680896246)),
        ("1/9999999999999999999 a", "a", Entry(None, "", 1, 2**63 - 1)),
        ("833/1795 a b.xml", "a b.xml", Entry(None, "", 833, 1795)),
        ("0/0  a", " a", Entry(None, "", 0, 0)),
        ("1/2 a\u2028b", "a\u2028b", Entry(None, "", 1, 2)),
    ],
)
def test_the_lines_of_older_versions_are_read(line, path, entry):
    assert read(f"{line}\n".encode()) == {path: entry}


def test_a_name_that_is_not_unicode_was_written_as_its_bytes():
    assert read(b"1/2 \xff.xml\n") == {"\udcff.xml": Entry(None, "", 1, 2)}


def line_with(**changes):
    import json

    fields = {"path": "a", "feed": "F", "object": "", "digest": "d", "size": 1, "modified": 1}
    return json.dumps({**fields, **changes})


@pytest.mark.parametrize(
    "line",
    [
        "", "nonsense", "0 a.xml", "1/2", "1/2 ", f"{'9' * 5000}/2 a.xml", "[]", "{}", "1", "null",
        "[" * 100_000, '{"path": "a.xml"', "\xff\xfe",
        *("1/2 ../x", "1/2 a/../../x", "1/2 /x", "1/2 a\0b"),
        *(line_with(path=path) for path in ("", "../x", "/x", "a\0b", 1, None, "\ud800")),
        *(line_with(feed=1), line_with(object=[]), line_with(digest=1), line_with(size="1")),
        *(line_with(modified=-1), line_with(modified=1 << 63), line_with(modified=None)),
    ],
)  # fmt: skip
def test_a_damaged_line_is_passed_over(line):
    good = written({"good.xml": LEFT})
    assert read(line.encode() + b"\n" + good) == {"good.xml": LEFT}


def test_what_is_announced_is_under_way_and_what_was_known_of_it_stays():
    data = written({"a": LEFT, "b": LEFT}) + announcement("a", BREAD) + announcement("c", BREAD)
    assert read(data) == {
        "a": Entry(BREAD, "d1", 3, 5, under_way=True),
        "b": LEFT,
        "c": Entry(BREAD, under_way=True),
    }
    assert read(written(read(data))) == {
        "a": Entry(BREAD, under_way=True),
        "b": LEFT,
        "c": Entry(BREAD, under_way=True),
    }


def test_a_torn_line_costs_itself_and_not_what_is_announced_after_it():
    torn = written({"a": LEFT, "b": LEFT})[:-20]
    assert read(torn + announcement("c", BREAD)) == {"a": LEFT, "c": Entry(BREAD, under_way=True)}


KNOWN = {"boats": BOATS, "bread": BREAD, "site": SITE, "old": None, "odd": Owner("Odd", None)}


@pytest.mark.parametrize(
    ("documents", "failed", "gone"),
    [
        pytest.param(KNOWN, [], [], id="all are there"),
        pytest.param([], [], ["boats", "bread", "odd", "old", "site"], id="none is there"),
        pytest.param(["boats"], [], ["bread", "odd", "old", "site"], id="one is there"),
        pytest.param([], [Owner("Mine", None)], ["odd", "site"], id="a class failed"),
        pytest.param([], [BOATS], ["bread", "odd", "site"], id="an object failed"),
        pytest.param(["boats"], [BOATS], ["bread", "odd", "site"], id="an object failed midway"),
        pytest.param([], [Owner("Mine", "New")], ["odd", "site"], id="an unknown object failed"),
        pytest.param([], [SITE], ["boats", "bread", "odd"], id="the site's feed failed"),
        pytest.param([], [Owner("Odd", None)], ["boats", "bread", "site"], id="without a name"),
        pytest.param(["old"], [BOATS], ["bread", "odd", "site"], id="of an older version"),
        pytest.param(
            [], [Owner("New", None)], ["boats", "bread", "odd", "site"], id="another class"
        ),
    ],
)
def test_a_failure_is_not_absence(documents, failed, gone):
    known = {path: Entry(owner, "d") for path, owner in KNOWN.items()}
    assert absent(known, documents, failed) == gone


def test_the_manifest_is_text_that_can_be_read_line_by_line():
    assert manifest.written({"b": LEFT, "a": Entry()}) == (
        b'{"digest": "", "feed": null, "modified": -1, "object": null, "path": "a", "size": -1}\n'
        b'{"digest": "d1", "feed": "Mine", "modified": 5, "object": "Boats", "path": "b", '
        b'"size": 3}\n'
    )

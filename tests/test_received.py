"""A received mention, and its line in received.jsonl."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pelican_linkback.journal import fields
from pelican_linkback.receiving import received
from pelican_linkback.receiving.received import Author, Kind, Received, id_of

RECEIVED = Received(
    source="https://ann.example/notes/1",
    target="https://blog.example/walls/#h2",
    article="tag:blog.example,2025-03-01:/walls/",
    kind=Kind.REPLY,
    author=Author("Ann Lee", "https://ann.example/", "https://ann.example/me.png"),
    received=dt.datetime(2025, 4, 2, 9, 20, 30, tzinfo=dt.UTC),
    url="https://ann.example/notes/1",
    title="Re: walls",
    text="Mine is of slate.",
    fragment="h2",
    rsvp="yes",
    parent="0123456789ab",
    published=dt.datetime(2025, 4, 2, 9, 20, tzinfo=dt.UTC),
    protocol="webmention",
    via="webmention.io",
    remote="700100",
)


def test_a_mention_is_the_same_after_its_line():
    assert Received.read(json.loads(json.dumps(RECEIVED.line()))) == RECEIVED
    assert RECEIVED.line()["id"] == RECEIVED.id == id_of(RECEIVED.source, RECEIVED.article)


def test_a_copy_has_the_id_of_its_own_source():
    other = replace(RECEIVED, source="https://ann.example/notes/2")
    assert other.id == id_of(other.source, other.article) != RECEIVED.id


def test_the_id_is_computed_once(monkeypatch):
    monkeypatch.setattr("pelican_linkback.receiving.received.id_of", None)
    assert len(RECEIVED.id) == 12


def test_a_line_has_no_empty_fields():
    least = Received(
        "https://a.example/", "https://b.example/", "id", Kind.LIKE, Author("a"), RECEIVED.received
    )
    assert least.line() == {
        "v": 1,
        "id": least.id,
        "source": "https://a.example/",
        "target": "https://b.example/",
        "article": "id",
        "kind": "like",
        "author": {"name": "a"},
        "received": "2025-04-02T09:20:30+00:00",
    }
    assert Received.read(least.line()) == least


def test_times_are_written_in_utc():
    zone = dt.timezone(dt.timedelta(hours=2))
    there = replace(RECEIVED, published=dt.datetime(2025, 4, 2, 11, 20, tzinfo=zone))
    assert there.line()["published"] == "2025-04-02T09:20:00+00:00"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", None),
        ("target", 7),
        ("article", []),
        ("kind", "dislike"),
        ("author", "Ann"),
        ("author", {"url": "https://ann.example/"}),
        ("received", "yesterday"),
        ("published", 5),
        ("text", {"html": "<b>"}),
    ],
)
def test_a_line_of_something_else_names_its_field(field, value):
    with pytest.raises(ValueError, match=f"{field}|name|dislike"):
        Received.read(RECEIVED.line() | {field: value})


NAMES = st.sampled_from([*RECEIVED.line(), "other"])
STRANGE = (
    st.none()
    | st.booleans()
    | st.integers(0, 2)
    | st.lists(st.just("a"))
    | st.text("a:", max_size=2)
)


@example({"title": 5}, {}, {"v"})
@example({"title": 5, "v": "1"}, {}, set())
@given(
    st.dictionaries(NAMES, STRANGE, max_size=3),
    st.dictionaries(st.sampled_from(["name", "url", "photo", "other"]), STRANGE, max_size=2),
    st.sets(NAMES, max_size=2),
)
def test_a_line_of_texts_is_read_fast_and_as_any_other(changes, of_author, gone):
    """Whatever became of a line, what it says and what is wrong with it are the same."""
    whole = RECEIVED.line()
    line = whole | {"author": whole["author"] | of_author} | changes
    line = {name: value for name, value in line.items() if name not in gone}

    def read():
        try:
            return repr(Received.read(line))
        except ValueError as error:
            return str(error)

    fast = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(received, "texts", lambda line, others: fields._Checked(line))
        assert read() == fast

"""received.jsonl: sorted, equal bytes for equal content, merged by union, damage is kept."""

from __future__ import annotations

import datetime as dt
import json
import random
import threading

import pytest

from pelican_linkback.exceptions import JournalError
from pelican_linkback.journal.journal import Journal
from pelican_linkback.receiving.memory.erasing import erase
from pelican_linkback.receiving.memory.snapshot import Snapshot, unique
from pelican_linkback.receiving.received import Author
from tests.mentions import NOW, mention


@pytest.fixture
def snapshot(tmp_path):
    return Snapshot(tmp_path / "linkback")


def line(**fields):
    return json.dumps(mention().line() | fields)


def test_nothing_is_created_by_reading(snapshot):
    assert snapshot.read().mentions == ()
    assert not snapshot.path.parent.exists()


def test_what_is_written_is_read_sorted(snapshot):
    late = mention(1, published=NOW + dt.timedelta(days=1))
    other = mention(3, article="a0")
    assert snapshot.write([late, mention(2), other])
    assert snapshot.read().mentions == (other, mention(2), late)
    assert snapshot.read().problems == ()


def test_unsorted_they_are_as_in_the_file_each_once(snapshot):
    Journal(snapshot.path).append(*(each.line() for each in (mention(2), mention(1), mention(2))))
    assert snapshot.read_unsorted(snapshot.content()).mentions == (mention(2), mention(1))
    assert snapshot.read().mentions == (mention(1), mention(2))


def test_equal_mentions_are_equal_bytes_and_not_written_again(snapshot):
    mentions = [mention(n) for n in range(20)]
    snapshot.write(mentions)
    data, time = snapshot.path.read_bytes(), snapshot.path.stat().st_mtime_ns
    random.Random(1).shuffle(mentions)
    assert not snapshot.write(mentions)
    assert snapshot.path.read_bytes() == data
    assert snapshot.path.stat().st_mtime_ns == time


def test_what_is_left_out_is_erased(snapshot):
    snapshot.write([mention(1), mention(2)])
    assert snapshot.write([mention(2)])
    assert b"reader1" not in snapshot.path.read_bytes()
    assert snapshot.write([])
    assert snapshot.path.read_bytes() == b""
    assert snapshot.read().mentions == ()


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ({"remote": "10"}, {"remote": "9"}),
        ({"remote": "9"}, {"remote": "x"}),
        ({"remote": "9", "received": NOW + dt.timedelta(days=1)}, {"remote": "9"}),
        ({"remote": "9" * 19}, {"remote": "9" * 5000}),
        ({"text": "b"}, {"text": "a"}),
    ],
)
def test_of_two_lines_for_one_mention_the_newer_counts(newer, older):
    new, old = mention(**newer), mention(**older)
    assert [*unique([new, old])] == [*unique([old, new])] == [new]


def test_the_spelling_of_a_source_does_not_matter_but_its_fragment_does():
    a = mention(source="https://Reader1.example:443/notes/%7E1", remote="1")
    b = mention(source="https://reader1.example/notes/~1", remote="2")
    assert [*unique([a, b])] == [b]
    notes = [mention(source=f"https://fed.example/users/zed#likes/{n}") for n in (1, 2)]
    assert len([*unique(notes)]) == 2


def test_two_branches_merge_by_the_lines_of_both(snapshot):
    ours, theirs = [mention(1), mention(2)], [mention(2, text="newer", remote="9"), mention(3)]
    lines = {json.dumps(each.line(), sort_keys=True) for each in ours + theirs}
    for order in (sorted(lines), sorted(lines, reverse=True)):
        snapshot.path.parent.mkdir(exist_ok=True)
        snapshot.path.write_text("\n".join([*order, *order]) + "\n", "utf-8")
        assert snapshot.read().mentions == (mention(1), theirs[0], mention(3))
    snapshot.change(lambda known: known)
    assert snapshot.path.read_text("utf-8").count("\n") == 3


def test_the_markers_of_a_merge_are_one_warning_and_gone_when_the_file_is_written(snapshot):
    snapshot.path.parent.mkdir()
    sides = [mention(1).line(), mention(2).line()]
    a, b = (json.dumps(each, sort_keys=True) for each in sides)
    snapshot.path.write_text(f"<<<<<<< ours\n{a}\n=======\n{b}\n>>>>>>> theirs\n", "utf-8")
    known = snapshot.read()
    assert known.mentions == (mention(1), mention(2))
    assert len(known.problems) == 1
    assert "conflict markers" in known.problems[0]
    assert snapshot.write(known.mentions)
    assert snapshot.read().problems == ()
    assert snapshot.read().mentions == known.mentions


DAMAGED = {
    "torn": '{"v": 1, "source": "https://x.ex',
    "not JSON": '{"v": 1, nonsense}',
    "a list": "[1, 2]",
    "no author": json.dumps({**mention().line(), "author": None}),
    "a kind that nobody knows": line(kind="applause"),
    "a source that is no URL": line(source="javascript:alert(1)"),
    "a post that is no URL": line(url="javascript:alert(1)"),
    "an author that is no URL": line(author={"name": "A", "url": "data:text/html,x"}),
    "a picture that is no URL": line(author={"name": "A", "photo": "file:///etc/passwd"}),
    "no source": line(source=""),
    "a time without a zone": line(received="2025-04-02T09:00:00"),
    "a year that is none": line(received="0000-04-02T09:00:00Z"),
    "a text that is a number": line(text=5),
}


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_line_is_one_warning_and_stays(snapshot, damaged):
    snapshot.write([mention(1), mention(2)])
    whole = snapshot.path.read_text("utf-8").splitlines()
    snapshot.path.write_text("\n".join([whole[0], damaged, whole[1]]), "utf-8")
    before = snapshot.path.read_bytes()
    known = snapshot.read()
    assert known.mentions == (mention(1), mention(2))
    assert len(known.problems) == 1
    assert "line 2 is not used" in known.problems[0]
    assert not snapshot.write(known.mentions)  # nothing is new
    assert snapshot.path.read_bytes() == before
    assert snapshot.write([*known.mentions, mention(3)])
    assert snapshot.path.read_text("utf-8").splitlines()[-1] == damaged
    assert snapshot.read().mentions == (mention(1), mention(2), mention(3))
    assert len(snapshot.read().problems) == 1


def test_a_last_line_that_was_cut_short_stays_a_line(snapshot):
    snapshot.write([mention(1)])
    with snapshot.path.open("ab") as file:
        file.write(b'{"v": 1, "sour')
    snapshot.write([mention(1), mention(2)])
    assert snapshot.path.read_bytes().endswith(b'{"v": 1, "sour\n')
    assert snapshot.read().mentions == (mention(1), mention(2))


@pytest.mark.parametrize("text", [line(v=2), "a diary\n", '{"v": 2}'])
def test_a_file_of_a_newer_version_or_of_others_is_neither_read_nor_written(snapshot, text):
    snapshot.path.parent.mkdir()
    snapshot.path.write_text(text, "utf-8")
    for act in (snapshot.read, lambda: snapshot.write([])):
        with pytest.raises(JournalError):
            act()
    assert snapshot.path.read_text("utf-8") == text


def test_surrogates_are_kept_and_written_as_json(snapshot):
    odd = mention(source="https://a.example/\ud83d", author=Author("\ud83d"))
    snapshot.write([odd])
    assert snapshot.read().mentions == (odd,)
    assert not snapshot.write([odd])


def test_a_second_process_cannot_write_in_between(snapshot):
    other = Snapshot(snapshot.path.parent)

    def change(known):
        with pytest.raises(JournalError, match="another process"):
            other.write([])
        return [*known, mention(1)]

    assert snapshot.change(change)
    assert other.read().mentions == (mention(1),)


def test_threads_with_one_snapshot_lose_nothing(snapshot):
    failed = []

    def add(n):
        try:
            Snapshot(snapshot.path.parent).change(lambda known: [*known, mention(n)])
        except JournalError:
            failed.append(n)

    threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(snapshot.read().mentions) == 8 - len(failed)


def test_a_change_that_fails_leaves_the_file(snapshot):
    snapshot.write([mention(1)])
    with pytest.raises(ZeroDivisionError):
        snapshot.change(lambda known: 1 / 0)
    assert snapshot.read().mentions == (mention(1),)
    assert snapshot.write([])  # the lock is free again


def test_lines_that_a_rewrite_keeps_are_behind_the_others(tmp_path):
    journal = Journal(tmp_path / "a.jsonl")
    journal.append({"v": 1, "n": 1}, {"v": 1, "n": 2}, {"v": 1, "n": 3})
    journal.rewrite({"v": 1, "n": 4}, keeping=[3, 1])
    assert [event["n"] for event in journal.read().events] == [4, 1, 3]


def test_a_line_that_cannot_be_used_can_be_erased(snapshot):
    snapshot.write([mention(1)])
    with snapshot.path.open("a", encoding="utf-8") as file:
        file.write(
            '{"v": 1, "source": "https://a.example/\n{"v": 1, "source": "https://b.example/\n'
        )
    assert snapshot.change(lambda known: known, keeps=lambda line: "a.example" not in line)
    assert "a.example" not in snapshot.path.read_text("utf-8")
    assert "b.example" in snapshot.path.read_text("utf-8")
    assert snapshot.read().mentions == (mention(1),)


def test_forget_takes_the_damaged_lines_that_name_it(snapshot):
    snapshot.write([mention(1), mention(2)])
    with snapshot.path.open("a", encoding="utf-8") as file:
        file.write('{"v": 1, "source": "https://reader1.example/x\n{"v": 1, "source": "https://b\n')
    assert erase(snapshot.path.parent, "reader1.example", NOW, lambda: "key") == {mention(1).id}
    assert "reader1" not in snapshot.path.read_text("utf-8")
    assert snapshot.read().mentions == (mention(2),)
    assert len(snapshot.read().problems) == 1


def test_the_newest_id_at_a_source_is_known_without_reading_the_mentions(snapshot):
    assert snapshot.known_of("x") == (0, 0)
    ids = {1: "9", 2: "10", 3: "", 4: "a"}
    mentions = [mention(number, via="x", remote=remote) for number, remote in ids.items()]
    snapshot.write([*mentions, mention(5, via="y", remote="99")])
    with snapshot.path.open("a") as file:
        file.write('{"v": 1, "via": "x", "remote": 77}\n{"half')
    assert snapshot.known_of("x") == (5, 10)

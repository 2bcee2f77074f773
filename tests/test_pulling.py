"""What a listing of a source changes: groups and sequences of the corpus, and each rule."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from pelican_linkback.exceptions import JournalError, SourceError
from pelican_linkback.receiving.hosted import puller
from pelican_linkback.receiving.hosted.jf2 import NotKept, WhyNotKept
from pelican_linkback.receiving.hosted.merging import (
    IMPORTED,
    Listing,
    added,
    with_parents,
)
from pelican_linkback.receiving.hosted.progress import Progress, ProgressFile
from pelican_linkback.receiving.hosted.puller import Pulled, Puller
from pelican_linkback.receiving.inbox.policy import Policy, Visibility
from pelican_linkback.receiving.memory.decisions import Act, Decision, Decisions
from pelican_linkback.receiving.memory.snapshot import Snapshot, number_of
from pelican_linkback.receiving.received import Kind, Received, id_of
from tests.jf2_corpus import CORPUS, SITE, find, visibility_of
from tests.mentions import mention
from tests.webmention_io import item

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
WALLS = "https://blog.example/2025/03/garden-walls/"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Listed:
    """A source that lists ``items``; an exception among them is raised."""

    def __init__(self, *items: object, name: str = "webmention.io") -> None:
        self.name, self.items = name, items
        self.asked: list[int] = []

    def fetch(self, since: int):
        self.asked.append(since)
        for each in self.items:
            if isinstance(each, BaseException):
                raise each
            number = each.get("wm-id") if type(each) is dict else None
            if not isinstance(number, int) or number > since:
                yield each


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(puller, "FEW", 0)  # as for a site with many mentions
    return tmp_path / "linkback"


def pull(folder, source: Any, now: dt.datetime = NOON, **parts: Any) -> Pulled:
    clock = parts.pop("clock", lambda: now)
    forgotten = parts.pop("is_forgotten", lambda _: False)
    works = Puller(Snapshot(folder), ProgressFile(folder), find, forgotten, clock)
    return works.pull(source.name, source.fetch, parts.pop("others", ()))


def known(folder) -> list[int]:
    return sorted(int(each.remote) for each in Snapshot(folder).read().mentions)


def likes(*numbers: int, **fields: Any) -> list[dict[str, Any]]:
    return [item(number, target=WALLS, **fields) for number in numbers]


# The corpus


@pytest.mark.parametrize("name", CORPUS["groups"])
def test_a_group_of_the_corpus_is_shown_as_often_as_expected(folder, name):
    group = CORPUS["groups"][name]
    pull(folder, Listed(*(each["item"] for each in CORPUS["cases"] if each.get("group") == name)))
    shown = [
        each for each in Snapshot(folder).read().mentions if visibility_of(each) is Visibility.SHOWN
    ]
    assert len(shown) in {group["shown"], *group.get("also_accept", ())}
    assert "text" not in group or [each.text for each in shown] == [group["text"]]


@pytest.mark.parametrize("sequence", CORPUS["sequences"], ids=lambda each: each["why"])
def test_a_sequence_of_the_corpus_ends_as_expected(folder, sequence):
    hidden = Decisions.of((NOON, Decision(Act.HIDE, source)) for source in sequence.get("hide", ()))
    policy = Policy(hidden, tuple(Kind), SITE.is_own)
    for number, each in enumerate(sequence["pulls"]):
        now = NOON + number * DAY if each["mode"] == "all" else NOON + HOUR
        source = Listed(*sorted(each["items"], key=lambda item: item["wm-id"]))
        assert pull(folder, source, now).warnings == []
        assert (source.asked == [0]) is (each["mode"] == "all")
        mentions = Snapshot(folder).read().mentions
        shown = [m for m in mentions if policy.judge(m, SITE.of(m)).visibility is Visibility.SHOWN]
        assert sorted(int(m.remote) for m in shown) == each["after"]
        texts = {m.remote: m.text for m in shown}
        assert {name: texts[name] for name in each.get("text", ())} == each.get("text", {})


# What news, and what a whole listing change


def test_news_are_asked_for_by_the_greatest_id_and_remove_nothing(folder):
    pull(folder, Listed(*likes(1, 2, 7)))
    source = Listed(*likes(7, 8))
    found = pull(folder, source, NOON + HOUR)
    assert source.asked == [7]
    assert known(folder) == [1, 2, 7, 8]
    assert [each.remote for each in found.new.values()] == ["8"]
    assert not found.changed | found.removed


def test_once_a_day_everything_is_listed_and_what_is_gone_goes(folder):
    pull(folder, Listed(*likes(*range(1, 31))))
    assert not pull(folder, Listed(), NOON + DAY - HOUR).removed
    source = Listed(*likes(*range(4, 31)))
    found = pull(folder, source, NOON + DAY)
    assert source.asked == [0]
    assert found.removed == {each.id for each in map(read_like, (1, 2, 3))}
    assert known(folder) == [*range(4, 31)]


def read_like(number: int) -> Received:
    return mention(number, source=f"https://reader{number}.example/note")


def test_a_listing_that_breaks_off_removes_nothing_and_is_resumed(folder):
    pull(folder, Listed(*likes(1, 2, 3, 4)))
    found = pull(folder, Listed(*likes(2), SourceError("webmention.io", "down")), NOON + DAY)
    assert found.warnings == ["webmention.io: down"]
    assert known(folder) == [1, 2, 3, 4]
    source = Listed(*likes(2, 4, 5))
    pull(folder, source, NOON + DAY + HOUR)
    assert source.asked == [2]
    assert known(folder) == [2, 4, 5]


def test_a_page_that_never_comes_does_not_keep_back_the_news(folder):
    pull(folder, Listed(*likes(1, 2, 3, 4)))

    class Poisoned(Listed):
        def fetch(self, since: int):
            for each in super().fetch(since):
                if each["wm-id"] == 3:
                    raise SourceError(self.name, "it answers 500, 4 times")
                yield each

    for hours in (0, 1):
        source = Poisoned(*likes(1, 2, 3, 4, 5))
        found = pull(folder, source, NOON + DAY + hours * HOUR)
        assert found.warnings == ["webmention.io: it answers 500, 4 times"]
    assert source.asked == [2, 4]
    assert known(folder) == [1, 2, 3, 4, 5]
    source = Listed(*likes(1, 2, 3, 5))
    pull(folder, source, NOON + DAY + 2 * HOUR)
    assert source.asked == [2]
    assert known(folder) == [1, 2, 3, 5]


def test_a_source_without_an_end_is_stopped(folder, monkeypatch):
    monkeypatch.setattr(puller, "MOST", 3)
    found = pull(folder, Listed(*likes(*range(1, 9))))
    assert found.warnings == ["webmention.io: it lists more than 3 mentions"]
    assert known(folder) == [1, 2, 3]


def test_of_few_mentions_all_are_listed_with_each_pull(folder, monkeypatch):
    monkeypatch.setattr(puller, "FEW", 3)
    pull(folder, Listed(*likes(1, 2, 3)))
    source = Listed(*likes(2, 3, 4))
    assert len(pull(folder, source, NOON + HOUR).removed) == 1
    assert (source.asked, known(folder)) == ([0], [2, 3, 4])
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.json*")}
    pull(folder, Listed(*likes(2, 3, 4)), NOON + 2 * HOUR)
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*.json*")} == before
    pull(folder, Listed(*likes(5)), NOON + 3 * HOUR)  # all that was known is missing
    assert known(folder) == [2, 3, 4, 5]
    source = Listed(*likes(2, 3, 4, 5, 6))
    pull(folder, source, NOON + 3 * HOUR + HOUR / 2)
    assert source.asked == [5]


def test_a_short_listing_that_becomes_long_is_remembered(folder, monkeypatch):
    monkeypatch.setattr(puller, "FEW", 3)
    pull(folder, Listed(*likes(1)))
    long = likes(*range(1, 151))
    pull(folder, Listed(*long, SourceError("webmention.io", "down")), NOON + HOUR)
    source = Listed(*likes(*range(1, 202)))
    pull(folder, source, NOON + 2 * HOUR)
    assert source.asked == [150]
    assert ProgressFile(folder).of("webmention.io").listed is None
    pull(folder, Listed(*likes(*range(1, 401))), NOON + 3 * HOUR)
    assert len(known(folder)) == 400


def test_a_service_that_is_down_from_the_start_leaves_no_progress(folder):
    for _ in range(2):
        found = pull(folder, Listed(SourceError("webmention.io", "down")))
        assert found.warnings == ["webmention.io: down"]
    assert not (folder / "pulled.json").exists()


def test_without_the_progress_everything_is_listed(folder):
    pull(folder, Listed(*likes(1, 2)))
    (folder / "pulled.json").unlink()
    source = Listed(*likes(1, 2))
    assert not pull(folder, source, NOON + HOUR).new
    assert source.asked == [0]


def test_an_unchanged_pull_writes_nothing(folder):
    pull(folder, Listed(*likes(1, 2)))
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    pull(folder, Listed(*likes(1, 2)), NOON + HOUR)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.mark.parametrize("left", [0, 5])
def test_a_listing_that_lacks_a_lot_has_to_be_confirmed(folder, left):
    pull(folder, Listed(*likes(*range(1, 31))))
    lacking = likes(*range(1, left + 1))
    found = pull(folder, Listed(*lacking), NOON + DAY)
    (warning,) = found.warnings
    assert f"does not list any more: {30 - left}; they are kept until it says so" in warning
    soon = pull(folder, Listed(*lacking), NOON + DAY + HOUR / 2)
    assert not soon.warnings
    assert len(known(folder)) == 30
    assert len(pull(folder, Listed(*lacking), NOON + DAY + HOUR).removed) == 30 - left
    assert len(known(folder)) == left
    source = Listed(*lacking)
    pull(folder, source, NOON + DAY + 3 * HOUR)
    assert source.asked == [left]


@pytest.mark.parametrize(("had", "has", "kept"), [(15, 5, 5), (20, 9, 20), (22, 11, 11)])
def test_how_much_a_lot_is(folder, had, has, kept):
    pull(folder, Listed(*likes(*range(1, had + 1))))
    pull(folder, Listed(*likes(*range(1, has + 1))), NOON + DAY)
    assert len(known(folder)) == kept


def test_what_was_lacking_by_a_fault_comes_back(folder):
    pull(folder, Listed(*likes(1, 2)))
    pull(folder, Listed(), NOON + DAY)
    assert not pull(folder, Listed(*likes(1, 2)), NOON + 2 * DAY).warnings
    assert pull(folder, Listed(), NOON + 3 * DAY).doubted == 2


def test_a_mention_that_became_private_goes_at_once(folder):
    pull(folder, Listed(*likes(1, 2)))
    found = pull(folder, Listed(*likes(1, 3), *likes(2, wm_private=True)), NOON + DAY)
    assert known(folder) == [1, 3]
    assert found.left_out == Counter({WhyNotKept.PRIVATE: 1})
    assert id_of("https://reader2.example/note", "a1") in found.removed


def test_what_is_new_and_goes_within_one_pull_was_never_there(folder):
    hundred = likes(*range(1, 101))
    found = pull(folder, Listed(*hundred, *likes(1, wm_private=True)))
    assert len(found.new) == len(known(folder)) == 99
    assert not found.removed


def test_a_mention_whose_page_is_not_there_in_one_build_is_kept(folder):
    pull(folder, Listed(*likes(1, 2)))
    gone = [item(1, target="https://blog.example/elsewhere/"), *likes(2)]
    found = pull(folder, Listed(*gone), NOON + DAY)
    assert found.left_out == Counter({WhyNotKept.NO_TARGET: 1})
    assert known(folder) == [1, 2]


def test_what_was_erased_does_not_come_back(folder):
    pull(folder, Listed(*likes(1)))
    found = pull(
        folder, Listed(*likes(1, 2)), NOON + DAY, is_forgotten=lambda each: each.remote == "1"
    )
    assert known(folder) == [2]
    assert found.left_out == Counter({WhyNotKept.FORGOTTEN: 1})


def test_a_correction_counts_as_changed_and_an_older_one_does_not_come_back(folder):
    pull(folder, Listed(*likes(1)))
    (corrected,) = likes(5, wm_source="https://reader1.example/note")
    found = pull(folder, Listed(corrected), NOON + HOUR)
    assert (len(found.changed), found.new) == (1, {})
    assert known(folder) == [5]
    pull(folder, Listed(*likes(1), corrected), NOON + DAY)
    assert known(folder) == [5]


def test_if_the_correction_is_deleted_the_first_one_stands_again(folder):
    (corrected,) = likes(5, wm_source="https://reader1.example/note")
    pull(folder, Listed(*likes(1), corrected))
    assert known(folder) == [5]
    pull(folder, Listed(*likes(1)), NOON + DAY)
    assert known(folder) == [1]


def test_an_article_with_another_id_takes_its_mentions_along(folder):
    pull(folder, Listed(*likes(1)))
    (moved,) = likes(1, wm_target="https://blog.example/2025/05/picnic/")
    found = pull(folder, Listed(moved), NOON + DAY)
    assert [each.article for each in Snapshot(folder).read().mentions] == ["a2"]
    assert (len(found.new), len(found.removed)) == (1, 1)


def test_two_items_with_one_id_are_two_mentions(folder):
    twins = [*likes(5), *likes(5, wm_source="https://other.example/", url=None)]
    for now in (NOON, NOON + DAY):
        pull(folder, Listed(*twins), now)
        assert known(folder) == [5, 5]


def test_what_another_source_knows_is_left_to_that(folder):
    ours = "blog.example/export"
    Snapshot(folder).write([replace(read_like(1), via=ours, text="ours")])
    pull(folder, Listed(*likes(1)), others=[ours])
    assert [each.text for each in Snapshot(folder).read().mentions] == ["ours"]
    pull(folder, Listed(), NOON + DAY, others=[ours])
    assert len(Snapshot(folder).read().mentions) == 1


def test_what_came_from_a_service_that_was_left_is_taken_over_and_else_stays(folder):
    left = [replace(read_like(n), via="left.example", remote=str(1000 + n)) for n in (1, 2)]
    Snapshot(folder).write(left)
    assert len(pull(folder, Listed(*likes(1))).changed) == 1
    found = {each.source: each.via for each in Snapshot(folder).read().mentions}
    assert found == {left[0].source: "webmention.io", left[1].source: "left.example"}


def test_what_was_imported_is_taken_over(folder):
    Snapshot(folder).write([replace(read_like(1), via=IMPORTED, remote="")])
    assert len(pull(folder, Listed(*likes(1))).changed) == 1
    assert [each.via for each in Snapshot(folder).read().mentions] == ["webmention.io"]


def test_items_without_an_id_are_known_by_their_source(folder):
    without = likes(1, wm_id=None) + likes(2, wm_id=None)
    pull(folder, Listed(*without))
    assert len(pull(folder, Listed(*without[:1]), NOON + DAY).removed) == 1


def test_the_time_of_the_first_pull_stays_where_nobody_knows_the_receipt(folder):
    (late,) = likes(1, wm_received=None, published="2031-01-01")
    pull(folder, Listed(late))
    (before,) = Snapshot(folder).read().mentions
    assert before.received == before.published == NOON
    pull(folder, Listed(late), NOON + DAY)
    assert Snapshot(folder).read().mentions == (before,)


def test_an_item_that_cannot_be_read_costs_itself_and_nothing_is_removed(folder):
    class Odd(dict[str, object]):
        def get(self, *_: object) -> object:
            raise RuntimeError("boo")

    pull(folder, Listed(*likes(1, 2)))
    found = pull(folder, Listed(Odd(), *likes(2, 3)), NOON + DAY)
    assert found.warnings == ["webmention.io: a mention cannot be read: RuntimeError: boo"]
    assert known(folder) == [1, 2, 3]
    found = pull(folder, Listed(Odd(), Odd(), *likes(3)), NOON + 2 * DAY)
    assert found.warnings[0].endswith("RuntimeError: boo (and 1 more)")


def test_what_goes_wrong_in_a_source_is_one_warning(folder):
    found = pull(folder, Listed(*likes(1), ZeroDivisionError("oh"), name="mine"))
    assert found.warnings == ["mine: ZeroDivisionError: oh"]
    assert known(folder) == [1]


def test_ctrl_c_keeps_what_was_listed(folder):
    with pytest.raises(KeyboardInterrupt):
        pull(folder, Listed(*likes(1, 2), KeyboardInterrupt()))
    assert known(folder) == [1, 2]
    source = Listed(*likes(2, 3))
    pull(folder, source)
    assert source.asked == [2]


def test_a_long_listing_is_saved_in_between(folder):
    times = iter(range(1000))
    seen = []

    class Long(Listed):
        def fetch(self, since: int):
            for each in super().fetch(since):
                yield each
                file = folder / "received.jsonl"
                seen.append(len(file.read_text().splitlines()) if file.exists() else 0)

    long = Long(*likes(*range(1, 302)))
    pull(folder, long, clock=lambda: NOON + next(times) * dt.timedelta(seconds=0.6))
    assert seen[:99] == [0] * 99
    assert sorted(set(seen)) == [0, 100, 208]


def test_a_file_of_a_newer_version_is_left_alone_and_nothing_is_asked(folder):
    folder.mkdir()
    path = folder / "received.jsonl"
    path.write_text('{"v": 99}\n')
    source = Listed(*likes(1))
    with pytest.raises(JournalError, match="newer"):
        pull(folder, source)
    assert source.asked == []
    assert path.read_text() == '{"v": 99}\n'


def test_a_disk_that_is_full_is_an_error_of_the_file(folder, monkeypatch):
    def full(*_: object) -> None:
        raise JournalError(folder, "no space left")

    monkeypatch.setattr(Snapshot, "change", full)
    with pytest.raises(JournalError):
        pull(folder, Listed(*likes(1)))


# The parts


@pytest.mark.parametrize(
    ("remote", "number"), [("7", 7), ("", 0), ("a", 0), ("-1", 0), ("²", 0), ("9" * 20, 0)]
)
def test_the_number_of_an_id(remote, number):
    assert number_of(remote) == number


def test_news_of_what_is_private_do_not_need_a_listing():
    listing = Listing("x", NOON)
    assert added([mention(1)], [NotKept(WhyNotKept.PRIVATE, mention(1).id)], listing) == []
    assert listing.listed == set()


def numbered(*remotes: int) -> list[Received]:
    """The same mention as it was at a source by each of these ids."""
    return [mention(1, via="x", remote=str(each), text=f"as {each}") for each in remotes]


@pytest.mark.parametrize(
    ("is_whole", "listed", "kept"),
    [
        (False, [3], 5),
        (False, [7], 7),
        (False, [7, 6], 7),
        (True, [3], 3),
        (True, [3, 4], 4),
        (True, [4, 3], 4),
        (True, [], 5),
    ],
)
def test_the_greatest_id_counts_and_in_a_whole_listing_that_of_the_listing(is_whole, listed, kept):
    listing = Listing("x", NOON, is_whole=is_whole)
    (found,) = added(numbered(5), numbered(*listed), listing)
    assert found.text == f"as {kept}"


def test_news_of_a_known_id_are_its_new_text():
    (new,) = numbered(5)
    edited = replace(new, text="edited", received=NOON - HOUR)
    assert added(numbered(5), [edited], Listing("x", NOON)) == [edited]


def test_one_source_may_mention_two_articles_and_one_of_them_no_more(folder):
    page = {"wm_source": "https://ann.example/", "url": None}
    both = [*likes(1, **page), item(2, target="https://blog.example/2025/05/picnic/", **page)]
    pull(folder, Listed(*both))
    pull(folder, Listed(both[0]), NOON + DAY)
    assert known(folder) == [1]


def test_a_reply_finds_its_parent_by_source_and_by_the_address_of_the_post():
    asked = mention(1, url="https://social.example/@ann/1")
    bridged = mention(2, parent=id_of("https://social.example/@ann/1", "a1"))
    direct = mention(3, parent=asked.id)
    unknown = mention(4, parent=id_of("https://nobody.example/", "a1"))
    itself = mention(5, url="https://x.example/5", parent=id_of("https://x.example/5", "a1"))
    elsewhere = mention(6, article="a2", parent=id_of("https://social.example/@ann/1", "a2"))
    all_of_them = [asked, bridged, direct, unknown, itself, elsewhere]
    parents = [each.parent for each in with_parents(all_of_them)]
    assert parents == ["", asked.id, asked.id, unknown.parent, itself.parent, elsewhere.parent]
    assert with_parents([mention(1)]) == [mention(1)]


def test_what_came_directly_is_answered_and_not_the_copy_of_a_bridge():
    direct = mention(1)
    bridged = mention(2, url=direct.source)
    answer = mention(3, parent=direct.id)
    assert with_parents([direct, bridged, answer])[2].parent == direct.id


BAD = [b"", b"[", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"v": 2, "sources": {}}']
BAD += [b'{"v": 1}', b'{"v": 1, "sources": []}', b'{"v": 1, "sources": {"x": 1}}']


@pytest.mark.parametrize("document", BAD, ids=lambda document: repr(document[:30]))
def test_a_bad_progress_is_as_good_as_none(folder, document):
    folder.mkdir()
    (folder / "pulled.json").write_bytes(document)
    progress = ProgressFile(folder)
    assert progress.of("x") == Progress()
    progress.remember("x", Progress(NOON))
    assert progress.of("x") == Progress(NOON)


PROGRESS = [
    Progress(),
    Progress(NOON, is_doubted=True),
    Progress(NOON, 7, frozenset({"1", "7"})),
    Progress(None, 0, frozenset()),
]


@pytest.mark.parametrize("progress", PROGRESS)
def test_the_progress_of_each_source_is_remembered(folder, progress):
    folder.mkdir()
    file = ProgressFile(folder)
    file.remember("x", progress)
    file.remember("a", Progress(NOON))
    assert (file.of("x"), file.of("a")) == (progress, Progress(NOON))


@pytest.mark.parametrize(
    "fields",
    [
        {"completed": "x"},
        {"completed": 5, "listed": 5},
        {"listed": [], "cursor": -1},
        {"listed": [], "cursor": "1"},
        {"doubted": 1},
    ],
)
def test_what_is_not_understood_of_a_progress_is_not_known(fields):
    assert Progress.read(fields) == Progress()


def test_a_progress_that_cannot_be_written_costs_itself(tmp_path):
    (tmp_path / "file").write_text("")
    file = ProgressFile(tmp_path / "file")
    file.remember("x", Progress(NOON))
    assert file.of("x") == Progress()
    assert [*tmp_path.iterdir()] == [tmp_path / "file"]

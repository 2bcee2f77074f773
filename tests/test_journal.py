"""The journal: what was appended is kept, damage is reported, nothing is overwritten."""

from __future__ import annotations

import errno
import json
import os
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.exceptions import JournalError
from pelican_linkback.journal import appending
from pelican_linkback.journal import journal as journal_module
from pelican_linkback.journal.appending import _write, sync_folder
from pelican_linkback.journal.group_commit import GATHERED, MOST_GATHERED
from pelican_linkback.journal.journal import Journal
from pelican_linkback.journal.lines import Damage, Scan, encoded, parse_any, parse_own

KEYS = st.text(st.characters(codec=None))
VALUES = st.none() | st.booleans() | st.integers() | st.text(st.characters(codec=None))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state" / "deliveries.jsonl")


def test_a_missing_file_is_an_empty_journal_and_reading_creates_nothing(journal: Journal) -> None:
    reading = journal.read()
    assert (reading.events, reading.line_numbers, reading.problems) == ((), (), ())
    assert not journal.path.parent.exists()


def test_lines_are_sorted_utf8_and_in_order(journal: Journal) -> None:
    journal.append({"v": 1, "b": "ü", "a": 1})
    journal.append({"c": 2}, {"d": 3})
    assert journal.path.read_text("utf-8") == '{"a": 1, "b": "ü", "v": 1}\n{"c": 2}\n{"d": 3}\n'
    assert journal.read().events == ({"v": 1, "b": "ü", "a": 1}, {"c": 2}, {"d": 3})


@given(st.lists(st.dictionaries(st.text(st.characters(codec=None)), VALUES)))
def test_events_come_back_as_they_went(
    tmp_path_factory: pytest.TempPathFactory, events: list[dict[str, object]]
) -> None:
    journal = Journal(tmp_path_factory.mktemp("state") / "deliveries.jsonl")
    journal.append({"v": 1}, *({**event, "v": 1} for event in events))
    reading = journal.read()
    assert list(reading.events[1:]) == [{**event, "v": 1} for event in events]
    assert not reading.problems


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param(b"{]", "it is not JSON", id="not JSON"),
        pytest.param(b"[" * 100_000, "it is not JSON", id="nested without end"),
        pytest.param(
            b'{"a": ' + b"9" * 5000 + b"}", "it is not JSON", id="a number of 5000 digits"
        ),
        pytest.param(b"[1]", "it is not a JSON object", id="not an object"),
        pytest.param(b'{"a": "\xff"}', "it is not UTF-8", id="not UTF-8"),
        pytest.param(b"<<<<<<< HEAD", "it is a conflict marker of a merge", id="conflict, ours"),
        pytest.param(b"=======", "it is a conflict marker of a merge", id="conflict, middle"),
        pytest.param(b">>>>>>> side", "it is a conflict marker of a merge", id="conflict, theirs"),
    ],
)
def test_a_damaged_line_is_reported_with_its_number_and_the_rest_is_used(
    journal: Journal, line: bytes, why: str
) -> None:
    journal.append({"v": 1, "n": 1})
    with journal.path.open("ab") as file:
        file.write(line + b"\n\n")
    journal.append({"v": 1, "n": 2})
    reading = journal.read()
    assert reading.events == ({"v": 1, "n": 1}, {"v": 1, "n": 2})
    assert reading.line_numbers == (1, 4)
    (problem,) = reading.problems
    assert problem.line_number == 2
    assert problem.why.startswith(why)
    assert line in journal.path.read_bytes()


JSON = st.recursive(
    VALUES | st.floats(), lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner)
)
PIECES = st.sampled_from(
    ["", " ", "\t", "\r", "\ufeff", "\xa0", "\x1c", "}", "{", ",", "<<<<<<<", "\0"]
)


@given(st.tuples(PIECES, JSON.map(json.dumps) | st.text(), PIECES).map("".join) | st.binary())
def test_a_line_as_we_write_it_is_read_fast_and_as_any_other(line: str | bytes) -> None:
    data = line if isinstance(line, bytes) else line.encode("utf-8", "surrogatepass")
    event = parse_own(data)
    assert event is None or repr(event) == repr(parse_any(data))


@given(st.dictionaries(KEYS, VALUES))
def test_every_line_that_we_write_is_read_fast(event: dict[str, object]) -> None:
    assert parse_own(encoded([event])) == event


def test_damage_is_quoted_harmlessly(journal: Journal) -> None:
    journal.append({"v": 1, "n": 1})
    with journal.path.open("ab") as file:
        file.write(b"\x1b[31mred\n")
    assert journal.read().problems == (Damage(2, r"\x1b[31mred", "it is not JSON"),)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"Dear diary\n", id="prose"),
        pytest.param(b"Dear diary", id="prose without a line end"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", id="a picture"),
        pytest.param(b'{"name": "a package"}\n', id="JSON"),
        pytest.param(b'{"id": 1}\n{"id": 2}\n', id="JSON Lines of another program"),
        pytest.param(b"[1, 2]\n", id="a JSON list"),
        pytest.param(b"{\n  1\n}\n", id="JSON on several lines"),
    ],
)
def test_a_file_of_somebody_else_is_neither_used_nor_written(
    journal: Journal, content: bytes
) -> None:
    journal.append()
    journal.path.write_bytes(content)
    with pytest.raises(JournalError, match="has no line of this program; move it away"):
        journal.read()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\0" * 512, id="zeros that a power cut left"),
        pytest.param(b'{"at": "20', id="the first line ever, torn"),
        pytest.param(b"{", id="its first byte"),
        pytest.param(b"\xef\xbb\xbf\r\n", id="emptied with an editor"),
        pytest.param(b"<<<<<<< HEAD\n=======\n>>>>>>> side\n", id="a merge of two empty ones"),
    ],
)
def test_what_an_accident_left_of_a_file_is_still_ours(journal: Journal, content: bytes) -> None:
    journal.append()
    journal.path.write_bytes(content)
    journal.read()
    journal.append({"v": 1, "n": 1})
    assert journal.read().events == ({"v": 1, "n": 1},)
    assert journal.path.read_bytes().startswith(content)


def test_a_line_of_a_newer_version_is_not_guessed_at(journal: Journal) -> None:
    """Not to know what it says would mean to send something twice, or to give new ids."""
    journal.append({"v": 1, "n": 1}, {"v": 2, "n": 1})
    with pytest.raises(JournalError, match="line 2 was written by a newer version of pelican_link"):
        journal.read()


def test_the_name_of_a_new_file_is_flushed_too(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[Path] = []
    monkeypatch.setattr(appending, "sync_folder", flushed.append)
    monkeypatch.setattr(journal_module, "sync_folder", flushed.append)
    journal.append({"v": 1, "n": 1})
    journal.append({"v": 1, "n": 2})
    assert flushed == [journal.path.parent]
    journal.keep_but({1})
    assert flushed == [journal.path.parent] * 2


@pytest.mark.parametrize(
    ("call", "code", "told"),
    [
        pytest.param("open", errno.EACCES, False, id="a system that opens no folders"),
        pytest.param("fsync", errno.EINVAL, False, id="a file system that syncs none"),
        pytest.param("fsync", errno.EIO, True, id="a disk that fails"),
    ],
)
def test_a_folder_that_cannot_be_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, told: bool
) -> None:
    def fail(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="error") if told else nullcontext():
        sync_folder(tmp_path)


@pytest.mark.parametrize("ending", ["\r\n", "\n", ""], ids=["CRLF", "LF", "none"])
def test_an_editor_may_change_line_ends_and_add_a_bom(journal: Journal, ending: str) -> None:
    journal.append()
    journal.path.write_bytes(f'\ufeff{{"v": 1, "n": 1}}{ending}'.encode())
    journal.append({"v": 1, "n": 2})
    reading = journal.read()
    assert reading.events == ({"v": 1, "n": 1}, {"v": 1, "n": 2})
    assert not reading.problems


def test_a_torn_line_is_reported_at_every_cut_and_the_next_event_is_whole(journal: Journal) -> None:
    journal.append({"v": 1, "n": 1}, {"text": "ü"})
    whole = journal.path.read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(first + 1, len(whole) - 1):
        journal.path.write_bytes(whole[:cut])
        reading = journal.read()
        assert reading.events == ({"v": 1, "n": 1},)
        assert [(p.line_number, p.why) for p in reading.problems] == [(2, "the line was cut short")]
        journal.append({"v": 1, "n": 3})
        assert journal.read().events == ({"v": 1, "n": 1}, {"v": 1, "n": 3})
        assert journal.path.read_bytes().startswith(whole[:cut])


def test_what_cannot_be_read_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be read: Is a directory") as caught:
        Journal(tmp_path).read()
    assert caught.value.path == tmp_path


@pytest.mark.parametrize(
    "write",
    [lambda journal: journal.append({}), lambda journal: journal.hold().__enter__()],
    ids=["append", "hold"],
)
def test_a_folder_that_cannot_be_made_is_an_error_of_ours(
    tmp_path: Path, write: Callable[[Journal], None]
) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(JournalError, match="cannot be written"):
        write(Journal(tmp_path / "state" / "deliveries.jsonl"))


def test_a_full_disk_is_an_error_of_ours(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JournalError, match="cannot be written: No space left on device"):
        journal.append({"v": 1, "n": 1})


def test_a_system_that_takes_one_byte_at_a_time_gets_them_all(tmp_path: Path) -> None:
    class Slow:
        def __init__(self, file) -> None:
            self.file = file
            self.fileno = file.fileno

        def write(self, data: memoryview) -> int:
            return self.file.write(data[:1])

    path = tmp_path / "file"
    with path.open("wb", 0) as file:
        _write(Slow(file), b"all of it")
    assert path.read_bytes() == b"all of it"


def test_threads_append_whole_lines(journal: Journal) -> None:
    def work(name: int) -> None:
        for n in range(20):
            journal.append({"v": 1, "thread": name, "n": n})

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = journal.read().events
    assert sorted((e["thread"], e["n"]) for e in events) == [
        (name, n) for name in range(4) for n in range(20)
    ]


class Disk:
    """An fsync that holds up the first call until ``expected`` more appends wait behind it.

    The calls in ``fails``, counted from 1, raise an error.
    """

    def __init__(self, journal: Journal, expected: int, fails: tuple[int, ...] = ()) -> None:
        self.journal, self.expected, self.fails = journal, expected, fails
        self.calls = 0
        self.waiting = threading.Event()

    def __call__(self, _: int) -> None:
        self.calls += 1
        call = self.calls
        if call == 1:
            self.waiting.set()
            while (batch := self.journal._commit._batch) is None or len(
                batch.items
            ) < self.expected:
                os.sched_yield()
        if call in self.fails:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("fails", "errors", "calls"),
    [
        pytest.param((), 0, 2, id="a good disk"),
        pytest.param((1,), 1, 2, id="full at first"),
        # One of the five wrote for all; the others, and only they, try again.
        pytest.param((2,), 1, 6, id="full for the batch"),
        pytest.param((2, 4), 2, 6, id="full for the batch, and for one of it alone"),
    ],
)
def test_those_that_come_while_the_disk_is_busy_are_written_together(
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    fails: tuple[int, ...],
    errors: int,
    calls: int,
) -> None:
    """Each is on the disk when its ``append`` returns; what befalls one is not another's."""
    journal.append()
    disk = Disk(journal, 5, fails)
    monkeypatch.setattr(os, "fsync", disk)
    monkeypatch.setattr(appending, "sync_folder", lambda _: None)
    told: list[int | type[Exception]] = []

    def work(n: int) -> None:
        try:
            journal.append({"v": 1, "n": n})
        except JournalError as error:
            told.append(type(error))
        else:
            assert {"v": 1, "n": n} in journal.read().events
            told.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    threads[0].start()
    assert disk.waiting.wait(5)
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert disk.calls == calls
    assert (told.count(JournalError), len(told)) == (errors, 6)
    assert journal._commit._batch is None


def test_who_is_alone_does_not_wait_and_many_wait_for_more_of_them(tmp_path: Path) -> None:
    """A flush is for one call, then for several; the next ones come ever later, up to a limit."""
    slept: list[float] = []
    journal = Journal(tmp_path / "deliveries.jsonl", monotonic=lambda: 7.0, sleep=slept.append)
    journal.append({"v": 1})
    journal.append({"v": 1})
    assert slept == []
    for together in (3, 1000):
        journal._commit._together = together
        journal.append({"v": 1})
    journal.append({"v": 1})
    assert slept == pytest.approx([2 * GATHERED, MOST_GATHERED])


def test_while_it_is_held_the_file_stays_open_unless_another_program_changes_it(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    real_open = Path.open

    def open_(self: Path, mode: str = "r", *args: int, **more: str) -> object:
        if "a" in mode:
            opened.append(self)
        return real_open(self, mode, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", open_)
    with journal.hold():
        journal.append({"v": 1, "n": 1})
        journal.append({"v": 1, "n": 2})
        assert len(opened) == 1
        with real_open(journal.path, "ab") as file:
            file.write(b'{"v": 1, "n": 3')  # an editor that ends no line
        journal.append({"v": 1, "n": 4})
        assert len(opened) == 2
        branch = journal.path.read_bytes()  # git puts another file there
        journal.path.unlink()
        journal.path.write_bytes(branch + b'{"v": 1, "n": 5}\n')
        journal.append({"v": 1, "n": 6})
        journal.path.unlink()
        journal.append({"v": 1, "n": 7})
        assert journal.read().events == ({"v": 1, "n": 7},)
        journal.keep_but({1})
        journal.append({"v": 1, "n": 8})
    journal.append({"v": 1, "n": 9})
    assert [event["n"] for event in journal.read().events] == [8, 9]


def test_only_one_holds_the_journal_and_may_append_meanwhile(journal: Journal) -> None:
    with journal.hold() as held:
        assert held
        journal.append({"v": 1, "n": 1})
        with Journal(journal.path).hold() as held_too:
            assert not held_too
    with Journal(journal.path).hold() as held_at_last:
        assert held_at_last


def test_an_append_does_not_wait_for_ever(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "LOCK_TIMEOUT", 0)
    journal.append({"v": 1, "n": 1})
    with (
        FileLock(journal.path.with_suffix(".lock")),
        pytest.raises(JournalError, match="another process is writing to it"),
    ):
        journal.append({"v": 1, "n": 2})
    assert journal.read().events == ({"v": 1, "n": 1},)


@pytest.mark.posix(reason="locks are msvcrt's there")
@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_where_the_file_system_has_no_locks_the_message_says_what_to_do(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def flock(fd: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", flock)
    with pytest.raises(JournalError, match=r"cannot be locked .* LINKBACK_STATE"):
        journal.append({"v": 1, "n": 1})
    with pytest.raises(JournalError, match="cannot be locked"), journal.hold():
        pytest.fail("nothing is held")
    assert not journal.path.exists()


def test_a_lock_file_that_was_left_behind_keeps_nobody_out(journal: Journal) -> None:
    journal.append({"v": 1, "n": 1})
    journal.path.with_suffix(".lock").write_text("4711\nelsewhere\n")
    with Journal(journal.path).hold() as held:
        assert held


def test_what_is_appended_while_it_is_read_is_not_part_of_it(journal: Journal) -> None:
    journal.append({"v": 1, "n": 1})
    with journal.scan() as scan:
        journal.append({"v": 1, "n": 2})
        assert [event for _, event in scan] == [{"v": 1, "n": 1}]
        assert len(list(scan)) == 1
    journal.path.write_bytes(b'{"v": 1, "n": 1}')
    with journal.scan() as scan:
        journal.append({"v": 1, "n": 2})
        assert [event for _, event in scan] == [{"v": 1, "n": 1}]


def test_a_long_journal_is_not_read_into_memory(journal: Journal) -> None:
    journal.append(*({"v": 1, "text": "x" * 1000} for _ in range(5_000)))
    tracemalloc.start()
    try:
        with journal.scan() as scan:
            assert sum(1 for _ in scan) == 5_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_file_that_breaks_while_it_is_read_is_named(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append({"v": 1})

    def broken(_: Scan) -> Iterator[bytes]:
        raise OSError(errno.EIO, "Input/output error")
        yield b""

    monkeypatch.setattr(Scan, "_lines", broken)
    with pytest.raises(JournalError, match=r"cannot be read: Input/output error"):
        journal.read()

"""A document is written only if its bytes changed, and never half of one."""

import os
from pathlib import Path

import pytest

from pelican_linkback.feeds.output import files as output
from pelican_linkback.journal import atomic


def whole(data):
    return lambda file: file.write(data)


def write(path, data):
    return output.write(path, whole(data))


def test_a_new_document_is_written_with_its_folders(tmp_path):
    path = tmp_path / "a" / "folder" / "b.xml"
    assert write(path, b"one")
    assert path.read_bytes() == b"one"


def test_the_same_bytes_keep_the_modification_time(tmp_path):
    path = tmp_path / "b.xml"
    write(path, b"one")
    os.utime(path, (1, 1))
    assert not write(path, b"one")
    assert path.stat().st_mtime == 1
    assert write(path, b"two")
    assert path.stat().st_mtime > 1


def test_other_bytes_of_the_same_length_are_written(tmp_path):
    path = tmp_path / "b.xml"
    write(path, b"one")
    assert write(path, b"two")
    assert path.read_bytes() == b"two"


@pytest.mark.parametrize("old", [b"", b"a", b"ab", b"abc", b"abd", b"abcd", b"x"])
@pytest.mark.parametrize("pieces", [[], [b"abc"], [b"a", b"b", b"c"], [b"", b"ab", b""]])
def test_the_old_document_is_compared_as_the_new_one_comes(tmp_path, monkeypatch, old, pieces):
    monkeypatch.setattr(output, "_BUFFER", 2)
    path = tmp_path / "b.xml"
    path.write_bytes(old)
    changed = output.write(path, lambda file: [file.write(piece) for piece in pieces])
    assert changed == (old != b"".join(pieces))
    assert path.read_bytes() == b"".join(pieces)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["save", "replace"])
@pytest.mark.parametrize("old", [b"old", None])
def test_an_interruption_leaves_the_old_document_and_nothing_else(tmp_path, monkeypatch, step, old):
    monkeypatch.setattr(output, "_BUFFER", 2)
    path = tmp_path / "b.xml"
    if old:
        path.write_bytes(old)

    def interrupted(*arguments):
        raise KeyboardInterrupt

    def save(file):
        file.write(b"new")
        if step == "save":
            interrupted()

    if step == "replace":
        monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        output.write(path, save)
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == ({path: old} if old else {})


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full is Linux's")
@pytest.mark.parametrize("error", [None, ValueError])
def test_a_full_disk_is_reported_of_and_nothing_is_left(tmp_path, monkeypatch, error):
    def create(path, buffering):
        Path(path).symlink_to("/dev/full")
        return Path(path).open("wb", buffering)

    monkeypatch.setattr(atomic, "_create", create)

    def save(file):
        file.write(b"new")
        if error:
            raise error

    with pytest.raises(error or OSError):
        output.write(tmp_path / "b.xml", save)
    assert list(tmp_path.iterdir()) == []


def test_it_is_announced_before_anything_is_written(tmp_path):
    path, seen = tmp_path / "b.xml", []
    path.write_bytes(b"same")
    for data in (b"same", b"some", b"some", b"sam"):
        before = path.read_bytes()

        def announce(before=before):
            seen.append((before, path.read_bytes() == before, len(list(tmp_path.iterdir()))))

        output.write(path, whole(data), announce)
    assert seen == [(b"same", True, 1), (b"some", True, 1)]


@pytest.mark.parametrize("name", ["a" * 251 + ".xml", "a\u2028b.xml", "a\nb", " a"])
def test_any_name_that_a_file_can_have_is_written(tmp_path, name):
    assert write(tmp_path / name, b"one")
    assert not write(tmp_path / name, b"one")
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a" * 256, "a/" * 2500 + "b"])
def test_a_name_that_no_file_can_have_costs_its_document(tmp_path, name):
    with pytest.raises(OSError, match="name too long"):
        write(tmp_path / name, b"one")
    assert not any(each.is_file() for each in tmp_path.iterdir())


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(OSError, match=r"exists.*/a'$"):
        write(tmp_path / "a" / "b.xml", b"new")

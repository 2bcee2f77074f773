"""A document is written only if its bytes changed, and never half of one."""

import os
from pathlib import Path

import pytest

from pelican_linkback.feeds import output
from pelican_linkback.feeds.output import Shelf


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
        monkeypatch.setattr(type(path), "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        output.write(path, save)
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == ({path: old} if old else {})


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full is Linux's")
@pytest.mark.parametrize("error", [None, ValueError])
def test_a_full_disk_is_told_of_and_nothing_is_left(tmp_path, error):
    (tmp_path / ".b.xml.new").symlink_to("/dev/full")

    def save(file):
        file.write(b"new")
        if error:
            raise error

    with pytest.raises(error or OSError):
        output.write(tmp_path / "b.xml", save)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(OSError, match=r"exists.*/a'$"):
        write(tmp_path / "a" / "b.xml", b"new")


# The shelf


def test_a_document_that_comes_back_unchanged_gets_its_time_back(tmp_path):
    path = tmp_path / "feeds" / "a.xml"
    before = Shelf(tmp_path)
    before.write("feeds/a.xml", whole(b"one"))
    before.sweep(())
    os.utime(path, (5, 5))
    after = Shelf(tmp_path, emptied=True)
    path.unlink()
    assert not after.write("feeds/a.xml", whole(b"one"))
    assert path.stat().st_mtime == 5
    assert after.write("feeds/a.xml", whole(b"two"))
    assert path.stat().st_mtime > 5


def test_what_is_new_in_an_emptied_folder_counts_as_written(tmp_path):
    assert Shelf(tmp_path, emptied=True).write("feeds/a.xml", whole(b"one"))


def test_only_what_was_written_and_is_as_it_was_is_swept(tmp_path):
    before = Shelf(tmp_path)
    for place in ("kept.xml", "failed.xml", "stale.xml", "taken-over.xml", "gone.xml"):
        before.write(place, whole(b"ours"))
    assert before.sweep(()) == []
    write(tmp_path / "taken-over.xml", b"somebody's")
    write(tmp_path / "foreign.xml", b"ours")
    (tmp_path / "gone.xml").unlink()
    after = Shelf(tmp_path)
    after.write("kept.xml", whole(b"ours"))
    assert after.sweep({"kept.xml", "failed.xml"}) == ["stale.xml"]
    assert not (tmp_path / "stale.xml").exists()
    assert (tmp_path / "taken-over.xml").exists()
    assert (tmp_path / "foreign.xml").exists()
    assert Shelf(tmp_path).sweep(()) == ["failed.xml", "kept.xml"]


def test_a_site_below_another_keeps_its_feeds(tmp_path):
    nested = Shelf(tmp_path / "fr")
    nested.write("feed.xml", whole(b"ours"))
    nested.sweep({"feed.xml"})
    assert Shelf(tmp_path).sweep(()) == []
    assert (tmp_path / "fr" / "feed.xml").exists()


@pytest.mark.parametrize("line", ["0 ../x.xml", "0 a/../../x.xml", "0 /x.xml", "nonsense", ""])
def test_a_damaged_manifest_does_no_harm(tmp_path, line):
    folder = tmp_path / "output"
    write(folder / ".linkback-feeds", f"{line}\n".encode())
    write(tmp_path / "x.xml", b"precious")
    assert Shelf(folder, emptied=True).sweep(()) == []
    assert (tmp_path / "x.xml").exists()

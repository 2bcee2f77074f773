"""A document is written only if its bytes changed, and never half of one."""

import os

import pytest

from pelican_linkback.feeds import output
from pelican_linkback.feeds.output import Shelf


def whole(data):
    return lambda file: file.write(data)


def write(path, data):
    return output.write(path, whole(data))


def test_a_new_document_is_written_with_its_folders(tmp_path):
    path = tmp_path / "a" / "b.xml"
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
    monkeypatch.setattr(output, "_BUFFER", 1)
    path = tmp_path / "b.xml"
    path.write_bytes(old)
    changed = output.write(path, lambda file: [file.write(piece) for piece in pieces])
    assert changed == (old != b"".join(pieces))
    assert path.read_bytes() == b"".join(pieces)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["save", "replace"])
def test_an_interruption_leaves_the_old_document_and_nothing_else(tmp_path, monkeypatch, step):
    monkeypatch.setattr(output, "_BUFFER", 1)
    path = tmp_path / "b.xml"
    write(path, b"old")

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
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


# The shelf

MARKED = b"<feed><generator>pelican_linkback</generator></feed>"


def shelf(folder, **kwargs):
    return Shelf(folder, ["feeds/{slug}.atom.xml", "[x]/all.xml"], **kwargs)


def test_a_document_that_comes_back_unchanged_gets_its_time_back(tmp_path):
    path = tmp_path / "feeds" / "a.atom.xml"
    write(path, MARKED)
    os.utime(path, (5, 5))
    after = shelf(tmp_path, emptied=True)
    path.unlink()
    assert not after.write("feeds/a.atom.xml", whole(MARKED))
    assert path.stat().st_mtime == 5
    assert after.write("feeds/a.atom.xml", whole(MARKED + b" "))
    assert path.stat().st_mtime > 5


def test_what_is_new_in_an_emptied_folder_counts_as_written(tmp_path):
    assert shelf(tmp_path, emptied=True).write("feeds/a.atom.xml", whole(MARKED))


def test_only_our_own_documents_at_our_own_places_are_swept(tmp_path):
    places = {
        "feeds/kept.atom.xml": MARKED,
        "feeds/stale.atom.xml": MARKED,
        "feeds/foreign.atom.xml": b"<feed><generator>other</generator></feed>",
        "feeds/deep/er.atom.xml": MARKED,
        "[x]/all.xml": MARKED,
        "x/all.xml": MARKED,
    }
    for place, data in places.items():
        write(tmp_path / place, data)
    (tmp_path / "feeds" / "folder.atom.xml").mkdir()
    swept = shelf(tmp_path).sweep({tmp_path / "feeds" / "kept.atom.xml"})
    assert [str(path.relative_to(tmp_path)) for path in swept] == [
        "[x]/all.xml",
        "feeds/stale.atom.xml",
    ]
    assert not swept[1].exists()
    assert (tmp_path / "feeds" / "foreign.atom.xml").exists()

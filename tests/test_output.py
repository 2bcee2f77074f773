"""A document is written only if its bytes changed, and never half of one."""

import os

import pytest

from pelican_linkback.feeds.output import Shelf, write


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


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_an_interruption_leaves_the_old_document_and_nothing_else(tmp_path, monkeypatch, step):
    path = tmp_path / "b.xml"
    write(path, b"old")

    def interrupted(self, data):
        if step == "write_bytes":
            with self.open("wb") as file:
                file.write(data[:1])
        raise KeyboardInterrupt

    monkeypatch.setattr(type(path), step, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(path, b"new")
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
    assert not after.write("feeds/a.atom.xml", MARKED)
    assert path.stat().st_mtime == 5
    assert after.write("feeds/a.atom.xml", MARKED + b" ")
    assert path.stat().st_mtime > 5


def test_what_is_new_in_an_emptied_folder_counts_as_written(tmp_path):
    assert shelf(tmp_path, emptied=True).write("feeds/a.atom.xml", MARKED)


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

"""A document is written only if its bytes changed, and never half of one."""

import os

import pytest

from pelican_linkback.feeds.output import write


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

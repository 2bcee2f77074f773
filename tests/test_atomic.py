"""A file is replaced in one step, through a new file that follows no link."""

import errno
import os
import stat

import pytest

from pelican_linkback.journal import atomic
from pelican_linkback.journal.atomic import remove_leftovers, replacing, rewrite
from pelican_linkback.journal.journal import Journal


def replace(path, data, **options):
    with replacing(path, **options) as file:
        file.write(data)


@pytest.mark.parametrize("name", ["a", "a" * 255, "é" * 127, "a\nb", "a\u2028b"])
@pytest.mark.parametrize("old", [None, b"old"])
def test_the_new_file_takes_the_place_whatever_its_name(tmp_path, name, old):
    path = tmp_path / name
    if old:
        path.write_bytes(old)
    replace(path, b"new")
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == {path: b"new"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("old", [None, b"old"])
def test_an_interruption_leaves_the_old_file_and_nothing_else(tmp_path, error, old):
    path = tmp_path / "a"
    if old:
        path.write_bytes(old)

    def interrupted():
        with replacing(path) as file:
            file.write(b"new")
            raise error

    with pytest.raises(error):
        interrupted()
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == ({path: old} if old else {})


@pytest.mark.posix(reason="symbolic links need a privilege")
@pytest.mark.parametrize("there", ["a link", "a dangling link", "what a killed process left"])
def test_a_temporary_name_that_is_taken_is_written_again_and_never_through(tmp_path, there):
    outside, temporary = tmp_path / "precious", tmp_path / "temporary"
    outside.write_bytes(b"precious")
    if there == "what a killed process left":
        temporary.write_bytes(b"half")
    else:
        temporary.symlink_to(outside if there == "a link" else tmp_path / "nowhere")
    replace(tmp_path / "a", b"new", temporary=temporary)
    assert outside.read_bytes() == b"precious"
    assert (tmp_path / "a").read_bytes() == b"new"
    assert not (tmp_path / "a").is_symlink()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a", "precious"]


@pytest.mark.posix(reason="symbolic links need a privilege")
def test_a_link_in_the_place_is_replaced_and_not_followed(tmp_path):
    outside, path = tmp_path / "precious", tmp_path / "a"
    outside.write_bytes(b"precious")
    path.symlink_to(outside)
    replace(path, b"new")
    assert (outside.read_bytes(), path.read_bytes()) == (b"precious", b"new")
    assert not path.is_symlink()


@pytest.mark.posix(reason="there are no modes of files")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_the_permissions_stay(tmp_path, mode):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    replace(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_new_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "usual").write_bytes(b"")
    replace(tmp_path / "a", b"new")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_system_that_keeps_no_permissions_costs_only_them(tmp_path, monkeypatch):
    def refused(*_):
        raise PermissionError

    monkeypatch.setattr(os, "chown", refused)
    monkeypatch.setattr(atomic.shutil, "copystat", refused)
    (tmp_path / "a").write_bytes(b"old")
    replace(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


def test_the_new_file_is_as_new_as_it_is(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    os.utime(path, (1, 1))
    replace(path, b"new")
    assert path.stat().st_mtime > 1


def test_two_writers_have_a_new_file_each(tmp_path):
    path = tmp_path / "a"
    with replacing(path) as one:
        with replacing(path) as other:
            other.write(b"other")
        one.write(b"one")
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == {path: b"one"}


def test_what_killed_processes_left_is_removed(tmp_path):
    with replacing(tmp_path / "a") as file:
        file.write(b"half")
        (left,) = tmp_path.iterdir()
        os.link(left, tmp_path / left.name.replace("linkback-", "linkback-0"))
    (tmp_path / ".linkback-feeds").write_bytes(b"")
    remove_leftovers(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == [".linkback-feeds", "a"]


@pytest.mark.posix(reason="symbolic links need a privilege")
@pytest.mark.parametrize("planted", [False, True])
def test_a_compacted_journal_stays_where_and_whose_it_is(tmp_path, planted):
    real, link = tmp_path / "elsewhere" / "told.jsonl", tmp_path / "deliveries.jsonl"
    real.parent.mkdir()
    real.write_bytes(b'{"v": 1}\n{"v": 2}\n')
    real.chmod(0o640)
    link.symlink_to(real)
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    if planted:
        (real.parent / ".linkback-deliveries.jsonl.new").symlink_to(precious)
    assert Journal(link).keep_but({1}) == (2, 1)
    assert link.readlink() == real
    assert real.read_bytes() == b'{"v": 2}\n'
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert precious.read_bytes() == b"precious"
    assert [each.name for each in real.parent.iterdir()] == ["told.jsonl"]


@pytest.mark.posix(reason="symbolic links need a privilege")
def test_a_file_of_somebody_s_stays_behind_its_link_and_keeps_its_mode(tmp_path):
    real, link = tmp_path / "dotfiles" / "conf.py", tmp_path / "publishconf.py"
    real.parent.mkdir()
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    rewrite(link, b"new")
    assert link.readlink() == real
    assert (real.read_bytes(), stat.S_IMODE(real.stat().st_mode)) == (b"new", 0o640)


def test_a_file_of_somebody_s_is_whole_whatever_happens(tmp_path, monkeypatch):
    path = tmp_path / "conf.py"
    rewrite(path, b"old")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        rewrite(path, b"new")
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"conf.py": b"old"}

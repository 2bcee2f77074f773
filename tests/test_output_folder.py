"""A document goes when its owner is gone, and keeps its time while it is the same."""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial
from pathlib import Path

import pytest

from pelican_linkback.feeds.framework.catalogue import Owner
from pelican_linkback.feeds.output import files as output_files
from pelican_linkback.feeds.output.folder import OutputFolder, OutputFolders
from pelican_linkback.feeds.output.manifest import MANIFEST

LONG_AGO = 1_000_000_000
MINE = Owner("Mine", "a")


def whole(data):
    return lambda file: file.write(data)


def build(folder, texts, *, failed=(), broken=(), edit=lambda _: False, emptied=False):
    """What a build does: ``texts`` by path, of which ``broken`` cannot be written."""
    output = OutputFolder(folder, emptied=emptied)
    if emptied:
        empty(folder)
    changed = {
        path: output.write(path, Owner("Mine", path), whole(text), edit)
        for path, text in texts.items()
        if path not in broken
    }
    return changed, output.finish(texts.keys(), failed)


def empty(folder):
    for each in folder.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def age(*paths):
    """Let a document be old, and the manifest know it: a build found it so."""
    for path in paths:
        os.utime(path, ns=(LONG_AGO, LONG_AGO))


def time_of(path):
    return path.stat().st_mtime_ns


# Absence and failure


def test_what_nobody_has_any_more_is_removed_and_the_rest_stays(tmp_path):
    build(tmp_path, {"a.xml": b"a", "feeds/b.xml": b"b", "c.xml": b"c"})
    (tmp_path / "foreign.xml").write_bytes(b"a")
    _, finished = build(tmp_path, {"c.xml": b"c"})
    assert finished.removed == ["a.xml", "feeds/b.xml"]
    assert files(tmp_path) == {"c.xml": b"c", "foreign.xml": b"a"}
    assert build(tmp_path, {"c.xml": b"c"})[1].removed == []


@pytest.mark.parametrize("failed", [Owner("Mine", None), Owner("Mine", "a.xml")])
def test_what_failed_stays_until_it_is_known_to_be_gone(tmp_path, failed):
    build(tmp_path, {"a.xml": b"a"})
    for _ in range(2):
        assert build(tmp_path, {}, failed=[failed])[1].removed == []
        assert files(tmp_path) == {"a.xml": b"a"}
    assert build(tmp_path, {}, failed=[Owner("Other", None)])[1].removed == ["a.xml"]


def test_what_cannot_be_written_stays(tmp_path):
    build(tmp_path, {"a.xml": b"a"})
    build(tmp_path, {"a.xml": b"new"}, broken=["a.xml"])
    assert files(tmp_path) == {"a.xml": b"a"}
    assert build(tmp_path, {})[1].removed == ["a.xml"]


def somebody_writes(path):
    path.write_bytes(b"somebody's")


def somebody_writes_as_much(path):
    before = path.stat()
    path.write_bytes(b"b")
    os.utime(path, ns=(before.st_mtime_ns + 1, before.st_mtime_ns + 1))


def somebody_puts_a_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("act", [somebody_writes, somebody_writes_as_much, somebody_puts_a_folder])
@pytest.mark.parametrize("old", [False, True], ids=["digest", "size and time"])
def test_what_somebody_else_has_written_stays(tmp_path, act, old):
    build(tmp_path, {"a.xml": b"a"})
    if old:
        as_older_versions_did(tmp_path, "a.xml")
    act(tmp_path / "a.xml")
    assert build(tmp_path, {})[1].removed == []
    assert (tmp_path / "a.xml").exists()
    (tmp_path / "a.xml").is_dir() or (tmp_path / "a.xml").unlink()
    assert build(tmp_path, {})[1].removed == []


def as_older_versions_did(folder, *paths):
    stamps = ((folder / path).stat() for path in paths)
    lines = (f"{s.st_size}/{s.st_mtime_ns} {p}\n" for s, p in zip(stamps, paths, strict=True))
    (folder / MANIFEST).write_text("".join(lines))


def test_what_was_touched_since_is_ours_where_its_digest_is_known(tmp_path):
    build(tmp_path, {"a.xml": b"a"}, edit=appends(b"1"))
    build(tmp_path, {"b.xml": b"b"}, failed=[Owner("Mine", None)])
    age(tmp_path / "a.xml", tmp_path / "b.xml")  # as a cache of a CI service may do
    assert build(tmp_path, {})[1].removed == ["a.xml"]


def test_the_manifest_of_an_older_version(tmp_path):
    for path in ("a.xml", "b.xml", "c.xml"):
        (tmp_path / path).write_bytes(path.encode())
        age(tmp_path / path)
    as_older_versions_did(tmp_path, "a.xml", "b.xml", "c.xml")
    changed, finished = build(tmp_path, {"a.xml": b"a.xml", "b.xml": b"new"}, failed=[MINE])
    assert changed == {"a.xml": False, "b.xml": True}
    assert time_of(tmp_path / "a.xml") == LONG_AGO
    assert finished.removed == []  # whose c.xml is, is not known, and something failed
    assert build(tmp_path, {"a.xml": b"a.xml"})[1].removed == ["b.xml", "c.xml"]


def test_what_others_of_the_site_write_is_theirs(tmp_path):
    build(tmp_path, {"a.xml": b"a", "b.xml": b"b"})
    (tmp_path / "b.xml").write_bytes(b"theirs")
    output = OutputFolder(tmp_path)
    output.release(["a.xml", "b.xml", "unknown.xml"])
    assert files(tmp_path) == {"b.xml": b"theirs"}
    assert output.finish((), ()).removed == []
    assert files(tmp_path) == {"b.xml": b"theirs"}
    assert not OutputFolder(tmp_path).known


def test_a_document_that_cannot_be_removed_costs_itself_alone(tmp_path, monkeypatch):
    build(tmp_path, {"a.xml": b"a", "b.xml": b"b"})
    unlink = Path.unlink

    def refusing(path, **options):
        if path.name == "a.xml":
            raise PermissionError("a.xml is somebody's")
        unlink(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refusing)
        _, finished = build(tmp_path, {})
    assert (finished.removed, [*map(str, finished.errors)]) == (["b.xml"], ["a.xml is somebody's"])
    assert build(tmp_path, {})[1].removed == ["a.xml"]


def test_a_site_below_another_keeps_its_feeds(tmp_path):
    build(tmp_path / "fr", {"feed.xml": b"ours"})
    assert build(tmp_path, {})[1].removed == []
    assert files(tmp_path) == {"fr/feed.xml": b"ours"}


@pytest.mark.parametrize("name", ["two words", " a", "a\u2028b", "a\x85b", "a\x1cb", "a\nb", "ü"])
def test_whatever_its_name_it_goes(tmp_path, name):
    build(tmp_path, {name: b"a"})
    assert build(tmp_path, {})[1].removed == [name]
    assert files(tmp_path) == {}


def test_without_documents_there_is_no_manifest(tmp_path):
    build(tmp_path / "output", {})
    assert not (tmp_path / "output").exists()


@pytest.mark.posix(reason="symbolic links need a privilege")
@pytest.mark.parametrize("there", ["folder", "link"])
def test_a_manifest_that_cannot_be_written_costs_no_document(tmp_path, there):
    folder, precious = tmp_path / "output", tmp_path / "precious"
    folder.mkdir()
    precious.write_bytes(b"precious")
    if there == "folder":
        (folder / MANIFEST).mkdir()
        with pytest.raises(OSError, match=MANIFEST):
            build(folder, {"a.xml": b"a"})
    else:
        (folder / MANIFEST).symlink_to(precious)
        build(folder, {"a.xml": b"a"})
        assert not (folder / MANIFEST).is_symlink()
    assert (folder / "a.xml").read_bytes() == b"a"
    assert precious.read_bytes() == b"precious"


def test_a_manifest_that_does_not_change_is_not_written(tmp_path):
    build(tmp_path, {"a.xml": b"a"})
    age(tmp_path / MANIFEST)
    build(tmp_path, {"a.xml": b"a"})
    assert time_of(tmp_path / MANIFEST) == LONG_AGO


# Those who edit the documents


def appends(text):
    def edit(path):
        with Path(path).open("ab") as file:
            file.write(text)
        return True

    return edit


def test_what_an_editor_leaves_is_the_document(tmp_path):
    path = tmp_path / "a.xml"
    assert build(tmp_path, {"a.xml": b"a"}, edit=appends(b"1"))[0] == {"a.xml": True}
    age(path)
    for _ in range(2):
        assert build(tmp_path, {"a.xml": b"a"}, edit=appends(b"1"))[0] == {"a.xml": False}
        assert (path.read_bytes(), time_of(path)) == (b"a1", LONG_AGO)


@pytest.mark.parametrize(
    ("text", "edit", "left"),
    [
        pytest.param(b"a", appends(b"2"), b"a2", id="another edit"),
        pytest.param(b"b", appends(b"1"), b"b1", id="another document"),
        pytest.param(b"a", lambda _: False, b"a", id="no edit any more"),
    ],
)
def test_another_outcome_is_a_change(tmp_path, text, edit, left):
    build(tmp_path, {"a.xml": b"a"}, edit=appends(b"1"))
    age(tmp_path / "a.xml")
    assert build(tmp_path, {"a.xml": text}, edit=edit)[0] == {"a.xml": True}
    assert (tmp_path / "a.xml").read_bytes() == left
    assert time_of(tmp_path / "a.xml") > LONG_AGO


def test_the_first_edit_of_an_unchanged_document_is_a_change(tmp_path):
    build(tmp_path, {"a.xml": b"a"})
    age(tmp_path / "a.xml")
    assert build(tmp_path, {"a.xml": b"a"}, edit=appends(b"1"))[0] == {"a.xml": True}
    assert time_of(tmp_path / "a.xml") > LONG_AGO


def test_an_editor_that_writes_the_same_again_changes_nothing(tmp_path):
    def edit(path):  # whoever asks for it looks at the bytes
        Path(path).write_bytes(Path(path).read_bytes())
        return False

    build(tmp_path, {"a.xml": b"a"})
    age(tmp_path / "a.xml")
    assert build(tmp_path, {"a.xml": b"a"}, edit=edit)[0] == {"a.xml": False}
    assert time_of(tmp_path / "a.xml") == LONG_AGO


def test_what_was_edited_goes_with_its_owner(tmp_path):
    build(tmp_path, {"a.xml": b"a"}, edit=appends(b"1"))
    assert build(tmp_path, {})[1].removed == ["a.xml"]


def test_what_somebody_wrote_over_is_a_change_when_it_is_fixed(tmp_path):
    build(tmp_path, {"a.xml": b"a"})
    (tmp_path / "a.xml").write_bytes(b"somebody's")
    assert build(tmp_path, {"a.xml": b"a"})[0] == {"a.xml": True}
    assert (tmp_path / "a.xml").read_bytes() == b"a"


# A folder that is emptied


def test_in_an_emptied_folder_the_same_comes_back_with_its_time(tmp_path):
    build(tmp_path, {"a.xml": b"a", "feeds/b.xml": b"b"}, edit=appends(b"1"))
    age(tmp_path / "a.xml", tmp_path / "feeds" / "b.xml")
    texts = {"a.xml": b"a", "feeds/b.xml": b"new", "c.xml": b"c"}
    changed, _ = build(tmp_path, texts, edit=appends(b"1"), emptied=True)
    assert changed == {"a.xml": False, "feeds/b.xml": True, "c.xml": True}
    assert time_of(tmp_path / "a.xml") == LONG_AGO
    assert time_of(tmp_path / "feeds" / "b.xml") > LONG_AGO


@pytest.mark.parametrize("old", [False, True])
def test_what_pelican_removed_and_nobody_could_write_is_put_back(tmp_path, old):
    build(tmp_path, {"a.xml": b"a", "feeds/b.xml": b"b", "c.xml": b"c"})
    age(tmp_path / "a.xml", tmp_path / "feeds" / "b.xml")
    if old:
        as_older_versions_did(tmp_path, "a.xml", "feeds/b.xml", "c.xml")
    for _ in range(2):
        _, finished = build(
            tmp_path,
            {"a.xml": b"new", "c.xml": b"c"},
            broken=["a.xml"],
            failed=[Owner("Mine", "feeds/b.xml")],
            emptied=True,
        )
        assert finished.put_back == ["a.xml", "feeds/b.xml"]
        assert files(tmp_path) == {"a.xml": b"a", "feeds/b.xml": b"b", "c.xml": b"c"}
        assert time_of(tmp_path / "feeds" / "b.xml") == LONG_AGO
    _, finished = build(tmp_path, {"c.xml": b"c"}, emptied=True)
    assert (finished.removed, finished.put_back) == ([], [])
    assert files(tmp_path) == {"c.xml": b"c"}


def test_a_large_site_is_not_held_in_memory(tmp_path, monkeypatch):
    from pelican_linkback.feeds.output import copies

    monkeypatch.setattr(copies, "_IN_MEMORY", 4)
    build(tmp_path, {"a.xml": b"aaaa", "b.xml": b"bbbb"})
    build(tmp_path, {}, failed=[Owner("Mine", None)], emptied=True)
    assert files(tmp_path) == {"a.xml": b"aaaa", "b.xml": b"bbbb"}


@pytest.mark.parametrize("text", [b"a", b"page"])
def test_what_is_put_in_its_place_stays(tmp_path, text):
    build(tmp_path, {"a.xml": b"a"})
    output = OutputFolder(tmp_path, emptied=True)
    empty(tmp_path)
    (tmp_path / "a.xml").write_bytes(text)
    assert output.finish(["a.xml"], ()).put_back == []
    assert files(tmp_path) == {"a.xml": text}


def test_what_is_retained_is_swept_as_ever(tmp_path):
    build(tmp_path, {"ours.xml": b"a", "theirs.xml": b"a"})
    (tmp_path / "theirs.xml").write_bytes(b"somebody's")
    output = OutputFolder(tmp_path, emptied=True)
    assert output.finish((), ()).removed == ["ours.xml"]
    assert files(tmp_path) == {"theirs.xml": b"somebody's"}


def test_what_was_not_there_is_not_put_back(tmp_path):
    build(tmp_path, {"a.xml": b"a"})
    (tmp_path / "a.xml").unlink()
    _, finished = build(tmp_path, {"a.xml": b"a"}, broken=["a.xml"], emptied=True)
    assert (finished.put_back, finished.errors) == ([], [])
    assert files(tmp_path) == {}


def test_what_cannot_be_put_back_is_reported(tmp_path):
    build(tmp_path, {"feeds/a.xml": b"a"})
    output = OutputFolder(tmp_path, emptied=True)
    empty(tmp_path)
    (tmp_path / "feeds").write_bytes(b"")
    finished = output.finish(["feeds/a.xml"], ())
    assert finished.put_back == []
    assert "feeds" in str(*finished.errors)


def test_subsites_in_an_emptied_folder_keep_their_times(tmp_path):
    build(tmp_path, {"a.xml": b"a"})
    build(tmp_path / "de", {"a.xml": b"a"})
    build(tmp_path / "gone", {"a.xml": b"a"})
    age(tmp_path / "a.xml", tmp_path / "de" / "a.xml")
    folders = OutputFolders()
    main = folders.open(tmp_path, emptied=True)
    empty(tmp_path)
    german = folders.open(tmp_path / "de", emptied=True)
    french = folders.open(tmp_path / "fr", emptied=True)
    assert not german.write("a.xml", MINE, whole(b"a"))
    assert french.write("a.xml", MINE, whole(b"a"))
    assert not main.write("a.xml", MINE, whole(b"a"))
    assert time_of(tmp_path / "a.xml") == time_of(tmp_path / "de" / "a.xml") == LONG_AGO
    assert folders.others(tmp_path) == {
        "de/a.xml": tmp_path / "de",
        "fr/a.xml": tmp_path / "fr",
    }
    assert folders.others(tmp_path / "de") == {}


# Kills


@pytest.fixture
def killed_at(tmp_path):
    """Run a build in a process that is killed at its nth step; return whether it was."""

    def run(step, work):
        child = os.fork()
        if child:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        left = [step]

        def audit(event, arguments):
            if event in {"open", "os.rename", "os.remove", "os.utime", "os.mkdir"} and any(
                str(tmp_path) in str(each) for each in arguments
            ):
                left[0] -= 1
                if left[0] < 0:
                    os._exit(9)

        status = 1
        try:
            sys.addaudithook(audit)
            work()
            status = 0
        finally:
            os._exit(status)

    return run


BEFORE = {"same.xml": b"same", "feeds/new.xml": b"old", "gone.xml": b"gone", "failed.xml": b"f"}
AFTER = {"same.xml": b"same", "feeds/new.xml": b"new", "sub/one.xml": b"one", "failed.xml": b"x"}


@pytest.mark.posix(reason="needs fork")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("edit", [lambda _: False, appends(b"1")], ids=["as it is", "edited"])
def test_a_build_that_is_killed_at_any_step_loses_nothing(tmp_path, killed_at, edit):
    step, killed = 0, True
    while killed:
        folder, again = tmp_path / f"{step}", tmp_path / f"{step}-again"
        build(folder, BEFORE, edit=edit)
        work = partial(build, folder, AFTER, broken=["failed.xml"], edit=edit)
        killed = killed_at(step, work)
        half = files(folder)
        assert BEFORE.keys() - {"gone.xml"} <= half.keys()
        assert half["failed.xml"] == build_text(b"f", edit)
        shutil.copytree(folder, again)
        # The same build is as good as if none had been killed.
        build(again, AFTER, broken=["failed.xml"], edit=edit)
        wanted = {path: build_text(text, edit) for path, text in AFTER.items()}
        assert files(again) == wanted | {"failed.xml": build_text(b"f", edit)}, step
        # Had all of it gone meanwhile, nothing would be left that nobody knows of.
        build(folder, {})
        assert files(folder) == {}, step
        step += 1
    assert step > 10


def build_text(text, edit):
    return text + b"1" if edit.__name__ == "edit" else text


def test_the_stream_is_compared_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(output_files, "_BUFFER", 2)
    build(tmp_path, {"a.xml": b"abcdef"})
    assert build(tmp_path, {"a.xml": b"abcdeg"})[0] == {"a.xml": True}

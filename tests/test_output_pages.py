"""The built pages by their URL, and the tombstone in the place of one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pelican_linkback.protocol.verification import is_tombstone
from pelican_linkback.sending.running.output_pages import TOMBSTONE, BuiltSite

HOME = "https://me.example/blog"


@pytest.fixture
def site(tmp_path: Path) -> BuiltSite:
    (tmp_path / "secret").write_text("not ours")
    return BuiltSite(tmp_path / "output", HOME)


def write(site: BuiltSite, path: str, text: bytes = b"page") -> None:
    file = site.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        pytest.param("/one.html", "one.html", id="a file"),
        pytest.param("/one", "one.html", id="without its ending"),
        pytest.param("/one/", "one/index.html", id="a folder"),
        pytest.param("/one", "one/index.html", id="a folder without slash"),
        pytest.param("/", "index.html", id="the home page"),
        pytest.param("/mar%C3%A9.html", "maré.html", id="percent-encoded"),
    ],
)
def test_a_page_is_where_hosts_look(site: BuiltSite, url: str, path: str) -> None:
    assert site.page(HOME + url) is None
    write(site, path)
    found = site.page(HOME + url)
    assert found is not None
    assert found.body == b"page"
    assert found.at.timestamp() == pytest.approx((site.folder / path).stat().st_mtime)


@pytest.mark.parametrize(
    "url",
    [
        "https://you.example/blog/one.html",
        f"{HOME}/..%2Fsecret",
        f"{HOME}/%00",
        f"{HOME}/one.html?page=2",
        "https://me.example/secret",
    ],
)
def test_nothing_but_the_site_is_read_or_written(site: BuiltSite, url: str) -> None:
    write(site, "one.html")
    assert site.page(url) is None
    if "%2F" not in url:
        assert site.write_tombstone(url) is None
    assert (site.folder.parent / "secret").read_text() == "not ours"
    assert not list(site.folder.parent.glob("secret?*"))


@pytest.mark.posix(reason="symbolic links need a privilege")
@pytest.mark.parametrize(
    "path", ["x" * 300 + ".html", "x" * 300 + "/a.html", "x/" * 2500, "loop/a"]
)
def test_what_no_file_system_takes_is_no_page(site: BuiltSite, path: str) -> None:
    write(site, "one.html")
    (site.folder / "loop").symlink_to("loop")
    assert site.page(f"{HOME}/{path}") is None


@pytest.mark.parametrize(
    ("method", "error"),
    [
        pytest.param("resolve", RuntimeError("Symlink loop"), id="until Python 3.12"),
        pytest.param("is_file", OSError(36, "File name too long"), id="until Python 3.13"),
    ],
)
def test_what_the_system_refuses_is_no_page(
    site: BuiltSite, monkeypatch: pytest.MonkeyPatch, method: str, error: Exception
) -> None:
    """Newer Pythons say so without an error."""

    def refuse(self: Path) -> Path:
        if self == site.folder:
            return self
        raise error

    write(site, "one.html")
    monkeypatch.setattr(Path, method, refuse)
    assert site.page(f"{HOME}/one.html") is None


def test_a_page_that_cannot_be_read_is_none(
    site: BuiltSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path) -> bytes:
        raise PermissionError

    write(site, "one.html")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert site.page(f"{HOME}/one.html") is None


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/old/one.html", "old/one.html"),
        ("/old/one/", "old/one/index.html"),
        ("/old/one", "old/one/index.html"),
    ],
)
def test_a_tombstone_stands_where_the_page_was(site: BuiltSite, url: str, path: str) -> None:
    assert site.write_tombstone(HOME + url) == site.folder / path
    assert (site.folder / path).read_bytes() == TOMBSTONE
    assert site.write_tombstone(HOME + url) == site.folder / path


def test_an_existing_page_is_not_overwritten(site: BuiltSite) -> None:
    write(site, "one.html")
    assert site.write_tombstone(f"{HOME}/one.html") is None
    found = site.page(f"{HOME}/one.html")
    assert found is not None
    assert found.body == b"page"


@pytest.mark.parametrize(
    ("html", "says"),
    [
        (TOMBSTONE, True),
        (b"<META content='410 Gone' HTTP-EQUIV=Status />", True),
        (b'<!-- <meta http-equiv="Status" content="410 Gone"> -->', False),
        (b'<meta http-equiv="Status" content="200 OK">', False),
        (b'<meta http-equiv="Refresh" content="410">', False),
        (b'<meta http-equiv="Status"> <meta content="410">', False),
        (b"<meta http-equiv = ' status' content=' 410'>", True),
        (b'<meta http-equiv="Status" content="4100">', False),
        (b'<script>"<meta http-equiv=Status content=410>"</script>', False),
        (b'<meta name="x" content="http-equiv=status content=410">', False),
    ],
)
def test_a_tombstone_is_known_by_its_meta_element(html: bytes, says: bool) -> None:
    assert is_tombstone(html) is says
    assert not is_tombstone(html, [("Content-Type", "text/plain")])


def test_a_tombstone_that_cannot_be_finished_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        BuiltSite(tmp_path, "https://blog.example").write_tombstone("https://blog.example/a.html")
    assert list(tmp_path.iterdir()) == []

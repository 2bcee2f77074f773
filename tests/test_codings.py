"""What unpacks codings: which ones there are here, and that no step is larger than it may be."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from types import SimpleNamespace

import brotli
import pytest

from pelican_linkback.net import codings
from pelican_linkback.net.codings import STEP, BadAnswer, can_unpack, unpack
from tests.packers import zstd

ZEROS = bytes(10_000_000)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """What can be imported, in place of what really can."""
    modules: dict[str, object] = {}

    def import_module(name: str) -> object:
        if name not in modules:
            raise ImportError(name)
        return modules[name]

    codings._maker.cache_clear()
    monkeypatch.setattr(codings, "import_module", import_module)
    yield modules
    codings._maker.cache_clear()


@pytest.mark.parametrize("names", [[], ["gzip"], ["x-gzip", "deflate"], ["gzip"] * 3])
def test_gzip_and_deflate_are_always_unpacked(
    installed: dict[str, object], names: list[str]
) -> None:
    assert can_unpack(names)


@pytest.mark.parametrize("names", [["compress"], ["gzip", "x"], ["gzip"] * 4, [""]])
def test_others_are_not(names: list[str]) -> None:
    assert not can_unpack(names)


def test_brotli_and_zstandard_are_unpacked_where_something_can(
    installed: dict[str, object],
) -> None:
    assert not can_unpack(["br"])
    assert not can_unpack(["zstd"])


def test_a_brotli_that_knows_no_bounds_is_none(installed: dict[str, object]) -> None:
    """Before 1.2 it unpacked whatever it was given, whole."""
    installed["brotli"] = SimpleNamespace(Decompressor=object)
    assert not can_unpack(["br"])


@pytest.mark.parametrize("name", ["compression.zstd", "backports.zstd"])
def test_zstandard_comes_with_python_or_with_its_backport(
    installed: dict[str, object], name: str
) -> None:
    installed[name] = SimpleNamespace()
    assert can_unpack(["zstd"])


def bombs() -> dict[str, tuple[list[str], bytes]]:
    return {
        "gzip": (["gzip"], gzip.compress(ZEROS)),
        "deflate": (["deflate"], zlib.compress(ZEROS)),
        "br": (["br"], brotli.compress(ZEROS, quality=1)),
        "zstd": (["zstd"], zstd.compress(ZEROS)),
        "gzip, gzip": (["gzip", "gzip"], gzip.compress(gzip.compress(ZEROS))),
    }


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_bomb_goes_off_in_small_steps(name: str) -> None:
    names, packed = bombs()[name]
    sizes = [len(step) for step in unpack([packed], names, lambda: None)]
    assert sum(sizes) == len(ZEROS)
    assert max(sizes) <= 4 * STEP


def test_a_frame_that_asks_for_much_memory_is_refused() -> None:
    options = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    packed = packer.compress(ZEROS) + packer.flush()
    with pytest.raises(BadAnswer, match="cannot be unpacked"):
        list(unpack([packed], ["zstd"], lambda: None))


def test_what_comes_to_nothing_can_be_ended() -> None:
    """A kilobyte of gzip can hold a megabyte of gzip, which holds nothing at all."""
    packed = gzip.compress(gzip.compress(b"") * 50_000)
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks > 100:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        list(unpack([packed], ["gzip", "gzip"], tick))

"""Content codings, unpacked in bounded steps (RFC 9110, section 8.4.1).

Only gzip and deflate are requested. Some servers send Brotli or Zstandard to every client: these
are read as well, if this Python or an installed package can.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from importlib import import_module
from types import ModuleType
from typing import Protocol

__all__ = ["BadAnswer", "can_unpack", "unpack"]

STEP = 1 << 16
"""The number of bytes that are unpacked at a time."""

MOST_CODINGS = 3
"""The maximum number of codings of one body: packing twice is always a mistake."""

MOST_WINDOW = 23
"""The logarithm of the window that a Zstandard frame may ask for: 8 MB (RFC 8878, 3.1.1.1.2)."""

BROKEN = "its answer cannot be unpacked"


class BadAnswer(Exception):
    """What was received is not an HTTP answer, or not a complete one; the message says why."""


class Decoder(Protocol):
    """Unpacks one stream in steps, and may raise ``error``."""

    @property
    def error(self) -> type[Exception]:
        """The class of the exceptions that it raises."""

    @property
    def finished(self) -> bool:
        """Whether the stream has ended."""

    @property
    def wants_more(self) -> bool:
        """Whether the next step needs data; if not, more output is available without."""

    @property
    def rest(self) -> bytes:
        """The data after the end of the stream."""

    def decode(self, data: bytes) -> bytes:
        """Return at most about ``STEP`` bytes."""


def can_unpack(codings: Sequence[str]) -> bool:
    """Return whether ``unpack`` supports all ``codings``, whose names are in lower case."""
    return len(codings) <= MOST_CODINGS and all(_maker(coding) for coding in codings)


def unpack(
    pieces: Iterable[bytes], codings: Sequence[str], tick: Callable[[], object]
) -> Iterator[bytes]:
    """Yield the unpacked ``pieces``, packed by ``codings`` in this order; some are empty.

    ``tick`` is called before each step, and may raise to stop the unpacking: a few bytes can
    contain a million steps that produce nothing. Raises BadAnswer if the data cannot be unpacked.
    """
    for coding in reversed(codings):
        maker = _maker(coding)
        assert maker is not None  # noqa: S101 (can_unpack was asked)
        pieces = _unpacked(pieces, maker, tick)
    return iter(pieces)


def _unpacked(
    pieces: Iterable[bytes], maker: Callable[[], Decoder], tick: Callable[[], object]
) -> Iterator[bytes]:
    """Yield the content of one or more streams; any data may follow the first one."""
    decoder, begun, done = maker(), False, False
    for piece in pieces:
        data, hungry = piece, not piece
        while not hungry:
            tick()
            begun = True
            try:
                step = decoder.decode(data)
            except decoder.error as error:
                if done:
                    return
                raise BadAnswer(BROKEN) from error
            yield step
            data, hungry = b"", decoder.wants_more
            if decoder.finished:
                data, done = decoder.rest, True
                decoder, hungry = maker(), not data
    if begun and not done:
        raise BadAnswer(BROKEN)


class _Zlib:
    error: type[Exception] = zlib.error

    def __init__(self, wbits: int) -> None:
        self._stream = zlib.decompressobj(wbits)
        self.wants_more = True

    @property
    def finished(self) -> bool:
        return self._stream.eof

    @property
    def rest(self) -> bytes:
        return self._stream.unused_data

    def decode(self, data: bytes) -> bytes:
        step = self._stream.decompress(self._stream.unconsumed_tail + data, STEP)
        self.wants_more = len(step) < STEP
        return step


class _Deflate(_Zlib):
    """A zlib stream, or a raw deflate stream, which some servers send instead."""

    def __init__(self) -> None:
        super().__init__(zlib.MAX_WBITS)
        self._first: bytes | None = b""

    def decode(self, data: bytes) -> bytes:
        if self._first is not None:
            data = self._first + data
            if len(data) < 2:
                self._first = data
                return b""
            if data[0] & 15 != 8 or int.from_bytes(data[:2]) % 31:
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
            self._first = None
        return super().decode(data)


class _Brotli:
    rest = b""

    def __init__(self, module: ModuleType) -> None:
        self.error: type[Exception] = module.error
        self._stream = module.Decompressor()
        self.finished, self.wants_more = False, True

    def decode(self, data: bytes) -> bytes:
        step: bytes = self._stream.process(data, output_buffer_limit=STEP)
        self.finished = self._stream.is_finished()
        # It reports that it accepts more input while it still has output.
        self.wants_more = not step and self._stream.can_accept_more_data()
        return step


class _Zstandard:
    def __init__(self, module: ModuleType) -> None:
        self.error: type[Exception] = module.ZstdError
        parameter = module.DecompressionParameter.window_log_max
        self._stream = module.ZstdDecompressor(options={parameter: MOST_WINDOW})

    @property
    def finished(self) -> bool:
        return bool(self._stream.eof)

    @property
    def wants_more(self) -> bool:
        return bool(self._stream.needs_input)

    @property
    def rest(self) -> bytes:
        return bytes(self._stream.unused_data)

    def decode(self, data: bytes) -> bytes:
        return bytes(self._stream.decompress(data, STEP))


def _gzip() -> Decoder:
    return _Zlib(16 + zlib.MAX_WBITS)


@cache
def _maker(coding: str) -> Callable[[], Decoder] | None:
    """Return a function that makes a decoder of ``coding``, or None if it is not supported."""
    match coding:
        case "gzip" | "x-gzip":
            return _gzip
        case "deflate":
            return _Deflate
        case "br":
            module = _installed("brotli")
            # Before 1.2 it unpacked everything at once, whatever its size.
            bounded = hasattr(getattr(module, "Decompressor", None), "can_accept_more_data")
            return partial(_Brotli, module) if module and bounded else None
        case "zstd":
            module = _installed("compression.zstd") or _installed("backports.zstd")
            return partial(_Zstandard, module) if module else None
        case _:
            return None


def _installed(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None

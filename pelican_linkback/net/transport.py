"""One HTTP/1.1 exchange over an open socket (RFC 9112): a request out, an answer in.

What goes out is prepared by requests. The answers of strangers are read here, byte by byte, because
the libraries that do it stop at the first header that is none, hide what follows it, or take any
word for a number. What can be understood is used; what cannot is a ``BadAnswer``. Memory is bounded
whatever is sent; the time is that of the socket, which the caller bounds.
"""

from __future__ import annotations

import codecs
import functools
import re
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BufferedReader
from urllib.parse import quote

import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from pelican_linkback.net.codings import BadAnswer, can_unpack, unpack

__all__ = ["Answer", "BadAnswer", "Headers", "authorities", "exchange", "quoted"]

Headers = tuple[tuple[str, str], ...]

MAX_HEAD = 256 * 1024
"""Bytes of status lines and headers, those of interim answers included: as much as Chrome takes."""

MAX_LINES = 1000
"""Header lines of one answer; an ordinary one has twenty."""

MAX_CHUNK_LINE = 4096
"""Bytes of a chunk's size and its extensions."""

STEP = 1 << 16

NOT_HTTP = "its answer is not HTTP"
BROKE_OFF = "the connection broke before the end of the answer"
TOO_LONG = "its headers are too long or too many"
NO_ANSWER = "the server closed the connection without an answer"

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d{1,2})?[ \t]+([1-9]\d\d)(?:[ \t].*)?\r?\n", re.DOTALL)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTH = re.compile(r"[0-9]{1,18}")
# Section 7.1: hexadecimal digits and nothing else, perhaps extensions behind them.
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;.*)?\r?\n", re.DOTALL)
_NOT_KEPT = frozenset({"set-cookie", "set-cookie2"})


@contextmanager
def exchange(
    sock: socket.socket, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
) -> Iterator[Answer]:
    """Send a request and hold its answer open, of which nothing has been read.

    Only ``headers`` are sent, and a Content-Length. ``sock`` is closed in the end; its timeout
    holds for each read. Raises OSError; so does what is done with the answer, or BadAnswer.
    """
    with sock, sock.makefile("rb") as file:
        with suppress(BrokenPipeError):  # it may have answered before it heard all
            sock.sendall(_request(method, url, body, headers))
        yield Answer(file)


@functools.cache
def authorities() -> ssl.SSLContext:
    """Trust the system's authorities and Mozilla's: not every Python finds the system's."""
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def quoted(text: str) -> str:
    """Percent-encode what cannot stand in a URL; what is percent-encoded stays as it is."""
    return quote(text, safe="%/:?#[]@!$&'()*+,;=~")


class Answer:
    """What a server answers: ``status`` is 0 until that is known, ``headers`` come in order.

    Repeated headers are repeated, cookies left out. ``body`` is unpacked; ``truncated`` says that
    there was more than was asked for, ``packed`` names the codings of one that is as it came, since
    nothing here can unpack them. After an error all of them hold what had come before it.
    """

    def __init__(self, file: BufferedReader) -> None:
        self._file = file
        self._left = MAX_HEAD
        self._lines: list[bytes] = []
        self._headers: Headers | None = None
        self.status = 0
        self.body = bytearray()
        self.truncated = False
        self.packed = ""

    @property
    def headers(self) -> Headers:
        """The headers as far as they were read."""
        return self._headers if self._headers is not None else tuple(_fields(self._lines))

    def read_head(self) -> None:
        """Read the status and the headers; interim answers are passed over (RFC 9110, 15.2)."""
        status = 100
        while 100 <= status < 200:
            status = self._read_status()
            if status >= 200:
                self.status = status
            self._lines.clear()
            while (line := self._read_line()) not in {b"\n", b"\r\n"}:
                if not line.endswith(b"\n"):
                    raise BadAnswer(BROKE_OFF)
                if len(self._lines) == MAX_LINES:
                    raise BadAnswer(TOO_LONG)
                self._lines.append(line)
        self._headers = self.headers

    def read_body(self, limit: int, tick: Callable[[], object]) -> None:
        """Read at most ``limit`` bytes of the body; ``tick`` is called again and again meanwhile.

        It may raise what is to end the reading.
        """
        headers = self.headers
        codings = _tokens(headers, "content-encoding")
        pieces = self._pieces(headers)
        if not can_unpack(codings):
            # Perhaps it is none: servers say "utf-8" here, and "none".
            self.packed, codings = ", ".join(codings), []
        for piece in unpack(pieces, codings, tick):
            tick()
            self.body += piece
            if len(self.body) > limit:
                self.truncated = True
                del self.body[limit:]
                return
        tick()

    def _read_status(self) -> int:
        line = b"\r\n"
        while line in {b"\n", b"\r\n"}:
            line = self._read_line()
        if not line:
            raise BadAnswer(NO_ANSWER)
        found = _STATUS_LINE.fullmatch(line)
        # Nobody asked for another protocol (101), and what would follow is none that we speak.
        if found is None or found[1] == b"101":
            raise BadAnswer(NOT_HTTP)
        return int(found[1])

    def _read_line(self) -> bytes:
        line = self._file.readline(self._left + 1)
        self._left -= len(line)
        if self._left < 0:
            raise BadAnswer(TOO_LONG)
        return line

    def _pieces(self, headers: Headers) -> Iterator[bytes]:
        """Yield the body as it comes, by its framing (section 6.3)."""
        if self.status in {204, 304}:
            return iter(())
        transfer = _tokens(headers, "transfer-encoding")
        if set(transfer) == {"chunked"}:  # some servers say so twice, and do it once
            return self._chunks()
        if transfer:
            raise BadAnswer(NOT_HTTP)
        lengths = set(_list(headers, "content-length"))
        if not lengths:
            return iter(lambda: self._file.read1(STEP), b"")
        if len(lengths) > 1 or not _LENGTH.fullmatch(length := lengths.pop()):
            raise BadAnswer(NOT_HTTP)
        return self._exactly(int(length))

    def _exactly(self, left: int) -> Iterator[bytes]:
        while left:
            piece = self._file.read1(min(left, STEP))
            if not piece:
                raise BadAnswer(BROKE_OFF)
            left -= len(piece)
            yield piece

    def _chunks(self) -> Iterator[bytes]:
        """Yield the chunks; what follows the last one, of size 0, is nothing that we need."""
        while size := self._read_chunk_size():
            yield from self._exactly(size)
            if self._file.readline(2) not in {b"\n", b"\r\n"}:
                raise BadAnswer(BROKE_OFF)

    def _read_chunk_size(self) -> int:
        found = _CHUNK_SIZE.fullmatch(self._file.readline(MAX_CHUNK_LINE))
        if found is None:
            raise BadAnswer(BROKE_OFF)
        return int(found[1], 16)


def _request(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
    """Return the bytes of a request; raise OSError where a header cannot be sent."""
    prepared = requests.PreparedRequest()  # prepare() would quote and shorten the path
    prepared.method, prepared.url = method, quoted(url)
    try:
        prepared.prepare_headers(headers)
        if body is not None:
            prepared.prepare_body(body, None)
        fields = (f"{name}: {value!s}" for name, value in prepared.headers.items())
        head = "\r\n".join([f"{method} {prepared.path_url} HTTP/1.1", *fields, "", ""])
        return head.encode("latin-1") + (body or b"")
    except ValueError as error:  # requests' InvalidHeader is one, and so is a UnicodeError
        raise OSError(f"a header cannot be sent: {error}") from error


def _fields(lines: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """Yield the headers among ``lines``, folded ones made one; what is no header is passed over."""
    for name, value in _unfolded(lines):
        if _NAME.fullmatch(name):
            text = name.decode("ascii")
            if text.lower() not in _NOT_KEPT:
                yield text, _text(value.strip(b" \t\r\n"))


def _unfolded(lines: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
    """Return the name (empty where there is none) and the value of each line with those behind it.

    White space before the colon is taken out (section 5.1).
    """
    found: list[tuple[bytes, list[bytes]]] = [(b"", [])]
    for line in lines:
        if line[0] in b" \t":
            found[-1][1].append(line.strip(b" \t\r\n"))
            continue
        name, colon, value = line.partition(b":")
        found.append((name.rstrip(b" \t") if colon else b"", [value.rstrip(b"\r\n")]))
    return [(name, b" ".join(parts)) for name, parts in found]


def _text(value: bytes) -> str:
    """Return a header's value: servers write UTF-8, and the bytes of others are kept as ``%E9``."""
    return value.decode("utf-8", _PERCENT)


def _percent(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 (the type of codecs' handlers)
    bad = error.object[error.start : error.end]
    return "".join(f"%{byte:02X}" for byte in bad), error.end


_PERCENT = "pelican_linkback.percent"
codecs.register_error(_PERCENT, _percent)


def _list(headers: Headers, name: str) -> list[str]:
    """Return the members of all headers called ``name``, which are lists."""
    values = (value for key, value in headers if key.lower() == name)
    return [member.strip() for value in values for member in value.split(",")]


def _tokens(headers: Headers, name: str) -> list[str]:
    """Return the codings that a header names, in lower case; ``identity`` is none."""
    names = (member.lower() for member in _list(headers, name))
    return [each for each in names if each not in {"", "identity"}]

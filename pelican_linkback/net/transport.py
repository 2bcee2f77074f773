"""One HTTP/1.1 exchange over an open socket (RFC 9112): sends a request, reads the answer.

The headers of a request are checked by the library requests. The answers of untrusted servers are
read here, because libraries stop at the first invalid header, hide what follows it, or accept any
string as a number. What can be understood is used; everything else is a ``BadAnswer``. Memory is
bounded whatever is received; the time is limited by the socket, which the caller controls.
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
from itertools import starmap
from urllib.parse import quote

import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from pelican_linkback.net.codings import BadAnswer, can_unpack, unpack
from pelican_linkback.text.regex import regex

__all__ = ["Answer", "BadAnswer", "Headers", "authorities", "exchange", "request"]

Headers = tuple[tuple[str, str], ...]

MAX_HEAD = 256 * 1024
"""The maximum size of status lines and headers in bytes, interim answers included: as in Chrome."""

MAX_LINES = 1000
"""The maximum number of header lines of one answer; an ordinary one has twenty."""

MAX_CHUNK_LINE = 4096
"""The maximum size in bytes of a chunk's size line with its extensions."""

STEP = 1 << 16

NOT_HTTP = "its answer is not HTTP"
BROKE_OFF = "the connection broke before the end of the answer"
TOO_LONG = "its headers are too long or too many"
NO_ANSWER = "the server closed the connection without an answer"

_STATUS_LINE = regex(rb"HTTP/\d(?:\.\d{1,2})?[ \t]+([1-9]\d\d)(?:[ \t].*)?\r?\n", re.DOTALL)
# RFC 3986, appendix B: the path and the query of a URL.
_TARGET = regex(r"[^:/?#]+://[^/?#]*([^?#]*)(?:\?([^#]*))?(?:#.*)?")
_NAME = regex(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTH = regex(r"[0-9]{1,18}")
# Section 7.1: hexadecimal digits and nothing else, perhaps followed by extensions.
_CHUNK_SIZE = regex(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;.*)?\r?\n", re.DOTALL)
_NOT_KEPT = frozenset({"set-cookie", "set-cookie2"})


@contextmanager
def exchange(
    sock: socket.socket, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
) -> Iterator[Answer]:
    """Send a request and yield its answer, of which nothing has been read.

    Only ``headers`` are sent, and a Content-Length. The timeout of ``sock`` applies to each read.
    Raises OSError; using the answer raises it, too, or BadAnswer.
    """
    with sock.makefile("rb") as file:
        with suppress(BrokenPipeError):  # it may answer before it has read everything
            sock.sendall(request(method, url, body, headers))
        yield Answer(file)


@functools.cache
def authorities() -> ssl.SSLContext:
    """Trust the system's authorities and Mozilla's: not every Python finds the system's."""
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


class Answer:
    """The answer of a server: ``status`` is 0 until it is known, ``headers`` are in order.

    Repeated headers are repeated, cookies left out. ``body`` is unpacked; ``truncated`` says that
    there was more than the limit, ``packed`` names the codings of a body that could not be unpacked
    and is as received. After an error they have what was received before it.
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
        """Read the status and the headers; interim answers are skipped (RFC 9110, 15.2)."""
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
        """Read at most ``limit`` bytes of the body; ``tick`` is called repeatedly meanwhile.

        It may raise an exception to stop the reading.
        """
        headers = self.headers
        codings = _tokens(headers, "content-encoding")
        pieces = self._pieces(headers)
        if not can_unpack(codings):
            # Some values are no codings: servers send "utf-8" here, and "none".
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
        # We did not ask for another protocol (101), and what follows is not HTTP.
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
        """Yield the body in pieces, by its framing (section 6.3)."""
        if self.status in {204, 304}:
            return iter(())
        transfer = _tokens(headers, "transfer-encoding")
        if set(transfer) == {"chunked"}:  # some servers name it twice, and apply it once
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
        """Yield the chunks; the trailer after the last one, of size 0, is not needed."""
        while size := self._read_chunk_size():
            yield from self._exactly(size)
            if self._file.readline(2) not in {b"\n", b"\r\n"}:
                raise BadAnswer(BROKE_OFF)

    def _read_chunk_size(self) -> int:
        found = _CHUNK_SIZE.fullmatch(self._file.readline(MAX_CHUNK_LINE))
        if found is None:
            raise BadAnswer(BROKE_OFF)
        return int(found[1], 16)


def request(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
    """Return the bytes of a request; raise OSError if a header cannot be sent.

    As requests prepares it, but that the path is neither shortened nor quoted a second time.
    """
    if body is not None:
        headers = {**headers, "Content-Length": str(len(body))}
    try:
        fields = "".join(starmap(_field, headers.items()))
        head = f"{method} {_target(url)} HTTP/1.1\r\n{fields}\r\n"
        return head.encode("latin-1") + (body or b"")
    except ValueError as error:  # requests' InvalidHeader is a ValueError, and so is a UnicodeError
        raise OSError(f"a header cannot be sent: {error}") from error


def _target(url: str) -> str:
    """Return what is requested of a URL: its path and query.

    Percent-encoded is what no URL may have; percent-encoded parts stay as they are.
    """
    found = _TARGET.fullmatch(url)
    assert found is not None  # noqa: S101 (an absolute URL)
    path, query = found.groups()
    return quote(f"{path or '/'}?{query}" if query else path or "/", safe="%/:?#[]@!$&'()*+,;=~")


@functools.lru_cache(maxsize=1000)
def _field(name: str, value: str) -> str:
    """Return a header's line; cached, since most are those of the request before.

    Raises ValueError if it cannot be sent.
    """
    prepared = requests.PreparedRequest()
    prepared.prepare_headers({name: value})
    return f"{name}: {prepared.headers[name]!s}\r\n"


def _fields(lines: Iterable[bytes]) -> Iterator[tuple[str, str]]:
    """Yield the headers in ``lines``, folded ones joined; invalid ones are skipped."""
    for name, value in _unfolded(lines):
        if _NAME.fullmatch(name):
            text = name.decode("ascii")
            if text.lower() not in _NOT_KEPT:
                yield text, _text(value.strip(b" \t\r\n"))


def _unfolded(lines: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
    """Return the name (empty if none) and the value of each line, continuation lines joined.

    White space before the colon is removed (section 5.1).
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
    """Return a header's value: servers write UTF-8; other bytes are kept as ``%E9``."""
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
    """Return the codings that a header names, in lower case, without ``identity``."""
    names = (member.lower() for member in _list(headers, name))
    return [each for each in names if each not in {"", "identity"}]

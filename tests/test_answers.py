"""How an answer is read from the wire (RFC 9112): status line, headers, framing, codings.

A table for each: what a server sends, and what we make of it. Beside them, what is left of an
answer that breaks off.
"""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable

import brotli
import pytest

from pelican_linkback.exceptions import PartialAnswer, TimedOut, Unreachable
from pelican_linkback.net.client import MAX_BODY
from pelican_linkback.net.transport import MAX_HEAD
from tests.packers import zstd
from tests.raw_servers import OK, SOON, a_web, ends_soon, says, server

BODY = b"\r\nhere"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
NO_HTTP = "its answer is not HTTP"
BROKE_OFF = "the connection broke before the end of the answer"
NO_ANSWER = "the server closed the connection without an answer"

# --- the status line, and what comes before it -----------------------------------------------

STATUS_LINES = {
    "HTTP/1.1": (b"HTTP/1.1 200 OK\r\n", 200),
    "HTTP/1.0": (b"HTTP/1.0 404 Not Found\r\n", 404),
    "a version that is not spoken": (b"HTTP/2 202\r\n", 202),
    "no reason": (b"HTTP/1.1 204\r\n", 204),
    "an empty reason": (b"HTTP/1.1 410 \r\n", 410),
    "a reason of any bytes": (b"HTTP/1.1 500 \xff\x00\x1b\r\n", 500),
    "a status that nobody knows": (b"HTTP/1.1 799 Odd\r\n", 799),
    "a newline alone": (b"HTTP/1.1 200 OK\n", 200),
    "empty lines before it": (b"\r\n\n\r\nHTTP/1.1 200 OK\r\n", 200),
    "continue": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Taken\r\n", 202),
    "processing": (b"HTTP/1.1 102 Processing\r\n\r\n" * 10 + b"HTTP/1.1 200 OK\r\n", 200),
    "early hints": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </no>; rel=webmention\r\n\r\nHTTP/1.1 200 OK\r\n",
        200,
    ),
    "an interim answer that nobody knows": (
        b"HTTP/1.1 199 Wait\r\nno header\r\n\r\nHTTP/1.1 200 OK\r\n",
        200,
    ),
}


@pytest.mark.parametrize(("start", "status"), STATUS_LINES.values(), ids=STATUS_LINES)
def test_a_status_line(start: bytes, status: int) -> None:
    with server(says(start + b"X-A: b\r\n\r\n")) as (base, _):
        answer = a_web().get(f"{base}/")
    assert (answer.status, answer.headers) == (status, (("X-A", "b"),))


NO_STATUS_LINES = {
    "nothing": (b"", NO_ANSWER),
    "empty lines alone": (b"\r\n\r\n", NO_ANSWER),
    "an interim answer alone": (b"HTTP/1.1 103 Early Hints\r\n\r\n", NO_ANSWER),
    "half an interim answer": (b"HTTP/1.1 103 Early Hints\r\nLink: <", BROKE_OFF),
    "half a line": (b"HTTP/1.1 200", NO_HTTP),
    "another protocol": (b"220 smtp.example ESMTP\r\n\r\n", NO_HTTP),
    "HTTP/0.9": (b"<html>hello</html>\r\n\r\n", NO_HTTP),
    "no number": (b"HTTP/1.1 abc\r\n\r\n", NO_HTTP),
    "a number below zero": (b"HTTP/1.1 -200\r\n\r\n", NO_HTTP),
    "a small number": (b"HTTP/1.1 020 OK\r\n\r\n", NO_HTTP),
    "a long number": (b"HTTP/1.1 2000 OK\r\n\r\n", NO_HTTP),
    "other digits": ("HTTP/1.1 ٢٠٠ OK\r\n\r\n".encode(), NO_HTTP),
    "another protocol from here on": (b"HTTP/1.1 101 Switching\r\n\r\n" + OK + b"\r\n", NO_HTTP),
    "empty lines without end": (b"\r\n" * (MAX_HEAD // 2) + OK + b"\r\n", "headers are too long"),
}


@pytest.mark.parametrize(("said", "reason"), NO_STATUS_LINES.values(), ids=NO_STATUS_LINES)
def test_what_has_no_status_line_is_no_answer(said: bytes, reason: str) -> None:
    with server(says(said)) as (base, _), pytest.raises(Unreachable, match=reason) as told:
        a_web().get(f"{base}/")
    assert told.value.partial is None


# --- headers ---------------------------------------------------------------------------------

LINES = {
    "white space around a value": (b"X-A: \t b \t\r\n", [("X-A", "b")]),
    "white space before the colon": (b"X-A \t: b\r\n", [("X-A", "b")]),
    "no white space": (b"X-A:b\r\n", [("X-A", "b")]),
    "no value": (b"X-A:\r\n", [("X-A", "")]),
    "several of a name": (b"A: 1\r\na: 2\r\nA: 1\r\n", [("A", "1"), ("a", "2"), ("A", "1")]),
    "a colon within": (b"X-A: b:c\r\n", [("X-A", "b:c")]),
    "folded": (b"X-A: b\r\n  c\r\n\td\r\n", [("X-A", "b c d")]),
    "no colon": (b"PHP Warning\r\n", []),
    "no colon, and folded": (b"PHP Warning\r\n  in: line 7\r\n", []),
    "folded from the first": (b"  in: line 7\r\n", []),
    "an empty name": (b": b\r\n", []),
    "a space in the name": (b"X A: b\r\n", []),
    "a name of other letters": ("X-É: b\r\n".encode(), []),
    "a control character in the name": (b"X-\x1b: b\r\n", []),
    "a NUL in the name": (b"X-\0: b\r\n", []),
    "a NUL in the value": (b"X-A: b\0c\r\n", [("X-A", "b\0c")]),
    "a bare carriage return": (b"X-A: b\rX-B: c\r\n", [("X-A", "b\rX-B: c")]),
    "UTF-8": ("X-A: </wm/ü>\r\n".encode(), [("X-A", "</wm/ü>")]),
    "no UTF-8": (b"X-A: </wm/\xfc\xff>; a=b\r\n", [("X-A", "</wm/%FC%FF>; a=b")]),
    "UTF-8 and not": (b"X-A: \xc3\xbc\xfc\r\n", [("X-A", "ü%FC")]),
    "a cookie": (b"Set-Cookie: a=b\r\nset-cookie2: c\r\n", []),
    "every sign of a token": (b"a!#$%&'*+-.^_`|~09Z: b\r\n", [("a!#$%&'*+-.^_`|~09Z", "b")]),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "headers"), LINES.values(), ids=LINES)
def test_a_header_line_and_what_stands_behind_it(
    lines: bytes, headers: list[tuple[str, str]]
) -> None:
    with server(says(OK + lines + b"X-Z: z\r\n" + BODY)) as (base, _):
        answer = a_web().get(f"{base}/")
    assert (list(answer.headers), answer.body) == ([*headers, ("X-Z", "z")], b"here")


# --- framing ---------------------------------------------------------------------------------

FRAMES = {
    "to the end of the connection": (OK + BODY, b"here"),
    "a length": (OK + b"Content-Length: 4\r\n" + BODY + b" not", b"here"),
    "a length of nothing": (OK + b"Content-Length: 0\r\n" + BODY, b""),
    "one length, twice": (OK + b"Content-Length: 4, 4\r\nContent-Length: 4\r\n" + BODY, b"here"),
    "a length beside chunks": (
        OK + b"Content-Length: 1\r\nTransfer-Encoding: Chunked\r\n\r\n4\r\nhere\r\n0\r\n\r\n",
        b"here",
    ),
    "identity": (OK + b"Transfer-Encoding: identity\r\nContent-Encoding:\r\n" + BODY, b"here"),
    "no content": (b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n" + BODY, b""),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n" + BODY, b""),
    "chunks": (CHUNKED + b"2\r\nhe\r\n0002\r\nre\r\n0\r\n\r\n", b"here"),
    "chunks, said twice": (
        OK + b"Transfer-Encoding: chunked\r\n" + CHUNKED[len(OK) :] + b"4\r\nhere\r\n0\r\n",
        b"here",
    ),
    "chunks in capitals": (CHUNKED + b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
    "and in small letters": (CHUNKED + b"a\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
    "a size of sixteen digits": (CHUNKED + b"0000000000000004\r\nhere\r\n0\r\n\r\n", b"here"),
    "newlines alone": (CHUNKED + b"4\nhere\n0\n\n", b"here"),
    "extensions": (CHUNKED + b"4;a=b\r\nhere\r\n0 ; c=\"d;e\"\r\n\r\n", b"here"),
    "trailers": (CHUNKED + b"4\r\nhere\r\n0\r\nX-A: b\r\nno trailer", b"here"),
    "nothing behind the last chunk": (CHUNKED + b"4\r\nhere\r\n0\r\n", b"here"),
}  # fmt: skip


@pytest.mark.parametrize(("said", "body"), FRAMES.values(), ids=FRAMES)
def test_a_body_in_its_frame(said: bytes, body: bytes) -> None:
    with server(says(said)) as (base, _):
        assert a_web().get(f"{base}/").body == body


SIZES = [
    *("-1", "-5", "-0", "-a", "+5", "0x5", "0_5", "5_0", "zz", "g", "", " 5", "5 ", "\t5", "5 5"),
    *("5,", "5.0", "1e+1", "٥", "５", "5\x00", "\x0b5", "10000000000000000", "0" * 17, "f" * 4100),
    *("5" + ";a=b" * 1100, "#5", '"5"', "5h", "5\r"),
]


@pytest.mark.parametrize("size", SIZES, ids=ascii)
def test_a_chunk_size_is_hexadecimal_digits_and_nothing_else(size: str) -> None:
    """Section 7.1; Python's ``int`` takes many of these for a number."""
    said = CHUNKED + b"2\r\nhe\r\n" + size.encode() + b"\r\nhello\r\n0\r\n\r\n"
    with server(says(said)) as (base, _), pytest.raises(Unreachable, match=BROKE_OFF) as told:
        a_web().get(f"{base}/")
    assert told.value.partial is not None
    assert told.value.partial.body == b"he"


@pytest.mark.parametrize("size", ["ffffffffffffffff", "7fffffff", "FFFFFFFFFFFFFFFE"])
def test_a_size_beyond_what_is_kept_costs_no_more_than_that(size: str) -> None:
    said = CHUNKED + size.encode() + b"\r\n" + bytes(MAX_BODY + 1)
    with server(says(said)) as (base, _):
        answer = a_web().get(f"{base}/")
    assert (len(answer.body), answer.truncated) == (MAX_BODY, True)


BROKEN_FRAMES = {
    "short of its length": (OK + b"Content-Length: 9\r\n" + BODY, BROKE_OFF, b"here"),
    "two lengths": (OK + b"Content-Length: 4\r\nContent-Length: 5\r\n" + BODY, NO_HTTP, b""),
    "two lengths in one": (OK + b"Content-Length: 4, 5\r\n" + BODY, NO_HTTP, b""),
    "a length below zero": (OK + b"Content-Length: -4\r\n" + BODY, NO_HTTP, b""),
    "a length with a sign": (OK + b"Content-Length: +4\r\n" + BODY, NO_HTTP, b""),
    "a length of other digits": (OK + "Content-Length: ٤\r\n".encode() + BODY, NO_HTTP, b""),
    "a length of nineteen digits": (
        OK + b"Content-Length: 1" + b"0" * 18 + b"\r\n" + BODY,
        NO_HTTP,
        b"",
    ),
    "no length": (OK + b"Content-Length:\r\n" + BODY, NO_HTTP, b""),
    "another transfer coding": (OK + b"Transfer-Encoding: gzip\r\n" + BODY, NO_HTTP, b""),
    "one before chunks": (OK + b"Transfer-Encoding: gzip, chunked\r\n" + BODY, NO_HTTP, b""),
    "chunks and more": (OK + b"Transfer-Encoding: chunked, gzip\r\n" + BODY, NO_HTTP, b""),
    "nothing where chunks should be": (CHUNKED, BROKE_OFF, b""),
    "a chunk that is cut": (CHUNKED + b"9\r\nhere", BROKE_OFF, b"here"),
    "no end behind a chunk": (CHUNKED + b"4\r\nhere0\r\n\r\n", BROKE_OFF, b"here"),
    "no last chunk": (CHUNKED + b"4\r\nhere\r\n", BROKE_OFF, b"here"),
}


@pytest.mark.parametrize(("said", "reason", "body"), BROKEN_FRAMES.values(), ids=BROKEN_FRAMES)
def test_a_frame_that_breaks(said: bytes, reason: str, body: bytes) -> None:
    """What had come by then is handed on: some can do with it."""
    with server(says(said)) as (base, _), pytest.raises(Unreachable, match=reason) as told:
        a_web().get(f"{base}/")
    heard = told.value.partial
    assert heard is not None
    assert (heard.url, heard.status, heard.body) == (f"{base}/", 200, body)
    assert heard.headers


def test_the_headers_that_came_before_the_rest_of_them_broke_off() -> None:
    said = OK + b"Link: </wm>; rel=webmention\r\nX-Half: </w"
    with server(says(said)) as (base, _), pytest.raises(Unreachable, match=BROKE_OFF) as told:
        a_web().get(f"{base}/")
    headers = (("Link", "</wm>; rel=webmention"),)
    assert told.value.partial == PartialAnswer(f"{base}/", 200, headers, b"")


def test_what_had_come_when_the_time_was_over() -> None:
    def script(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 202 Taken\r\nX-A: b\r\nContent-Length: 9\r\n\r\nhe")
        client.recv(1)

    with server(script) as (base, _), ends_soon(), pytest.raises(TimedOut) as told:
        a_web(SOON).post(f"{base}/", b"", "text/plain")
    assert told.value.partial is not None
    assert (told.value.partial.status, told.value.partial.body) == (202, b"he")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 304])
def test_of_a_redirect_that_broke_off_nothing_is_known(status: int) -> None:
    """Its Location may have been about to come."""
    said = f"HTTP/1.1 {status} Moved\r\nX-A: b\r\n".encode()
    with server(says(said)) as (base, _), pytest.raises(Unreachable) as told:
        a_web().get(f"{base}/")
    assert told.value.partial is None


def test_a_server_that_answers_before_it_heard_all() -> None:
    def script(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        client.shutdown(socket.SHUT_RD)

    with server(script) as (base, _):
        assert a_web().post(f"{base}/", bytes(10_000_000), "text/plain").status == 413


# --- codings ---------------------------------------------------------------------------------


def in_brotli(body: bytes) -> bytes:
    return brotli.compress(body, quality=1)


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body, wbits=-15)


def twice(body: bytes) -> bytes:
    return gzip.compress(gzip.compress(body))


CODINGS = {
    "gzip": ("gzip", gzip.compress),
    "old gzip": ("X-GZIP", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without its header": ("deflate", raw_deflate),
    "Brotli": ("br", in_brotli),
    "Zstandard": ("zstd", zstd.compress),
    "gzip twice": ("gzip, gzip", twice),
    "three": ("gzip, identity, br ,deflate", lambda b: zlib.compress(in_brotli(gzip.compress(b)))),
    "gzip in two parts": ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
    "gzip with something behind it": ("gzip", lambda body: gzip.compress(body) + b"\0\0behind"),
    "gzip with half a part behind it": (
        "gzip",
        lambda body: gzip.compress(body) + gzip.compress(b"x")[:9],
    ),
}


@pytest.mark.parametrize("body", [b"", b"x", b"page " * 100_000], ids=["empty", "short", "long"])
@pytest.mark.parametrize("step", [1, 1000, 1 << 20])
@pytest.mark.parametrize(("coding", "pack"), CODINGS.values(), ids=CODINGS)
def test_a_coding(coding: str, pack: Callable[[bytes], bytes], step: int, body: bytes) -> None:
    packed = pack(body)
    pieces = [packed[start : start + step] for start in range(0, len(packed), step)]
    head = OK + b"Content-Encoding: " + coding.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces]
    with server(says(head + b"".join(chunks) + b"0\r\n\r\n")) as (base, _):
        assert a_web().get(f"{base}/").body == body


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_an_empty_body_has_no_coding_to_be_unpacked(coding: str) -> None:
    said = OK + f"Content-Encoding: {coding}\r\nContent-Length: 0\r\n\r\n".encode()
    with server(says(said)) as (base, _):
        assert a_web().get(f"{base}/").body == b""


BROKEN = {
    "nothing of the kind": lambda _: b"no such thing",
    "one byte": lambda _: b"x",
    "zeros": lambda _: bytes(50),
    "cut": lambda packed: packed[:-2],
    "cut at the start": lambda packed: packed[:1],
}


@pytest.mark.parametrize("spoil", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("name", ["gzip", "deflate", "Brotli", "Zstandard", "gzip twice"])
def test_a_coding_that_breaks(name: str, spoil: Callable[[bytes], bytes]) -> None:
    coding, pack = CODINGS[name]
    body = spoil(pack(b"page " * 1000))
    said = OK + f"Content-Encoding: {coding}\r\n\r\n".encode() + body
    with server(says(said)) as (base, _), pytest.raises(Unreachable, match="cannot be unpacked"):
        a_web().get(f"{base}/")


UNKNOWN = {
    "one that nobody knows": ("Rot13", "rot13"),
    "a charset": ("UTF-8", "utf-8"),
    "one among others": ("gzip, rot13", "gzip, rot13"),
    "too many": ("gzip, gzip, gzip, gzip", "gzip, gzip, gzip, gzip"),
    "in several headers": ("gzip\r\nContent-Encoding: x", "gzip, x"),
}


@pytest.mark.parametrize(("coding", "packed"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_body_that_cannot_be_unpacked_stays_as_it_came(coding: str, packed: str) -> None:
    """It may be none at all."""
    said = OK + f"X-A: b\r\nContent-Encoding: {coding}\r\n\r\nwhatever".encode()
    with server(says(said)) as (base, _):
        answer = a_web().get(f"{base}/")
    assert (answer.packed, answer.body, answer.headers[0]) == (packed, b"whatever", ("X-A", "b"))

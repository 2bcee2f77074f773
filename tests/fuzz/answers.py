"""Answers that are wrong in a new way each: a grammar of what servers may send.

Each is made of its number alone: status line, interim answers, headers, framing, body, coding,
pace.
See ``tests.fuzz.exchanges``, which has the client meet them.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import brotli

from tests.packers import zstd


@dataclass(frozen=True)
class Answer:
    """What a server does: it sends ``pieces``, with ``pause`` between them, then ``flood`` again
    and again, and closes the connection, or (``hangs``) does not."""

    pieces: tuple[bytes, ...]
    pause: float = 0.0
    flood: bytes = b""
    hangs: bool = False


def answer(number: int, method: str, path: str) -> Answer:
    """Make the answer of this number to a request: always the same."""
    r = Random(f"{number} {method} {path}")
    head, body = _head_and_body(r, number, method)
    said = _interim(r) + head + body
    if r.random() < 0.15:
        said = _spoilt(r, said)
    step = r.choice([len(said) or 1, len(said) or 1, 1000, 7])
    pieces = tuple(said[at : at + step] for at in range(0, min(len(said), 300 * step), step))
    flood = r.choice(FLOODS) if r.random() < 0.04 else b""
    drips = step == 7 and r.random() < 0.05
    return Answer(pieces, 0.01 if drips else 0.0, flood, hangs=r.random() < 0.02)


# --- the grammar -----------------------------------------------------------------------------

STATUS_LINES = [
    *(["HTTP/1.1 {} Said"] * 99),
    *("HTTP/1.0 {}", "HTTP/1.1 {} ", "HTTP/2 {} x", "HTTP/1.1 {}\t\x1b[31m", "HTTP/1.1  {} Said"),
    *("http/1.1 {} x", "HTTP/1.1 -{} x", "HTTP/1.1 {}0 x", "HTTP/1.1", "", "ICY {} OK", "\0"),
    *("HTTP/1.1 {}\u0660 x", "HTTP/11.1 {} x", "HTTP/1.1 0x{} x", " HTTP/1.1 {} x"),
]
STATUSES = [
    *([200] * 30),
    *(201, 202, 204, 206, 226, 300, 301, 302, 303, 304, 305, 307, 308, 399),
    *(400, 401, 403, 404, 410, 418, 421, 423, 425, 429, 451, 500, 502, 503, 599, 600, 799, 999),
]
INTERIM = [
    *("HTTP/1.1 100 Continue", "HTTP/1.1 102 Processing", "HTTP/1.1 103 Early Hints") * 3,
    *("HTTP/1.1 100 Continue", "HTTP/1.1 102 x", "HTTP/1.1 103 Early Hints", "HTTP/1.1 199 x"),
    *("HTTP/1.1 101 Switching", "HTTP/1.1 1 x", ""),
]
SIZES = [
    *("-1", "-5", "+5", "0x5", "5_0", "0_5", "zz", "", " 5", "5 ", "5;a=b", "5 ;a", "f" * 16),
    *("f" * 17, "0" * 20, "7fffffffffffffff", "\u0665", "5\0", "1e3", "5,5", "5" + ";a" * 3000),
]
LENGTHS = [
    *("0", "1", "-1", "+5", "0x10", "5_0", "5, 5", "5, 6", "", "a", "9" * 18, "9" * 19, "9" * 5000),
    *("\u0665", " 7", "7 7", "1.5"),
]
TRANSFERS = ["chunked", "Chunked", "gzip, chunked", "chunked, chunked", "identity", "x", "", "\0"]


def gzipped(body: bytes) -> bytes:
    """Pack without the time, so that an answer follows from its number alone."""
    return gzip.compress(body, mtime=0)


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzipped,
    "x-gzip": gzipped,
    "deflate": zlib.compress,
    "Deflate": lambda body: zlib.compress(body, wbits=-15),
    "br": lambda body: brotli.compress(body, quality=1),
    "zstd": zstd.compress,
    "identity": bytes,
    "rot13": bytes,
    "": bytes,
    "\x1b[31m": bytes,
}
TYPES = [
    *(["text/html; charset=utf-8"] * 6),
    *("text/html", "TEXT/HTML; charset=\"latin-1\"", "application/xhtml+xml", "text/xml", ""),
    *("application/json", "text/plain; charset=punycode", "image/png", "text/html; charset=\0"),
    *("text/html; charset=utf-16", "text/html; charset=" + "x" * 900, ";", "/", "\xe9"),
]  # fmt: skip
URLS = [
    *("/wm", "wm?a=b", "", "#x", "//", "http://", "http://[", "http://[::1]:x/", "/\xfc", "\xff"),
    *("http://10.0.0.1/", "http://x.example:25/", "file:///etc/passwd", "x:", "/\x1b[31m", "/a b"),
    *("http://me:secret@x.example/", "http://" + "a" * 300 + ".example/", "/" + "a" * 9000, "?\0"),
    *("http://\u0130.example/", "http://xn--a.example/", "http://a..b/", "https://127.0.0.1:1/"),
    "http://" + "\xfc" * 60 + ".example/",
]
VALUES = ["", "b", " b ", "\xfc", "\u00fc", "\x1b[31m", "\0", "b\r", ",", '"', "b" * 5000, "a:b"]
NAMES = ["X-A", "x a", "", "X-\u00c9", ":", "Set-Cookie", "\0", "A" * 3000, " X", "\tX", "ETag"]
FIELDS = [
    *("ETag", "Last-Modified", "Age", "Date", "Vary", "Connection", "Trailer", "Content-Range"),
    *("Content-Location", "Upgrade", "Server", "Expires"),
]
PAUSES = [
    *("0", "60", "-1", "1e9", "9" * 30, "Fri, 31 Dec 9999 23:59:59 GMT", "x", "\u0666", "0.5"),
    *("Mon, 01 Jan 0001 00:00:00 +2359", "Mon, 31 Feb 2026 00:00:00 GMT", ""),
]
CACHING = [
    "max-age=60",
    "max-age=" + "9" * 30,
    "no-store",
    "max-age=\u0666",
    'max-age="5',
    "max-age",
]
FLOODS = [
    *(bytes(1 << 16), b"x" * (1 << 16), b"1\r\nx\r\n" * 999, b"10000\r\n" + bytes(65536) + b"\r\n"),
    *(b"X-A: b\r\n" * 999, b" folded\r\n" * 999, b"HTTP/1.1 103 x\r\n\r\n" * 999, b"\r\n" * 9999),
    *(gzipped(b"") * 999, b"<a rel=webmention href=x:>" * 999, b"<i>" * 9999, b";" * 9999),
]
HTML = [
    *('<link rel="webmention" href="{}">', "<a rel='WEBMENTION x' href='{}'>x</a>"),
    *('<link rel="pingback" href="{}">', '<link rel="pingback" href="{}" />', "<base href={}>"),
    *("<!-- {} ", "<script>"),
    *("<template>", "</template>", "<p>", "</", "<", "&#x202e;{}", "<link rel=webmention>", "\0"),
    '<a rel="http://webmention.org/" href="{}">',
    '<meta charset="punycode">',
]  # fmt: skip
XMLRPC = [
    "<?xml version='1.0'?><methodResponse><params><param><value>{}</value></param></params>",
    "<methodResponse><fault><value><struct><member><name>faultCode</name><value>{}</value>",
    "</member></struct></value></fault>",
    *("</methodResponse>", "<!DOCTYPE x [<!ENTITY a '{}'>]>", "<a>" * 2000, "&laquo;", "<value>"),
    "<methodResponse>",
]
WORDS = ["0", "48", "-32300", "9" * 40, "\x1b[31m", "&", "<", "\u202e", "\ud83d\ude00"]
JSON = ['{"status": "queued"}', '{"status": "\x1b[31m"}', "[" * 9000, '{"status": {}}', "{}", "nul"]


def _head_and_body(r: Random, number: int, method: str) -> tuple[bytes, bytes]:
    status = r.choice(STATUSES)
    fields = [("Content-Type", r.choice(TYPES))] if r.random() < 0.9 else []
    fields += [_field(r, number) for _ in range(r.choice([0, 1, 2, 3, 5]))]
    body, codings = _packed(r, _body(r, number, method))
    if codings:
        fields.append(("Content-Encoding", codings))
    framing, body = _framed(r, body)
    fields += framing
    r.shuffle(fields)
    lines = [r.choice(STATUS_LINES).replace("{}", str(status))]
    lines += [f"{name}{r.choice(COLONS)}{value}" for name, value in fields]
    end = "\n" if r.random() < 0.1 else "\r\n"
    return _bytes(r, end.join([*lines, "", ""])), body


COLONS = [*([": "] * 20), ":", " : ", "\t:", ":\t\t", " ", "", ":\r\n "]


RELS = ["webmention", '"webmention"', "x", "http://webmention.org/", "", '"', '"webmention']
LINKS = ["<" * 3000, ';a="' * 999, "<a>,", '"\\', "<>;;;=", "<a>;rel=x," * 999]


def _field(r: Random, number: int) -> tuple[str, str]:
    url = r.choice([*URLS, f"/{number + 1}", f"/{number}"])
    return r.choice([
        ("Link", f"<{url}>; rel={r.choice(RELS)}"),
        ("Link", f'<{url}>; anchor="{r.choice(URLS)}"; rel="webmention"'),
        ("Link", r.choice(LINKS)),
        ("X-Pingback", url),
        ("Location", url),
        ("Retry-After", r.choice(PAUSES)),
        ("Cache-Control", r.choice(CACHING)),
        (r.choice(FIELDS), r.choice(VALUES)),
        (r.choice(NAMES), r.choice(VALUES)),
    ])  # fmt: skip


def _body(r: Random, number: int, method: str) -> bytes:
    kind = r.random()
    if kind < 0.1:
        return r.choice([b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", r.randbytes(99), bytes(1 << 21)])
    words = XMLRPC if method == "POST" and kind < 0.7 else JSON if kind > 0.9 else HTML
    parts = [r.choice(words) for _ in range(r.choice([1, 1, 3, 20]))]
    filled = [part.replace("{}", r.choice([*URLS, *WORDS, f"/{number}"])) for part in parts]
    if r.random() < 0.02:
        filled *= 4000
    return _bytes(r, "".join(filled))


def _packed(r: Random, body: bytes) -> tuple[bytes, str]:
    if r.random() < 0.6:
        return body, ""
    names = [r.choice(list(CODINGS)) for _ in range(r.choice([1, 1, 1, 2, 3, 4]))]
    for name in names:
        body = CODINGS[name](body)
    if r.random() < 0.3:
        body = _spoilt(r, body)
    return body, ", ".join(names)


def _framed(r: Random, body: bytes) -> tuple[list[tuple[str, str]], bytes]:
    kind = r.random()
    if kind < 0.2:
        return [], body
    if kind < 0.5:
        right = r.random() < 0.7
        return [("Content-Length", str(len(body)) if right else r.choice(LENGTHS))], body
    fields = [("Transfer-Encoding", "chunked" if r.random() < 0.8 else r.choice(TRANSFERS))]
    if r.random() < 0.1:
        fields.append(("Content-Length", r.choice(LENGTHS)))
    step = r.choice([1 << 16, 1000, 5])
    pieces = [body[at : at + step] for at in range(0, min(len(body), 50 * step), step)]
    sizes = [f"{len(piece):x}" for piece in [*pieces, b""]]
    if r.random() < 0.4:
        sizes[r.randrange(len(sizes))] = r.choice(SIZES)
    end = r.choice([b"\r\n"] * 9 + [b"\n"])
    chunks = [
        size.encode("utf-8") + end + piece + (end if piece else b"")
        for size, piece in zip(sizes, [*pieces, b""], strict=True)
    ]
    return fields, b"".join(chunks) + r.choice([b"\r\n", b"", b"X-A: b\r\n\r\n", b"x" * 3000])


def _interim(r: Random) -> bytes:
    if r.random() < 0.8:
        return r.choice([b"", b"", b"", b"\r\n", b"\r\n\n"])
    lines = [r.choice(INTERIM), *("Link: </x>; rel=webmention" for _ in range(r.randrange(3)))]
    return "\r\n".join([*lines, "", ""]).encode() * r.choice([1, 1, 2, 50])


def _bytes(r: Random, text: str) -> bytes:
    return text.encode(r.choice(["utf-8", "utf-8", "latin-1"]), "replace")


def _spoilt(r: Random, said: bytes) -> bytes:
    """Cut something, change a byte, say something twice, or put something else in between."""
    at, to = sorted(r.randrange(len(said) + 1) for _ in range(2))
    return r.choice([
        said[:at],
        said[:at] + said[to:],
        said[:to] + said[at:],
        said[:at] + r.randbytes(r.choice([1, 2, 40])) + said[at:],
        said[:at] + r.choice([b"\r", b"\n", b"\0", b":", b" ", b"\r\n\r\n"]) + said[at:],
    ])  # fmt: skip

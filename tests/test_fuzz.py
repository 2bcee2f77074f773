"""What was found by fuzzing stays found, and hypothesis looks for more; ``make fuzz`` goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "fuzz" / "corpus"

WORDS = {
    "http": [b"HTTP/1.1 200 OK\r\n", b"Content-Encoding: gzip\r\n", b"Location: /\r\n", b"\r\n"],
    "headers": [b"Link: ", b"<", b">; rel=webmention", b"X-Pingback: ", b"Retry-After: ", b"\n"],
    "html": [b"<a ", b"rel=webmention ", b"<base ", b"href='//[", b"'>", b"<!--", b"<script>"],
    "xmlrpc": [b"<methodResponse>", b"<fault>", b"<value>", b"</value>", b"<!DOCTYPE ", b"&#0;"],
    "journal": [b'{"v": 1, "at": "', b"0001-01-01T00:00:00+23:59", b'", "event": "queued"}\n'],
    "metadata": [b"https://", b"x.example", b";", b"\n", b"all", b"none", b"[", b"%", b"\xff"],
    "configuration": [b"\x00", b"\x05", b'["', b'"]', b"10.0.0.0/8:80", b"~nobody/", b"1e999"],
    "address": [
        b"//",
        b"..",
        b"/",
        b"?",
        b"#",
        b":",
        b"@",
        b"%",
        b"xn--",
        b"\xff",
        b"\xe2\x80\xae",
    ],
}


@pytest.mark.parametrize("name", TARGETS)
def test_the_saved_corpus_is_no_surprise(name: str) -> None:
    saved = sorted((CORPUS / name).iterdir())
    assert saved
    for path in saved:
        TARGETS[name](path.read_bytes())


@settings(max_examples=50, deadline=None)
@given(st.data())
@pytest.mark.parametrize("name", TARGETS)
def test_anything_may_come(name: str, data: st.DataObject) -> None:
    piece = st.sampled_from(WORDS[name]) | st.binary(max_size=8)
    entered = data.draw(st.lists(piece, min_size=1).map(b"".join)) or b"\0"
    assert TARGETS[name](entered) is None, "a target raises for a fault, and returns nothing"

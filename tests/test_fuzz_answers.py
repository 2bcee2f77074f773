"""The fuzz of answers, in short: the same ones each time. ``make fuzz-answers`` looks for more."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pelican_linkback.net import codings, transport
from pelican_linkback.net.client import Web
from tests.fuzz.answers import answer
from tests.fuzz.exchanges import a_client, findings, servers

ROOT = Path(__file__).parent.parent
NUMBERS = range(120)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with servers(apart=False) as url:
        yield url


@pytest.fixture
def client() -> Iterator[Web]:
    with a_client() as web:
        yield web


def found(client: Web, base: str, numbers: range = NUMBERS) -> list[str]:
    # Other tests may keep this machine busy; the time is for ``make fuzz-answers`` to look at.
    return [finding for number in numbers for finding in findings(client, base, number, 30.0)]


def test_nothing_but_outcomes_comes_of_any_answer(client: Web, base: str) -> None:
    assert found(client, base) == []


def test_an_answer_is_made_of_its_number_and_of_the_request() -> None:
    several = [answer(number, "GET", f"/{number}") for number in range(50)]
    assert several == [answer(number, "GET", f"/{number}") for number in range(50)]
    assert len({each.pieces for each in several}) > 45
    assert answer(1, "GET", "/1") != answer(1, "POST", "/1")


def test_many_are_read_and_many_are_not(client: Web, base: str) -> None:
    """A fuzz whose answers are all refused in their first line would find nothing."""
    kinds = Counter("HTTP" in repr(answer(n, "GET", f"/{n}").pieces[:1]) for n in range(300))
    assert kinds[True] > 200
    assert kinds[False] > 5


def by_int(self: transport.Answer) -> int:
    """Read a chunk's size as http.client does."""
    return int(self._file.readline(4096).partition(b";")[0], 16)


def in_latin(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("place", "name", "hole", "words"),
    [
        pytest.param(transport.Answer, "_read_chunk_size", by_int, "ValueError", id="int"),
        pytest.param(transport, "_text", in_latin, "UnicodeEncodeError", id="surrogates"),
        pytest.param(codings._Zlib, "error", KeyError, "error", id="errors of zlib"),
    ],
)
def test_what_was_wrong_before_is_found(
    client: Web,
    base: str,
    monkeypatch: pytest.MonkeyPatch,
    place: object,
    name: str,
    hole: object,
    words: str,
) -> None:
    monkeypatch.setattr(place, name, hole)
    said = (finding for number in range(2000) for finding in findings(client, base, number))
    assert words in next(said)


@pytest.mark.hostile
def test_half_a_minute_of_new_ones() -> None:
    program = [sys.executable, "-m", "tests.fuzz.exchanges", "30"]
    done = subprocess.run(
        program, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout

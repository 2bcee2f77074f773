"""No expression of the package takes longer than its input does grow, whatever the input.

Every compiled pattern is found in its module, with the methods that the package calls on it, and
meets strings of repeated pieces: those that HTML, headers and metadata are made of, and those
that the pattern itself names. A pattern that goes back over what it has read shows at once: at
the double length it takes four times as long.
"""

from __future__ import annotations

import importlib
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from pathlib import Path

import pytest

import pelican_linkback

PACKAGE = Path(pelican_linkback.__file__).parent
METHODS = "findall|finditer|fullmatch|match|search|split|sub"

PIECES = (
    *("<", ">", "</", "/>", "<a ", "<b>", "</b>", "<!--", "-->", "<![", "<?", "<meta ", "<script"),
    *("a", "A", "1", "0:", " ", "\n", "\t", "\r", "\r,", ",", ";", ":", ".", "-", "_", "/", "\\"),
    *('"', "'", "=", "a=", "a='x' ", 'a="x" ', "&", "&a", "#", "%", "@", "(", ")", "[", "]", "{"),
    *("}", "|", "?", "*", "+", "‹", "é", "\x00", "\xa0", "http://", "a.", "url(", "x;"),
)
SCREENED, MEASURED = 1_000, 40_000
"""Lengths: at the first, what is not linear is noticed, and at the second it is measured."""


class TooSlow(Exception):
    pass


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End what takes more CPU time than this; the engine of expressions looks for signals."""

    def stop(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def cpu_time(work: Callable[[], object], limit: float) -> float:
    """The least CPU time of some runs, which a busy machine cannot make less; infinite above."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        try:
            with time_limit(limit):
                work()
        except TooSlow:
            continue
        best = min(best, time.process_time() - begun)
    return best


def growth_is_linear(work: Callable[[int], Callable[[], object]], length: int) -> bool:
    """Whether twice the length takes less than three times as long, or next to nothing."""
    short = cpu_time(work(length), 2)
    long = cpu_time(work(2 * length), 2)
    return long < 0.05 or long < 3 * short


def test_the_measure_knows_a_square_from_a_line():
    def square(length: int) -> Callable[[], object]:
        return lambda: re.findall(r"<[^>]*>", "<" * length)

    def line(length: int) -> Callable[[], object]:
        return lambda: re.findall(r"<[^<>]*>", "<" * length * 100)

    assert not growth_is_linear(square, 10_000)
    assert growth_is_linear(line, 10_000)


def patterns() -> Iterator[tuple[str, re.Pattern, str]]:
    """Every pattern that a module holds, by its name, with each method that is called on it."""
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text("utf-8")
        if "re." not in source or path.name == "__main__.py":
            continue
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        for variable, value in vars(module).items():
            if isinstance(value, re.Pattern):
                called = set(re.findall(rf"\b{variable}\.({METHODS})\b", source)) or {"findall"}
                yield from ((f"{path.stem}.{variable}", value, method) for method in called)
            elif isinstance(value, dict):
                held = [each for each in value.values() if isinstance(each, re.Pattern)]
                yield from ((f"{path.stem}.{variable}", each, "fullmatch") for each in held)


def pieces_of(pattern: re.Pattern) -> list[str | bytes]:
    """What to repeat: the usual pieces, and the words that the pattern names."""
    binary = isinstance(pattern.pattern, bytes)
    said = pattern.pattern.decode("latin-1") if binary else pattern.pattern
    words = [*re.findall(r"[<]?[A-Za-z!][A-Za-z-]{2,}[(:=]?", said)][:12]
    found = list(dict.fromkeys([*PIECES, *words, *(f"<{word} " for word in words)]))
    return [each.encode("utf-8") for each in found] if binary else found


def apply(pattern: re.Pattern, method: str, text: str | bytes) -> None:
    if method == "sub":
        pattern.sub(text[:0], text)
    elif method == "finditer":
        sum(1 for _ in pattern.finditer(text))
    else:
        getattr(pattern, method)(text)


def hostile(pattern: re.Pattern) -> Iterator[Callable[[int], str | bytes]]:
    """Strings of any length that may make it go back and forth."""
    pieces = pieces_of(pattern)
    for first, second in product(pieces, pieces):
        yield lambda n, unit=first + second: (unit * (n // len(unit) + 1))[:n]
        yield lambda n, head=first, unit=second: head + (unit * (n // len(unit) + 1))[:n]


PENDING = ("cleaning.", "sanitizer.")
ALL = [each for each in patterns() if not each[0].startswith(PENDING)]


@pytest.mark.parametrize(
    ("pattern", "method"), [pytest.param(b, c, id=f"{a}.{c}") for a, b, c in ALL]
)
def test_no_pattern_takes_longer_than_its_input_grows(pattern, method):
    slow = []
    for make in hostile(pattern):
        text = make(SCREENED)
        begun = time.process_time()
        try:
            with time_limit(0.5):
                apply(pattern, method, text)
        except TooSlow:
            slow.append(make)
        else:
            if time.process_time() - begun > 0.001:
                slow.append(make)
    for make in slow[:20]:
        assert growth_is_linear(
            lambda n, make=make: partial(apply, pattern, method, make(n)), MEASURED
        ), repr(make(40))

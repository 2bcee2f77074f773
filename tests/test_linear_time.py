"""No expression of the package takes longer than its input does grow, whatever the input.

Every compiled pattern is found in its module, with the methods that the package calls on it, and
meets strings of repeated pieces: those that HTML, headers and metadata are made of, and those
that the pattern itself names. A pattern that goes back over what it has read shows at once: at
the double length it takes four times as long.
"""

from __future__ import annotations

import gc
import importlib
import re
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from pathlib import Path

import pytest

import pelican_linkback
from pelican_linkback.feeds.content.cleaning import fit, is_blank, words
from pelican_linkback.feeds.content.pictures import first_picture
from pelican_linkback.text.regex import _Regex
from pelican_linkback.text.titles import plain_text

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
def time_limit(seconds: float) -> Iterator[Callable[[], object]]:
    """End what takes more CPU time than this; the engine of expressions looks for signals.

    Yields what begins the time again, for a row of short texts.
    """

    def stop(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    begin = partial(signal.setitimer, signal.ITIMER_PROF, seconds)
    begin()
    try:
        yield begin
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def cpu_time(work: Callable[[], object], limit: float) -> float:
    """The least CPU time of some runs, which a busy machine cannot make less; infinite above.

    Without the garbage collector: what it looks through is mostly what other tests have left.
    """
    best = float("inf")
    gc.disable()
    try:
        for _ in range(3):
            begun = time.process_time()
            try:
                with time_limit(limit):
                    work()
            except TooSlow:
                continue
            best = min(best, time.process_time() - begun)
    finally:
        gc.enable()
    return best


def growth_is_linear(work: Callable[[int], Callable[[], object]], length: int) -> bool:
    """Whether twice the length takes less than three times as long, or next to nothing.

    It is measured again where it seems not: a machine whose cores get faster or slower in between
    spoils one comparison, and what is a square is one each time.
    """
    return any(_grows_linearly(work, length) for _ in range(3))


def _grows_linearly(work: Callable[[int], Callable[[], object]], length: int) -> bool:
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
        if "regex(" not in source:
            continue
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        for variable, value in vars(module).items():
            if isinstance(value, _Regex):
                called = set(re.findall(rf"\b{variable}\.({METHODS})\b", source)) or {"findall"}
                yield from ((f"{path.stem}.{variable}", value, method) for method in sorted(called))
            elif isinstance(value, dict):
                held = [each for each in value.values() if isinstance(each, _Regex)]
                yield from ((f"{path.stem}.{variable}", each, "fullmatch") for each in held)


def test_the_expressions_of_the_package_are_found():
    made = sum(path.read_text("utf-8").count(" regex(") for path in PACKAGE.rglob("*.py"))
    assert len({id(pattern) for _, pattern, _ in patterns()}) >= made * 0.9


def pieces_of(pattern: re.Pattern) -> list[str | bytes]:
    """What to repeat: the usual pieces, and the words that the pattern names."""
    binary = isinstance(pattern.pattern, bytes)
    said = pattern.pattern.decode("latin-1") if binary else pattern.pattern
    words = [*re.findall(r"[<]?[A-Za-z!][A-Za-z-]{2,}[(:=]?", said)][:12]
    found = list(dict.fromkeys([*PIECES, *words, *(f"<{word} " for word in words)]))
    return [each.encode("utf-8") for each in found] if binary else found


def application(pattern: re.Pattern, method: str) -> Callable[[str | bytes], object]:
    """What the package does with the pattern, to its end."""
    if method == "sub":
        return lambda text: pattern.sub(text[:0], text)
    if method == "finditer":
        return lambda text: deque(pattern.finditer(text), maxlen=0)
    return getattr(pattern, method)


def hostile(pattern: re.Pattern) -> Iterator[Callable[[int], str | bytes]]:
    """Strings of any length that may make it go back and forth."""
    pieces = pieces_of(pattern)
    for first, second in product(pieces, pieces):
        yield lambda n, unit=first + second: (unit * (n // len(unit) + 1))[:n]
        yield lambda n, head=first, unit=second: head + (unit * (n // len(unit) + 1))[:n]


ALL = list(patterns())


def test_the_patterns_are_found():
    assert len({id(pattern) for _, pattern, _ in ALL}) > 100


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("pattern", "method"), [pytest.param(b, c, id=f"{a}.{c}") for a, b, c in ALL]
)
def test_no_pattern_takes_longer_than_its_input_grows(pattern, method):
    apply, slow = application(pattern, method), []
    with time_limit(0.5) as begin:
        for make in hostile(pattern):
            text = make(SCREENED)
            begin()
            begun = time.process_time()
            try:
                apply(text)
            except TooSlow:
                slow.append(make)
            else:
                if time.process_time() - begun > 0.001:
                    slow.append(make)
    for make in slow[:20]:
        assert growth_is_linear(lambda n, make=make: partial(apply, make(n)), MEASURED), repr(
            make(40)
        )


# The functions through which an author's words go, with what a browser would repair at length.

HTML = {
    "prose": lambda n: "<p>a <a href='/x'>b</a> &amp; text</p>\n" * (n // 36),
    "paragraphs in order": lambda n: '<p>a <a href="https://x.org/">b</a> c</p>' * (n // 40),
    "lists": lambda n: "<ul><li>a" * (n // 18) + "</li></ul>" * (n // 18),
    "lists in order": lambda n: "<ul><li>a</li></ul>" * (n // 19),
    "open comments": lambda n: "<!-- " * (n // 5),
    "a long name": lambda n: "<img src='/a'><" + "a" * n + ">",
    "open tags": lambda n: "<img " * (n // 5),
    "open quotes": lambda n: "<img '" * (n // 6),
    "open addresses": lambda n: '<a href="' + "x<" * (n // 2),
    "styles of spaces": lambda n: '<p style="url(' + " " * n + '">x</p>',
    "a tag of styles": lambda n: "<p " + "style='x' " * (n // 10) + ">x</p>",
    "many attributes": lambda n: "<p " + " ".join(f"a{i}=1" for i in range(n // 8)) + ">x</p>",
    "commas": lambda n: '<img srcset="' + "," * n + '">',
    "carriage returns": lambda n: '<img srcset="' + "\r," * (n // 2) + '">',
    "candidates": lambda n: '<img srcset="' + "a 1x(," * (n // 6) + '">',
    "nested inline": lambda n: "<b>" * (n // 8) + "x" + "</b>" * (n // 8),
    "crossing": lambda n: "<b><p>" * (n // 6) + "</b>" * (n // 6),
    "many kinds of open": lambda n: (
        "".join(f"<b id={i}>" for i in range(n // 20)) + "<p>" * (n // 6)
    ),
    "open links": lambda n: "<a href=x>" * (n // 10),
    "tables": lambda n: "<table><tr><td>" * (n // 15),
    "out of tables": lambda n: "<table>" + "x<b>" * (n // 4),
    "drawings": lambda n: "<svg><g>" * (n // 8),
    "drawings' styles": lambda n: "<svg>" + "<style>a{" * (n // 9),
    "frames": lambda n: "<iframe src=x>" * (n // 14),
    "frames closed": lambda n: "<iframe/>" * (n // 9),
    "frames in quotes": lambda n: "<iframe '" * (n // 9),
    "noscript": lambda n: "<noscript><img data-src=/a>" * (n // 27),
    "pairs": lambda n: "<img data-src=/a><noscript><img src=/a></noscript>" * (n // 50),
    "noscript alone": lambda n: "<noscript>" * (n // 20) + "<img>" + "</noscript>" * (n // 20),
    "formulas": lambda n: "<span class=katex>" * (n // 18) + "<math>",
    "numbers": lambda n: "<span class=ln>" * (n // 16) + "1",
    "permalinks": lambda n: "<h2><a href=#x>#</a>" * (n // 20),
    "items without a list": lambda n: "<summary><li>" * (n // 13),
    "ampersands": lambda n: "&" * n,
    "less-than": lambda n: "<" * n,
    "references": lambda n: "&am" * (n // 3),
    "css escapes": lambda n: '<p style="' + "\\6" * (n // 2) + '">',
    "css comments": lambda n: '<p style="' + "/*" * (n // 2) + '">',
    "css addresses": lambda n: "<p style='" + 'url("' * (n // 5) + "'>",
    "data addresses": lambda n: "<a href='data:text/plain" + ";a" * (n // 2) + "'>",
    "film addresses": lambda n: "<iframe src='//player.twitch.tv/" + "?video=" * (n // 7) + "'>",
    "newlines": lambda n: "\n" * n + "<pre>" + "\n" * n,
    "closing": lambda n: "</p>" * (n // 4),
    "breaks": lambda n: "<br></br>" * (n // 9),
    "sections": lambda n: "<![if" * (n // 5),
    "templates": lambda n: "<template>" * (n // 10),
    "custom elements": lambda n: "<x-y>" * (n // 5),
}
FUNCTIONS = {
    "fit": lambda html: fit(html, "https://ex.org/2024/a.html"),
    "words": words.__wrapped__,
    "plain_text": plain_text,
    "first_picture": first_picture,
    "is_blank": is_blank,
}


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(each, marks=() if name == "fit" else pytest.mark.hostile, id=name)
        for name, each in FUNCTIONS.items()
    ],
)
@pytest.mark.parametrize("make", HTML.values(), ids=HTML)
def test_no_html_takes_longer_than_it_grows(make, function):
    assert growth_is_linear(lambda n: partial(function, make(n)), 20_000)


def test_wide_html_is_read_in_time():
    """Browsers write a style around each paragraph again that it was open for; ours stops."""
    html = "".join(f"<b id={i}>" for i in range(300)) + "<p>x" * 300
    assert cpu_time(partial(FUNCTIONS["fit"], html), 5) < 5

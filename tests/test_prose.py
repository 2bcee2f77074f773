"""Text of strangers as plain text: what is taken out, where it is cut, and the lines of HTML."""

from __future__ import annotations

import time

import pytest

from pelican_linkback.text.html_lines import lines_of
from pelican_linkback.text.prose import excerpt, is_visible, one_line, shortened, tidied

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1e9\U0001f1ea"

TIDIED = [
    ("a\x00b\x07c\x7fd", "abcd", "control characters"),
    ("a\x1b[31mb", "a[31mb", "a terminal's escape"),
    ("\u202ea\u202c\u2066b\u2069", "ab", "marks of direction"),
    ("half \ud83d gone", "half \ufffd gone", "half a surrogate pair"),
    ("a\u2028b\u2029c\x85d\x0be\r\nf\rg", "a\nb\nc\nd\ne\nf\ng", "line ends of every kind"),
    ("a \t\u00a0 b\n  c  ", "a b\nc", "blanks"),
    ("\n\na\n \n\n\nb\n", "a\n\nb", "blank lines"),
    (f"{FAMILY} \u2764\ufe0f", f"{FAMILY} \u2764\ufe0f", "joined emoji stay"),
    ("\u05d0\u05d1\u200f", "\u05d0\u05d1\u200f", "letters from right to left stay"),
    ("e" + "\u0301" * 50 + "x", "e" + "\u0301" * 8 + "x", "a tower of marks"),
    ("\ufeffa\ufffe", "a", "a byte-order mark, a noncharacter"),
]


@pytest.mark.parametrize(("text", "expected", "why"), TIDIED, ids=[why for *_, why in TIDIED])
def test_what_hurts_where_it_is_shown_is_taken_out(text, expected, why):
    assert tidied(text) == expected
    assert tidied(expected) == expected
    assert one_line(text) == " ".join(expected.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", True), ("?", True), ("\u2764", True), ("", False), (" \u200b\u2060\u0301", False)],
)
def test_what_is_visible(text, expected):
    assert is_visible(text) is expected


SHORTENED = [
    ("abc", 3, "abc", "short enough"),
    ("abcd", 3, "ab…", "cut"),
    ("ab cd", 4, "ab…", "no blank before the ellipsis"),
    (f"abcd{FAMILY}efgh", 8, "abcd…", "not in a family"),
    ("abcd\U0001f44d\U0001f3fdefgh", 6, "abcd…", "not before a skin tone"),
    ("abcde\u0301fgh", 6, "abcd…", "not before an accent"),
    (f"abcd{FLAG}{FLAG}efgh", 8, f"abcd{FLAG}…", "not in a flag"),
    (f"{FLAG * 3}a", 4, f"{FLAG}…", "flags at the beginning"),
    (f"a{FLAG}{FLAG}", 4, f"a{FLAG}…", "between flags"),
    ("a" + "\u0301" * 100, 60, "a" + "\u0301" * 58 + "…", "what is no character any more"),
]


@pytest.mark.parametrize(
    ("text", "limit", "expected", "why"), SHORTENED, ids=[why for *_, why in SHORTENED]
)
def test_where_a_text_is_cut(text, limit, expected, why):
    assert shortened(text, limit) == expected


def test_an_excerpt_is_whole_words_around_a_place():
    text = "zero one two three four five six seven eight nine"
    assert excerpt(text, 24, 20) == "…four five six…"
    assert excerpt(text, 0, 20) == "zero one two three…"
    assert excerpt(text, len(text), 14) == "…eight nine"
    assert excerpt("x" * 50, 25, 10) == "…" + "x" * 10 + "…"
    assert excerpt("a b\nc d", 4, 3) == "…c…"


LINES = [
    ("<p>One <b>bo</b>ld</p><p>two<br>three</p>", "One bold\ntwo\nthree"),
    ("<ul>\n<li>a\n<li>b\n</ul>c", "a\nb\nc"),
    ("a<script>x</script>b<style>y</style><!-- z --><template>t</template>c", "abc"),
    ("<svg><text>x</text></svg>a</svg></script>b", "ab"),
    ("a &amp; b &lt;i&gt;", "a & b <i>"),
    ("a < b", "a < b"),
    ("Yes<img class=emoji alt='\U0001f600'>!", "Yes \U0001f600 !"),
    ("<p><img src=x alt=' a  cat '><img src=y></p><svg><img alt=z></svg>", "a cat"),
    ("<script>never closed", ""),
    ("", ""),
    ("<head><title>t</title></head><body>b", "b"),
    ("<a href='/x'>", ""),
]


@pytest.mark.parametrize(("html", "text"), LINES)
def test_the_lines_of_html(html, text):
    assert lines_of(html).text == text


def test_links_are_known_by_where_they_begin():
    text, links = lines_of("<p>See <a href='/x'>this</a></p><script><a href=z></script><a>no</a>")
    assert (text, links) == ("See this\nno", (("/x", 3),))


@pytest.mark.parametrize("piece", ["<b>", "<a href='x'>", "<p>", "</svg>", "<svg>", "a ", "&lt;"])
def test_hostile_html_takes_time_in_proportion(piece):
    begun = time.process_time()
    lines_of(piece * (200_000 // len(piece)))
    assert time.process_time() - begun < 2

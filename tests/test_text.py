"""Strangers' words are printable after one function."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pelican_linkback.text.printable import printable


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        pytest.param("Not found", "Not found", id="plain words stay"),
        pytest.param("a\r\n\tb", "a b", id="one line"),
        pytest.param("\x1b[31mred\x07", r"\x1b[31mred\x07", id="terminal escapes are visible"),
        pytest.param("a\u202eb", r"a\u202eb", id="direction marks are visible"),
        pytest.param("\ud800", r"\ud800", id="lone surrogates can be encoded"),
        pytest.param("é 日本 😀", "é 日本 😀", id="other scripts stay"),
    ],
)
def test_harmless(words, shown):
    assert printable(words) == shown


def test_long_words_are_cut_with_an_ellipsis():
    assert printable("x" * 201) == "x" * 199 + "…"
    assert printable("x" * 200) == "x" * 200


@given(st.text())
def test_the_result_is_always_one_short_printable_line(words):
    shown = printable(words)
    assert len(shown) <= 200
    assert shown.isprintable()
    shown.encode()

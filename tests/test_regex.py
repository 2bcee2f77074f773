"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import gc
import importlib
import re

import pytest

from pelican_linkback.text.regex import _Regex, regex
from tests.test_architecture import NAMES, OWN


def test_an_expression_is_used_as_one_that_re_compiles():
    word = regex(r"(?P<first>[a-z])[a-z]*", re.IGNORECASE)
    assert word.fullmatch("Word")["first"] == "W"
    assert word.sub("_", "two words") == "_ _"
    assert (word.groups, word.pattern) == (1, r"(?P<first>[a-z])[a-z]*")
    assert isinstance(word, re.Pattern)
    assert regex(rb"[0-9]+").findall(b"1, 22") == [b"1", b"22"]


def test_it_is_compiled_with_its_first_use_and_each_method_is_looked_for_once():
    wrong = regex("(")
    with pytest.raises(re.error):
        wrong.search("")
    right = regex("a")
    assert right.search is right.search


def test_there_is_nothing_but_what_a_compiled_one_has():
    with pytest.raises(AttributeError, match="sarch"):
        regex("a").sarch("a")


def test_each_expression_of_the_package_can_be_compiled():
    for name in NAMES.keys() - {"__main__"}:
        importlib.import_module(f"{OWN}.{name}".replace("/", ".").removesuffix(".__init__"))
    made = [each for each in gc.get_objects() if type(each) is _Regex]
    assert len(made) > 100
    for each in made:
        assert each.search


def test_it_is_an_expression_to_isinstance():
    assert isinstance(regex("a"), re.Pattern)

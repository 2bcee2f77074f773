"""Many messages of a kind are one with a count; a few are said one by one."""

from __future__ import annotations

import logging

import pytest

from pelican_linkback.plugin.messages import MessageBuffer
from pelican_linkback.text.summarise import FEW, summarised


def texts(number, kind="k"):
    return [(kind, f"{kind}{n}") for n in range(number)]


@pytest.mark.parametrize("number", [0, 1, FEW])
def test_a_few_are_said_one_by_one(number):
    assert list(summarised(texts(number))) == [(text, ()) for _, text in texts(number)]


def test_of_many_the_first_is_said_with_the_number_of_the_others():
    others = tuple(text for _, text in texts(FEW + 1)[1:])
    said = list(summarised([*texts(FEW + 1), *texts(1, "other")]))
    assert said == [(f"k0 (and {FEW} more like it; -v names them)", others), ("other0", ())]


def test_what_is_said_twice_counts_once():
    assert list(summarised(texts(1) * 9)) == [("k0", ())]


def test_what_is_gathered_is_reported_once_the_gravest_first(caplog):
    messages = MessageBuffer(logging.getLogger("a.stage"))
    for number in range(FEW + 1):
        messages.warn("{} is odd", number)
    messages.warn("Braces {} in one without names.")
    messages.add(logging.ERROR, "e", "It is broken.")
    assert not caplog.records
    with caplog.at_level(logging.INFO):
        messages.flush()
        messages.flush()
    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert said == [
        ("ERROR", "It is broken."),
        ("WARNING", f"0 is odd (and {FEW} more like it; -v names them)"),
        *(("INFO", f"{number} is odd") for number in range(1, FEW + 1)),
        ("WARNING", "Braces {} in one without names."),
    ]


def test_what_a_message_names_is_shown_in_one_line(caplog):
    messages = MessageBuffer(logging.getLogger("one line"))
    messages.warn("The tags {} and {} are odd.", "a\nb", "\x1b[2J")
    messages.flush()
    assert caplog.messages == ["The tags a b and \\x1b[2J are odd."]


def test_what_was_said_is_not_said_again(caplog: pytest.LogCaptureFixture) -> None:
    messages = MessageBuffer(logging.getLogger("once"))
    for _ in range(2):
        messages.warn("It rains")
        messages.flush()
    messages.warn("It pours")
    messages.flush()
    assert [record.getMessage() for record in caplog.records] == ["It rains", "It pours"]

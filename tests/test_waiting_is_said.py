"""Whoever waits for hosts that ask for a pause says so: a build, and the command."""

from __future__ import annotations

import logging
import time

import pytest

from pelican_linkback.cli import sending
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.plugin import deliveries, messages


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


def test_a_build(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, slept: list[float]
) -> None:
    caplog.set_level(logging.WARNING, messages.__name__)
    deliveries._sleep(19.6)
    assert slept == [19.6]
    said = capsys.readouterr().out
    assert said == "Linkbacks: waiting 20 s for hosts that ask to be left alone\n"


def test_the_command_says_each_thing_once(
    capsys: pytest.CaptureFixture[str], slept: list[float]
) -> None:
    with Screen().progress("Sending") as bar:
        for what in ("for hosts", "for hosts", "for pages"):
            sending._sleep(bar, what)(5)
    assert slept == [5, 5, 5]
    assert capsys.readouterr().out == "Waiting for hosts.\nWaiting for pages.\n"

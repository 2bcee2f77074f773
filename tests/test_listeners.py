"""Listeners of feed_generated and feed_written that fail cost themselves."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from blinker import Signal
from pelican import signals

from pelican_linkback.plugin.feeds.listeners import name_of, notify
from tests.conftest import SiteBuilder


def test_each_listener_is_called_and_each_failure_is_handed_over() -> None:
    signal, called, failed = Signal("s"), [], []

    def first(sender: Any, **more: Any) -> None:
        called.append((sender, more))

    def second(sender: Any, **more: Any) -> None:
        raise KeyError("lost")

    def third(sender: Any, **more: Any) -> None:
        called.append((sender, more))

    for each in (first, second, third):
        signal.connect(each)
    notify(signal, "me", lambda listener, error: failed.append((listener, str(error))), a=1)
    assert called == [("me", {"a": 1})] * 2
    assert failed == [(second, "'lost'")]
    with signal.muted():
        notify(signal, "me", lambda *_: failed.append(None), a=1)
    assert (len(called), len(failed)) == (2, 1)


class Listener:
    def __call__(self, *_: Any, **more: Any) -> None:
        raise KeyError

    def method(self, *_: Any, **more: Any) -> None:
        raise KeyError


@pytest.mark.parametrize(
    ("listener", "expected"),
    [
        (name_of, "pelican_linkback.plugin.feeds.listeners.name_of"),
        (Listener().method, f"{__name__}.Listener.method"),
        (Listener(), f"{__name__}.Listener"),
        (functools.partial(name_of, None), "functools.partial"),
    ],
)
def test_a_listener_is_named(listener: Any, expected: str) -> None:
    assert name_of(listener).endswith(expected)


class Refusing:
    def __getattr__(self, name: str) -> Any:
        raise ValueError(name)


def test_a_listener_that_cannot_be_asked_for_its_name_is_named_by_its_class() -> None:
    assert name_of(Refusing()) == "Refusing"


class Shy(Exception):
    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize("signal", [signals.feed_generated, signals.feed_written])
@pytest.mark.parametrize("error", [KeyError("lost"), OSError(28, "No space left"), Shy()])
def test_a_listener_that_fails_costs_one_message(
    site: SiteBuilder, signal: Signal, error: Exception
) -> None:
    def broken(*_: Any, **more: Any) -> None:
        raise error

    seen = []

    def sound(*_: Any, **more: Any) -> None:
        seen.append(more["feed"].feed["title"])

    signal.connect(broken)
    signal.connect(sound)
    for number in range(10):
        site.article(f"a{number}", category=f"C{number}")
    build = site.build(CATEGORY_FEED_ATOM="feeds/c/{slug}.xml")
    (problem,) = build.problems
    assert "test_listeners.test_a_listener_that_fails" in problem
    assert "broken listens to the feeds and fails" in problem
    assert type(error).__name__ in problem
    assert len(list((build.output / "feeds").rglob("*.xml"))) == len(seen) >= 11

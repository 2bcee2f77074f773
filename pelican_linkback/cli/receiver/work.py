"""``pelican-linkback work``: verifies the mentions that were received."""

from __future__ import annotations

import argparse
import datetime as dt
import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from pelican_linkback.cli.context import must_receive
from pelican_linkback.cli.receiver.logs import log_level_of, logging_lines
from pelican_linkback.cli.receiver.opening import opened
from pelican_linkback.cli.receiver.running import (
    in_thread,
    keep_running,
    run_periodically,
    stopped_by_signals,
)
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.settings.model import Settings

__all__ = ["run", "until_idle"]

SOON = dt.timedelta(seconds=5)
"""What is due so soon is waited for with ``--once``: a host has its turn once a second."""

MOST_WAITS = 50
"""So often in a row, for what is due and is not verified: the pages of the site are not known."""


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Verify until SIGTERM or Ctrl-C; with ``--once``, until nothing is due."""
    must_receive(settings, arguments)
    stop = threading.Event()
    with ExitStack() as stack:
        stack.enter_context(logging_lines(log_level_of(arguments)))
        store = stack.enter_context(opened(settings))
        from pelican_linkback.cli.receiver.composition import Receiver  # noqa: PLC0415 (an extra)
        from pelican_linkback.receiving.store.queue import Queue  # noqa: PLC0415

        receiver = Receiver(settings, arguments.pelican, store)
        verifier = stack.enter_context(receiver.verifier())
        stack.enter_context(stopped_by_signals(stop.set))
        tasks = receiver.periodic_tasks()
        if arguments.once:
            until_idle(verifier.run_once, Queue(store).next_due, store.clock, stop)
            for task in tasks:
                task.run_if_due()
        else:
            for task in tasks:
                stack.enter_context(in_thread(partial(run_periodically, task), is_waited_for=False))
            keep_running(verifier.run, stop)
    verified = receiver.verified
    if screen.json:
        screen.data({"verified": verified})
    else:
        screen.say(f"Mentions verified: {verified}")
    return 0


def until_idle(
    verify: Callable[[], int],
    next_due: Callable[[], dt.datetime | None],
    now: Callable[[], dt.datetime],
    stop: threading.Event,
) -> None:
    """Call ``verify`` until it does nothing, and nothing will be due soon, or ``stop`` is set."""
    waits = 0
    while waits < MOST_WAITS and not stop.is_set():
        if verify():
            waits = 0
            continue
        due = next_due()
        if due is None or due > now() + SOON:
            return
        waits += 1
        stop.wait(max(0.1, (due - now()).total_seconds()))

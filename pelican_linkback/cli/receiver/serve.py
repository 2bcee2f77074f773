"""``pelican-linkback serve``: the receiver of a site, on the web.

::

    requests -> WebServer -> Application -> the database -> Verifier (unless --no-work)
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

from pelican_linkback.cli.context import must_publish
from pelican_linkback.cli.receiver.logs import logging_lines
from pelican_linkback.cli.receiver.opening import opened
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import FAULTS, SettingsError
from pelican_linkback.receiving.hosted.service import TOKEN
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import described

if TYPE_CHECKING:
    from pelican_linkback.cli.receiver.parts import Chore

__all__ = [
    "keep_looking",
    "keep_running",
    "level_of",
    "meanwhile",
    "must_receive",
    "run",
    "stopped_by_signals",
]

logger = logging.getLogger(__name__)

PAUSE = 10.0
"""Seconds before what failed begins again."""


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Serve until SIGTERM or Ctrl-C, then finish what is under way."""
    must_receive(settings, arguments)
    with ExitStack() as stack:
        stack.enter_context(logging_lines(level_of(arguments)))
        store = stack.enter_context(opened(settings))
        from pelican_linkback.cli.receiver.parts import Receiver  # noqa: PLC0415 (an extra)
        from pelican_linkback.receiving.server.serving import WebServer  # noqa: PLC0415

        if not os.environ.get(TOKEN, "").strip():
            logger.warning(
                "%s is not set: no build can ask what is shown; "
                "give this and the build the same secret",
                TOKEN,
            )
        receiver = Receiver(settings, arguments.pelican, store)
        server = WebServer(receiver.application(), arguments.host, arguments.port)
        if not arguments.no_work:
            verifier = stack.enter_context(receiver.verifier())
            stack.enter_context(meanwhile(verifier.run, is_waited_for=True))
        for chore in receiver.chores():
            stack.enter_context(meanwhile(partial(keep_looking, chore), is_waited_for=False))
        stack.enter_context(stopped_by_signals(server.stop))
        _announce(settings, arguments, server.port, screen)
        server.run()
    return 0


def keep_running(run: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Call ``run`` until ``stop`` is set: what it raises costs a pause, and a line in the log."""
    while not stop.is_set():
        try:
            run(stop)
        except FAULTS as error:
            logger.error("%s; it goes on in %g seconds", described(error), PAUSE)
            stop.wait(PAUSE)


def keep_looking(chore: Chore, stop: threading.Event) -> None:
    """Have a chore looked after at once, and from time to time until ``stop`` is set."""
    chore.look()
    while not stop.wait(chore.every):
        chore.look()


@contextmanager
def meanwhile(run: Callable[[threading.Event], None], *, is_waited_for: bool) -> Iterator[None]:
    """Run a function in a thread; in the end set its event, and wait for it if it has to end."""
    stop = threading.Event()
    thread = threading.Thread(target=keep_running, args=(run, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(None if is_waited_for else 0.0)


def must_receive(settings: Settings, arguments: argparse.Namespace) -> None:
    """Raise SettingsError unless the site is published and has a receiver of its own."""
    if not settings.has_own_receiver:
        problem = (
            f"LINKBACK_RECEIVE = {settings.receive or None!r}: to receive mentions yourself, set "
            'it to the address of the receiver, such as "https://your.site/mentions/"'
        )
        raise SettingsError([problem])
    must_publish(settings, arguments, "received")


def level_of(arguments: argparse.Namespace) -> int:
    """Return from which level on the log is written: each request with ``--verbose``."""
    if arguments.verbose:
        return logging.INFO
    return logging.ERROR if arguments.quiet else logging.WARNING


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` at SIGTERM and Ctrl-C; a second Ctrl-C is one."""

    def stopped(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        signal.signal(signal.SIGINT, before[signal.SIGINT])
        stop()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, stopped) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _announce(settings: Settings, arguments: argparse.Namespace, port: int, screen: Screen) -> None:
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    if screen.json:
        screen.data({"receive": settings.receive, "host": arguments.host, "port": port})
    else:
        screen.say(f"Mentions are received at {settings.receive}, on http://{host}:{port}")
    sys.stdout.flush()

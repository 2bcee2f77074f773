"""``pelican-linkback serve``: the receiver of a site, on the web.

::

    requests -> WebServer -> Application -> the database -> Verifier (unless --no-work)
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from contextlib import ExitStack
from functools import partial

from pelican_linkback.cli.context import must_receive
from pelican_linkback.cli.receiver.logs import log_level_of, logging_lines
from pelican_linkback.cli.receiver.opening import opened
from pelican_linkback.cli.receiver.running import in_thread, run_periodically, stopped_by_signals
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.receiving.hosted.service import TOKEN
from pelican_linkback.settings.model import Settings

__all__ = ["run"]

logger = logging.getLogger(__name__)


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Serve until SIGTERM or Ctrl-C, then finish what is under way."""
    must_receive(settings, arguments)
    with ExitStack() as stack:
        stack.enter_context(logging_lines(log_level_of(arguments)))
        store = stack.enter_context(opened(settings))
        from pelican_linkback.cli.receiver.composition import Receiver  # noqa: PLC0415 (an extra)
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
            stack.enter_context(in_thread(verifier.run, is_waited_for=True))
        for task in receiver.periodic_tasks():
            stack.enter_context(in_thread(partial(run_periodically, task), is_waited_for=False))
        stack.enter_context(stopped_by_signals(server.stop))
        _announce(settings, arguments, server.port, screen)
        server.run()
    return 0


def _announce(settings: Settings, arguments: argparse.Namespace, port: int, screen: Screen) -> None:
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    if screen.json:
        screen.data({"receive": settings.receive, "host": arguments.host, "port": port})
    else:
        screen.say(f"Mentions are received at {settings.receive}, on http://{host}:{port}")
    sys.stdout.flush()

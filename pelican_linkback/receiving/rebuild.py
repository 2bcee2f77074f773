"""LINKBACK_REBUILD: the site is built again when the mentions that it shows have changed.

A minute after a change, so that what an author approves in a row is one build, and once in ten
minutes at most, by whichever process of the receiver looks first. What failed is tried again after
ten minutes.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

from pelican_linkback.exceptions import FAULTS, WebError
from pelican_linkback.net.client import Response
from pelican_linkback.receiving.store.upkeep.rebuilds import RebuildSchedule
from pelican_linkback.text.printable import described, printable, reason_of
from pelican_linkback.text.urls import is_fetchable

__all__ = ["Rebuild", "starter_of"]

logger = logging.getLogger(__name__)

_SAID = 1000
"""So much of the output of a command that failed is in the log."""


Build = Callable[[], str]
"""Builds the site, and returns why that failed; "" if it did not."""


class Rebuild:
    """Looks for changes, and builds; what goes wrong costs one line in the log."""

    interval = 5.0

    def __init__(self, schedule: RebuildSchedule, build: Build) -> None:
        self._schedule, self._build = schedule, build

    def run_if_due(self) -> None:
        """Build if that is due."""
        try:
            turn = self._schedule.turn()
            if turn is None:
                return
            if problem := self._built():
                logger.error("The site was not built again: %s", problem)
                self._schedule.give_back(turn)
        except FAULTS as error:
            logger.error("The site cannot be built again now: %s", reason_of(error))

    def _built(self) -> str:
        """Build, and return why that failed, whatever it raises."""
        try:
            return self._build()
        except FAULTS as error:
            return described(error)


class Poster(Protocol):
    """What is used of ``net.client.Web``."""

    def post(self, url: str, body: bytes, content_type: str) -> Response:
        """Send a body."""


def starter_of(setting: str, web: Poster) -> Build:
    """Return what builds the site: the command or the webhook of LINKBACK_REBUILD."""
    if is_fetchable(setting):
        return partial(_posted, setting, web)
    return partial(_run, setting)


def _posted(url: str, web: Poster) -> str:
    """Post to a webhook, whose address may be a secret; return what is wrong with the answer."""
    try:
        answer = web.post(url, b"{}", "application/json")
    except WebError as error:
        return f"the webhook: {error.reason}"
    return "" if 200 <= answer.status < 300 else f"the webhook answers {answer.status}"


def _search_path() -> Iterator[str]:
    """Return where programs are looked for: first beside our own, where ``pelican`` is.

    A supervisor or cron starts us by our path, in an environment that it did not activate.
    """
    yield sysconfig.get_path("scripts")
    yield os.environ.get("PATH", os.defpath)


def _run(command: str) -> str:
    """Run a command of the author's; return what is wrong."""
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(  # noqa: S602 (that is what the setting is: a command for the shell)
            command,
            shell=True,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": os.pathsep.join(_search_path())},
        )
        if done.returncode == 0:
            return ""
        output.seek(max(0, output.seek(0, 2) - _SAID))
        said = output.read().decode("utf-8", "replace").strip()
    return f"the command ends with {done.returncode}: {printable(said, _SAID)}"

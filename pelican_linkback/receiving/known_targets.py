"""The pages that a receiver takes mentions of, read from disk or by URL, and again when changed.

On the machine that builds the site, the state folder or the output folder has them. Elsewhere the
site itself has: its ``linkback-targets.json`` is asked for with the ETag that it had, so that an
unchanged one costs the site nothing.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pelican_linkback.exceptions import FAULTS, LinkbackError, WebError
from pelican_linkback.protocol.caching import validators
from pelican_linkback.receiving import TARGETS_COPY
from pelican_linkback.receiving.memory.targets import Found, Targets
from pelican_linkback.receiving.memory.targets_file import path_of
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import reason_of, system_reason

if TYPE_CHECKING:
    from pelican_linkback.net.client import Response

__all__ = ["DiskTargets", "FirstOrigin", "KnownTargets", "NoTargets", "WebTargets", "known_targets"]

logger = logging.getLogger(__name__)

SOON = 5.0
"""A page that is not known is looked for again after so many seconds: it may be new."""


class NoTargets(LinkbackError):
    """Nothing says which pages the site has: it was not built yet, or cannot be reached."""


class Origin(Protocol):
    """Where the pages are read: it is asked again after ``max_age`` seconds."""

    @property
    def max_age(self) -> float:
        """For how many seconds what was read may be used."""

    def read(self) -> Targets | None:
        """Return the pages; None if they are as they were. Raises LinkbackError, ValueError."""


class DiskTargets:
    """The pages in a file, which costs a look at its time: each request may have it."""

    max_age = 0.0

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None

    def read(self) -> Targets | None:
        """Return the pages of the file; None if it is the same file as before."""
        try:
            stat = os.stat(self._path)  # noqa: PTH116 (asked with requests)
            stamp = stat.st_mtime_ns, stat.st_size, stat.st_ino
            if stamp == self._stamp:
                return None
            found = _read(self._path.read_bytes(), str(self._path))
        except OSError as error:
            raise NoTargets(f"{self._path} cannot be read: {system_reason(error)}") from error
        self._stamp = stamp
        return found


class Getter(Protocol):
    """What is used of ``net.client.Web``."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch a URL."""


class WebTargets:
    """The pages at a URL of the site."""

    max_age = 60.0

    def __init__(self, url: str, web: Getter) -> None:
        self._url, self._web = url, web
        self._conditions: Mapping[str, str] = {}

    def read(self) -> Targets | None:
        """Return the pages; None if the site says that they are as they were."""
        answer = self._web.get(self._url, {"Accept": "application/json", **self._conditions})
        if answer.status == 304 and self._conditions:
            return None
        if answer.status != 200:
            raise WebError(self._url, f"it answers {answer.status}")
        if answer.truncated:
            raise WebError(self._url, "it is too large")
        found = _read(answer.body, self._url)
        self._conditions = validators(answer.headers).conditions()
        return found


class FirstOrigin:
    """Of the pages in files and those at a URL the first that there are; they stay the origin.

    A receiver may be started before the site is published for the first time: until then it looks
    for the files all the time, and asks for the URL as often as that is asked for.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        other: Origin,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._paths, self._other, self._monotonic = paths, other, monotonic
        self._found: Origin | None = None
        self._asked_at = float("-inf")
        self._problem = ""

    @property
    def max_age(self) -> float:
        """For how many seconds what was read may be used."""
        return self._found.max_age if self._found else DiskTargets.max_age

    def read(self) -> Targets | None:
        """Return the pages; None if they are as they were."""
        if self._found is None:
            path = next((each for each in self._paths if each.is_file()), None)
            self._found = DiskTargets(path) if path else None
        return self._found.read() if self._found else self._read_other()

    def _read_other(self) -> Targets | None:
        if self._monotonic() - self._asked_at < self._other.max_age:
            raise NoTargets(self._problem)
        self._asked_at = self._monotonic()
        try:
            targets = self._other.read()
        except FAULTS as error:
            self._problem = (
                f"{reason_of(error)}, and there is no {self._paths[0]}; "
                "publishing the site makes both"
            )
            raise NoTargets(self._problem) from error
        self._found = self._other
        return targets


def _read(document: bytes, name: str) -> Targets:
    try:
        return Targets.of_json(document)
    except ValueError as error:
        raise NoTargets(f"{name} cannot be used: {error}") from error


class KnownTargets:
    """The pages of the site, as new as a request needs them. Thread-safe.

    What cannot be read now costs nothing that is known: the pages of before stand, and the log has
    one line until the reason is another one.
    """

    def __init__(self, origin: Origin, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._origin, self._monotonic = origin, monotonic
        self._lock = threading.Lock()
        self._targets: Targets | None = None
        self._read_at = float("-inf")
        self._problem = ""

    @property
    def current(self) -> Targets:
        """The pages; raises NoTargets where none were read yet."""
        self._renew(self._origin.max_age)
        if self._targets is None:
            raise NoTargets(self._problem)
        return self._targets

    def find(self, url: str) -> Found | None:
        """Return the page that a URL means, see ``Targets.find``; raises NoTargets.

        One that is not known may have been published a moment ago.
        """
        found = self.current.find(url)
        if found is None and self.current.is_own(url) and self._renew(SOON):
            return self.current.find(url)
        return found

    def _renew(self, age: float) -> bool:
        """Read the pages if that was done longer ago than ``age``; return whether it was done now.

        One thread does so, and the others go on with what there is.
        """
        if self._monotonic() - self._read_at < age:
            return False
        if not self._lock.acquire(blocking=self._targets is None):
            return False
        try:
            if self._monotonic() - self._read_at < age:  # another thread has done it meanwhile
                return False
            self._read()
            self._read_at = self._monotonic()  # not before: who finds nothing waits for this
        finally:
            self._lock.release()
        return True

    def _read(self) -> None:
        problem = ""
        try:
            if (found := self._origin.read()) is not None:
                found.find(found.site)  # what look-ups need is made before others see it
                self._targets = found
        except FAULTS as error:
            problem = reason_of(error)
        if problem and problem != self._problem:
            logger.warning("The pages of the site cannot be read now: %s", problem)
        self._problem = problem


def known_targets(settings: Settings, web: Getter) -> KnownTargets:
    """Return the pages of a site: of this machine, if it has them, else by the URL of the site."""
    paths = (path_of(settings.state), settings.output / TARGETS_COPY)
    origin = FirstOrigin(paths, WebTargets(f"{settings.site_url}/{TARGETS_COPY}", web))
    return KnownTargets(origin)

"""A small Pelican site in a temporary folder, built by the real Pelican in this process."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, default_int_handler
from signal import signal as handle
from textwrap import dedent
from typing import Any
from weakref import ref

import feedparser
import pelican.log
import pytest
from blinker import Signal
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache
from pelican import Pelican, signals
from pelican.settings import DEFAULT_CONFIG, read_settings

from tests.administration import admin, browser, inbox_store, stranger, take  # noqa: F401 (fixtures)
from tests.receiving import (  # noqa: F401 (fixtures)
    clock,
    new_postgresql_url,
    new_url,
    postgresql_url,
    store,
)
from tests.sample_output import published_once
from tests.servers import WebHost, serving

# A busy machine is no failure: how fast things are is measured in benchmarks.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# What a shell starts in the background ignores Ctrl-C, and so would all that is started from here.
handle(SIGINT, default_int_handler)

LONGEST = (
    *("test_tutorial", "test_recipes", "test_linear_time", "test_author_log", "test_doctor"),
    *("test_extending", "test_crashes", "test_sharing", "test_verifier", "test_years"),
)
"""The files that take longest. One of them alone at the end would leave processors idle."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


NO_FEEDS = dict.fromkeys(
    [
        "FEED_ALL_ATOM",
        "CATEGORY_FEED_ATOM",
        "AUTHOR_FEED_ATOM",
        "AUTHOR_FEED_RSS",
        "TRANSLATION_FEED_ATOM",
    ]
)
"""The settings of a site without those that Pelican writes by default."""

SIMPLE_THEME = str(Path(pelican.__file__).parent / "themes" / "simple")


class CompiledTemplates(BytecodeCache):
    """Templates compiled by earlier builds of this process; to compile them is half of a build."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])  # unless its source changed

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()


@dataclass
class Build:
    """What a run of Pelican left behind."""

    output: Path
    records: list[logging.LogRecord]
    printed: str

    @property
    def problems(self) -> list[str]:
        return [r.getMessage() for r in self.records if r.levelno >= logging.WARNING]

    def read(self, path: str) -> str:
        return (self.output / path).read_text(encoding="utf-8")

    def parse(self, path: str) -> Any:
        feed = feedparser.parse((self.output / path).read_bytes())
        assert not feed.bozo, feed.bozo_exception
        return feed


def ids_of(build: Build, path: Any) -> list[str]:
    return [entry.id for entry in build.parse(path).entries]


class SiteBuilder:
    """Write articles, then build; each build is a fresh Pelican on the same folders."""

    def __init__(self, folder: Path, caplog: Any, capsys: Any) -> None:
        self.folder = folder
        self.content = folder / "content"
        self.output = folder / "output"
        self.content.mkdir()
        self._caplog, self._capsys = caplog, capsys
        self.settings: dict[str, Any] = {
            "PATH": str(self.content),
            "OUTPUT_PATH": str(self.output),
            "THEME": SIMPLE_THEME,
            "SITENAME": "A Site",
            "SITEURL": "https://me.example.io",
            "AUTHOR": "Ann Lee",
            "TIMEZONE": "Europe/Lisbon",
            "DEFAULT_LANG": "en",
            "PLUGINS": ["pelican_linkback"],
            "LINKBACK_SEND": False,
            "LOCALE": ["C"],
        }

    def article(self, name: str, body: str = "Some text.", **metadata: str) -> Path:
        """Write an article; ``slug`` is its name, ``date`` 2026-01-01, unless given."""
        fields = {"title": name, "slug": name, "date": "2026-01-01 10:00"} | metadata
        path = self.content / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        head = "".join(f"{key.capitalize()}: {value}\n" for key, value in fields.items())
        path.write_text(f"{head}\n{dedent(body)}\n", encoding="utf-8")
        return path

    def build(self, **settings: Any) -> Build:
        pelican.log.LimitFilter._raised_messages.clear()
        pelican.log.LimitFilter._group_count.clear()
        self._caplog.clear()
        self._capsys.readouterr()
        prepared = read_settings(override=self.settings | settings)
        if prepared["JINJA_ENVIRONMENT"] == DEFAULT_CONFIG["JINJA_ENVIRONMENT"]:
            prepared["JINJA_ENVIRONMENT"]["bytecode_cache"] = COMPILED
        with self._caplog.at_level(logging.INFO):
            Pelican(prepared).run()
        return Build(self.output, list(self._caplog.records), self._capsys.readouterr().out)

    def build_without_plugin(self, **settings: Any) -> Build:
        """Build as Pelican does by itself."""
        with _muted():
            return self.build(PLUGINS=[], **settings)


@contextmanager
def _muted() -> Any:
    with ExitStack() as stack:
        for signal in _receivers():
            stack.enter_context(signal.muted())
        yield


def _receivers() -> dict[Any, list[Any]]:
    """What is connected to Pelican's signals, functions and bound methods."""
    connected = {}
    for signal in vars(signals).values():
        if isinstance(signal, Signal):
            functions = [
                each() if isinstance(each, ref) else each for each in signal.receivers.values()
            ]
            connected[signal] = functions
    return connected


@contextmanager
def plugins_disconnected() -> Any:
    """Afterwards disconnect the plugins that were connected meanwhile: signals are everybody's."""
    before = _receivers()
    try:
        yield
    finally:
        for signal, functions in _receivers().items():
            for function in functions:
                if function not in before[signal]:
                    signal.disconnect(function)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what cannot hold on Windows."""
    for mark in item.iter_markers("posix"):
        if os.name != "posix":
            pytest.skip(mark.kwargs["reason"])


@pytest.fixture
def site(tmp_path, caplog, capsys):
    """A site builder; the plugins that its builds connect are disconnected afterwards."""
    with plugins_disconnected():
        yield SiteBuilder(tmp_path, caplog, capsys)


@pytest.fixture
def host(site):
    """The host that the site publishes to: it serves what was built, on loopback."""
    site.output.mkdir()
    with serving(WebHost(site.output)) as host:
        site.settings |= {
            "SITEURL": host.url,
            "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"],
            "LINKBACK_SEND": True,
            "FEED_ALL_ATOM": None,
        }
        yield host


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory):
    """The folder of the published sample site: its ``output`` and the ``log``, to be read only."""
    return published_once(tmp_path_factory.getbasetemp())

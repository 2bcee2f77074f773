"""No page of a megabyte costs more than a second and a half, and one process at the most."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.reading.links import TargetPage, links_of
from pelican_linkback.receiving.reading.page import MentionRequest, Page, read
from pelican_linkback.receiving.reading.reader_process import ReaderProcess
from pelican_linkback.receiving.received import Received
from tests.hostile_pages import HOSTILE, SIZE, WALLS, filled
from tests.receiving import NOW

SOURCE = "https://evil.example/1"
TARGETS = Targets([Target("walls", WALLS)], "https://blog.example")
QUICK = (
    "an end tag first, and then many",
    "comments without an end",
    "links to odd hosts",
    "marks on one letter",
)
"""What is tried in every run."""


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    with ReaderProcess() as child:
        child.item_of('<p class="h-entry">x', SOURCE, [SOURCE], ())
        yield child


@pytest.mark.parametrize(
    ("kind", "begin", "piece", "end"),
    [
        pytest.param("application/json", "[", f'"{WALLS}x",', "0]", id="JSON of URLs of ours"),
        pytest.param("application/json", "", "[", "", id="JSON too deep"),
        pytest.param("text/plain", "", f"{WALLS}x ", "", id="a text of URLs of ours"),
        pytest.param("text/plain", "", "https://", "", id="a text of schemes"),
        pytest.param("text/plain", f"{WALLS}", ")", "", id="a URL with brackets"),
    ],
)
def test_other_types_cost_little(kind: str, begin: str, piece: str, end: str):
    page = filled(begin, piece, end).encode()
    target_page = TargetPage(WALLS, "walls", TARGETS)
    cpu = time.process_time()
    links_of(page, [("Content-Type", kind)], SOURCE, target_page)
    assert time.process_time() - cpu < 0.5


@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=() if each in QUICK else pytest.mark.hostile) for each in HOSTILE],
)
def test_a_hostile_page_is_read_within_its_limits(name: str, child: ReaderProcess):
    page, lost = HOSTILE[name]().encode(), child.lost
    assert SIZE * 0.9 < len(page) <= SIZE * 1.01
    answer = Page(SOURCE, [("Content-Type", "text/html; charset=utf-8")], page)
    begun, cpu = time.perf_counter(), time.process_time()
    said = read(answer, MentionRequest(SOURCE, WALLS, "walls", NOW), TARGETS, child.item_of)
    took, own = time.perf_counter() - begun, time.process_time() - cpu
    print(f"{name}: {took:.2f} s, {own:.2f} s of it here, {child.lost - lost} lost")
    assert isinstance(said.mention, Received)
    assert own < 0.5
    assert took < 10  # the machine may be busy; the process that reads pages has a second of CPU
    assert child.lost <= lost + 1
    assert child.item_of('<p class="h-entry p-name">x', SOURCE, [SOURCE], ()) is not None

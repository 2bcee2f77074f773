"""What Python's garbage collector does not look at in a build, and that it is left as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from pelican import signals

from pelican_linkback.plugin.build import begin
from pelican_linkback.plugin.garbage import modules_set_aside
from tests.conftest import SiteBuilder

USUAL = (700, 10, 10)
LEFT = (700, 10, 1_000_000)
"""There are no full collections."""


def has_full() -> bool:
    """Return whether this Python has full collections, and not incremental ones."""
    before = gc.get_threshold()
    gc.set_threshold(*USUAL)
    known = gc.get_threshold()
    gc.set_threshold(*before)
    return known == USUAL


has_full_collections = pytest.mark.skipif(not has_full(), reason="it collects in small steps")


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Begin with the thresholds that Python begins with, and restore those found."""
    before = gc.get_threshold()
    gc.unfreeze()
    gc.set_threshold(*USUAL)
    yield
    gc.unfreeze()
    gc.set_threshold(*before)
    gc.enable()


@pytest.mark.parametrize("is_on", [True, False])
def test_modules_are_set_aside_once_in_a_process(is_on: bool) -> None:
    (gc.enable if is_on else gc.disable)()
    with modules_set_aside():
        assert not gc.isenabled()
    assert gc.isenabled() == is_on
    frozen = gc.get_freeze_count()
    assert frozen > 1000
    kept: list[object] = []
    with modules_set_aside():
        kept.append([kept])
    assert gc.get_freeze_count() == frozen


def test_a_build_sets_the_modules_aside(site: SiteBuilder) -> None:
    site.build()
    assert gc.get_freeze_count() > 1000


@has_full_collections
def test_what_is_read_is_not_looked_at_while_the_site_is_written(site: SiteBuilder) -> None:
    read, pages = [], []

    def note_reading(content: object) -> None:
        read.append(gc.get_threshold())

    def note_page(path: str, context: object) -> None:
        pages.append(gc.get_threshold())

    site.article("one")
    with (
        signals.content_object_init.connected_to(note_reading),
        signals.content_written.connected_to(note_page),
    ):
        site.build()
    assert set(read) == {USUAL}
    assert set(pages) == {LEFT}
    assert gc.get_threshold() == USUAL


@has_full_collections
def test_a_build_that_was_stopped_ends_when_the_next_one_begins(site: SiteBuilder) -> None:
    def stop(path: str, context: object) -> None:
        raise KeyError(path)

    site.article("one")
    with signals.content_written.connected_to(stop), pytest.raises(KeyError):
        site.build()
    assert gc.get_threshold() != USUAL
    begin()
    assert gc.get_threshold() == USUAL


@has_full_collections
def test_the_sites_of_one_build_end_together(site: SiteBuilder) -> None:
    build = begin()
    build.begin_writing()
    build.begin_writing()  # of a subsite
    build.end()
    assert gc.get_threshold() == USUAL

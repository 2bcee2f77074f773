"""What Python's garbage collector does not look at in a build, and that it is left as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from pelican_linkback.plugin.garbage import modules_set_aside, put_back
from tests.conftest import SiteBuilder


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Begin and end with a collector that looks at everything."""
    put_back()
    yield
    put_back()
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
    assert gc.get_freeze_count() <= frozen  # some of it may have been let go meanwhile


def test_a_build_sets_the_modules_aside(site: SiteBuilder) -> None:
    site.build()
    assert gc.get_freeze_count() > 1000

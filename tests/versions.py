"""What tests need of the version of Pelican."""

from __future__ import annotations

import pytest
from pelican import __version__

PELICAN = tuple(map(int, __version__.split(".")[:2]))

needs_plain_log = pytest.mark.skipif(
    PELICAN < (4, 10), reason="before 4.10 Pelican has no --log-handler, and its log is drawn"
)

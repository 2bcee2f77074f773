"""The small Pelican site of the suite."""

from tests.conftest import *

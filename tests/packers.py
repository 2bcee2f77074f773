"""Packers for the codings that tests send."""

from __future__ import annotations

import importlib
import sys

zstd = importlib.import_module(
    "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
)

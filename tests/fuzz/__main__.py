"""Fuzz one target with atheris: ``python -m tests.fuzz TARGET [libFuzzer's options]``.

What it finds new goes into the corpus, what fails beside it as ``crash-...``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pelican_linkback"]):
    from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"


def main(name: str, *options: str) -> None:
    def one(data: bytes) -> None:
        if data:
            TARGETS[name](data)

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])

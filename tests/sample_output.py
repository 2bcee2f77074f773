"""The sample site, published by the real command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).parent.parent
PELICAN = Path(sys.executable).with_name("pelican")
SITE_URL = "https://tidetable.example/"


def publish(folder: Path, *overrides: str, **environment: str) -> str:
    """Run the real command on the sample site, with what it keeps in ``folder``; return its log.

    ``overrides`` are settings as ``pelican -e`` takes them.
    """
    return subprocess.run(
        [
            PELICAN,
            "sample_site/content",
            *("-s", "sample_site/publishconf.py"),
            *("-o", folder / "output"),
            *("--fatal", "errors"),
            *("-e", f'LINKBACK_STATE="{folder / "linkback"}"'),
            *overrides,
        ],
        cwd=ROOT,
        env=os.environ
        | {"SITEURL": SITE_URL.rstrip("/"), "COLUMNS": "200", "PYTHONPATH": str(ROOT)}
        | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def published_once(temporary: Path) -> Path:
    """Return the folder of the published site, which all processes of a test run share.

    ``temporary`` is the process's temporary folder. What is returned is to be read only.
    """
    shared = temporary.parent if "PYTEST_XDIST_WORKER" in os.environ else temporary
    folder = shared / "sample_site"
    with FileLock(shared / "sample_site.lock"):
        if not (folder / "log").is_file():
            folder.mkdir(exist_ok=True)
            log = publish(folder)
            (folder / "log").write_text(log, encoding="utf-8")
    return folder

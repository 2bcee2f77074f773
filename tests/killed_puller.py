"""Pull from a service, as a process that test_pull_kills.py kills.

Arguments: the state folder, and the URL of the API. The pages are those that ``targets`` has.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.pull import pull
from pelican_linkback.settings.model import Settings

__all__ = ["settings_for", "targets"]

SITE = "https://blog.example"
targets = Targets([Target(f"a{n}", f"{SITE}/{n}/", f"Article {n}") for n in range(1000)], SITE)


def settings_for(state: Path, api: str) -> Settings:
    """The settings of a site that pulls from ``api``."""
    return Settings(SITE, Path("content"), state=state, pull=(f"webmention.io={api}",), timeout=5.0)


if __name__ == "__main__":
    report = pull(settings_for(Path(sys.argv[1]), sys.argv[2]), targets, 600.0)
    print(report.warnings, len(report.arrived))

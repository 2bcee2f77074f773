"""docs/tutorial.rst, done word for word by somebody who has nothing but that page.

Only the ports are others, since these may be taken on this machine. Installing is left out.
"""

from __future__ import annotations

import re
from contextlib import ExitStack

from tests.pages import DOCS
from tests.person import Person, free_port

PAGE = (DOCS / "tutorial.rst").read_text(encoding="utf-8")


def test_the_tutorial_does_what_it_says(tmp_path):
    ports = {"8000": free_port(), "8001": free_port(), "8017": free_port()}
    page = re.sub(r"\b80(?:0[01]|17)\b", lambda found: ports[found[0]], PAGE)
    with ExitStack() as terminals:
        done = Person(tmp_path, terminals, ports).follows(page)
    assert len(done) == 20
    assert sum("pelican-linkback" in line for line in done) == 9

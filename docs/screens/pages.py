"""``make screens``: what the documentation looks like in a browser.

It is built and served on this machine; Chromium draws four of its pages as ``feeds.py`` draws
feeds: as wide as a phone and as a desk, in light and in dark colours.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from itertools import product
from pathlib import Path

from feeds import HERE, HOST, ROOT, SCHEMES, SIZES, Files, browser, draw

PAGES = {
    "front": "index.html",
    "tutorial": "tutorial.html",
    "feeds": "feeds.html",
    "commands": "reference/commands.html",
}


def main() -> None:
    """Draw every page."""
    program = browser()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", ROOT / "docs"]
        subprocess.run([*command, folder / "site"], check=True)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=folder / "site"))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for (page, path), size, scheme in product(PAGES.items(), SIZES, SCHEMES):
            picture = HERE / "site" / f"{page}-{size}-{scheme}.png"
            draw(program, f"http://{HOST}/{path}", server.server_port, folder, picture)
        server.shutdown()


if __name__ == "__main__":
    main()

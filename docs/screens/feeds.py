"""``make screens``: what a feed of the sample site looks like in a browser.

The site is built with LINKBACK_FEED_STYLE and served on this machine; Chromium, without a window,
draws its feed in Atom and in RSS, as wide as a phone and as a desk, in light and in dark colours.
Each picture is beside this file, in few colours, so that it is small.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import ClassVar

from PIL import Image

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
HOST = "tidetable.example"  # which leads to this machine, for the browser alone
SIZES = {"phone": (390, 720), "desk": (1280, 720)}
SCHEMES = {"dark": 0, "light": 1}
COLOURS = 64


class Files(SimpleHTTPRequestHandler):
    """Serves feeds as most hosts do, and says nothing of it."""

    extensions_map: ClassVar = SimpleHTTPRequestHandler.extensions_map | {".xml": "application/xml"}

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def build(output: Path, state: Path) -> None:
    """Build the sample site for the address that the browser will see."""
    program = Path(sys.executable).with_name("pelican")
    settings = [f'LINKBACK_STATE="{state}"', "LINKBACK_FEED_STYLE=true", "LINKBACK_SEND=false"]
    subprocess.run(
        [program, "content", "-s", "publishconf.py", "-o", output, "-q", "-e", *settings],
        cwd=ROOT / "sample_site",
        env=os.environ | {"SITEURL": f"http://{HOST}", "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )


def draw(  # noqa: PLR0913, PLR0917 (where from, where to, and how large)
    program: str,
    url: str,
    port: int,
    folder: Path,
    picture: Path,
    dimensions: tuple[int, int] | None = None,
) -> None:
    """Draw ``picture`` of what is at ``url``; its name says how wide and in which colours."""
    _, size, scheme = picture.stem.split("-")
    width, height = dimensions or SIZES[size]
    screenshot = folder / picture.name
    command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--user-data-dir={folder / 'profile'}", f"--window-size={width},{height}"]
    command += [f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{port}"]
    command += [f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}"]
    subprocess.run(
        [*command, f"--screenshot={screenshot}", url], check=True, capture_output=True, timeout=120
    )
    with Image.open(screenshot) as drawn:
        few = drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(picture, optimize=True)
    print(f"{picture.name}: {picture.stat().st_size} bytes")


def browser() -> str:
    """Return the path of Chromium; end the program where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit(
            "Pages are drawn by Chromium, which is not here. Install it (on Debian and Ubuntu: apt "
            "install chromium), then make screens again; what needs no browser is drawn."
        )
    return found


def main() -> None:
    """Draw every picture."""
    program = browser()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        output = folder / "output"
        build(output, folder / "state")
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=output))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for kind, size, scheme in product(("atom", "rss"), SIZES, SCHEMES):
            picture = HERE / f"{kind}-{size}-{scheme}.png"
            draw(program, f"http://{HOST}/feeds/{kind}.xml", server.server_port, folder, picture)
        server.shutdown()


if __name__ == "__main__":
    main()

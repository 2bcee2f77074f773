"""``make demo``: the sample site is built, and the blog that it mentions is notified.

Three processes on this machine: the real ``pelican``, the other blog (neighbour_blog.py), and
this one, which serves the site's output as a web host would. Everything that is written goes
into the folder ``.demo``, which git ignores.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).parent
DEMO = SITE.parent / ".demo"
OUTPUT = DEMO / "output"
SCRIPTS = Path(sys.executable).parent


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def web_host() -> Iterator[str]:
    """Serve the output folder; yield the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=OUTPUT))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def other_blog() -> Iterator[tuple[str, list[str]]]:
    """Start the other blog; yield its address and, as they come, the lines that it prints."""
    command = [sys.executable, str(SITE / "neighbour_blog.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as blog:  # noqa: S603
        assert blog.stdout  # noqa: S101
        address = blog.stdout.readline().strip()
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.extend(blog.stdout or ()), daemon=True)
        reader.start()
        try:
            yield address, lines
        finally:
            blog.terminate()
            reader.join()


def run(words: list[str], settings: dict[str, object], environment: dict[str, str]) -> None:
    """Run one of the commands that this environment has, with these settings."""
    extra = [f"{name}={json.dumps(value)}" for name, value in settings.items()]
    print("$", *words, flush=True)
    command = [str(SCRIPTS / words[0]), *words[1:], "-e", *extra]
    subprocess.run(command, check=True, env=os.environ | environment)  # noqa: S603


def main() -> None:
    """Build twice, and show what came of it."""
    shutil.rmtree(DEMO, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    with web_host() as site, other_blog() as (blog, told):
        print(f"The Tide Table is published at {site}; the blog it mentions is at {blog}.\n")
        environment = {"SITEURL": site, "NEIGHBOUR_URL": blog, "COLUMNS": "100"}
        settings = {
            "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"],
            "LINKBACK_STATE": str(DEMO / "linkback"),
        }
        config = ["-s", "sample_site/publishconf.py"]
        build = ["pelican", "sample_site/content", *config, "-o", ".demo/output"]
        run(build, settings, environment)
        feeds = sorted(path.relative_to(DEMO) for path in OUTPUT.glob("feeds/**/*.*"))
        print(f"\nThe feeds that were written, {len(feeds)}:", *feeds, sep="\n  ")
        pings = [line.split() for line in told if line.startswith("accepted")]
        print(f"\nThe pings that the other blog accepted, {len(pings)}:")
        for _, source, target in pings:
            print(f"  {source}\n    mentions {target}")
        print("\nThe same again:")
        before = len(told)
        run(build, settings, environment)
        print(f"\nThe second build made {len(told) - before} requests to the other blog.\n")
        run(["pelican-linkback", "status", *config], settings, environment)
    print(f"\nThe site, its feeds and the journal are in {DEMO.name}/ to look at.")


if __name__ == "__main__":
    main()

"""``make demo``: the sample site is built, the blog that it mentions is notified, and answers.

Real programs on this machine: ``pelican``, ``pelican-linkback serve`` as the site's receiver, and
the other blog (neighbour_blog.py); this one serves the site's output as a web host would.
Everything that is written goes into the folder ``.demo``, which git ignores.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).parent
DEMO = SITE.parent / ".demo"
OUTPUT = DEMO / "output"
SCRIPTS = Path(sys.executable).parent
CONFIG = ["-s", "sample_site/publishconf.py"]

PATIENCE = 60.0
"""How many seconds the answers may take: they take two."""

ANSWERED = {"webmention": "2026/the-bell-buoy", "pingback": "2024/what-the-keeper-wrote-down"}
"""The articles that the other blog answers, by the protocol that it speaks."""


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


class Program:
    """A program that runs, and its ``lines``: what it prints, as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdout  # noqa: S101
        self.first = process.stdout.readline().strip()
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self.lines.extend, args=(process.stdout,))
        self._reader.start()

    def type(self, *words: str) -> None:
        """Write a line to its standard input."""
        print(*words, file=self._process.stdin, flush=True)

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        self._process.terminate()
        self._reader.join()


@contextmanager
def running(
    command: list[str], log: Path, environment: Mapping[str, str] = os.environ
) -> Iterator[Program]:
    """Run a program, from its first line on; what it logs goes into a file."""
    pipe = subprocess.PIPE
    with (
        log.open("w") as errors,
        subprocess.Popen(  # noqa: S603
            command, stdin=pipe, stdout=pipe, stderr=errors, text=True, env=environment
        ) as process,
    ):
        program = Program(process)
        try:
            yield program
        finally:
            program.end()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Author:
    """Who types commands, with the settings and the environment of the demonstration."""

    def __init__(self, settings: dict[str, object], environment: dict[str, str]) -> None:
        self._settings = [f"{name}={json.dumps(value)}" for name, value in settings.items()]
        self.environment = os.environ | environment

    def introduce(self, names: Iterable[str]) -> None:
        """Say what each command has beside the words that are shown."""
        print("Each command below also has the options", "-e", shlex.join(self._settings))
        print("and in its environment", *(f"{name}={self.environment[name]}" for name in names))

    def command(self, *words: str) -> list[str]:
        """Return a command of this environment, with all that it needs."""
        return [str(SCRIPTS / words[0]), *words[1:], *CONFIG, "-e", *self._settings]

    def types(self, *words: str) -> None:
        """Run a command, and show it."""
        print("\n$", *words, *CONFIG, flush=True)
        subprocess.run(self.command(*words), check=True, env=self.environment)  # noqa: S603

    def builds(self) -> None:
        """Build the site."""
        self.types("pelican", "sample_site/content", "-o", ".demo/output")

    def held(self) -> list[str]:
        """Return the ids of the mentions that wait."""
        inbox = self.command("pelican-linkback", "inbox", "--json")
        done = subprocess.run(inbox, check=True, env=self.environment, capture_output=True)  # noqa: S603
        return [each["id"] for each in json.loads(done.stdout)["mentions"]]


def main() -> None:
    """Build twice, show what came of it, and what the other blog says to it."""
    shutil.rmtree(DEMO, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    neighbour = [sys.executable, str(SITE / "neighbour_blog.py")]
    with web_host() as site, running(neighbour, DEMO / "neighbour.log") as blog:
        print(f"The Tide Table is published at {site}; the blog it mentions is at {blog.first}.")
        port = free_port()
        author = Author(
            {
                "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"],
                "LINKBACK_STATE": str(DEMO / "linkback"),
            },
            {
                "SITEURL": site,
                "NEIGHBOUR_URL": blog.first,
                "RECEIVER_URL": f"http://127.0.0.1:{port}/",
                "LINKBACK_TOKEN": secrets.token_hex(),
                "COLUMNS": "100",
            },
        )
        serve = author.command("pelican-linkback", "serve", "--port", str(port))
        with running(serve, DEMO / "receiver.log", author.environment) as receiver:
            print(receiver.first)
            author.introduce(["SITEURL", "NEIGHBOUR_URL", "RECEIVER_URL"])
            print("\nEach build warns of two faults that the sample site has on purpose.")
            author.builds()
            show_feeds_and_pings(blog)
            print("\nThe same again:")
            before = len(blog.lines)
            author.builds()
            print(f"\nThe second build made {len(blog.lines) - before} requests to the other blog.")
            author.types("pelican-linkback", "status")
            hear_the_answers(author, blog, site)
    print(f"\nThe site, its feeds and what it remembers are in {DEMO.name}/. To look at the pages:")
    port = site.rpartition(":")[2]
    print(f"python -m http.server {port} --bind 127.0.0.1 --directory {DEMO.name}/output")
    print(f"and open {site}/ in a browser.")


def show_feeds_and_pings(blog: Program) -> None:
    """Print which feeds were written, and what the other blog accepted."""
    feeds = sorted(path.relative_to(DEMO) for path in OUTPUT.glob("feeds/**/*.*"))
    print(f"\nThe feeds that were written, {len(feeds)}:", *feeds, sep="\n  ")
    pings = [line.split() for line in blog.lines if line.startswith("accepted")]
    print(f"\nThe pings that the other blog accepted, {len(pings)}:")
    for _, source, target in pings:
        print(f"  {source}\n    mentions {target}")


def hear_the_answers(author: Author, blog: Program, site: str) -> None:
    """Let the other blog answer, approve what it says, and show where that stands."""
    print("\nNow the other blog answers two of the articles, and notifies the receiver.")
    for how, page in ANSWERED.items():
        blog.type(how, f"{site}/{page}/")
    wait_for_answers(author)
    for line in blog.lines:
        if line.startswith("answered"):
            _, how, post, page = line.split()
            print(f"  by {how}: {post}\n    mentions {page}")
    author.types("pelican-linkback", "inbox")
    author.types("pelican-linkback", "inbox", "approve", *author.held())
    author.builds()
    for page in ANSWERED.values():
        show(OUTPUT / page / "index.html", '<section class="linkback-mentions"', "</section>")
    show(OUTPUT / "feeds" / "mentions.atom.xml", "<entry>", "</feed>")


def wait_for_answers(author: Author) -> None:
    """Return when the receiver has verified the answers."""
    end = time.monotonic() + PATIENCE
    while len(author.held()) < len(ANSWERED):
        if time.monotonic() > end:
            sys.exit("The receiver has not verified the answers.")


def show(file: Path, begin: str, end: str) -> None:
    """Print a part of a file."""
    text = file.read_text("utf-8")
    start = text.index(begin)
    part = text[start : text.index(end, start)].strip()
    print(f"\nIn {file.relative_to(DEMO.parent)}:\n\n{part}")


if __name__ == "__main__":
    main()

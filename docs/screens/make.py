"""``make screens``: what ``plan``, ``status`` and ``send`` look like in a terminal of 80 columns.

A small site is written into a temporary folder, with a memory in which something of everything
has happened. Each command runs in a terminal (a pseudo-terminal of this machine), and what it
shows is drawn as an SVG beside this file. The bar of ``send`` is that of a second site, of which a
host of this machine answers for three pages, and then no more until the bar has been drawn.
"""

from __future__ import annotations

import fcntl
import io
import itertools
import json
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
COLUMNS = 80
SITE = "http://127.0.0.2:8000"  # nobody is there: what is sent from here goes nowhere

CONF = f"""
PATH = "content"
SITENAME = "The Tide Table"
SITEURL = "{SITE}"
TIMEZONE = "UTC"
PLUGINS = ["pelican_linkback"]
LINKBACK_ALLOW_HOSTS = ["127.0.0.2"]
"""

ARTICLES = {
    "2026/float-and-radar.md": [
        "https://harbour.example.org/2026/05/why-the-gauge-at-the-old-mole-runs-slow-in-winter",
        "https://notes.example.net/radar",
    ],
    "2026/visiting-the-gauge.md": ["https://stonehouse.example.com/?p=1287"],
    "2025/caldeirada.md": ["https://kitchen.example.org/fish-stew"],
}

TOLD = "delivered", "accepted", ""
OUTCOMES = [
    ("2025/caldeirada.md", "https://kitchen.example.org/fish-stew", *TOLD),
    (
        "2026/float-and-radar.md",
        "https://notes.example.net/radar",
        "later",
        "timed-out",
        "no answer within 10 s",
    ),
    (
        "2024/six-cosines.md",
        "https://waves.example.org/harmonics/part-two-the-constituents-and-their-speeds/",
        "refused",
        "fault-17",
        "The source URI does not contain a link to the target URI.",
    ),
    ("2024/angstrom.md", "https://boats.example.net/log", "nothing", "no-endpoint", ""),
    (
        "2026/visiting-the-gauge.md",
        "https://stonehouse.example.com/?p=1287",
        "later",
        "http-503",
        "the endpoint answers 503: Service Unavailable",
    ),
]

HERE_FIRST = os.environ | {"PYTHONPATH": str(ROOT)}

ANSWERED, ARTICLES_UNDER_WAY = 3, 8

COMMANDS = ["plan", "status", "status --failed", "send --dry-run", "send"]


def write_site(folder: Path) -> None:
    """Write and build the site, and write a memory of what has happened."""
    write_articles(folder, ARTICLES)
    memory = folder / "linkback" / "deliveries.jsonl"
    memory.write_text(re.sub(r'(?<="at": ")[^"]*', "2026-04-30T10:00:00+00:00", memory.read_text()))
    with memory.open("a") as file:
        for number, (article, target, verdict, reason, detail) in enumerate(OUTCOMES):
            source = f"{SITE}/{Path(article).stem}.html"
            line = {"v": 1, "source": source, "target": target}
            day = f"2026-05-0{number + 1}T10:0{number}:00+00:00"
            known = article in ARTICLES
            queued = {"at": day, "event": "queued", "article": article, "fingerprint": "f"}
            protocol = None if verdict == "nothing" else "pingback"
            outcome = {"at": day.replace(":00+", ":01+"), "event": "outcome", "verdict": verdict}
            outcome |= {"reason": reason, "detail": detail, "protocol": protocol}
            outcome |= {"endpoint": protocol and "https://harbour.example.org/xmlrpc"}
            outcome |= {"retry_at": "2999-05-07T10:00:00+00:00"} if verdict == "later" else {}
            file.writelines(json.dumps(line | event) + "\n" for event in (queued, outcome)[known:])


def write_articles(folder: Path, articles: Mapping[str, Sequence[str]]) -> None:
    """Write the configuration and articles, each with its targets; build, and send nothing."""
    folder.mkdir()
    (folder / "publishconf.py").write_text(CONF)
    for name, targets in articles.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        links = " ".join(f"[a page]({target})" for target in targets)
        head = f"Title: {path.stem}\nDate: 2026-01-01\nPingback: {'; '.join(targets)}\n"
        path.write_text(f"{head}\n{links}\n")
    program = Path(sys.executable).with_name("pelican")
    words = ["content", "-s", "publishconf.py", "-e", "LINKBACK_SEND=false"]
    subprocess.run([program, *words], cwd=folder, check=True, capture_output=True, env=HERE_FIRST)


def in_a_terminal(
    command: list[str], folder: Path, watch: Callable[[str], object] = lambda _: None
) -> str:
    """Return what a command shows in a terminal of its own, escapes and all.

    ``watch`` is called with what is shown so far, each time that there is more.
    """
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    environment = HERE_FIRST | {"TERM": "xterm-256color"}
    for name in ("COLUMNS", "NO_COLOR", "LINES"):
        environment.pop(name, None)
    with subprocess.Popen(
        command, cwd=folder, stdin=follower, stdout=follower, stderr=follower, env=environment
    ):
        os.close(follower)
        shown = b""
        with suppress(OSError):  # by which Linux says that the other end is closed
            while more := os.read(leader, 65536):
                shown += more
                watch(shown.decode(errors="replace"))
        os.close(leader)
    return shown.decode()


def last_frame(shown: str) -> str:
    """Return what is to be seen in the end: a bar is drawn anew over what it drew before."""
    return shown.replace("\r\n", "\n").rpartition("\x1b[2K")[2]


def draw(shown: str, words: str, name: str) -> None:
    """Draw what a command shows beside this file, and print it."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(shown))
    title = f"pelican-linkback {words}"
    console.save_svg(str(HERE / f"{name}.svg"), title=title, unique_id="screen")
    print(f"{title}\n{shown}")


def bar_under_way(folder: Path) -> str:
    """Return the bar of ``send`` as it is when some of the pages have been looked at.

    Each page has one target: the bar counts targets, and a page with two would skip a number.
    """
    numbers = range(ARTICLES_UNDER_WAY)
    targets = {f"under-way-{n}.md": [f"https://notes.example.net/{n}"] for n in numbers}
    write_articles(folder, targets)
    turns, seen = itertools.count(), threading.Event()
    frames = []

    class Host(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if next(turns) >= ANSWERED:
                seen.wait()
            self.send_error(404)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    def watch(shown: str) -> None:
        if f"{ANSWERED}/" in shown and not seen.is_set():
            frames.append(last_frame(shown))
            seen.set()

    with ThreadingHTTPServer((urlsplit(SITE).hostname, urlsplit(SITE).port), Host) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        in_a_terminal(linkback("send"), folder, watch)
        host.shutdown()
    return frames[0]


def linkback(words: str) -> list[str]:
    """Return the command line of a command for the site."""
    return [sys.executable, "-m", "pelican_linkback", *words.split(), "-s", "publishconf.py"]


def main() -> None:
    """Draw every command."""
    with tempfile.TemporaryDirectory() as name:
        folder, under_way = Path(name, "site"), Path(name, "under-way")
        write_site(folder)
        for words in COMMANDS:
            shown = last_frame(in_a_terminal(linkback(words), folder))
            draw(shown, words, words.replace(" --", "-"))
        draw(bar_under_way(under_way), "send", "send-under-way")


if __name__ == "__main__":
    main()

"""``make screens``: what ``plan``, ``status`` and ``send`` look like in a terminal of 80 columns.

A small site is written into a temporary folder, with a memory in which something of everything
has happened. Each command runs in a terminal (a pseudo-terminal of this machine), and what it
shows is drawn as an SVG beside this file.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

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

COMMANDS = ["plan", "status", "status --failed", "send --dry-run", "send"]


def write_site(folder: Path) -> None:
    """Write the configuration, the articles and the memory."""
    (folder / "publishconf.py").write_text(CONF)
    for name, targets in ARTICLES.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        links = " ".join(f"[a page]({target})" for target in targets)
        head = f"Title: {path.stem}\nDate: 2026-01-01\nPingback: {'; '.join(targets)}\n"
        path.write_text(f"{head}\n{links}\n")
    build = ["pelican", "content", "-s", "publishconf.py", "-e", "LINKBACK_SEND=false"]
    program = Path(sys.executable).with_name(build[0])
    subprocess.run(
        [program, *build[1:]], cwd=folder, check=True, capture_output=True, env=HERE_FIRST
    )
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


def in_a_terminal(command: list[str], folder: Path) -> str:
    """Return what a command shows in a terminal of its own, escapes and all."""
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
        try:
            while more := os.read(leader, 65536):
                shown += more
        except OSError:  # Linux says so that the other end is closed
            pass
        os.close(leader)
    return shown.decode()


def main() -> None:
    """Draw every command."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_site(folder)
        for words in COMMANDS:
            options = ["-s", "publishconf.py"]
            command = [sys.executable, "-m", "pelican_linkback", *words.split(), *options]
            shown = in_a_terminal(command, folder)
            # What a bar drew and took away again is not to be seen in the end.
            shown = shown.replace("\r\n", "\n").rpartition("\x1b[2K")[2]
            title = f"pelican-linkback {words}"
            console = Console(record=True, width=COLUMNS, file=io.StringIO())
            console.print(Text.from_ansi(shown))
            path = HERE / f"{words.replace(' --', '-')}.svg"
            console.save_svg(str(path), title=title, unique_id="screen")
            print(f"{title}\n{shown}")


if __name__ == "__main__":
    main()

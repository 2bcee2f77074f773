"""The receiver as people run it: the processes of ``serve`` and ``work``, beside a small site."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.memory.targets_file import write_targets
from tests.person import ROOT, free_port, is_open

__all__ = ["TOKEN", "ReceiverSite"]

SITE = "https://blog.example.io"
TOKEN = "tok-5/&=x"
PATIENCE = 30.0


class ReceiverSite:
    """A site of ``pages`` articles, published: its settings, and its targets.json."""

    def __init__(self, folder: Path, pages: int = 1, **settings: object) -> None:
        self.folder = folder
        self.port = free_port()
        self.articles = [f"{SITE}/{number}/" for number in range(pages)]
        (folder / "content").mkdir(parents=True)
        self.settings = {
            "PATH": "content",
            "SITENAME": "A Site",
            "SITEURL": SITE,
            "TIMEZONE": "UTC",
            "PLUGINS": ["pelican_linkback"],
            "LINKBACK_RECEIVE": f"http://127.0.0.1:{self.port}/mentions/",
            "LINKBACK_ALLOW_HOSTS": ["127.0.0.0/8"],
            "LINKBACK_TRUSTED_PROXIES": ["127.0.0.1"],
        } | settings
        lines = "".join(f"{name} = {value!r}\n" for name, value in self.settings.items())
        (folder / "publishconf.py").write_text(lines)
        targets = [Target(url, url, f"Article {url}") for url in self.articles]
        write_targets(folder / "linkback", Targets(targets, SITE))

    def url(self, path: str = "") -> str:
        """The address of a path of the receiver."""
        return f"http://127.0.0.1:{self.port}/mentions/{path}"

    def command(self, *words: str) -> list[str]:
        """The words of a command on this site."""
        program = [sys.executable, "-m", "pelican_linkback"]
        return [*program, words[0], "-s", "publishconf.py", *words[1:]]

    def environment(self) -> dict[str, str]:
        """The variables that its processes see."""
        return os.environ | {"PYTHONPATH": str(ROOT), "LINKBACK_TOKEN": TOKEN, "COLUMNS": "200"}

    def runs(self, *words: str) -> str:
        """Run a command on this site to its end; what it printed."""
        done = subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def running(self, *words: str, port: int | None = None):
        """Run a command on this site; it is asked to end, and does, with status 0."""
        with ExitStack() as opened:
            log = opened.enter_context((self.folder / f"{words[0]}.log").open("a"))
            process = subprocess.Popen(
                self.command(*words),
                cwd=self.folder,
                env=self.environment(),
                stdout=log,
                stderr=log,
            )
            try:
                while port and not is_open(port):
                    assert process.poll() is None, Path(log.name).read_text()
                    time.sleep(0.02)
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    ended = process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise
        assert ended == 0, Path(log.name).read_text()

    def posts(self, source: str, target: str) -> int:
        """Post a webmention; the status of the answer."""
        form = urlencode({"source": source, "target": target}).encode()
        return self.answer("webmention", form)[0]

    def answer(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Ask the receiver; the status and the body of its answer."""
        try:
            with urlopen(Request(self.url(path), body, headers)) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

"""Somebody who does what a page of the documentation says, word for word, and has nothing else."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.pages import blocks

ROOT = Path(__file__).parent.parent
ANSWERS = "\n\n\n\nn\n\n\n\nn\n"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


def is_open(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(port))) == 0


POST = """
import sys, urllib.parse, urllib.request
fields = [word for option, word in zip(sys.argv[1:], sys.argv[2:]) if option == "-d"]
data = urllib.parse.urlencode(dict(field.split("=", 1) for field in fields)).encode()
print(urllib.request.urlopen(sys.argv[-1], data).read().decode())
"""
"""What ``curl -d NAME=VALUE … URL`` does."""


def _words(line):
    words = shlex.split(line)
    if words[0] == "pelican-linkback":  # what its script does, also where it is not installed
        words[:1] = [sys.executable, "-m", "pelican_linkback"]
    if words[0] == "curl":  # not every machine has it
        words[:1] = [sys.executable, "-c", POST]
    return words


PROGRAMS = {"neighbour": "8001", "http.server": "8000", "serve": "8017"}
"""The ports of programs that go on running, by a word for each."""


class Person:
    """Somebody with a shell in a folder, and terminals in which programs go on running."""

    def __init__(self, folder, terminals, ports=None):
        self.folder, self._terminals, self._ports = folder, terminals, ports or {}
        self.heard = {}
        scripts = Path(sys.executable).parent
        self._environment = os.environ | {
            "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
        }
        self._environment.pop("FORCE_COLOR", None)

    def types(self, line):
        words = _words(line)
        if words[0] == "cd":
            self.folder /= words[1]
            return ""
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self._environment[name] = value
            return ""
        done = subprocess.run(
            words,
            check=False,
            cwd=self.folder,
            env=self._environment,
            input=ANSWERS if "quickstart" in line else "y\n",
            capture_output=True,
            text=True,
        )
        # A plugin of the tests' environment, which a new person does not have.
        return (done.stdout + done.stderr).replace('"i18n_subsites", ', "")

    def starts(self, terminal, line):
        output = (self.folder / f"{terminal}.log").open("w+")
        port = self._ports[next(number for word, number in PROGRAMS.items() if word in line)]
        words = [*_words(line), *(["--port", port] if " serve " in line else [])]
        program = subprocess.Popen(
            words, cwd=self.folder, env=self._environment, stdout=output, stderr=output
        )
        self._terminals.callback(output.close)
        self._terminals.callback(program.wait)
        self._terminals.callback(program.terminate)
        self.heard[terminal] = Path(output.name)
        end = time.monotonic() + 20
        while not is_open(port):
            assert time.monotonic() < end, f"{line} does not listen"

    def writes(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)

    def follows(self, page, files=None):
        """Do what the code blocks of ``page`` say; return the command lines.

        A block for the console is typed, and what stands below a line has to be in what it
        shows; one with a caption goes on in a terminal of that name. XML has to be in the file
        of its caption, and a block whose caption is a terminal in what is shown there. Any other
        is written to the file of its caption, behind what that holds. Where a
        page has no captions, ``files`` says which file each kind of block is for. What is for a
        ``shell`` is not typed.
        """
        done = []
        for kind, caption, text, _ in blocks(page):
            if kind == "shell":
                continue
            if kind == "console":
                done += self._at_the_prompt(caption, text)
            elif caption in self.heard:
                assert text.strip() in self.heard[caption].read_text()
            elif kind == "xml":
                _holds((self.folder / caption).read_text(encoding="utf-8"), text)
            else:
                self.writes(caption or files[kind], text)
        return done

    def _at_the_prompt(self, terminal, text):
        for prompt in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            line, _, expected = prompt.partition("\n")
            if terminal:
                self.starts(terminal, line)
            elif " inbox " in line:
                self._looks_until(line, expected)
            else:
                _holds(self.types(line), expected)
            yield line

    def _looks_until(self, line, expected):
        """Type a line again until it shows what is expected: what others send takes a moment."""
        end = time.monotonic() + 120  # a page that did not answer is asked again after a minute
        while True:
            shown = self.types(line)
            try:
                return _holds(shown, expected)
            except AssertionError:
                if time.monotonic() > end:
                    raise


def _holds(shown, expected):
    for line in expected.splitlines():
        words = line.strip(" …")  # where the page leaves something out
        assert words in shown, shown

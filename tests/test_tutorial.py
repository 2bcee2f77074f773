"""docs/tutorial.rst, done word for word by somebody who has nothing but that page.

Only the ports are others, since these may be taken on this machine. Installing is left out.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import textwrap
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "tutorial.rst").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^\.\. code-block:: (\w+)\n(?:   :caption: (.*)\n)?\n((?:   .*\n|\n)+)", re.MULTILINE
)
ANSWERS = "\n\n\n\nn\n\n\n\nn\n"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


def is_open(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(port))) == 0


class Person:
    """Somebody with a shell in a folder, and terminals in which programs go on running."""

    def __init__(self, folder, terminals):
        self.folder, self._terminals = folder, terminals
        self.heard = {}
        scripts = Path(sys.executable).parent
        self._environment = os.environ | {
            "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
        }
        self._environment.pop("FORCE_COLOR", None)

    def types(self, line):
        words = shlex.split(line)
        if words[0] == "cd":
            self.folder /= words[1]
            return ""
        if words[0] == "pelican-linkback":  # what its script does, also where it is not installed
            words[:1] = [sys.executable, "-m", "pelican_linkback"]
        done = subprocess.run(
            words,
            check=False,
            cwd=self.folder,
            env=self._environment,
            input=ANSWERS if "quickstart" in line else "",
            capture_output=True,
            text=True,
        )
        # A plugin of the tests' environment, which a new person does not have.
        return (done.stdout + done.stderr).replace('"i18n_subsites", ', "")

    def starts(self, terminal, line, port):
        output = (self.folder / f"{terminal}.log").open("w+")
        program = subprocess.Popen(
            shlex.split(line), cwd=self.folder, env=self._environment, stdout=output, stderr=output
        )
        self._terminals.callback(output.close)
        self._terminals.callback(program.wait)
        self._terminals.callback(program.terminate)
        self.heard[terminal] = Path(output.name)
        end = time.monotonic() + 20
        while not is_open(port):
            assert time.monotonic() < end, f"{line} does not listen"

    def writes(self, name, text):
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text)


def test_the_tutorial_does_what_it_says(tmp_path):
    ports = {"8000": free_port(), "8001": free_port()}
    page = re.sub(r"\b800[01]\b", lambda found: ports[found[0]], PAGE)
    done = []
    with ExitStack() as terminals:
        person = Person(tmp_path, terminals)
        for kind, caption, block in BLOCK.findall(page):
            text = textwrap.dedent(block)
            if kind == "console":
                for prompt in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                    line, _, expected = prompt.partition("\n")
                    done.append(line)
                    if caption:
                        person.starts(
                            caption, line, ports["8001" if "neighbour" in line else "8000"]
                        )
                        continue
                    shown = person.types(line)
                    for words in filter(None, map(str.strip, expected.splitlines())):
                        assert words in shown, f"$ {line}\n{shown}"
            elif caption in person.heard:
                assert text.strip() in person.heard[caption].read_text()
            else:
                person.writes(caption, text.lstrip("\n"))
    assert len(done) == 10
    assert sum("pelican-linkback" in line for line in done) == 4

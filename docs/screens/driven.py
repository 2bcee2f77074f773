"""Chromium without a window, driven by the DevTools protocol over a pipe.

Only what ``make screens`` needs: pages are opened, keys are pressed, and pictures are taken, in the
sizes and colours of phones and desks.
"""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from feeds import COLOURS
from PIL import Image

KEYS = {"Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), " ": ("Space", 32, " ")}
SHIFT = 8


class Page:
    """A page of Chromium. ``send`` is a command of the DevTools protocol."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._buffer, self._number, self._session = b"", 0, ""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        found = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = found["sessionId"]
        self.send("Page.enable")

    def send(self, method: str, **parameters: object) -> dict[str, Any]:
        """Return the result of a command."""
        self._number += 1
        message: dict[str, object] = {
            "id": self._number,
            "method": method,
            "params": parameters,
        }
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            pass
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return dict(answer["result"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            self._buffer += os.read(self._answers, 1 << 16)
        line, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(line))

    def look(self, size: tuple[int, int], scheme: str) -> None:
        """Look as on a screen of this size, in light or dark colours."""
        width, height = size
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.send("Emulation.setEmulatedMedia", features=features)

    def open(self, url: str) -> None:
        """Open a URL, and wait until it is loaded."""
        self.send("Page.navigate", url=url)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is loaded any more."""
        for _ in range(200):
            time.sleep(0.05)
            if self.value("document.readyState") == "complete":
                return
        raise TimeoutError("the page is not loaded after ten seconds")

    def value(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, which sees the page as its scripts would."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    def press(self, key: str, times: int = 1, modifiers: int = 0) -> None:
        """Press a key, as a person does; the page may go on to another one."""
        code, number, text = KEYS[key]
        for _ in range(times):
            named = {"key": key, "code": code, "windowsVirtualKeyCode": number}
            for kind in ("keyDown", "keyUp"):
                typed = {"text": text} if text and kind == "keyDown" else {}
                event = named | typed | {"modifiers": modifiers}
                self.send("Input.dispatchKeyEvent", type=kind, **event)
        time.sleep(0.2)
        self.settle()

    def picture(self, path: Path) -> None:
        """Draw what is to be seen into a file, in few colours."""
        data = base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])
        with Image.open(io.BytesIO(data)) as drawn:
            few = drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size} bytes")


@contextmanager
def chromium(program: str, folder: Path, *options: str) -> Iterator[Page]:
    """Start a browser of its own; ``folder`` is for its profile."""
    read_commands, commands = os.pipe()
    answers, write_answers = os.pipe()
    command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--user-data-dir={folder / 'profile'}", "--remote-debugging-pipe", *options]

    def as_three_and_four() -> None:
        os.dup2(read_commands, 3)
        os.dup2(write_answers, 4)

    # Chromium reads commands from 3 and writes answers to 4.
    browser = subprocess.Popen(
        command,
        preexec_fn=as_three_and_four,  # noqa: PLW1509 (before there are threads)
        close_fds=False,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Page(commands, answers)
    finally:
        browser.terminate()
        browser.wait(10)
        for each in (read_commands, commands, answers, write_answers):
            os.close(each)

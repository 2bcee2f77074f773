"""``make demo``, as somebody sees it who tries the project."""

from __future__ import annotations

import subprocess
import sys

import feedparser
import pytest

from tests.sample_output import ROOT


@pytest.mark.hostile(reason="it takes six seconds, and the folder .demo")
def test_it_ends_with_the_answers_of_the_other_blog():
    done = subprocess.run(
        [sys.executable, "sample_site/demo.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    for said in (
        "The pings that the other blog accepted, 6:",
        "The second build made 0 requests to the other blog.",
        "Mentions: 2 held, 0 shown, 0 hidden; decide with",
        "Mentions: 0 held, 2 shown, 0 hidden; the next build shows it so",
        "Mentions: 2 new",
        "--directory .demo/output\nand open http://127.0.0.1:",
    ):
        assert said in done.stdout
    pages = ROOT / ".demo" / "output"
    answered = (pages / "2026/the-bell-buoy/index.html").read_text("utf-8")
    assert "We hear your bell buoy at night, too." in answered
    assert "Marta on the other bank" in answered
    linked = (pages / "2024/what-the-keeper-wrote-down/index.html").read_text("utf-8")
    assert "Seen from the other bank" in linked
    entries = feedparser.parse((pages / "feeds/mentions.atom.xml").read_bytes()).entries
    assert {each.title.partition(":")[0] for each in entries} == {
        "Marta on the other bank",
        "127.0.0.1",
    }

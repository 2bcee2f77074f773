"""A command that a message names can be typed as it is printed."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex

import pytest

from pelican_linkback import cli
from pelican_linkback.cli.parser import COMMANDS, parser
from pelican_linkback.journal.journal import Journal
from pelican_linkback.plugin.invocation import options_in_use
from pelican_linkback.text import next_steps
from pelican_linkback.text.next_steps import in_use, with_options
from tests.test_messages import messages


def test_the_example_is_true():
    assert doctest.testmod(next_steps).failed == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_gets_the_options(command):
    text = f"run pelican-linkback {command}; or not"
    assert with_options(text, "-s p.py") == f"run pelican-linkback {command} -s p.py; or not"
    assert with_options(text, "") == text


@pytest.mark.parametrize(
    "text",
    ["pelican-linkback send -s other.py", "pelican-linkbacks send", "pelican-linkback sends"],
)
def test_what_has_options_or_is_no_command_stays(text):
    assert with_options(text, "-s p.py") == text


def test_the_options_say_no_password():
    options = in_use("p.py", {"LINKBACK_INBOX": "postgres://me:secret@db/blog"})
    assert options == """-e 'LINKBACK_INBOX="…"' -s p.py"""


@pytest.mark.parametrize(
    ("settings", "overrides", "options"),
    [
        (None, {}, ""),
        ("publishconf.py", {}, "-s publishconf.py"),
        ("my site/conf.py", {}, "-s 'my site/conf.py'"),
        ("p.py", {"LINKBACK_SEND": False}, "-s p.py"),
        (None, {"A": 1, "B": "it's"}, """-e A=1 'B="it'"'"'s"' -s pelicanconf.py"""),
    ],
)
def test_the_options_in_use(settings, overrides, options):
    assert in_use(settings, overrides) == options
    words = shlex.split(f"status {options}")
    read = parser().parse_args(words)
    wanted = {name: value for name, value in overrides.items() if name != "LINKBACK_SEND"}
    assert (read.settings or "pelicanconf.py") == (settings or "pelicanconf.py")
    assert dict(read.overrides) == wanted


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("pelican content -s publishconf.py", "-s publishconf.py"),
        ("/bin/pelican -s p.py -e LINKBACK_SEND=false SITEURL=1", "-e SITEURL=1 -s p.py"),
        ("pelican content", ""),
        ("pelican --no-such-option", ""),
        ("invoke build", ""),
    ],
)
def test_the_options_of_the_build_under_way(words, options, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert options_in_use(words.split()) == options


def test_where_another_program_builds_the_usual_file_is_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "publishconf.py").touch()
    assert options_in_use(["invoke", "publish"]) == "-s publishconf.py"


# Every message that names a command is typed, as the author of a site would.

URL = "http://127.0.0.1:9/one.html"
FILLED_IN = {
    "doctor {}": "doctor -s publishconf.py",
    "import-linkbacks -s {}": "import-linkbacks -s publishconf.py",
    "retract {}": f"retract {URL}",
}
"""What the program fills in, where a message has {}."""

NO_STEPS = {
    "cli/parser.py: pelican-linkback {}, Pelican {}, Python {}",
    'cli/init.py: "pelican[markdown]" pelican-linkback',  # the package
}


OWN_RECEIVER = {"serve", "work"}
"""Commands for which this site is a wrong one: ``serve`` would not end."""


def steps():
    for message in messages():
        for found in re.finditer(r"\bpelican-linkback (.*)", message):
            if message not in NO_STEPS:
                yield pytest.param(found[1], id=message)


def command_of(text):
    """The words of a command at the start of ``text``: as many as the parser takes."""
    for template, words in FILLED_IN.items():
        text = text.replace(template, words)
    words = []
    for word in with_options(f"pelican-linkback {text}", "-e A=1 -s publishconf.py").split()[1:]:
        words.append(word.rstrip(",;.:"))
        if word != words[-1]:
            break
    while words:
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                parser().parse_args(words)
        except SystemExit:
            words.pop()
        else:
            return words
    return words


@pytest.fixture
def blog(tmp_path, monkeypatch):
    """A site with a linkback that is due."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("builtins.input", lambda _="": "n")
    (tmp_path / "content").mkdir()
    (tmp_path / "output").mkdir()
    (tmp_path / "content" / "one.md").write_text("Title: One\nDate: 2020-01-01\n\nText.\n")
    (tmp_path / "publishconf.py").write_text(
        'PATH = "content"\nSITEURL = "http://127.0.0.1:9"\nTIMEZONE = "UTC"\nLOCALE = ["C"]\n'
        'LINKBACK_ALLOW_HOSTS = ["127.0.0.1"]\nPLUGINS = ["pelican_linkback"]\n'
        'LINKBACK_RECEIVE = "webmention.io"\n'
    )
    told = {"v": 1, "source": URL, "target": "https://you.example.io/two"}
    at = "2026-05-01T10:00:00+00:00"
    Journal(tmp_path / "linkback" / "deliveries.jsonl").append(
        told | {"event": "queued", "at": at, "article": "one.md", "fingerprint": "f"},
    )


@pytest.mark.parametrize("text", [*steps()])
def test_every_message_that_names_a_command_can_be_typed(text, blog, capsys):
    words = command_of(text)
    assert words, f"{text!r} begins with no command that can be typed"
    assert "{}" not in " ".join(words)
    assert ("-e" in words) is not (
        " -s " in text or "doctor {}" in text
    )  # what is in use is carried along
    statuses = {2} if words[0] in OWN_RECEIVER else {0, 1}
    assert cli.main([{"10m": "0"}.get(word, word) for word in words]) in statuses  # not to wait
    assert "Traceback" not in capsys.readouterr().err


def test_messages_with_steps_are_found():
    assert len([*steps()]) > 15

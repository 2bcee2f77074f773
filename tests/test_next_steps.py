"""A command that a message names can be typed as it is printed."""

from __future__ import annotations

import doctest
import shlex

import pytest

from pelican_linkback.cli.parser import COMMANDS, parser
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


@pytest.mark.parametrize(
    ("settings", "overrides", "options"),
    [
        (None, {}, ""),
        ("publishconf.py", {}, "-s publishconf.py"),
        ("my site/conf.py", {}, "-s 'my site/conf.py'"),
        ("p.py", {"LINKBACK_SEND": False}, "-s p.py"),
        (None, {"A": 1, "B": "it's"}, """-e A=1 'B="it'"'"'s"'"""),
    ],
)
def test_the_options_in_use(settings, overrides, options):
    assert in_use(settings, overrides) == options
    words = shlex.split(f"status {options}")
    read = parser().parse_args(words)
    wanted = {name: value for name, value in overrides.items() if name != "LINKBACK_SEND"}
    assert (read.settings, dict(read.overrides)) == (settings, wanted)


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("pelican content -s publishconf.py", "-s publishconf.py"),
        ("/bin/pelican -s p.py -e LINKBACK_SEND=false SITEURL=1", "-s p.py -e SITEURL=1"),
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


def test_every_message_that_names_a_command_names_one_that_there_is():
    for message in messages():
        rest = message.partition("pelican-linkback ")[2]
        assert not rest or rest.split()[0].strip(";,.").split(" ")[0] in {*COMMANDS, "{}"}, message

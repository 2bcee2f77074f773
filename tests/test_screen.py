"""What people read: lines, on terminals of many kinds and in files."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pelican_linkback.cli.terminal import STYLES, Screen, fitted

URL = "https://harbour.example.org/2026/05/why-the-gauge-at-the-old-mole-runs-slow-in-winter"


def screen(width=80, *, terminal=True, environment=(), **voice):
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=terminal,
        highlight=False,
        markup=False,
        _environ={"TERM": "xterm-256color"} | dict(environment),
    )
    return Screen(console=console, **voice)


def shown(on):
    return on.console.file.getvalue()


@given(st.text(st.characters(codec="ascii", categories=["L", "P", "Zs"])), st.integers(20, 100))
def test_lines_fit_and_nothing_is_lost(text, width):
    lines = fitted(text, width)
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_long_url_is_broken_behind_a_mark():
    assert fitted(URL, 60, "    ") == [
        "    https://harbour.example.org/2026/05/why-the-gauge-at-the-",
        "    old-mole-runs-slow-in-winter",
    ] or fitted(URL, 60, "    ") == [
        "    https://harbour.example.org/2026/05/why-the-gauge-at-",
        "    the-old-mole-runs-slow-in-winter",
    ]


def test_a_word_without_marks_is_broken_where_it_must_be():
    assert fitted("a" * 30, 20) == ["a" * 20, "a" * 10]


def test_a_screen_too_narrow_for_the_indent_still_shows_text():
    assert fitted("one two three four five six", 10, " " * 11) == [
        " " * 11 + "one two three four",
        " " * 11 + "five six",
    ]


def test_in_a_file_no_line_is_broken_or_coloured():
    on = screen(30, terminal=False)
    on.entry("failed", [URL], ["a reason of more than thirty characters", ""])
    assert shown(on).splitlines() == [
        f"  failed   {URL}",
        "           a reason of more than thirty characters",
    ]


@given(st.sampled_from([*STYLES, "none"]), st.text(), st.text(), st.sampled_from(["", "dim"]))
def test_what_is_written_to_a_file_is_what_rich_would_write(verb, text, note, style):
    fast, slow = screen(terminal=False), screen(terminal=False)
    slow.__dict__["_is_plain"] = False  # as on a terminal
    slow.console.width = 100_000  # where no line is broken
    for on in (fast, slow):
        on.entry(verb, [text, text], [note])
        on.say(text, "  ", style)
        on.diff("+" + text)
    assert shown(fast) == shown(slow)


def test_on_a_terminal_lines_are_broken_and_words_coloured():
    on = screen(60)
    on.entry("failed", [URL], ["no link"])
    lines = shown(on).splitlines()
    assert lines[0].startswith("  \x1b[31mfailed   \x1b[0mhttps://")
    assert lines[1].startswith(" " * 11)
    assert lines[2] == "\x1b[2m           no link\x1b[0m"


def test_no_color_is_honoured():
    on = screen(environment={"NO_COLOR": "1"})
    on.entry("failed", [URL])
    assert "\x1b[3" not in shown(on)


def test_text_of_others_is_shown_without_markup():
    on = screen(terminal=False)
    on.say("[bold]\x1b[31mred\r[/bold]")
    assert shown(on) == "[bold]\\x1b[31mred [/bold]\n"


def test_quiet_leaves_what_the_author_needs():
    on = screen(terminal=False, quiet=True)
    on.say("good to know")
    on.entry("send", [URL])
    on.insist("needed")
    assert shown(on) == "needed\n"


def test_a_bar_shows_how_far_it_is():
    on = screen()
    with on.progress("Sending") as bar:
        bar.show(3, 5)
        bar.wait("for the pages")
    assert "Sending" in shown(on)
    assert "Waiting" in shown(on)


@pytest.mark.parametrize(
    ("voice", "said"),
    [({}, "Waiting for the pages.\n"), ({"quiet": True}, ""), ({"json": True}, "")],
    ids=["plain", "quiet", "json"],
)
def test_elsewhere_the_wait_is_one_line(voice, said):
    on = screen(terminal=False, **voice)
    with on.progress("Sending") as bar:
        bar.show(3, 5)
        bar.wait("for the pages")
        bar.wait("for the pages")
    assert shown(on) == said


def test_a_dumb_terminal_gets_no_bar():
    on = screen(environment={"TERM": "dumb"})
    with on.progress("Sending") as bar:
        bar.show(3, 5)
    assert shown(on) == ""


STEP = "pelican-linkback send -s publishconf.py"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"upload it, then run {STEP}; or not", ["upload it, then run", f"{STEP}; or not"]),
        (f"run {STEP} --wait 10m", ["run", f"{STEP} --wait 10m"]),
        (f"run {STEP} -e 'A=\"b c\"' X", [f"run {STEP} -e", "'A=\"b c\"' X"]),  # too long
    ],
)
def test_a_command_is_broken_only_where_it_does_not_fit_a_line(text, lines):
    assert fitted(text, 50) == lines

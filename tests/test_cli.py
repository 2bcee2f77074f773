"""The command line, run as its user would."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pelican_linkback import cli
from pelican_linkback.journal import Journal

HEAD = {"v": 1, "source": "https://me.example.io/one/", "target": "https://you.example.io/two"}
QUEUED = HEAD | {
    "at": "2026-05-01T10:00:00.000000+00:00",
    "event": "queued",
    "article": "one.md",
    "fingerprint": "f",
}


def outcome(**fields):
    at = "2026-05-01T10:00:01.000000+00:00"
    return HEAD | {"at": at, "event": "outcome", "reason": "accepted"} | fields


@pytest.fixture
def conf(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "content").mkdir()
    path = tmp_path / "publishconf.py"
    path.write_text('PATH = "content"\nSITEURL = "https://me.example.io"\n')
    return path


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "linkback" / "deliveries.jsonl")


def run(capsys, *argv):
    status = cli.main([str(word) for word in argv])
    captured = capsys.readouterr()
    return status, " ".join(captured.out.split()), captured.err


def test_status_of_a_new_site(conf, capsys):
    assert run(capsys, "status", "-s", conf) == (0, "No linkbacks yet: nothing is recorded.", "")
    assert not (conf.parent / "linkback").exists()


@pytest.mark.parametrize(
    ("event", "status", "shown"),
    [
        (
            outcome(verdict="delivered", protocol="pingback", endpoint="https://you.example.io/x"),
            0,
            "sent by pingback Linkbacks: 1 sent",
        ),
        (outcome(verdict="delivered", reason=""), 0, "sent Linkbacks: 1 sent"),
        (QUEUED, 0, "due Linkbacks: 1 due"),
        (outcome(verdict="nothing", reason="no-endpoint"), 0, "no endpoint (no-endpoint)"),
        (outcome(verdict="refused", reason="fault-17", detail="no link"), 1, "failed (no link)"),
        (
            outcome(verdict="later", reason="timed-out", retry_at="2026-05-01T11:00:00+00:00"),
            0,
            "(timed-out) Linkbacks: 1 to be tried again",
        ),
    ],
)
def test_status_says_how_each_delivery_stands(conf, journal, capsys, event, status, shown):
    journal.append(QUEUED, event)
    actual, out, _ = run(capsys, "status", "-s", conf)
    assert actual == status
    assert shown in out
    assert "one.md" in out
    assert "https://you.example.io/two" in out.replace(" ", "")


def test_status_for_machines(conf, journal, capsys):
    journal.append(QUEUED)
    assert cli.main(["status", "--json", "-s", str(conf)]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["state"] == "queued"
    assert row["source"] == HEAD["source"]
    assert row["at"] == "2026-05-01T10:00:00+00:00"


def test_send_with_nothing_due(conf, capsys):
    assert run(capsys, "send", "-s", conf) == (0, "Linkbacks: 0 sent, 0 failed", "")
    status, out, _ = run(capsys, "send", "--json", "-s", conf)
    assert (status, json.loads(out)["warnings"]) == (0, [])


def test_a_warning_needs_the_author(conf, journal, capsys):
    journal.path.parent.mkdir()
    journal.path.write_text("garbage\n\n")
    status, out, _ = run(capsys, "send", "-s", conf)
    assert status == 1
    assert "line 1 is not used" in out


def test_a_journal_that_cannot_be_read_needs_the_author(conf, journal, capsys):
    journal.path.mkdir(parents=True)
    status, _, err = run(capsys, "status", "-s", conf)
    assert status == 1
    assert "cannot be read" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-s", "nowhere.py"], "there is no file nowhere.py"),
        (["-e", 'SITEURL=""'], "is not public, so nothing is sent"),
        (["-e", "LINKBACK_TIMEOUT=-1"], "LINKBACK_TIMEOUT = -1: takes"),
    ],
)
def test_wrong_settings_are_status_2_and_said(conf, capsys, words, says):
    argv = ["send", *(["-s", str(conf)] if "-s" not in words else []), *words]
    status, _, err = run(capsys, *argv)
    assert status == 2
    assert says in err


def test_a_settings_file_that_fails_is_named(conf, capsys):
    conf.write_text("1 / 0")
    status, _, err = run(capsys, "status", "-s", conf)
    assert status == 2
    assert "cannot be read" in err
    assert "ZeroDivisionError" in err


def test_pelicanconf_is_the_default(conf, capsys, monkeypatch):
    conf.rename(conf.with_name("pelicanconf.py"))
    monkeypatch.chdir(conf.parent)
    assert run(capsys, "status")[0] == 0


@pytest.mark.parametrize("argv", [[], ["nonsense"], ["status", "--nonsense"]])
def test_wrong_usage_is_status_2(argv, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(argv)
    assert left.value.code == 2


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_help_ends_with_an_example(name, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main([name, "--help"])
    assert left.value.code == 0
    assert f"example: {cli.COMMANDS[name].example}" in capsys.readouterr().out


def test_it_is_a_module_too():
    done = subprocess.run(
        [sys.executable, "-m", "pelican_linkback", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == cli.__version__

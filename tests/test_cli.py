"""The command line, run as its user would."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import pelican_linkback
from pelican_linkback import cli
from pelican_linkback.cli.parser import duration
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


# No client opens a socket to this port.
OFFLINE = ['SITEURL="http://127.0.0.1:9"', 'LINKBACK_ALLOW_HOSTS=["127.0.0.1"]']


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


def told(fingerprint="f", **fields):
    at = "2026-05-01T10:00:01.000000+00:00"
    said = {"verdict": "delivered", "reason": "accepted", "protocol": "webmention"}
    return HEAD | {"at": at, "event": "outcome"} | said | fields


CHANGED = QUEUED | {"at": "2026-05-01T10:00:02.000000+00:00", "fingerprint": "g"}


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        ([QUEUED], "tell Linkbacks: 1 due, 0 later or never, 0 settled"),
        ([QUEUED, told(), CHANGED], "tell of the new version"),
        ([QUEUED, told(), CHANGED | {"fingerprint": "gone"}], "tell that the page is gone"),
        ([QUEUED, told(), CHANGED | {"fingerprint": "unlinked"}], "tell that the link is gone"),
        ([QUEUED, told(status_url="https://you.example.io/s")], "ask what became of it"),
        ([QUEUED, told()], "Linkbacks: 0 due, 0 later or never, 0 settled"),
    ],
)
def test_a_dry_run_shows_what_is_due_and_sends_nothing(conf, journal, capsys, events, shown):
    journal.append(*events)
    before = journal.path.read_bytes()
    status, out, _ = run(capsys, "send", "--dry-run", "-s", conf)
    assert status == 0
    assert shown in out
    assert journal.path.read_bytes() == before


@pytest.fixture
def articles(conf):
    def write(name, metadata=""):
        text = (
            f"Title: {name}\nDate: 2020-01-01\n{metadata}\nSee [it](https://you.example.io/two).\n"
        )
        (conf.parent / "content" / f"{name}.md").write_text(text)

    with conf.open("a") as file:
        file.write('PLUGINS = []\nTIMEZONE = "UTC"\nOUTPUT_PATH = "output"\nLOCALE = ["C"]\n')
    (conf.parent / "output").mkdir()
    (conf.parent / "output" / "kept.html").touch()
    return write


def test_plan_reads_the_site_and_writes_nothing(conf, articles, capsys):
    articles("one", "Pingback: all")
    articles("two")
    before = sorted(conf.parent.rglob("*"))
    status, out, _ = run(capsys, "plan", "-s", conf, "-e", "DELETE_OUTPUT_DIRECTORY=true")
    assert status == 0
    assert "one.md https://you.example.io/two tell Linkbacks: 1 due" in out
    assert cli.main(["plan", "--json", "-s", str(conf)]) == 0
    (row,) = json.loads(capsys.readouterr().out)["planned"]
    assert (row["decision"], row["until"]) == ("send", None)
    assert row["source"] == "https://me.example.io/one.html"
    assert sorted(conf.parent.rglob("*")) == before


def test_plan_says_when_and_why_not(conf, articles, journal, capsys):
    articles("one", "Pingback: all")
    head = HEAD | {"source": "https://me.example.io/one.html"}
    later = {"event": "outcome", "verdict": "later", "reason": "timed-out", "v": 1}
    cli.main(["plan", "--json", "-s", str(conf)])
    (row,) = json.loads(capsys.readouterr().out)["planned"]
    known = head | {"at": "2026-05-01T10:00:00+00:00", "event": "queued", "article": "one.md"}
    journal.append(known | {"fingerprint": row["fingerprint"]})
    journal.append(
        head | later | {"at": "2026-05-01T11:00:00+00:00", "retry_at": "2999-01-01T00:00:00+00:00"}
    )
    assert "try again after 2999-01-01 00:00 UTC (timed-out)" in run(capsys, "plan", "-s", conf)[1]
    for hour in range(12, 20):
        journal.append(head | later | {"at": f"2026-05-01T{hour}:00:00+00:00"})
    assert "given up (timed-out)" in run(capsys, "plan", "-s", conf)[1]


def test_since_tells_the_archive_on_purpose_and_is_remembered(conf, articles, capsys):
    articles("one")
    argv = ["-s", conf, "-e", 'LINKBACK_TARGETS="all"', *OFFLINE]
    assert "Linkbacks: 0 due" in run(capsys, "plan", *argv)[1]
    assert "Linkbacks: 1 due" in run(capsys, "send", "--dry-run", "--since", "2015-01-01", *argv)[1]
    assert "Linkbacks: 0 due" in run(capsys, "plan", *argv)[1]
    assert not (conf.parent / "linkback").exists()
    run(capsys, "send", "--since", "2015-01-01", *argv)
    assert '"2015-01-01"' in (conf.parent / "linkback" / "site.jsonl").read_text()
    assert "Linkbacks: 1 due" in run(capsys, "plan", *argv)[1]


def test_since_is_about_found_links(conf, capsys):
    status, _, err = run(capsys, "send", "--since", "2015-01-01", "-s", conf)
    assert status == 2
    assert 'LINKBACK_TARGETS = "all"' in err


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1h", 3600)])
def test_a_time_is_a_number_and_a_unit(text, seconds):
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "-1m", "1.5h", "10 min", "1d"])
def test_what_is_no_time_is_wrong_usage(conf, text, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["send", f"--wait={text}", "-s", str(conf)])
    assert left.value.code == 2
    assert "such as 90s, 10m or 1h" in capsys.readouterr().err


def test_compact_says_what_it_did(conf, journal, capsys):
    journal.append(QUEUED, QUEUED, told())
    assert run(capsys, "compact", "-s", conf) == (0, "Linkbacks: 3 lines before, 2 after", "")
    assert cli.main(["compact", "--json", "-s", str(conf)]) == 0
    assert json.loads(capsys.readouterr().out) == {"before": 2, "after": 2}


def test_a_tombstone_that_cannot_be_written_is_told(conf, journal, capsys):
    journal.append(QUEUED, told())
    (conf.parent / "out").write_text("a file")
    argv = ["-s", conf, "-e", f'OUTPUT_PATH="{conf.parent}/out"']
    status, _, err = run(capsys, "retract", HEAD["source"], *argv)
    assert status == 1
    assert "cannot be written" in err


def test_retract_for_machines(conf, journal, capsys):
    source = {"source": "http://127.0.0.1:9/one/"}
    journal.append(QUEUED | source, told(**source))
    argv = ["-e", f'OUTPUT_PATH="{conf.parent}/output"', *OFFLINE]
    assert cli.main(["retract", "--json", *source.values(), "-s", str(conf), *argv]) == 0
    assert json.loads(capsys.readouterr().out)["summary"].startswith("Linkbacks: 0 sent, 1 waits")


def test_a_warning_needs_the_author(conf, journal, capsys):
    journal.path.parent.mkdir()
    journal.path.write_text('{"v": 0}\n\n')
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
    assert done.stdout.strip() == pelican_linkback.__version__

"""The command line, run as its user would."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

import pelican_linkback
from pelican_linkback import cli
from pelican_linkback.cli import parser, sending
from pelican_linkback.cli.parser import duration
from pelican_linkback.journal.journal import Journal

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


# Nobody listens at this port.
OFFLINE = ['SITEURL="http://127.0.0.1:2"', 'LINKBACK_ALLOW_HOSTS=["127.0.0.1"]']


@pytest.fixture
def conf(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "content").mkdir()
    path = tmp_path / "publishconf.py"
    path.write_text(
        'PATH = "content"\nPLUGINS = ["pelican_linkback"]\nSITEURL = "https://me.example.io"\n'
    )
    return path


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "linkback" / "deliveries.jsonl")


def run(capsys, *argv):
    status = cli.main([str(word) for word in argv])
    captured = capsys.readouterr()
    return status, " ".join(captured.out.split()), captured.err


@pytest.mark.parametrize("enabled", [True, False])
def test_modules_are_no_garbage_and_a_program_that_calls_gets_its_collector_back(
    conf, capsys, monkeypatch, enabled
):
    frozen = []

    def run(argv):
        frozen.append((gc.get_freeze_count() > 1000, gc.isenabled()))
        return 0

    monkeypatch.setattr("pelican_linkback.cli.commands.run", run)
    (gc.enable if enabled else gc.disable)()
    try:
        assert cli.main(["status"]) == 0
        assert frozen == [(True, enabled)]
        assert (gc.get_freeze_count(), gc.isenabled()) == (0, enabled)
    finally:
        gc.enable()


def test_status_of_a_new_site(conf, capsys):
    assert run(capsys, "status", "-s", conf) == (0, "No linkbacks yet: nothing is recorded.", "")
    assert not (conf.parent / "linkback").exists()


@pytest.mark.parametrize(
    ("event", "status", "shown"),
    [
        (
            outcome(verdict="delivered", protocol="pingback", endpoint="https://you.example.io/x"),
            0,
            "by pingback (accepted) Linkbacks: 1 sent",
        ),
        (outcome(verdict="delivered", reason=""), 0, "/two Linkbacks: 1 sent"),
        (QUEUED, 0, "/two Linkbacks: 1 due"),
        (
            outcome(verdict="nothing", reason="no-endpoint"),
            0,
            "it accepts no linkbacks Linkbacks: 1 without an endpoint",
        ),
        (
            outcome(verdict="refused", reason="fault-17", detail="no link"),
            1,
            "refuses (fault 17): no link",
        ),
        (
            outcome(verdict="later", reason="timed-out", retry_at="2026-05-01T11:00:00+00:00"),
            0,
            "no answer in time Linkbacks: 1 to be tried again",
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
    assert run(capsys, "send", "-s", conf) == (0, "Linkbacks: nothing to send", "")
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
        ([QUEUED], "online Linkbacks: 1 due, 0 later or never, 0 settled"),
        ([QUEUED, told(), CHANGED], "notify of the new version"),
        ([QUEUED, told(), CHANGED | {"fingerprint": "gone"}], "notify that the page is gone"),
        ([QUEUED, told(), CHANGED | {"fingerprint": "unlinked"}], "notify that the link is gone"),
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


def written(folder: Path) -> list[Path]:
    """What is in the folder, but for what Python keeps of the settings."""
    return [path for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts]


def test_plan_reads_the_site_and_writes_nothing(conf, articles, capsys):
    articles("one", "Pingback: all")
    articles("two")
    before = written(conf.parent)
    status, out, _ = run(capsys, "plan", "-s", conf, "-e", "DELETE_OUTPUT_DIRECTORY=true")
    assert status == 0
    assert (
        "one.md send https://you.example.io/two notify once its page is online Linkbacks: 1 due"
        in out
    )
    assert cli.main(["plan", "--json", "-s", str(conf)]) == 0
    (row,) = json.loads(capsys.readouterr().out)["planned"]
    assert (row["decision"], row["until"]) == ("send", None)
    assert row["source"] == "https://me.example.io/one.html"
    assert written(conf.parent) == before


def test_plan_says_when_and_why_not(conf, articles, journal, capsys):
    articles("one", "Pingback: all")
    head = HEAD | {"source": "https://me.example.io/one.html"}
    later = {"event": "outcome", "verdict": "later", "reason": "timed-out", "v": 1}
    cli.main(["plan", "--json", "-s", str(conf)])
    (row,) = json.loads(capsys.readouterr().out)["planned"]
    known = head | {"at": "2026-05-01T10:00:00+00:00", "event": "queued", "article": "one.md"}
    journal.append(known | {"fingerprint": row["fingerprint"]})
    soon = datetime.now(UTC) + timedelta(days=1)
    retry_at = {"at": "2026-05-01T11:00:00+00:00", "retry_at": soon.isoformat()}
    journal.append(head | later | retry_at)
    words = f"not before {soon:%Y-%m-%d %H:%M} UTC: no answer in time"
    assert words in run(capsys, "plan", "-s", conf)[1]
    for hour in range(12, 20):
        journal.append(head | later | {"at": f"2026-05-01T{hour}:00:00+00:00"})
    assert "9 attempts without success: no answer in time" in run(capsys, "plan", "-s", conf)[1]


def test_since_sends_the_archive_and_is_recorded(conf, articles, capsys):
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


def test_a_tombstone_that_cannot_be_written_is_reported(conf, journal, capsys):
    journal.append(QUEUED, told())
    (conf.parent / "out").write_text("a file")
    argv = ["-s", conf, "-e", f'OUTPUT_PATH="{conf.parent}/out"']
    status, _, err = run(capsys, "retract", HEAD["source"], *argv)
    assert status == 1
    assert "cannot be written" in err


def test_retract_for_machines(conf, journal, capsys):
    source = {"source": "http://127.0.0.1:2/one/"}
    journal.append(QUEUED | source, told(**source))
    argv = ["-e", f'OUTPUT_PATH="{conf.parent}/output"', *OFFLINE]
    assert cli.main(["retract", "--json", *source.values(), "-s", str(conf), *argv]) == 0
    assert json.loads(capsys.readouterr().out)["summary"].startswith("Linkbacks: 1 waits")


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
        (["-e", 'SITEURL=""'], "SITEURL is empty, so nothing is sent"),
        (["-e", "LINKBACK_TIMEOUT=-1"], "LINKBACK_TIMEOUT = -1: takes"),
    ],
)
def test_wrong_settings_are_status_2_and_said(conf, capsys, words, says):
    argv = ["send", *(["-s", str(conf)] if "-s" not in words else []), *words]
    status, _, err = run(capsys, *argv)
    assert status == 2
    assert says in err


def test_settings_without_a_content_folder_are_reported(conf, capsys):
    conf.write_text('SITEURL = "https://me.example.io"\n')
    status, _, err = run(capsys, "status", "-s", conf)
    assert status == 2
    assert 'names no PATH; add PATH = "content"' in err


def test_a_state_folder_that_is_a_file_is_reported(conf, journal, capsys):
    journal.path.parent.write_text("a file")
    status, _, err = run(capsys, "status", "-s", conf)
    assert status == 2
    assert "is a file; a folder belongs there" in err


def test_an_override_that_is_no_json_is_wrong_usage(conf, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["status", "-s", str(conf), "-e", "SITEURL=https://x"])
    assert left.value.code == 2
    assert "must be in JSON notation" in capsys.readouterr().err


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


@pytest.mark.parametrize("argv", [["nonsense"], ["status", "--nonsense"]])
def test_wrong_usage_is_status_2(argv, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(argv)
    assert left.value.code == 2


@pytest.mark.parametrize("name", parser.COMMANDS)
def test_help_ends_with_an_example(name, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main([name, "--help"])
    assert left.value.code == 0
    assert f"example: {parser.COMMANDS[name].example}" in capsys.readouterr().out


def test_it_is_a_module_too():
    done = subprocess.run(
        [sys.executable, "-m", "pelican_linkback", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(f"pelican-linkback {pelican_linkback.__version__}, Pelican ")


# What was asked for only


def known(path, **fields):
    head = {"source": f"https://me.example.io/{path}/", "article": f"{path}.md"}
    return QUEUED | head | fields


def ended(path, verdict, second, **fields):
    head = {"source": f"https://me.example.io/{path}/"}
    at = f"2026-05-01T10:00:{second:02}+00:00"
    return outcome(verdict=verdict, at=at, reason="fault-17") | head | fields


@pytest.fixture
def several(journal):
    journal.append(
        known("old"),
        ended("old", "refused", 1),
        known("new", target="https://you.example.io:8080/"),
        ended("new", "later", 3, retry_at="2999-01-01T00:00:00+00:00")
        | {"target": "https://you.example.io:8080/"},
        known("told", target="https://elsewhere.example.io/"),
        ended("told", "delivered", 2) | {"target": "https://elsewhere.example.io/"},
    )
    return journal


@pytest.mark.parametrize(
    ("words", "articles", "status"),
    [
        ([], ["new.md", "told.md", "old.md"], 1),
        (["--failed"], ["old.md"], 1),
        (["--waiting"], ["new.md"], 0),
        (["--failed", "--waiting"], ["new.md", "old.md"], 1),
        (["--target", "you.example.io"], ["new.md", "old.md"], 1),
        (["--target", "you.example.io:8080"], ["new.md"], 0),
        (["--target", "EXAMPLE.io"], ["new.md", "told.md", "old.md"], 1),
        (["--target", "ample.io"], [], 0),
        (["--target", "https://You.example.io/any"], ["new.md", "old.md"], 1),
        (["--target", "ex ample.io"], [], 0),
        (["--article", "told.md"], ["told.md"], 0),
    ],
)
def test_status_lists_what_was_asked_for_newest_first(
    conf, several, capsys, words, articles, status
):
    assert cli.main(["status", "-s", str(conf), *words, "--json"]) == status
    assert [each["article"] for each in json.loads(capsys.readouterr().out)] == articles


def test_status_of_nothing_like_that(conf, several, capsys):
    assert run(capsys, "status", "-s", conf, "--article", "no.md")[1] == "Linkbacks: none like that"


def test_more_is_said_on_request(conf, several, capsys):
    out = run(capsys, "status", "-v", "-s", conf)[1]
    assert "https://me.example.io/old/; endpoint unknown; attempts 1" in out
    assert run(capsys, "status", "-q", "-s", conf) == (1, "", "")


def test_plan_shows_what_is_settled_on_request(conf, articles, several, capsys):
    assert "(-v shows them)" in run(capsys, "plan", "-s", conf)[1]
    out = run(capsys, "plan", "-v", "-s", conf)[1]
    assert "old.md skip" in out
    assert "(-v shows them)" not in out


def test_what_failed_is_tried_again_on_request(conf, journal, capsys):
    source = {"source": "http://127.0.0.1:2/one/"}
    journal.append(QUEUED | source, outcome(verdict="refused", reason="fault-17") | source)
    argv = ["-s", conf, "-e", *OFFLINE]
    assert "Linkbacks: 0 due" in run(capsys, "send", "--dry-run", *argv)[1]
    assert "Linkbacks: 1 due" in run(capsys, "send", "--dry-run", "--retry-failed", *argv)[1]
    assert "1 waits" in run(capsys, "send", "--retry-failed", *argv)[1]
    assert "waiting" in run(capsys, "status", *argv)[1]


def test_what_failed_is_tried_again_once_though_it_is_waited_for(
    conf, journal, capsys, monkeypatch
):
    source = {"source": "http://127.0.0.1:2/one/"}
    journal.append(QUEUED | source, outcome(verdict="refused", reason="fault-17") | source)
    clock = iter(range(0, 100, 10))
    # Not in the module itself: threads of other tests may still ask for the time.
    fake = SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda _: None)
    monkeypatch.setattr(sending, "time", fake)
    argv = ["--retry-failed", "--wait", "30", "-s", conf, "-e", *OFFLINE]
    out = run(capsys, "send", *argv)[1]
    assert "Waiting for the pages to be online." in out
    assert journal.path.read_text().count('"dropped"') == 1


@pytest.mark.parametrize(
    "odd", ["mailto:ann@far.example", "far.example/b", "http://[", "//far.example/", "urn:isbn:0"]
)
def test_a_target_that_is_no_url_is_on_no_host(conf, journal, capsys, odd):
    journal.append(*(QUEUED | {"target": target} for target in ("https://far.example/", odd)))
    status, out, _ = run(capsys, "status", "--json", "--target", "far.example", "-s", conf)
    assert status == 0
    assert [each["target"] for each in json.loads(out)] == ["https://far.example/"]
    assert odd in run(capsys, "status", "-s", conf)[1]


def test_a_host_is_asked_for_as_it_is_read(conf, journal, capsys):
    urls = ["http://b\u00fccher.example/1", "http://xn--bcher-kva.example/2"]
    journal.append(*(QUEUED | {"target": target} for target in (*urls, "https://far.example/")))
    for typed in ("B\u00fccher.example", "xn--bcher-kva.example", urls[0]):
        out = run(capsys, "status", "--json", "--target", typed, "-s", conf)[1]
        assert sorted(each["target"] for each in json.loads(out)) == sorted(urls)


@pytest.mark.parametrize("odd", ["mailto:ann@me.example", "me.example/b", "http://["])
def test_a_source_that_is_no_url_is_not_said_to_need_an_upload(conf, journal, capsys, odd):
    journal.append(QUEUED | {"source": odd})
    argv = ["-s", conf, "-e", *OFFLINE]
    status, out, err = run(capsys, "send", *argv)
    assert status == 1
    assert f"{odd} is no address of a page" in err + out
    assert "upload" not in err + out
    assert f"1 waits for the address {odd} to be corrected in the journal" in out
    said = run(capsys, "status", *argv)[1]
    assert "the address of its page is not valid" in said
    assert "correct the lines of the journal that name it" in said


def test_a_source_at_a_private_address_is_not_said_to_need_an_upload(conf, journal, capsys):
    journal.append(QUEUED | {"source": "http://10.0.0.1/a.html"})
    argv = ["-s", conf, "-e", *OFFLINE]
    status, out, err = run(capsys, "send", *argv)
    assert status == 1
    assert "(its address 10.0.0.1 is not on the public internet); set SITEURL" in out + err
    said = run(capsys, "status", *argv)[1]
    assert "not on the public internet; set SITEURL to a public address, or name its host" in said
    assert "upload" not in out + err + said


@pytest.mark.parametrize("field", ["source", "target"])
def test_a_line_with_an_empty_address_is_not_used(conf, journal, capsys, field):
    journal.append(QUEUED, QUEUED | {field: ""})
    _, out, err = run(capsys, "send", "-s", conf, "-e", *OFFLINE)
    assert f"line 2 is not used: its {field} is empty" in " ".join((out + err).split())


def test_the_summary_is_a_table_for_the_page_of_a_job(conf, journal, tmp_path, capsys):
    source = {"source": "http://127.0.0.1:2/one/"}
    journal.append(QUEUED | source | {"article": "a|b_c.md"})
    file = tmp_path / "summary.md"
    file.write_text("before\n\n")
    argv = ["--summary", file, "-v", "-s", conf, "-e", *OFFLINE]
    assert "endpoint unknown" in run(capsys, "send", *argv)[1]
    assert file.read_text() == (
        "before\n\n### Linkbacks\n\n"
        "1 waits for http\\://127.0.0.1:2/one/ to be online\n\n"
        "| Article | Target | State | Why |\n| --- | --- | --- | --- |\n"
        "| a\\|b\\_c.md | https\\://you.example.io/two | waiting "
        "| its page is not online: the server refused the connection; upload it |\n\n"
    )


def test_a_summary_names_the_warnings(conf, journal, tmp_path, capsys):
    journal.path.parent.mkdir()
    journal.path.write_text('{"v": 0}\n\n')
    file = tmp_path / "summary.md"
    run(capsys, "send", "--summary", file, "-s", conf)
    assert "nothing to send\n\n" in file.read_text()
    assert "line 1 is not used" in file.read_text()


def test_a_summary_that_cannot_be_written_is_reported(conf, tmp_path, capsys):
    status, _, err = run(capsys, "send", "--summary", tmp_path, "-s", conf)
    assert status == 1
    assert "the summary" in err


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_shells_complete_the_words(shell, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["--print-completion", shell])
    assert left.value.code == 0
    assert "retract" in capsys.readouterr().out

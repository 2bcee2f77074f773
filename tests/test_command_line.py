"""The command as it is started by people: in terminals, pipes, wrong folders, and cut short.

Where a process of its own makes no difference, ``main`` is called.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import subprocess
import sys
import threading

import pytest

from pelican_linkback import cli
from pelican_linkback.cli import parser, sending
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.sending.memory.event_lines import to_line
from pelican_linkback.sending.memory.events import Event, Queued
from pelican_linkback.sending.running.notices import Notice
from pelican_linkback.sending.running.report import Report
from pelican_linkback.text.summarise import FEW
from tests import terminal
from tests.conftest import NO_FEEDS
from tests.servers import Blog, WebHost, serving
from tests.versions import needs_plain_log

SETTINGS = {
    "PATH": "content",
    "SITENAME": "A Site",
    "SITEURL": "https://me.example.io",
    "PLUGINS": ["pelican_linkback"],
    "THEME": "simple",
    "TIMEZONE": "UTC",
    "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"],
}
TARGET = "https://you.example.io/a/post/with/an/address/that/is/longer/than/a/line/é"
ARTICLE = "maré/eins.md"


class Folder:
    """A site whose path has a space and an umlaut, and one article whose link is to be sent."""

    def __init__(self, path):
        self.path = path
        (path / "output").mkdir(parents=True)
        (path / "content" / "maré").mkdir(parents=True)
        self.configure()
        self.mark(TARGET)

    def configure(self, **settings):
        lines = (f"{name} = {value!r}\n" for name, value in (SETTINGS | settings).items())
        (self.path / "pelicanconf.py").write_text("".join(lines), encoding="utf-8")

    def mark(self, target, source="https://me.example.io/eins.html"):
        head = f"Title: Eins\nSlug: eins\nDate: 2026-01-01\nPingback: {target}\n"
        article = self.path / "content" / ARTICLE
        article.write_text(f"{head}\n[x]({target})\n", encoding="utf-8")
        page = self.path / "output" / "eins.html"
        page.write_text(f'<title>Eins</title><a href="{target}">x</a>', encoding="utf-8")
        event = Event(dt.datetime.now(dt.UTC), Mention(source, target), Queued(ARTICLE, "f"))
        (self.path / "linkback" / "deliveries.jsonl").unlink(missing_ok=True)
        Journal(self.path / "linkback" / "deliveries.jsonl").append(to_line(event))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = Folder(tmp_path / "Bücher & mehr")
    monkeypatch.chdir(folder.path)
    return folder


@pytest.fixture
def call(capsys):
    """Call the command: exit status, standard output, standard error."""

    def main(*words):
        try:
            status = cli.main(words)
        except SystemExit as wrong_usage:
            status = wrong_usage.code
        return status, *capsys.readouterr()

    return main


WORDS = [["plan"], ["send", "--dry-run"], ["status"], ["check"], ["compact"]]


@pytest.mark.parametrize("name", parser.COMMANDS)
def test_help_fits_a_terminal_and_ends_with_an_example(name, call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    status, out, _ = call(name, "--help")
    assert status == 0
    assert out.split("example:")[1].split() == parser.COMMANDS[name].example.split()
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_less_more_and_for_machines(folder, call, words):
    folder.configure(**NO_FEEDS)
    status, out, err = call(*words)
    assert (status, err) == (0, "")
    assert out
    assert call(*words, "-q") == (0, "", "")
    assert out in (more := call(*words, "-v")[1]) or len(more) > len(out)
    json.loads(call(*words, "--json")[1])
    assert call(*words, "-q", "-v")[0] == 2


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["ASCII", "C"],
)
def test_what_a_terminal_cannot_show_is_an_escape(folder, env):
    done = terminal.run(folder.path, "pelican-linkback", "status", **env)
    assert (done.returncode, done.stderr) == (0, "")
    assert "mar\\xe9/eins.md" in done.stdout


@needs_plain_log
def test_a_build_speaks_to_any_terminal(folder):
    with serving(WebHost(folder.path / "output")) as host:
        folder.configure(SITEURL=host.url, PLUGINS=["pelican_linkback"])
        (folder.path / "content" / ARTICLE).write_text(
            f"Title: Eins\nSlug: eins\nDate: 2026-01-01\nPingback: {TARGET}\n\nNo link.\n", "utf-8"
        )
        words = ["pelican", "--log-handler", "plain"]
        done = terminal.run(folder.path, *words, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "waits for" in done.stdout
    assert "line/\\xe9" in done.stdout


def test_a_narrow_terminal_gets_short_lines_and_colours_as_it_likes(folder, call, monkeypatch):
    piped = call("plan")[1]
    assert TARGET in piped
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "40"}.items():
        monkeypatch.setenv(name, value)
    coloured = call("plan")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    plain = call("plan")[1]
    assert "\x1b[32m" in coloured
    assert "\x1b[32m" not in plain
    assert TARGET not in plain
    assert max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", plain).splitlines())) <= 40


def test_an_article_may_be_named_by_its_file(folder, call):
    for named in (ARTICLE, f"content/{ARTICLE}", str(folder.path / "content" / ARTICLE)):
        assert "Linkbacks: 1 due" in call("status", "--article", named)[1]
    assert "none like that" in call("status", "--article", "pelicanconf.py")[1]


def assert_unread_output_ends_quietly(words, environment):
    process = subprocess.Popen(
        terminal.command("pelican-linkback", *words),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(terminal.TIMEOUT) == 1


@pytest.mark.parametrize("words", [["status"], ["status", "--json"]], ids=" ".join)
def test_a_pipe_that_nobody_reads_ends_it_quietly(folder, words):
    assert_unread_output_ends_quietly(words, terminal.environment())


NEED_A_WORD = {"forget", "import-mentions", "retract", "retry"}


@pytest.mark.parametrize("name", parser.COMMANDS)
def test_in_a_folder_without_settings_each_command_says_what_to_name(
    tmp_path, monkeypatch, call, name
):
    monkeypatch.chdir(tmp_path)
    words = [name, *(["https://me.example.io/x"] if name in NEED_A_WORD else [])]
    says = "there is no pelicanconf.py in this folder; go to the folder of your site, or name its "
    assert call(*words) == (2, "", f"pelican_linkback: {says}settings with -s\n")


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("publishconf", "there is no file publishconf; did you mean publishconf.py?"),
        ("other/x.ini", "there is no file other/x.ini; name the site's settings with -s"),
        (".", ". is a folder; name the site's settings in it with -s"),
    ],
)
def test_settings_that_are_not_there_are_looked_for(folder, call, named, says):
    (folder.path / "publishconf.py").write_text("from pelicanconf import *\n")
    assert call("status", "-s", named) == (2, "", f"pelican_linkback: {says}\n")


def test_settings_for_their_own_folder_say_where_to_go(folder, call, monkeypatch):
    """Those of pelican-quickstart import pelicanconf from the folder they are used in."""
    monkeypatch.setattr("sys.path", [each for each in sys.path if each not in ("", os.curdir)])
    (folder.path / "publishconf.py").write_text("from beside_them import *\n")
    (folder.path / "beside_them.py").write_text("")
    assert call("status", "-s", "publishconf.py")[2].endswith("No module named 'beside_them'\n")
    (folder.path / "sub folder").mkdir()
    monkeypatch.chdir(folder.path / "sub folder")
    says = "No module named 'beside_them'; it is written for its own folder: cd ..\n"
    assert call("status", "-s", "../publishconf.py")[2].endswith(says)


def test_check_takes_the_settings_that_publish_where_there_are_some(folder, call):
    conf = folder.path / "pelicanconf.py"
    (folder.path / "publishconf.py").write_text(conf.read_text("utf-8"), "utf-8")
    folder.configure(SITEURL="")
    assert "There is no feed in output (OUTPUT_PATH); " in call("check")[1]
    says = "SITEURL = '', so the addresses of the feeds are not known; name the settings that "
    says += "publish the site: -s publishconf.py\n"
    assert call("check", "-s", "pelicanconf.py") == (2, "", f"pelican_linkback: {says}")


def test_the_file_with_plugins_is_named_with_the_command_that_adds_this_one(folder, call):
    folder.configure(PLUGINS=["other"])
    publishing = "from runpy import run_path\nglobals().update(run_path('pelicanconf.py'))\n"
    (folder.path / "publishconf.py").write_text(publishing)
    err = call("status", "-s", "publishconf.py")[2].splitlines()[0]
    assert err.startswith("PLUGINS in pelicanconf.py does not name this plugin, so a build ")
    assert err.endswith("own feeds; run pelican-linkback init -s publishconf.py")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = = 1\n", "wrong.py cannot be read: SyntaxError: invalid syntax (wrong.py, line 1)"),
        ("import no_such\n", "ModuleNotFoundError: No module named 'no_such'"),
        ("SITENAME = 1 / 0\n", "ZeroDivisionError: division by zero"),
        ("PATH = 'nowhere'\n", "wrong.py names a PATH that is no folder; it is the folder with"),
        ("SITENAME = 'x'\n", 'wrong.py names no PATH; add PATH = "content"'),
    ],
    ids=["syntax", "import", "bug", "no such PATH", "no PATH"],
)
def test_settings_that_are_broken_are_named_with_the_reason(folder, call, text, says):
    (folder.path / "wrong.py").write_text(text)
    status, out, err = call("status", "-s", "wrong.py")
    assert (status, out) == (2, "")
    assert says in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["retract", "old.html"], 2, "old.html: it is not absolute"),
        (["retract", "https://me.example.io/x"], 1, "nothing that can be retracted was sent for"),
        (["check", "--import", "old.xml"], 1, "old.xml: it cannot be read (No such file"),
        (["check", "--import", "gopher://x"], 1, "gopher://x: its scheme is gopher, and only"),
        (["send", "--since", "2026-01-01"], 2, 'it needs LINKBACK_TARGETS = "all"'),
        (["send", "--since", "soon"], 2, "'soon' is not a day such as 2026-01-31"),
        (["send", "--wait", "soon"], 2, "'soon' is not a time such as 90s, 10m or 1h"),
        (["sned"], 2, "invalid choice: 'sned'"),
        (["sned"], 2, "; did you mean send?"),
        (["send", "--retryfailed"], 2, "--retryfailed; did you mean --retry-failed?"),
        (["send", "now"], 2, "unrecognized arguments: now\n"),
        (["init", "--ci", "gihtub"], 2, "; did you mean github?"),
        (["status", "-e", "SITEURL"], 2, "must be specified as KEY=VALUE"),
        (["retry", "https://me.example.io/x"], 1, "no linkback from or to https://me.example.io/x"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_said_with_its_reason(folder, call, words, status, says):
    ended, out, err = call(*words)
    assert ended == status
    assert says in out + err


def test_where_feeds_are_asked_for_there_have_to_be_some(folder, call):
    status, out, _ = call("check")
    assert status == 1
    says = "There is no feed in output (OUTPUT_PATH); build the site: pelican content "
    assert out.endswith(f"{says}-s pelicanconf.py\n")
    assert json.loads(call("check", "--json")[1])["feeds"] == 0
    folder.configure(**NO_FEEDS)
    assert call("check") == (0, "Feeds: 0 checked, 0 findings\n", "")


def test_many_warnings_of_a_kind_are_one_with_a_count(capsys):
    notices = tuple(Notice("warning", f"{n}.md is odd", kind="odd") for n in range(FEW + 1))
    sending._show(Report(notices=notices), Screen())
    shown = capsys.readouterr().out.splitlines()
    assert shown[:-1] == [f"0.md is odd (and {FEW} more like it; -v names them)"]
    sending._show(Report(notices=notices), Screen(verbose=True))
    assert f"{FEW}.md is odd" in capsys.readouterr().out.splitlines()


def test_it_speaks_into_what_is_no_file(folder, monkeypatch):
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert cli.main(["status"]) == 0
    assert "Linkbacks: 1 due" in sys.stdout.getvalue()


# Ctrl-C


class SlowBlog(Blog):
    """Tells when it is asked for a page, and answers when it may."""

    def __init__(self):
        super().__init__()
        self.asked, self.may_answer = threading.Event(), threading.Event()

    def finish_request(self, request, client_address):
        self.asked.set()
        self.may_answer.wait(terminal.TIMEOUT)
        super().finish_request(request, client_address)


@pytest.fixture
def online(folder):
    """What the site is served by, and the blog that is to be notified."""
    with serving(WebHost(folder.path / "output")) as host, serving(SlowBlog()) as blog:
        folder.configure(SITEURL=host.url)
        folder.mark(f"{blog.url}/a-post", f"{host.url}/eins.html")
        yield host, blog
        blog.may_answer.set()


on_posix = pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is pressed by a signal")


@on_posix
@pytest.mark.posix(reason="Ctrl-C is no signal to a group")
def test_ctrl_c_while_it_sends_loses_nothing_and_is_said_in_a_line(folder, online, call):
    _, blog = online
    with terminal.started(folder.path, "pelican-linkback", "send") as send:
        assert blog.asked.wait(terminal.TIMEOUT)
        assert send.interrupt() == 130
        send.until(lambda _: False)
    assert send.printed == (
        "Linkbacks: interrupted, 1 left for the next run\n"
        "Interrupted. What was recorded is kept, and what was due is still due.\n"
    )
    blog.may_answer.set()
    assert call("send")[0] == 0
    assert len(blog.pings) == 1


@on_posix
@pytest.mark.posix(reason="Ctrl-C is no signal to a group")
def test_ctrl_c_while_it_waits_for_the_upload(folder, online):
    host, blog = online
    host.online = False
    with terminal.started(folder.path, "pelican-linkback", "send", "--wait", "10m") as send:
        assert send.until(lambda printed: "Waiting for the pages" in printed), send.printed
        assert send.interrupt() == 130
        send.until(lambda _: False)
    assert "Traceback" not in send.printed
    assert send.printed.endswith("what was due is still due.\n")
    assert not blog.requests


def test_ctrl_c_while_settings_are_read(folder, call):
    with (folder.path / "pelicanconf.py").open("a") as conf:
        conf.write("raise KeyboardInterrupt\n")
    status, out, err = call("status")
    assert (status, out) == (130, "")
    assert err.startswith("Interrupted.")


def test_ctrl_c_while_the_program_is_read_shows_no_traceback():
    program = """
import sys
from pelican_linkback.cli import main

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "pelican_linkback.cli.commands":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
sys.exit(main(["plan"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 130
    assert done.stderr == "Interrupted. What was recorded is kept, and what was due is still due.\n"


# What is said without a command, and of what is none


def test_alone_it_prints_its_help(call):
    status, out, err = call()
    assert (status, err) == (2, "")
    assert out.startswith("usage: pelican-linkback")


def test_the_words_of_the_process_are_taken(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["pelican-linkback"])
    assert cli.main() == 2
    assert capsys.readouterr().out.startswith("usage: pelican-linkback")


def test_the_version_names_what_it_runs_on(call):
    status, out, _ = call("--version")
    assert status == 0
    assert re.fullmatch(r"pelican-linkback \S+, Pelican \S+, Python \S+\n", out)


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh", "fish", "powershell"])
def test_every_shell_of_the_manual_has_its_completion(shell, call):
    assert "pelican-linkback" in call("--print-completion", shell)[1]


def test_overrides_add_up(folder, call):
    words = [
        "-e",
        'SITEURL=""',
        "-e",
        'LINKBACK_STATE="other"',
        "-e",
        'SITEURL="https://x.example"',
    ]
    read = parser.parser().parse_args(["status", *words])
    assert read.overrides == {"SITEURL": "https://x.example", "LINKBACK_STATE": "other"}
    assert parser.parser().parse_args(["status"]).overrides == {}


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["staus", "--json"], 2, "did you mean status?"),
        (["status", "--json", "--fialed"], 2, "did you mean --failed?"),
        (["status", "--json", "-s", "none.py"], 2, "there is no file none.py"),
        (["retry", "--json", "https://x.example/"], 1, "pelican-linkback status -s pelicanconf.py"),
    ],
)
def test_for_machines_an_error_is_an_object(folder, call, words, status, says):
    if status == 1:
        words = [*words, "-s", "pelicanconf.py"]
    ended, out, err = call(*words)
    said = json.loads(out)
    assert ended == said["status"] == status
    assert says in said["error"]
    assert said["error"] in err


@on_posix
@pytest.mark.parametrize(
    "words", ["--help", "--version", "status --help", "--print-completion bash"]
)
def test_help_that_nobody_reads_ends_quietly(folder, words):
    buffered = {k: v for k, v in terminal.environment().items() if k != "PYTHONUNBUFFERED"}
    assert_unread_output_ends_quietly(words.split(), buffered)


def test_retry_sends_for_one_url_at_once_and_leaves_the_rest(folder, online, call):
    host, blog = online
    blog.may_answer.set()
    source, target = f"{host.url}/eins.html", f"{blog.url}/a-post"
    journal = Journal(folder.path / "linkback" / "deliveries.jsonl")
    now = dt.datetime.now(dt.UTC)
    other = Mention(source, "https://other.example.io/")
    journal.append(to_line(Event(now, other, Queued(ARTICLE, "f"))))
    late = {"event": "outcome", "verdict": "later", "reason": "timed-out", "v": 1}
    late |= {"at": (now + dt.timedelta(milliseconds=1)).isoformat()}
    late |= {"source": source, "target": target}
    journal.append(late | {"retry_at": (now + dt.timedelta(days=3)).isoformat()})
    status, out, _ = call("retry", target)
    assert (status, len(blog.pings)) == (0, 1)
    assert out.endswith("Linkbacks: 1 sent\n")
    nothing = f"Nothing from or to {target} failed, or waits to be tried again.\n"
    assert call("retry", target)[1] == f"{nothing}Linkbacks: nothing to send\n"
    assert "Linkbacks: 1 due" in call("status", "--waiting")[1]


def test_retry_takes_what_is_recorded_though_it_is_no_url(folder, call):
    assert "no linkback from or to no-url is recorded" in call("retry", "no-url")[2]


@pytest.mark.parametrize(
    ("words", "other", "says"),
    [
        ([], False, "name the settings that publish the site with -s\n"),
        ([], True, "name the settings that publish the site: -s publishconf.py\n"),
        (["-s", "publishconf.py"], True, "set it to the address of the site in publishconf.py\n"),
        (
            ["-e", 'SITEURL="//x.com"'],
            False,
            "with -s, or allow its host with LINKBACK_ALLOW_HOSTS",
        ),
    ],
)
def test_settings_that_do_not_publish_name_those_that_might(folder, call, words, other, says):
    folder.configure(SITEURL="")
    if other:
        text = (folder.path / "pelicanconf.py").read_text("utf-8")
        (folder.path / "publishconf.py").write_text(text, "utf-8")
    status, _, err = call("send", *words)
    assert (status, says in err) == (2, True)

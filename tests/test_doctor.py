"""pelican-linkback doctor, on a site in order and on sites that are each wrong in one way."""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from types import SimpleNamespace

import pytest

from pelican_linkback import register
from pelican_linkback.cli.context import file_with
from pelican_linkback.cli.doctor import checks, facts
from pelican_linkback.cli.doctor.checks import Level, Pages, Repository
from pelican_linkback.receiving.probe import ReceiverStatus, probe
from pelican_linkback.receiving.store.database import open_store, sqlite_url
from pelican_linkback.settings.model import Settings
from tests import terminal
from tests.fake_receiver import TOKEN, FakeReceiver
from tests.test_receiver_serving import running
from tests.test_schemas import validator

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

PELICANCONF = """\
PATH = "content"
SITENAME = "A Site"
SITEURL = ""
TIMEZONE = "UTC"
THEME = "simple"
LOCALE = ["C"]
FEED_ALL_ATOM = None
PLUGINS = ["pelican_linkback"]
"""
PUBLISHCONF = """\
import os, sys
sys.path.append(os.curdir)
from pelicanconf import *
SITEURL = "https://me.example.io"
FEED_ALL_ATOM = "feeds/all.atom.xml"
CATEGORY_FEED_ATOM = None
LINKBACK_SEND = False
"""
PAGE = '<html><head><link rel="alternate" type="application/atom+xml" href="{}"></head></html>'
NO_FEEDS = """\
FEED_ALL_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None"""
GIT_NAMES = [(who, what) for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]


def environment():
    scripts = Path(sys.executable).parent
    named = {f"GIT_{who}_{what}": "ann@example.org" for who, what in GIT_NAMES}
    return terminal.environment(PATH=f"{scripts}{os.pathsep}{os.environ['PATH']}", **named)


def git(folder, *words):
    subprocess.run(["git", *words], cwd=folder, env=environment(), check=True, capture_output=True)


@pytest.fixture(scope="module")
def healthy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("healthy") / "my site"
    for name, text in {
        "pelicanconf.py": PELICANCONF,
        "publishconf.py": PUBLISHCONF,
        ".gitattributes": "linkback/*.jsonl merge=union\n",
        "content/one.md": "Title: One\nDate: 2020-01-01\n\nText.\n",
        "output/index.html": PAGE.format("feeds/all.atom.xml"),
        "linkback/ids.jsonl": "",
        "linkback/discoveries.jsonl": "",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "init", "-q")
    git(folder, "config", "maintenance.auto", "false")  # or files change while copied
    git(folder, "add", "pelicanconf.py", "publishconf.py", "linkback/ids.jsonl")
    git(folder, "commit", "-qm", "The site")
    return folder


@pytest.fixture
def folder(healthy, tmp_path):
    return shutil.copytree(healthy, tmp_path / "my site")


def examined(folder, *words):
    """What the command says of a site: its status, and the checks by name."""
    done = terminal.run(folder, "pelican-linkback", "doctor", "--json", *words)
    assert "Traceback" not in done.stderr
    said = json.loads(done.stdout)
    validator("doctor").validate(said)
    found = {each["check"]: each for each in said["checks"]}
    assert said["problems"] == sum(each["level"] == "problem" for each in found.values())
    return done.returncode, found


def test_a_site_in_order(folder):
    status, found = examined(folder)
    assert {name: each["level"] for name, each in found.items()} == dict.fromkeys(found, "ok")
    assert status == 0
    assert len(found) == 10
    assert found["plugin"]["message"] == "PLUGINS in pelicanconf.py names it"
    done = terminal.run(folder, "pelican-linkback", "doctor")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("publishconf.py: nothing to fix\n")
    assert terminal.run(folder, "pelican-linkback", "doctor", "-q").stdout == ""


def sets(line, name="publishconf.py"):
    def change(folder):
        with (folder / name).open("a") as file:
            file.write(f"{line}\n")

    return change


def has_plugins(line):
    text = PELICANCONF.replace('PLUGINS = ["pelican_linkback"]', line)
    return lambda folder: (folder / "pelicanconf.py").write_text(text)


def has_another(folder):
    """The name of pelican-plugin-linkbacks, which is not installed for these tests."""
    (folder / "plugins").mkdir()
    (folder / "plugins" / "linkbacks.py").write_text("def register(): ...\n")
    line = 'PLUGIN_PATHS = ["plugins"]\nPLUGINS = ["pelican_linkback", "linkbacks"]'
    has_plugins(line)(folder)


def is_ignored(folder):
    git(folder, "rm", "-q", "--cached", "linkback/ids.jsonl")
    (folder / ".gitignore").write_text("/output/\n/linkback/\n")


def is_not_added(folder):
    (folder / "linkback" / "deliveries.jsonl").touch()


def cannot_be_written(folder):
    (folder / "file").touch()
    (folder / ".gitattributes").write_text("*.jsonl merge=union\n")
    sets('LINKBACK_STATE = "file/linkback"')(folder)


def names_no_feed(folder):
    (folder / "output" / "index.html").write_text("<title>Home</title>")


WRONG = {
    "plugin": has_plugins("PLUGINS = []"),
    "other plugins": has_another,
    "address": sets('SITEURL = "http://localhost:8000"'),
    "state folder": cannot_be_written,
    "version control": is_not_added,
    "version control, ignored": is_ignored,
    "merge driver": lambda folder: (folder / ".gitattributes").write_text("*.jsonl text\n"),
    "feeds": sets(NO_FEEDS),
    "links to feeds": names_no_feed,
}


@pytest.mark.parametrize("case", WRONG)
def test_a_site_that_is_wrong_in_one_way_is_reported_so_and_fixed_by_the_remedy(folder, case):
    WRONG[case](folder)
    status, found = examined(folder)
    wrong = [name for name, each in found.items() if each["level"] == "problem"]
    assert (status, wrong) == (1, [case.partition(",")[0]])
    for _ in range(3):
        if status:
            remedies = [each["remedy"] for each in found.values() if each["level"] == "problem"]
            do(folder, *remedies)
            status, found = examined(folder)
    assert status == 0 or case == "state folder", found


def do(folder, remedy):
    """Type a remedy, or write what it says."""
    line = re.fullmatch(r"write (.+?) into (\S+?)(, with .*)?", remedy)
    if line:
        sets(line[1].replace("your.site", "me.example.io"), line[2])(folder)
    elif out := re.fullmatch(r"take line (\d+) out of (\S+)", remedy):
        lines = (folder / out[2]).read_text().splitlines(keepends=True)
        del lines[int(out[1]) - 1]
        (folder / out[2]).write_text("".join(lines))
    else:
        first, _, rest = remedy.partition(" ")
        program = terminal.command(first) if first in terminal.MODULES else [first]
        typed = f"{shlex.join(program)} {rest}"
        done = subprocess.run(
            typed,
            check=False,
            shell=True,
            cwd=folder,
            env=environment(),
            input="y\n",
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        assert done.returncode == 0 or "mkdir" in typed, (typed, done.stdout, done.stderr)


def test_without_git_without_pages_and_with_other_settings(folder):
    shutil.rmtree(folder / ".git")
    shutil.rmtree(folder / "output")
    status, found = examined(folder, "-s", "pelicanconf.py")
    assert status == 1
    assert found["version control"]["level"] == found["links to feeds"]["level"] == "note"
    assert found["address"]["remedy"] == "pelican-linkback doctor -s publishconf.py"
    assert found["links to feeds"]["remedy"] == "pelican content -s pelicanconf.py"


def test_the_line_that_is_missing_is_the_one_that_init_writes(folder):
    sets('LINKBACK_STATE = "data/memory"')(folder)
    _, found = examined(folder)
    line = "data/memory/*.jsonl merge=union"
    assert found["merge driver"]["message"].endswith(f".gitattributes lacks {line}")
    do(folder, found["merge driver"]["remedy"])
    assert line in (folder / ".gitattributes").read_text().splitlines()


def test_header_fields_for_a_server_are_printed_whole(folder):
    sets('LINKBACK_RECEIVE = "webmention.io"')(folder)
    done = terminal.run(folder, "pelican-linkback", "doctor")
    link = '<https://webmention.io/me.example.io/webmention>; rel="webmention"'
    pingback = "https://webmention.io/me.example.io/xmlrpc"
    lines = [
        f"_headers (Netlify, Cloudflare Pages): Link: {link}",
        f"_headers (Netlify, Cloudflare Pages): X-Pingback: {pingback}",
        f"nginx: add_header Link '{link}';",
        f"nginx: add_header X-Pingback '{pingback}';",
        f"Apache: Header add Link '{link}'",
        f"Apache: Header add X-Pingback '{pingback}'",
    ]
    assert [each.strip() for each in done.stdout.splitlines()][-7:-1] == lines
    assert examined(folder)[1]["mentions"]["lines"] == lines


def test_a_hosted_service_needs_the_address_of_the_site():
    assert checks.mentions("webmention.io", ()).level is Level.NOTE


@pytest.mark.parametrize(
    ("found", "level", "says"),
    [
        (ReceiverStatus(200, "", 200), Level.OK, "answers, and takes the token"),
        (ReceiverStatus(200), Level.NOTE, "LINKBACK_TOKEN is not set here"),
        (ReceiverStatus(200, "", 401), Level.PROBLEM, "but not to this LINKBACK_TOKEN (401)"),
        (ReceiverStatus(404), Level.PROBLEM, "health answers 404: that is no receiver"),
        (ReceiverStatus(503), Level.PROBLEM, "answers, but not its database"),
        (
            ReceiverStatus(0, "no such host"),
            Level.PROBLEM,
            "nothing answers at https://me/: no such host",
        ),
    ],
)
def test_a_receiver_of_ones_own_is_asked(found, level, says):
    result = checks.receiver("https://me/", *found)
    assert result.level is level
    assert says in result.message
    assert bool(result.remedy) is (level is not Level.OK)


@pytest.fixture
def receiver():
    with running(*FakeReceiver().routes) as server:
        yield f"http://127.0.0.1:{server.port}/"


def test_what_a_receiver_answers(receiver, tmp_path):
    settings = Settings("https://me.example.io", tmp_path, receive=receiver)
    assert probe(settings, "") == ReceiverStatus(200)
    assert probe(settings, TOKEN) == ReceiverStatus(200, "", 200)
    assert probe(settings, "another") == ReceiverStatus(200, "", 401)
    assert probe(settings._replace(receive=f"{receiver}none/"), TOKEN) == ReceiverStatus(404)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    for address, why in ((free, "refused"), ("http://127.0.0.1:1/", "127.0.0.1:1")):
        found = probe(settings._replace(receive=address), TOKEN)
        assert found.status == 0
        assert why in found.why


def test_doctor_asks_the_receiver(folder, receiver):
    assert "receiver" not in examined(folder)[1]
    sets(f'LINKBACK_RECEIVE = "{receiver}"')(folder)
    _, found = examined(folder)
    assert found["receiver"]["level"] == "note"


OWN = {"site_url": "https://me.example.io", "content": Path(), "receive": "https://me/mentions/"}


def test_doctor_opens_the_database(folder, receiver):
    sets(f'LINKBACK_RECEIVE = "{receiver}"')(folder)
    assert "database" not in examined(folder)[1]  # the receiver may be elsewhere
    file = folder / "linkback" / "inbox.sqlite"
    file.parent.mkdir(exist_ok=True)
    file.touch()
    found = examined(folder)[1]["database"]
    assert (found["level"], found["remedy"]) == ("note", None)
    assert "has no tables of this version yet" in found["message"]
    with closing(sqlite3.connect(file)) as left:
        assert left.execute("SELECT name FROM sqlite_master").fetchall() == []
    open_store(sqlite_url(file)).close()
    found = examined(folder)[1]["database"]
    assert found["level"] == "ok"
    assert (
        found["message"]
        == "linkback/inbox.sqlite can be written, and has the tables of this version"
    )
    with closing(sqlite3.connect(file)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    found = examined(folder)[1]["database"]
    assert (found["level"], found["remedy"]) == ("problem", "update this one")
    assert "made by a newer version" in found["message"]


def test_a_database_that_cannot_be_opened_is_a_problem(tmp_path, monkeypatch):
    settings = Settings(state=tmp_path, **OWN)
    away = f"sqlite:///{tmp_path}/none/inbox.sqlite"
    assert facts.state_of_database(settings._replace(inbox=away)) == (False, "")
    assert not (tmp_path / "none").exists()
    nowhere = facts.state_of_database(
        settings._replace(inbox="postgresql+psycopg://me:secret@127.0.0.1:1/blog")
    )
    assert "connection refused" in nowhere[1].lower()
    assert "secret" not in nowhere[1]
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    for name in [each for each in sys.modules if each.startswith("pelican_linkback.receiving.sto")]:
        monkeypatch.delitem(sys.modules, name)
    assert 'pip install "pelican-linkback[receive]"' in facts.state_of_database(settings)[1]


def test_problems_are_printed_with_their_remedies(folder):
    sets(NO_FEEDS)(folder)
    done = terminal.run(folder, "pelican-linkback", "doctor")
    assert done.stdout.endswith(
        "  problem  feeds: publishconf.py asks for no feed\n"
        '           to do: write FEED_ALL_ATOM = "feeds/all.atom.xml" into publishconf.py\n'
        "  ok       links to feeds: all of 1 pages name a feed\n"
        "  ok       mentions: LINKBACK_RECEIVE is not set: none are received\n"
        "publishconf.py: 1 problem\n"
    )
    quiet = terminal.run(folder, "pelican-linkback", "doctor", "-q")
    assert quiet.stdout.startswith("feeds: publishconf.py asks for no feed; to do: write FEED")


# The checks by themselves


def test_the_example_is_true():
    assert doctest.testmod(checks).failed == 0


OLDEST = {"Python": (3, 11), "Pelican": (4, 12)}


@pytest.mark.parametrize(
    ("python", "pelican", "old"),
    [
        ("3.11.0", "4.12.0", ""),
        ("3.14.0", "5.0.dev1", ""),
        ("3.10.9", "4.12.0", "Python 3.11"),
        ("3.11.0", "4.9.1", "Pelican 4.12"),
        ("3.9", "3.7", "Python 3.11 and Pelican 4.12"),
    ],
)
def test_versions(python, pelican, old):
    result = checks.versions({"Python": python, "Pelican": pelican}, OLDEST)
    assert result.level is (Level.PROBLEM if old else Level.OK)
    assert result.message.endswith(f"supported are {old}" if old else f"Pelican {pelican}")


def test_the_oldest_versions_are_those_that_the_package_asks_for(monkeypatch):
    found = facts.oldest_versions()
    asked = next(each for each in requires("pelican-linkback") if each.startswith("pelican"))
    assert f"pelican>={'.'.join(map(str, found['Pelican']))}" in asked
    assert found["Python"] == (3, 11)

    def not_installed(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(facts, "metadata", not_installed)
    assert facts.oldest_versions() == {}


def test_a_page_names_a_feed_behind_text_like_the_end_of_its_head(tmp_path):
    page = PAGE.format("a.xml")
    (tmp_path / "index.html").write_text(page.replace("<head>", "<head><!-- </head> -->"))
    (tmp_path / "other.html").write_text(page.replace("<head>", "<head></HEAD><body>"))
    assert facts.read_pages(tmp_path) == Pages(read=2, without=1, home=True)


@pytest.mark.parametrize(
    ("result", "level"),
    [
        (checks.plugin(None, "p.py", loaded=True, error=""), Level.OK),
        (checks.plugin(["x"], "p.py", loaded=False, error="ValueError"), Level.PROBLEM),
        (checks.memory("m", Repository(error="no git")), Level.NOTE),
        (checks.memory("m", Repository()), Level.NOTE),
        (checks.merging(Repository(), ""), Level.OK),
        (checks.pages(Pages(), "p.py", build="", autodiscovery=True), Level.OK),
        (checks.pages(Pages(3, 1, True), "p.py", build="", autodiscovery=False), Level.NOTE),
        (checks.pages(Pages(3, 1, False), "p.py", build="", autodiscovery=False), Level.PROBLEM),
        (checks.pages(Pages(3, 3, None), "p.py", build="make", autodiscovery=True), Level.PROBLEM),
    ],
)
def test_levels(result, level):
    assert result.level is level
    assert result.message


# The facts by themselves


def test_git_that_is_not_there_or_not_content(tmp_path, monkeypatch):
    complaint = SimpleNamespace(returncode=128, stdout="", stderr="fatal: dubious ownership")
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", lambda *_, **__: complaint)
        assert facts.repository_of(tmp_path).error == "fatal: dubious ownership"
    monkeypatch.setenv("PATH", "")
    assert facts.repository_of(tmp_path / "no" / "folder").error == "there is no command git"


def test_what_is_let_through_by_a_later_rule_is_not_ignored(folder):
    is_ignored(folder)
    (folder / ".gitignore").write_text("/linkback/*\n!/linkback/*.jsonl\n")
    assert facts.repository_of(folder / "linkback").ignored == ""


def test_plugins_that_raise_cost_the_check_alone(tmp_path, monkeypatch):
    (tmp_path / "bad_plugin.py").write_text("1 / 0\n")
    settings = {"PLUGINS": ["bad_plugin"], "PLUGIN_PATHS": [str(tmp_path)]}
    assert facts.loaded_plugins(settings) == (False, [], "ZeroDivisionError: division by zero")
    ours = SimpleNamespace(register=register, __name__="ours")
    assert facts.loaded_plugins({"PLUGINS": [ours]}) == (True, [], "")


def test_settings_that_cannot_be_read_set_nothing(tmp_path):
    bad, good = tmp_path / "bad.py", tmp_path / "pelicanconf.py"
    bad.write_text("x = = 1\n")
    arguments = SimpleNamespace(settings=str(bad))
    assert file_with("PLUGINS", arguments) == "bad.py"
    good.write_text("PLUGINS = []\n")
    assert file_with("PLUGINS", arguments) == "pelicanconf.py"

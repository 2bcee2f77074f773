"""``login``, run as its user would, and the link that it prints."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from pelican_linkback import cli
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.server.admin.context import AdminContext, SiteName
from pelican_linkback.receiving.server.admin.routes import routes_of
from pelican_linkback.receiving.server.application import Application
from tests.browsing import BASE, Browser
from tests.receiving import sqlite_store
from tests.test_schemas import validator

CONF = 'PATH = "content"\nSITEURL = "https://blog.example"\nPLUGINS = ["pelican_linkback"]\n'


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "linkback").mkdir()
    (tmp_path / "publishconf.py").write_text(f'{CONF}LINKBACK_RECEIVE = "{BASE}"\n')
    return tmp_path


@pytest.fixture
def site_store(site, tmp_path_factory):
    with sqlite_store(site / "linkback", tmp_path_factory.getbasetemp()) as opened:
        yield opened


def test_the_link_lets_one_browser_in(site_store, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert cli.main(["login"]) == 0
    link, *words = capsys.readouterr().out.splitlines()
    assert " ".join(words) == "It lets one browser in, once, and within ten minutes"
    admin = AdminContext(site_store, SiteName("Blog", "https://blog.example/"), Targets)
    browser = Browser(Application(BASE, routes_of(admin)))
    browser.open(link)
    browser.press_words("Log in")
    assert browser.page.h1.text == "Overview"
    browser.open(link)
    browser.press_words("Log in")
    assert browser.page.h1.text == "This link is not valid any more"


def test_the_link_in_json_and_alone(site_store, capsys):
    assert cli.main(["login", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    validator("login").validate(printed)
    assert printed["url"].startswith(f"{BASE}admin/login?key=")
    left = dt.datetime.fromisoformat(printed["until"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(minutes=9) < left <= dt.timedelta(minutes=10)
    assert cli.main(["login", "--quiet"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("", "LINKBACK_RECEIVE = None names no receiver of your own"),
        ('LINKBACK_RECEIVE = "webmention.io"', "LINKBACK_RECEIVE = 'webmention.io' names no"),
        (f'LINKBACK_RECEIVE = "{BASE}"', "there is no database of a receiver here: run this"),
    ],
)
def test_where_there_is_no_receiver_it_says_what_to_do(site, capsys, setting, says):
    (site / "publishconf.py").write_text(f"{CONF}{setting}\n")
    assert cli.main(["login"]) == 1
    assert says in capsys.readouterr().err
    assert not (site / "linkback" / "inbox.sqlite").exists()

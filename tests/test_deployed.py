"""The receiver as hosts start it: by CGI with cron, by Passenger, by the lines of a Procfile."""

from __future__ import annotations

import os
import runpy
import shlex
import subprocess
import sys
import time
from contextlib import ExitStack
from email.parser import BytesParser
from io import BytesIO, TextIOWrapper
from urllib.parse import urlencode

import pytest
import yaml

from pelican_linkback.cli.receiver import opening, wsgi
from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.store.database import open_store, sqlite_url
from pelican_linkback.receiving.store.mentions import Mentions
from tests.asking import ask
from tests.person import ROOT, free_port
from tests.receiver_site import ReceiverSite
from tests.servers import WebHost, serving
from tests.test_deploy import FILES


def states(url):
    """How many mentions a database has in each state."""
    store = open_store(url)
    found = {state: number for state, number in Mentions(store).counts().items() if number}
    store.close()
    return found


@pytest.fixture
def neighbour(tmp_path):
    """Pages elsewhere that mention the articles of the site: ``/N.html`` links to article N."""
    folder = tmp_path / "neighbour"
    folder.mkdir()
    with serving(WebHost(folder)) as host:
        host.folder = folder
        yield host


def mentions(neighbour, site):
    """Write a page that links to each article; the forms that say so."""
    for number, article in enumerate(site.articles):
        (neighbour.folder / f"{number}.html").write_text(f'<p>See <a href="{article}">this</a>.')
        source = f"{neighbour.url}/{number}.html"
        yield urlencode({"source": source, "target": article}).encode()


def variables(method, path, body=b""):
    """What a web server gives to a program for CGI (RFC 3875)."""
    return {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "your.site",
        "SERVER_PORT": "443",
        "REMOTE_ADDR": "203.0.113.9",
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "/mentions/linkback.cgi",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
    }


def by_cgi(script, method, path, body=b""):
    """What a program answers to a request as web servers pass one on."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables(method, path, body)
    done = subprocess.run([script], input=body, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return BytesParser().parsebytes(done.stdout)


def program(folder, site):
    """The program for CGI, changed as its page says."""
    path = folder / "linkback.cgi"
    text = FILES["linkback.cgi"].replace("/home/me/blog/.venv/bin/python", sys.executable)
    path.write_text(text.replace("/home/me/blog", str(site.folder)))
    path.chmod(0o755)
    return path


def test_by_cgi_and_cron(tmp_path, neighbour):
    site = ReceiverSite(tmp_path / "blog")
    script = program(tmp_path, site)
    (form,) = mentions(neighbour, site)
    answer = by_cgi(script, "POST", "/webmention", form)
    assert answer["Status"] == "201 Created"
    assert answer["Location"].startswith(site.url("status/"))

    job = FILES["crontab"].splitlines()[1].partition(".venv/bin/pelican-linkback ")[2]
    assert site.runs(*shlex.split(job.replace("-s publishconf.py", ""))) == ""
    assert states(sqlite_url(site.folder / "linkback" / "inbox.sqlite")) == {MentionState.HELD: 1}


def test_a_database_that_is_away_is_said_by_cgi(tmp_path, monkeypatch, capsysbinary, caplog):
    site = ReceiverSite(tmp_path / "blog")
    (site.folder / "linkback" / "inbox.sqlite").write_bytes(b"This is no database. " * 100)
    for name, value in variables("GET", "/health").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO()))
    monkeypatch.chdir(tmp_path)  # it goes to the folder of the site
    runpy.run_path(str(program(tmp_path, site)))
    answer = BytesParser().parsebytes(capsysbinary.readouterr().out)
    assert (answer["Status"], answer["Retry-After"]) == ("503 Service Unavailable", "60")
    assert "file is not a database" in caplog.text


def test_by_passenger(tmp_path, monkeypatch, neighbour):
    site = ReceiverSite(tmp_path / "blog")
    entry = site.folder / "passenger_wsgi.py"
    entry.write_text(FILES["passenger.wsgi"])
    monkeypatch.chdir(tmp_path)  # it goes to its own folder
    application = runpy.run_path(str(entry))["application"]
    (form,) = mentions(neighbour, site)
    answer = ask(
        application,
        "POST",
        "/mentions/webmention",
        body=form,
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status == 201


def test_a_server_that_forks_shares_no_connection(tmp_path, monkeypatch, new_url):
    site = ReceiverSite(tmp_path / "blog", LINKBACK_INBOX=new_url)
    opened = []

    def open_inbox(settings):
        opened.append(opening.open_inbox(settings))
        return opened[0]

    monkeypatch.setattr(wsgi, "open_inbox", open_inbox)
    application = wsgi.application(str(site.folder / "publishconf.py"))
    (store,) = opened
    assert store.engine.pool.status().startswith("Pool size: 5  Connections in pool: 0 ")
    assert ask(application, "GET", "/mentions/health").status == 200
    store.close()


@pytest.mark.hostile  # four processes
def test_a_procfile_with_two_processes_of_each_kind(tmp_path, postgresql_url, neighbour):
    site = ReceiverSite(tmp_path / "blog", 20, LINKBACK_INBOX=postgresql_url)
    lines = dict(line.split(": ", 1) for line in FILES["Procfile"].splitlines())
    words = {
        name: shlex.split(line.replace(" -s publishconf.py", "")) for name, line in lines.items()
    }
    composition = yaml.safe_load(FILES["compose.yaml"])["services"]
    ports = [free_port(), free_port()]
    with ExitStack() as running:
        for port in ports:
            web = [word.replace("$PORT", str(port)) for word in words["web"][1:]]
            running.enter_context(site.running(*web, port=port))
            running.enter_context(site.running(*words["worker"][1:]))
        *_, program = composition["web"]["healthcheck"]["test"]
        for port in ports:
            asking = program.replace("8017", str(port))
            subprocess.run([sys.executable, "-c", asking], check=True)
        for number, form in enumerate(mentions(neighbour, site)):
            site.port = ports[number % 2]
            assert site.answer("webmention", form)[0] == 201
        end = time.monotonic() + 60
        while states(postgresql_url) != {MentionState.HELD: 20}:  # of one host, one a second
            assert time.monotonic() < end, states(postgresql_url)
            time.sleep(0.5)  # they are other processes, which can only be asked again

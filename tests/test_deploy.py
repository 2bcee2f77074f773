"""The files in receiving/server/deploy, run as far as a machine without these services can."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import yaml
from jinja2 import Template

from pelican_linkback.cli.parser import parser
from pelican_linkback.receiving.server.application import Application, Route
from pelican_linkback.receiving.server.http import Refusal, html, text
from tests.pages import DOCS, PACKAGE, blocks
from tests.person import free_port, is_open
from tests.servers import serving

DEPLOY = PACKAGE / "receiving" / "server" / "deploy"
FILES = {path.name: path.read_text("utf-8") for path in DEPLOY.iterdir() if path.is_file()}
PROGRAM = "/srv/blog/.venv/bin/pelican-linkback"
NGINX = """\
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    {folders}
    {outside}
    server {{
        listen 127.0.0.1:{port};
        {lines}
    }}
}}
"""
FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"needs {program}")


def directives(unit):
    """The settings of a unit, each with its value, in order."""
    lines = (line for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    return [tuple(line.split("=", 1)) for line in lines]


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_page_shows_each_file(name):
    shown = f".. literalinclude:: ../../pelican_linkback/receiving/server/deploy/{name}\n"
    assert any(shown in page.read_text("utf-8") for page in (DOCS / "howto").glob("*.rst"))


@needs("systemd-analyze")
def test_the_unit_is_one_that_systemd_loads(tmp_path):
    unit = tmp_path / "linkback@.service"
    unit.write_text(FILES["linkback@.service"].replace(PROGRAM, sys.executable))
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "linkback@serve.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_gives_the_program_time_to_return_its_work():
    unit = dict(directives(FILES["linkback@.service"]))
    assert unit["ExecStart"] == f"{PROGRAM} %i -s publishconf.py"
    assert int(unit["TimeoutStopSec"]) > 30  # a fetch has LINKBACK_TIMEOUT, a request its client
    assert unit["ReadWritePaths"] == unit["WorkingDirectory"] == "/srv/blog"


def nginx(folder, lines, port=8099):
    """The command that runs a web server with these lines in its server block."""
    temporary = "\n".join(f"{name}_temp_path {folder}/{name};" for name in FOLDERS)
    (outside,) = re.findall(r"``(proxy_cache_path \S+ .*;)``", page("at-once"))
    outside = outside.replace("/var/cache/nginx", str(folder))
    places = {"folder": folder, "folders": temporary, "outside": outside}
    (folder / "nginx.conf").write_text(NGINX.format(**places, port=port, lines=lines))
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


@needs("nginx")
def test_nginx_takes_the_lines_for_its_server(tmp_path):
    command = [*nginx(tmp_path, FILES["nginx.conf"]), "-t"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def behind_nginx(folder, application):
    """Serve an application as the pages have it; give the URL of the site."""
    root = folder / "output"
    root.mkdir()
    pages = page("at-once") + page("move-mentions")
    more = [f"root {root};", *(each.text for each in blocks(pages) if each.kind == "nginx")]
    with serving(make_server("127.0.0.1", 0, application, handler_class=Quiet)) as server:
        port = free_port()
        lines = "".join([FILES["nginx.conf"], *more])
        lines = lines.replace(":8017", f":{server.server_port}")
        program = subprocess.Popen(nginx(folder, lines, port))
        try:
            while not is_open(port):
                assert program.poll() is None
            yield f"http://127.0.0.1:{port}"
        finally:
            program.terminate()
            program.wait()


def page(name):
    return (DOCS / "howto" / f"{name}.rst").read_text("utf-8")


def answered(url, body=None, **headers):
    try:
        with urlopen(Request(url, body, headers)) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, b""


@needs("nginx")
def test_nginx_leads_to_the_receiver_and_says_who_asks(tmp_path):
    def client(request):
        return text(f"{request.path} {request.client}")

    routes = [Route(path, {"POST": client}) for path in ("/webmention", "/pingback")]
    trusted = [ip_network("127.0.0.1")]
    application = Application("https://your.site/mentions/", routes, trusted=trusted)
    with behind_nginx(tmp_path, application) as site:
        said = answered(f"{site}/mentions/webmention", b"x", **{"X-Forwarded-For": "203.0.113.9"})
        assert said == (200, b"/webmention 127.0.0.1\n")
        assert answered(f"{site}/mentions/webmention", bytes(17_000)) == (413, b"")
        assert answered(f"{site}/xmlrpc.php", b"x") == (200, b"/pingback 127.0.0.1\n")
        said = answered(f"{site}/wp-json/webmention/1.0/endpoint", b"x")
        assert said == (200, b"/webmention 127.0.0.1\n")


@needs("nginx")
def test_nginx_puts_the_mentions_into_pages(tmp_path):
    asked = []

    def mentions(request):
        if "unknown" in request.query.get("target"):
            raise Refusal(404, "The target is no page of this site.")
        asked.append(request.headers["accept"])
        answer = html(f"<p>About {request.query.get('target')}")
        return answer.having("Cache-Control", "max-age=60").having("Vary", "Accept")

    theme = next(each.text for each in blocks(page("at-once")) if "include virtual" in each.text)
    body = Template(theme).render(SITEURL="https://your.site", article={"url": "a/"})
    application = Application(
        "https://your.site/mentions/", [Route("/mentions", {"GET": mentions})]
    )
    with behind_nginx(tmp_path, application) as site:
        (tmp_path / "output" / "index.html").write_text(f"<h1>A page</h1>{body}")
        said = {
            answered(f"{site}/index.html", Accept=accept)
            for accept in ("text/html,*/*;q=0.8", "text/html", "application/json")
        }
        (tmp_path / "output" / "new.html").write_text(f"A page{body.replace('a/', 'unknown/')}")
        assert answered(f"{site}/new.html") == (200, b"A page")
    assert said == {(200, b"<h1>A page</h1><p>About https://your.site/a/")}
    assert asked == ["text/html"]


def test_the_composition_has_two_processes_of_each_kind():
    services = yaml.safe_load(FILES["compose.yaml"])["services"]
    assert set(services) == {"database", "web", "worker"}
    for name, command in (("web", "serve"), ("worker", "work")):
        assert services[name]["deploy"]["replicas"] == 2
        assert services[name]["command"][:2] == ["pelican-linkback", command]
        assert services[name]["depends_on"] == {"database": {"condition": "service_healthy"}}
        assert "POSTGRES_PASSWORD" in services[name]["environment"]["LINKBACK_INBOX"]


def test_the_container_file_copies_what_the_page_asks_for():
    lines = FILES["Containerfile"].replace("\\\n", " ").splitlines()
    steps = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "CMD"}
    assert {name for name, _ in steps} == known
    copied = {each for name, rest in steps if name == "COPY" for each in rest.split()[:-1]}
    assert copied == {"requirements.txt", "pelicanconf.py", "publishconf.py"}


def test_the_program_for_cgi_may_be_executed():
    assert os.access(DEPLOY / "linkback.cgi", os.X_OK)
    assert Path(FILES["linkback.cgi"].splitlines()[0][2:]).name == "python"


PAGES = ("own-server", "shared-hosting", "many-machines", "move-mentions")
TEXTS = {**{name: page(name) for name in PAGES}, **FILES}


COMMAND = re.compile(r"^ *(?:.*[ =:]\S*/|web: |worker: )?pelican-linkback (?=[a-z])(.+)")
LISTED = re.compile(r'\["pelican-linkback", .*\]')


def commands(text):
    """The commands of ours in a file or on a page: the words after the program's name."""
    for line in text.replace("%i", "serve").splitlines():
        if listed := LISTED.search(line):
            yield json.loads(listed[0])[1:]
        elif (found := COMMAND.match(line)) and "``" not in line:
            yield shlex.split(found[1])


@pytest.mark.parametrize(
    ("name", "words"), [(name, words) for name in sorted(TEXTS) for words in commands(TEXTS[name])]
)
def test_each_command_is_one(name, words):
    parsed = parser().parse_args([word.replace("$PORT", "8017") for word in words])
    assert parsed.command == words[0]


def test_commands_are_found():
    found = {words[0] for text in TEXTS.values() for words in commands(text)}
    assert found == {"serve", "work", "inbox", "login", "doctor", "pull", "import-mentions"}

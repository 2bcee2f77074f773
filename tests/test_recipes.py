"""The CI recipes that init writes: their own shell lines, run in fresh checkouts on this machine.

Only what belongs to the service is played: the upload copies the site to where it is served, and
git finds the service's repository in a folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
import yaml

from pelican_linkback import cli
from pelican_linkback.cli.init import RECIPES
from tests import terminal
from tests.servers import Blog, WebHost, serving

pytestmark = pytest.mark.skipif(
    not (shutil.which("git") and shutil.which("bash")), reason="needs git and bash"
)

BASE = """
PATH = "content"
SITENAME = "A Site"
TIMEZONE = "UTC"
THEME = "simple"
PLUGINS = ["pelican_linkback"]
LINKBACK_ALLOW_HOSTS = ["127.0.0.1"]
"""
PUBLISHING = "from pelicanconf import *\nSITEURL = {url!r}\nAUTHOR_FEED_ATOM = None\n"
ARTICLE = "Title: One\nSlug: one\nDate: 2026-01-01\nPingback: {target}\n\n[x]({target})\n"
UPLOAD = object()
"""Stands for the step of the recipe that is the service's."""


def github(recipe):
    """The steps of the recipe for GitHub."""
    for step in recipe["jobs"]["publish"]["steps"]:
        if "run" in step:
            yield step["run"]
        elif "deploy-pages" in step["uses"]:
            yield UPLOAD


def gitlab(recipe):
    """The steps of the recipe for GitLab, where what is deployed is there after its job."""
    yield from recipe["pages"]["script"]
    yield UPLOAD
    yield from recipe["tell"]["script"]


class Service:
    """Where the repository is kept, and jobs run in checkouts of it."""

    def __init__(self, folder, steps, output):
        self._folder, self._output = folder, output
        self.origin, self.summary = folder / "origin.git", folder / "summary.md"
        self._steps = [step for step in steps if step is UPLOAD or "pip install" not in step]
        programs = folder / "bin"
        programs.mkdir()
        for name, module in terminal.MODULES.items():
            script = f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n'
            (programs / name).write_text(script)
            (programs / name).chmod(0o755)
        self._environment = terminal.environment(
            PATH=f"{programs}{os.pathsep}{os.environ['PATH']}",
            HOME=str(folder),
            GITHUB_STEP_SUMMARY=str(self.summary),
            PUSH_TOKEN="token",
            CI_SERVER_HOST="git.example",
            CI_PROJECT_PATH="me/site",
            CI_COMMIT_BRANCH="main",
            CI_DEFAULT_BRANCH="main",
            GIT_CONFIG_COUNT="1",
            GIT_CONFIG_KEY_0=f"url.{self.origin}.insteadOf",
            GIT_CONFIG_VALUE_0="https://linkbacks:token@git.example/me/site.git",
        )

    def shell(self, line, folder):
        done = subprocess.run(
            ["bash", "-e", "-c", line],
            cwd=folder,
            env=self._environment,
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=terminal.PATIENCE,
        )
        assert done.returncode == 0, f"$ {line}\n{done.stdout}{done.stderr}"
        return done.stdout

    def run_job(self, name, served):
        """Run the recipe in a fresh checkout."""
        checkout = self._folder / name
        self.shell(f"git clone -q {self.origin} {name}", self._folder)
        for step in self._steps:
            if step is UPLOAD:
                shutil.copytree(checkout / self._output, served, dirs_exist_ok=True)
            else:
                self.shell(step, checkout)


@pytest.mark.parametrize(("kind", "steps", "output"), [
    ("github", github, "output"),
    ("gitlab", gitlab, "public"),
])  # fmt: skip
def test_a_recipe_publishes_tells_and_remembers(tmp_path, monkeypatch, capsys, kind, steps, output):
    author, served = tmp_path / "author", tmp_path / "served"
    (author / "content").mkdir(parents=True)
    served.mkdir()
    with serving(WebHost(served)) as host, serving(Blog()) as blog:
        (author / "pelicanconf.py").write_text(BASE)
        (author / "publishconf.py").write_text(PUBLISHING.format(url=host.url))
        article = ARTICLE.format(target=f"{blog.url}/a-post")
        (author / "content" / "one.md").write_text(article)
        monkeypatch.chdir(author)
        assert cli.main(["init", "--yes", "--ci", kind]) == 0, capsys.readouterr().out
        recipe = yaml.safe_load((author / RECIPES[kind]).read_text())

        service = Service(tmp_path, steps(recipe), output)
        person = "git -c user.name=Ann -c user.email=ann@example.org"
        service.shell(
            "git init -q -b main && git add -A && "
            f"{person} commit -qm Begin && git clone -q --bare . {service.origin}",
            author,
        )
        service.run_job("first", served)
        assert blog.pings == [(f"{host.url}/one.html", f"{blog.url}/a-post")]
        kept = service.shell("git ls-tree -r --name-only main", service.origin).split()
        assert {"linkback/deliveries.jsonl", "linkback/ids.jsonl"} < set(kept)
        assert not [name for name in kept if name.endswith((".lock", ".idle"))]
        if kind == "github":
            assert "| one.md |" in service.summary.read_text()

        commits = service.shell("git rev-list main", service.origin)
        service.run_job("second", served)
        assert len(blog.pings) == 1
        assert service.shell("git rev-list main", service.origin) == commits

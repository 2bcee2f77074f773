"""The CI recipes that init writes: their own shell lines, run in fresh checkouts on this machine.

Only what belongs to the service is played: the upload copies the site to where it is served, and
git finds the service's repository in a folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import product

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
ARTICLE = "Title: {name}\nSlug: {name}\nDate: 2026-01-01\nPingback: {target}\n\n[x]({target})\n"
UPLOAD = object()
"""Stands for the step of the recipe that is the service's."""
REPOSITORY = "https://linkbacks:token@git.example/me/site.git"
PERSON = "git -c user.name=Ann -c user.email=ann@example.org"


def github(recipe):
    """The jobs of the recipe for GitHub: their steps, and whether they check out the branch."""
    steps = recipe["jobs"]["publish"]["steps"]
    at_the_tip = "github.ref_name" in steps[0]["with"]["ref"]
    yield at_the_tip, [step.get("run", UPLOAD) for step in steps if is_played(step)]


def is_played(step):
    return "run" in step or "deploy-pages" in step["uses"]


def gitlab(recipe):
    """The jobs of the recipe for GitLab, which deploys what a job called pages has made."""
    yield False, [*recipe["pages"]["script"], UPLOAD]
    yield False, recipe["send"]["script"]


KINDS = {"github": (github, "output", ()), "gitlab": (gitlab, "public", ("public", "linkback"))}


class Service:
    """Where the repository is kept, and jobs run in shallow checkouts of it."""

    def __init__(self, folder, kind, recipe):
        jobs, self._output, self._artifacts = KINDS[kind]
        self.jobs = [
            (at_the_tip, [step for step in steps if step is UPLOAD or "pip install" not in step])
            for at_the_tip, steps in jobs(recipe)
        ]
        self._folder = folder
        self.origin, self.summary = folder / "origin.git", folder / "summary.md"
        self._checkouts = 0
        programs = folder / "bin"
        programs.mkdir()
        for name, module in terminal.MODULES.items():
            program(programs / name, f'exec "{sys.executable}" -m {module} "$@"')
        program(programs / "sleep", "exit 0")
        self._environment = terminal.environment(
            PATH=f"{programs}{os.pathsep}{os.environ['PATH']}",
            HOME=str(folder),
            GITHUB_STEP_SUMMARY=str(self.summary),
            GITHUB_REF_NAME="main",
            PUSH_TOKEN="token",
            CI_SERVER_HOST="git.example",
            CI_PROJECT_PATH="me/site",
            CI_COMMIT_BRANCH="main",
            CI_DEFAULT_BRANCH="main",
            GIT_CONFIG_COUNT="2",
            GIT_CONFIG_KEY_0=f"url.file://{self.origin}.insteadOf",
            GIT_CONFIG_VALUE_0=REPOSITORY,
            GIT_CONFIG_KEY_1="core.hooksPath",
            GIT_CONFIG_VALUE_1=str(folder / "hooks"),
        )

    def shell(self, line, folder):
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", line],
            cwd=folder,
            env=self._environment,
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=terminal.TIMEOUT,
        )
        assert done.returncode == 0, f"$ {line}\n{done.stdout}{done.stderr}"
        return done.stdout

    def tip(self):
        return self.shell("git rev-parse main", self.origin).strip()

    def run(self, commit, served, before_step=lambda number: None):
        """Run the pipeline of the push of ``commit``; its jobs begin with that commit."""
        number, last = 0, None
        for at_the_tip, steps in self.jobs:
            checkout = self._checkout(self.tip() if at_the_tip else commit, at_the_tip)
            for name in self._artifacts if last else ():
                shutil.copytree(last / name, checkout / name, dirs_exist_ok=True)
            for step in steps:
                before_step(number)
                number += 1
                if step is UPLOAD:
                    shutil.copytree(checkout / self._output, served, dirs_exist_ok=True)
                else:
                    self.shell(step, checkout)
            last = checkout

    def _checkout(self, commit, at_the_tip):
        self._checkouts += 1
        folder = self._folder / f"checkout-{self._checkouts}"
        how = "-B main refs/remotes/origin/main" if at_the_tip else f"--detach {commit}"
        self.shell(
            f"git init -q {folder.name} && cd {folder.name} && "
            f"git remote add origin {REPOSITORY} && "
            f"git fetch -q --depth=1 origin +{commit}:refs/remotes/origin/main && "
            f"git checkout -q {how}",
            self._folder,
        )
        return folder


def program(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


class World:
    """Ann and Bob write a site in one repository; a host serves it, a blog is linked to."""

    def __init__(self, folder, kind, host, blog, served):
        self.blog, self.kind, self.served = blog, kind, served
        self.ann, self.bob = folder / "ann", folder / "bob"
        (self.ann / "content" / "images").mkdir(parents=True)
        (self.ann / "content" / "images" / "a.txt").write_text("So that git knows the folder.")
        (self.ann / "pelicanconf.py").write_text(BASE)
        (self.ann / "publishconf.py").write_text(PUBLISHING.format(url=host.url))
        (self.ann / ".gitignore").write_text("output/\npublic/\n__pycache__/\n")
        assert cli.main(["init", "--yes", "--ci", kind]) == 0
        recipe = yaml.safe_load((self.ann / RECIPES[kind]).read_text())
        self.service = Service(folder, kind, recipe)
        self.sh = self.service.shell
        self.sh("git init -q -b main && git add -A", self.ann)
        self.sh(f"{PERSON} commit -qm Begin && git clone -q --bare . ../origin.git", self.ann)
        self.sh("git config uploadpack.allowAnySHA1InWant true", self.service.origin)
        self.sh(f"git remote add origin {REPOSITORY}", self.ann)
        self.sh(f"git clone -q {REPOSITORY} bob", folder)
        (folder / "hooks").mkdir()
        self.hook = folder / "hooks" / "pre-push"

    def write(self, who, name, target):
        """Publish an article of ``who``; return the commit."""
        article = ARTICLE.format(name=name, target=f"{self.blog.url}/{target}")
        (who / "content" / f"{name}.md").write_text(article)
        # Their own pushes have nothing to do with the moment that the hook stands for.
        self.sh(
            f"git add -A && {PERSON} commit -qm {name} && {PERSON} pull -q --no-rebase --no-edit "
            "origin main && git push -q --no-verify origin HEAD:main",
            who,
        )
        return self.service.tip()

    def pings(self):
        return sorted((source.rpartition("/")[2], target.rpartition("/")[2])
                      for source, target in self.blog.pings)  # fmt: skip


@pytest.fixture(params=KINDS)
def world(request, tmp_path, monkeypatch):
    (tmp_path / "ann").mkdir()
    monkeypatch.chdir(tmp_path / "ann")  # where publishconf.py finds pelicanconf.py
    served = tmp_path / "served"
    served.mkdir()
    with serving(WebHost(served)) as host, serving(Blog()) as blog:
        yield World(tmp_path, request.param, host, blog, served)


def test_a_recipe_publishes_sends_and_records(world):
    world.service.run(world.write(world.ann, "one", "a-post"), world.served)
    assert world.pings() == [("one.html", "a-post")]
    kept = world.sh("git ls-tree -r --name-only main", world.service.origin).split()
    assert {"linkback/deliveries.jsonl", "linkback/ids.jsonl"} < set(kept)
    assert not [name for name in kept if name.endswith((".lock", ".idle", "discoveries.jsonl"))]
    if world.kind == "github":
        assert "| one.md |" in world.service.summary.read_text()

    commits = world.sh("git rev-list main", world.service.origin)
    world.service.run(world.service.tip(), world.served)
    assert world.pings() == [("one.html", "a-post")]
    assert world.sh("git rev-list main", world.service.origin) == commits


MOMENTS = range(10)
"""Before each step of a pipeline; the last of them stands for no push at all."""
LAST = {"github": 4, "gitlab": 7}
"""Before the last step, which pushes what was sent."""


@pytest.mark.parametrize(
    ("world", "moment"),
    [
        pytest.param(kind, each, marks=() if LAST[kind] == each else pytest.mark.hostile)
        for kind, each in product(KINDS, MOMENTS)
    ],
    indirect=["world"],
)
def test_a_push_during_the_job_costs_nothing(world, moment):
    first, later = world.write(world.ann, "one", "a-post"), []

    def before_step(number):
        if number == moment:
            later.append(world.write(world.bob, "two", "another"))

    world.service.run(first, world.served, before_step)
    wanted = [("one.html", "a-post"), ("two.html", "another")][: 1 + len(later)]
    for commit in later or [first]:
        world.service.run(commit, world.served)
    assert world.pings() == wanted
    world.service.run(first, world.served)  # "Re-run all jobs", of the older push
    assert world.pings() == wanted


def test_the_pipelines_have_no_more_steps_than_moments(world):
    assert sum(len(steps) for _, steps in world.service.jobs) < len(MOMENTS)


def test_a_push_in_the_moment_between_pull_and_push_is_waited_out(world):
    first = world.write(world.ann, "one", "a-post")
    bob = f"git -C {world.bob}"
    (world.bob / "content" / "two.md").write_text(
        ARTICLE.format(name="two", target="https://x.example")
    )
    program(
        world.hook,
        f"rm -- {world.hook}\n"
        f"{bob} add -A && {bob} -c user.name=Bob -c user.email=bob@example.org commit -qm two &&"
        f"{bob} -c user.name=Bob -c user.email=bob@example.org pull -q --rebase origin main &&"
        f"{bob} push -q origin HEAD:main",
    )
    world.service.run(first, world.served)
    assert not world.hook.exists()
    recorded = world.sh("git show main:linkback/deliveries.jsonl", world.service.origin)
    assert '"delivered"' in recorded
    assert "two.md" in world.sh("git ls-tree -r --name-only main", world.service.origin)

"""A site with a receiver, and commands as its author types them: for fixtures of test files."""

from __future__ import annotations

import json
from types import SimpleNamespace

from pelican_linkback import cli
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.receiving.memory.targets_file import write_targets
from tests.test_schemas import validator

__all__ = ["BLOG", "GATES", "WALLS", "lister", "make_site", "runner"]

BLOG = "https://blog.example"
WALLS = Target("tag:blog.example:/walls/", f"{BLOG}/walls/", "Dry stone walls")
GATES = Target("tag:blog.example:/gates/", f"{BLOG}/gates/", "Gates", mentions=Mode.HELD)


def make_site(folder, store):
    """Write the settings and the articles of a site that has this database of a receiver."""
    (folder / "content").mkdir()
    url = store.engine.url.render_as_string(hide_password=False)
    (folder / "pelicanconf.py").write_text(
        f'PATH = "content"\nSITEURL = "{BLOG}"\nPLUGINS = ["pelican_linkback"]\n'
        f'LINKBACK_RECEIVE = "{BLOG}/mentions/"\nLINKBACK_INBOX = "{url}"\n'
    )
    write_targets(folder / "linkback", Targets([WALLS, GATES], BLOG))


def runner(capsys):
    """What runs a command; returns its status, what it prints, and what it complains of."""

    def call(*words):
        try:
            status = cli.main(list(words))
        except SystemExit as wrong_usage:
            status = wrong_usage.code
        captured = capsys.readouterr()
        return SimpleNamespace(status=status, out=captured.out, err=captured.err)

    return call


def lister(run):
    """What runs ``inbox`` for programs; returns the states of its mentions, and its rules."""

    def call(*words):
        done = run("inbox", *words, "--json")
        assert done.status == 0, done.err
        printed = json.loads(done.out)
        validator("inbox").validate(printed)
        states = {each["id"]: each["state"] for each in printed["mentions"]}
        return states, {each["rule"]: each["act"] for each in printed["rules"]}

    return call

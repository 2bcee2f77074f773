"""--json of every command is what docs/schemas says, and the schemas are schemas."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource

from pelican_linkback import cli
from pelican_linkback.cli import parser
from pelican_linkback.journal.journal import Journal
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.memory.targets_file import write_targets
from tests.page_mentions import received, write
from tests.webmention_io import item

FOLDER = Path(__file__).parent.parent / "docs" / "schemas"
SCHEMAS = {path.name: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
REGISTRY = Registry().with_resources(
    (name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items()
)
SITE = "http://127.0.0.1:2"  # nobody listens at this port
AT = {"queued": "2026-05-01T10:00:00+00:00", "outcome": "2026-05-01T10:00:01+00:00"}


def validator(name):
    check = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(
        SCHEMAS[f"{name}.schema.json"], registry=REGISTRY, format_checker=check
    )


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_a_schema_that_says_what_everything_is(name):
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["title"]
    assert SCHEMAS[name]["$id"] == name


def test_every_command_has_one():
    assert {name.partition(".")[0] for name in SCHEMAS} == {
        *parser.COMMANDS,
        "delivery",
        "mention",
        "import",
        "error",
    }


def test_each_is_on_the_page_that_lists_them():
    page = (FOLDER.parent / "reference" / "schemas.rst").read_text("utf-8")
    assert sorted(re.findall(r"<\.\./schemas/(.*?)>", page)) == sorted(SCHEMAS)


def event(path, kind, **fields):
    source = {"v": 1, "at": AT[kind], "event": kind, "source": f"{SITE}/{path}"}
    return source | {"target": "https://you.example.io/two"} | fields


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "one.md").write_text(
        "Title: One\nDate: 2020-01-01\nPingback: all\n\n[it](https://you.example.io/two)\n"
    )
    (tmp_path / "pelicanconf.py").write_text(
        f'PATH = "content"\nSITEURL = "{SITE}"\nTIMEZONE = "UTC"\nLOCALE = ["C"]\nPLUGINS = []\n'
        f'LINKBACK_ALLOW_HOSTS = ["127.0.0.1"]\nOUTPUT_PATH = "{tmp_path}/output"\n'
    )
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "feed.xml").write_text(
        '<rss version="2.0"><channel><title>T</title></channel></rss>'
    )
    (tmp_path / "told.json").write_text("{}")
    (tmp_path / "mentions.json").write_text(json.dumps([item(1, target=f"{SITE}/one.html"), 7]))
    write(tmp_path / "linkback", [received(), received("like", "Bo Ek")])
    told = {"verdict": "delivered", "reason": "accepted", "protocol": "webmention"}
    Journal(tmp_path / "linkback" / "deliveries.jsonl").append(
        event("two.html", "queued", article="two.md", fingerprint="f"),
        event("two.html", "outcome", **told),
        event("three.html", "queued", article="three.md", fingerprint="f"),
        event("three.html", "outcome", verdict="refused", reason="fault-17", detail="no"),
        event("four.html", "queued", article="four.md", fingerprint="f"),
        event(
            "four.html",
            "outcome",
            verdict="later",
            reason="timed-out",
            retry_at="2999-01-01T00:00:00+00:00",
        ),
    )
    page = Target("one", f"{SITE}/one.html", "One")
    write_targets(tmp_path / "linkback", Targets([page], SITE))
    return tmp_path


@pytest.mark.parametrize(
    ("schema", "words", "status"),
    [
        ("plan", "plan", 1),
        ("plan", "send --dry-run", 0),
        ("plan", "send --dry-run --retry-failed", 0),
        ("status", "status", 1),
        ("status", "status --waiting", 0),
        ("send", "send", 0),
        ("send", "send --retry-failed", 0),
        ("retry", "retry https://you.example.io/two", 0),
        ("retract", f"retract {SITE}/two.html", 0),
        ("error", f"retract {SITE}/none.html", 1),
        ("error", "send --since 2026-01-01", 2),
        ("check", "check", 1),
        ("feeds", "feeds", 0),
        ("doctor", "doctor", 1),
        ("import", "check --import output/feed.xml nowhere.xml", 1),
        ("compact", "compact", 0),
        ("init", "init", 1),
        ("import-linkbacks", "import-linkbacks told.json", 0),
        ("inbox", "inbox", 0),
        ("inbox", "inbox --shown --hidden", 0),
        ("inbox", "inbox block you.example.io", 0),
        ("error", "inbox approve 0123", 1),
        ("error", "pull", 2),
        ("pull", "pull -e LINKBACK_PULL=[]", 0),
        ("import-mentions", "import-mentions mentions.json", 0),
        ("forget", "forget you.example.io", 0),
    ],
)
def test_what_a_command_prints_is_what_its_schema_says(folder, capsys, schema, words, status):
    assert cli.main([*words.split(), "--json"]) == status
    printed = json.loads(capsys.readouterr().out)
    validator(schema).validate(printed)
    assert printed


@pytest.mark.parametrize(
    ("schema", "wrong"),
    [
        ("compact", {"before": 1}),
        ("compact", {"before": -1, "after": 0}),
        ("status", [{}]),
        ("plan", {"planned": [], "vanished": [], "more": 1}),
        ("import", {"imported": [{"feed": "x", "ids": 1, "new": 1, "problem": "both"}]}),
    ],
)
def test_a_schema_refuses_what_is_not_so(schema, wrong):
    with pytest.raises(ValidationError):
        validator(schema).validate(wrong)

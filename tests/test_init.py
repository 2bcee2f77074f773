"""pelican-linkback init, on configurations as pelican-quickstart makes them, and others."""

from __future__ import annotations

import ast
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pelican.tools.pelican_quickstart import _jinja_env

from pelican_linkback import cli
from pelican_linkback.cli import init
from pelican_linkback.cli.config_edits import (
    NAMES,
    git_pattern,
    with_lines,
    with_plugin,
    with_setting,
    without_plugin,
)
from pelican_linkback.settings.pelican import LINKBACKS_PLUGIN

VALUES = {
    "author": '"Ann Lee"',
    "sitename": '"A Site"',
    "timezone": '"Europe/Lisbon"',
    "lang": '"en"',
    "default_pagination": 10,
    "siteurl": "https://me.example.io",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A site as pelican-quickstart makes it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "pelicanconf", raising=False)
    monkeypatch.setattr(init, "_installed", set)
    for name in ("pelicanconf.py", "publishconf.py"):
        text = _jinja_env.get_template(f"{name}.jinja2").render(VALUES)
        (tmp_path / name).write_text(text.rstrip("\n") + "\n")  # Pelican 4.8 writes no last one
    (tmp_path / "content").mkdir()
    yield tmp_path
    sys.modules.pop("pelicanconf", None)


def run(capsys, *argv):
    status = cli.main(["init", *argv])
    return status, capsys.readouterr().out


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture
def answer(monkeypatch):
    def prepare(text):
        def say(prompt=""):
            if text is None:
                raise EOFError
            return text

        monkeypatch.setattr("builtins.input", say)

    return prepare


def test_a_quickstart_site_is_put_in_order_and_then_nothing_is_left_to_do(folder, capsys):
    before = files(folder)
    status, out = run(capsys, "--yes", "--ci", "github")
    assert status == 0
    assert out.endswith(
        "Written: 4 files.\n"
        "Next: pelican content -s publishconf.py; then pelican-linkback doctor -s publishconf.py\n"
    )
    after = files(folder)
    assert after["pelicanconf.py"] == before["pelicanconf.py"]
    assert after["publishconf.py"].endswith('AUTHOR_FEED_ATOM = "feeds/author/{slug}.atom.xml"\n')
    assert after[".gitattributes"] == "linkback/*.jsonl merge=union\n"
    assert (
        after[".gitignore"]
        == "linkback/*.lock\nlinkback/*.idle\nlinkback/discoveries.jsonl\nlinkback/pulled.json\n"
        "linkback/inbox.sqlite*\n"
    )
    assert run(capsys, "--yes", "--ci", "github") == (0, "Nothing to write.\n")
    assert files(folder) == after


def test_the_site_that_was_put_in_order_builds(folder, capsys):
    run(capsys, "--yes")
    (folder / "content" / "one.md").write_text("Title: One\nDate: 2020-01-01\n\nText.\n")
    build = [sys.executable, "-m", "pelican", "content", "-s", "publishconf.py"]
    environment = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[2])}
    done = subprocess.run(
        build, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert "Feeds: 3 written" in done.stdout
    assert (folder / "output" / "feeds" / "author" / "ann-lee.atom.xml").is_file()


@pytest.mark.parametrize(("said", "status"), [("y", 0), ("YES", 0), ("", 1), ("n", 1), (None, 1)])
def test_it_shows_the_difference_and_asks(folder, capsys, answer, said, status):
    answer(said)
    before = files(folder)
    assert run(capsys)[0] == status
    assert (files(folder) == before) is (status == 1)


def test_the_question_says_what_may_be_answered(folder, capsys, answer):
    answer("n")
    assert "Write this? [y/N]" in run(capsys)[1]


def test_the_difference_is_one_that_patch_takes(folder, capsys, answer):
    answer("n")
    out = run(capsys)[1]
    diff = out[: out.index("Nothing was written")]
    assert "+AUTHOR_FEED_ATOM = " in diff
    assert "--- /dev/null\n+++ b/.gitignore" in diff
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run(["git", "apply", "-"], input=diff, text=True, cwd=folder, check=True)
    assert run(capsys) == (0, "Nothing to write.\n")


def test_without_an_address_the_author_is_reported(folder, capsys):
    conf = folder / "publishconf.py"
    conf.write_text(conf.read_text().replace("https://me.example.io", ""))
    status, out = run(capsys, "--yes")
    assert status == 1
    assert "By hand: publishconf.py: set SITEURL to the address of your site" in out


def test_without_settings_for_publishing_the_author_is_reported(folder, capsys):
    (folder / "publishconf.py").unlink()
    assert "By hand: there is no publishconf.py" in run(capsys, "--yes")[1]


def test_publishconf_may_be_named_too(folder, capsys):
    with (folder / "pelicanconf.py").open("a") as file:
        file.write('PLUGINS = ["sitemap"]\n')
    assert run(capsys, "--yes", "-s", "publishconf.py")[0] == 0
    assert 'PLUGINS = ["sitemap", "pelican_linkback"]' in (folder / "pelicanconf.py").read_text()


def test_a_site_of_one_configuration(folder, capsys):
    conf = (folder / "pelicanconf.py").read_text()
    (folder / "pelicanconf.py").unlink()
    (folder / "publishconf.py").write_text(conf + "PLUGINS = []\n")
    assert run(capsys, "--yes", "-s", "publishconf.py")[0] == 0
    assert 'PLUGINS = ["pelican_linkback"]' in (folder / "publishconf.py").read_text()


def test_what_is_not_understood_is_left_to_the_author(folder, capsys):
    for name in ("pelicanconf.py", "publishconf.py"):
        path = folder / name
        path.write_text(
            path.read_text() + "PLUGINS = []\nPLUGINS += ['x']\nAUTHOR_FEED_ATOM: str\n"
        )
    before = files(folder)
    status, out = run(capsys, "--yes")
    assert status == 1
    assert 'By hand: pelicanconf.py: add "pelican_linkback" to PLUGINS' in out
    assert "By hand: publishconf.py: add AUTHOR_FEED_ATOM = " in out
    assert {**files(folder), **before} == files(folder)


def test_a_memory_elsewhere_is_left_alone(folder, capsys):
    elsewhere = folder.parent / "elsewhere"
    argv = ["--yes", "-e", f'LINKBACK_STATE="{elsewhere}"']
    assert f"By hand: keep {elsewhere} with the site" in run(capsys, *argv)[1]
    assert not (folder / ".gitignore").exists()


@pytest.mark.parametrize("kind", init.RECIPES)
def test_a_recipe_is_yaml_and_its_commands_are_ours(folder, capsys, kind):
    (folder / "requirements.txt").write_text("pelican\n")
    assert run(capsys, "--yes", "--ci", kind)[0] == 0
    text = (folder / init.RECIPES[kind]).read_text()
    assert yaml.safe_load(text)
    assert "@INSTALL@" not in text
    assert "@STATE" not in text
    assert "-r requirements.txt" in text
    assert "pelican-linkback send -s publishconf.py " in text
    assert "git add linkback" in text


@pytest.mark.parametrize(("kind", "sign"), [("github", ".github/x"), ("gitlab", ".gitlab-ci.yml")])
def test_a_service_that_is_used_is_known_by_its_files(folder, capsys, kind, sign):
    path = folder / sign
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    out = run(capsys, "--yes")[1]
    assert ("By hand: .gitlab-ci.yml: build with" in out) is (kind == "gitlab")
    assert (folder / init.RECIPES[kind]).exists()
    assert path.read_text() == ""


def test_for_machines_it_writes_only_with_yes(folder, capsys):
    before = files(folder)
    status, out = run(capsys, "--json")
    told = json.loads(out)
    assert (status, told["written"]) == (1, False)
    assert [each["file"] for each in told["changes"]] == [
        "publishconf.py",
        ".gitattributes",
        ".gitignore",
    ]
    assert files(folder) == before
    assert json.loads(run(capsys, "--json", "--yes")[1])["written"] is True


def test_one_file_is_one_file(folder, capsys):
    run(capsys, "--yes")
    (folder / ".gitignore").unlink()
    assert "Written: 1 file." in run(capsys, "--yes")[1]


def test_a_file_that_is_no_text_is_named(folder, capsys):
    (folder / ".gitignore").write_bytes(b"\xff\xfe")
    assert cli.main(["init", "--yes"]) == 1
    assert ".gitignore cannot be read" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_named(folder, capsys):
    (folder / ".github").write_text("a file")
    assert cli.main(["init", "--yes", "--ci", "github"]) == 1
    assert "publish.yml cannot be written" in capsys.readouterr().err


def test_the_plugins_that_pelican_finds_are_named_but_the_one_displaced(monkeypatch, tmp_path):
    for name in ("sitemap", "linkback", "linkbacks"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    monkeypatch.setattr(init.pelican.plugins, "__path__", [str(tmp_path)])
    assert init._installed() == {"linkback", "linkbacks", "sitemap"}
    assert init._to_name(init._installed()) == ["sitemap"]


def test_the_cache_of_the_plugin_displaced_is_noticed(folder, capsys):
    cache = folder / "cache" / "pelican-plugin-linkbacks.json"
    cache.parent.mkdir()
    cache.write_text("{}")
    out = run(capsys, "--yes")[1]
    assert (
        "By hand: run pelican-linkback import-linkbacks -s publishconf.py, which records what"
        in out
    )
    cache.unlink()
    assert run(capsys, "--yes") == (0, "Nothing to write.\n")


# Texts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '\nPLUGINS = ["sitemap", "pelican_linkback"]\n'),
        ("A = 1", 'A = 1\n\nPLUGINS = ["sitemap", "pelican_linkback"]\n'),
        ("A = 1\r\n", 'A = 1\r\n\r\nPLUGINS = ["sitemap", "pelican_linkback"]\r\n'),
        ("PLUGINS = []\n", 'PLUGINS = ["pelican_linkback"]\n'),
        ("PLUGINS = ['a']\n", "PLUGINS = ['a', \"pelican_linkback\"]\n"),
        ("PLUGINS = ['é',]\nB = 2", "PLUGINS = ['é', \"pelican_linkback\",]\nB = 2"),
        ("PLUGINS = ('a',)", "PLUGINS = ('a', \"pelican_linkback\",)"),
        (
            'PLUGINS = [\n    "a",\n    "b",  # why\n]\n',
            'PLUGINS = [\n    "a",\n    "b",\n    "pelican_linkback",  # why\n]\n',
        ),
        (
            'PLUGINS = [\r\n\t"a"\r\n]\r\n',
            'PLUGINS = [\r\n\t"a",\r\n\t"pelican_linkback"\r\n]\r\n',
        ),
        ('PLUGINS = ["pelican_linkback"]\n', 'PLUGINS = ["pelican_linkback"]\n'),
        ('\f\nPLUGINS = ["a"]\n', '\f\nPLUGINS = ["a", "pelican_linkback"]\n'),
        ('X = "\v\u2028"\nPLUGINS = ["a"]', 'X = "\v\u2028"\nPLUGINS = ["a", "pelican_linkback"]'),
        ('X = 1  # \x85\nPLUGINS = ["a"]', 'X = 1  # \x85\nPLUGINS = ["a", "pelican_linkback"]'),
        ('PLUGINS = [("a")]\n', 'PLUGINS = [("a"), "pelican_linkback"]\n'),
        ('PLUGINS = [(("a") ), ]', 'PLUGINS = [(("a") ), "pelican_linkback", ]'),
        ('PLUGINS = "a", ("b")\n', 'PLUGINS = "a", ("b"), "pelican_linkback"\n'),
        (
            'PLUGINS = [\n    (\n        "a"  # (why)\n    ),\n]\n',
            'PLUGINS = [\n    (\n        "a"  # (why)\n    ),\n        "pelican_linkback",\n]\n',
        ),
        ("A = 1  # café", 'A = 1  # café\n\nPLUGINS = ["sitemap", "pelican_linkback"]\n'),
        ("from pelicanconf import *\n", None),
    ],
)
def test_a_plugin_is_added_to_what_is_understood(before, after):
    if after is None:
        after = before + '\nPLUGINS = ["sitemap", "pelican_linkback"]\n'
    text = with_plugin(before, ["sitemap"])
    assert text == after
    (names,) = [
        ast.literal_eval(each.value)
        for each in ast.parse(text).body
        if isinstance(each, ast.Assign) and each.targets[0].id == "PLUGINS"
    ]
    assert "pelican_linkback" in names


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('PLUGINS = ["linkbacks", "a"]', 'PLUGINS = ["a"]'),
        ('PLUGINS = ["a", "linkbacks"]', 'PLUGINS = ["a"]'),
        ('PLUGINS = ["a", "pelican.plugins.linkbacks", "linkbacks"]', 'PLUGINS = ["a"]'),
        ('PLUGINS = [("linkbacks"), "a"]', None),
        ("PLUGINS = ['a', ('linkbacks')]", None),
        ('PLUGINS = ["linkbacks",]', "PLUGINS = []"),
        ('PLUGINS = ["linkbacks"]', "PLUGINS = []"),
        ('PLUGINS = [("linkbacks"),]', "PLUGINS = []"),
        ('PLUGINS = ("linkbacks",)', "PLUGINS = ()"),
        ('PLUGINS = [\n    "linkbacks",\n    "a",\n]\n', 'PLUGINS = [\n    "a",\n]\n'),
        ('PLUGINS = ["a"]', 'PLUGINS = ["a"]'),
        ("A = 1\n", "A = 1\n"),
        ("PLUGINS = names()", None),
    ],
)
def test_the_plugin_that_is_replaced_is_taken_out(before, after):
    text = without_plugin(before, LINKBACKS_PLUGIN)
    assert text == after or (after is None and "linkbacks" not in (text or ""))


def test_the_plugin_that_is_replaced_is_turned_off_where_pelican_finds_both(
    folder, capsys, monkeypatch
):
    """Without PLUGINS both would be loaded, and tell the same sites."""
    monkeypatch.setattr(init, "_installed", lambda: {"linkback", "linkbacks", "sitemap"})
    assert run(capsys, "--yes")[0] == 0
    text = (folder / "pelicanconf.py").read_text()
    assert text.endswith('\nPLUGINS = ["sitemap", "pelican_linkback"]\n')


@pytest.mark.parametrize("name", sorted(NAMES))
def test_any_name_of_the_plugin_will_do(name):
    text = f"PLUGINS = ['{name}']\n"
    assert with_plugin(text, None) == with_plugin(text, ["sitemap"]) == text


def test_a_site_without_plugins_needs_no_setting():
    assert with_plugin("A = 1\n", None) == "A = 1\n"


def test_the_difference_says_where_a_file_ends_without_a_newline(folder, capsys, answer):
    for name in ("pelicanconf.py", "publishconf.py"):
        (folder / name).write_text((folder / name).read_text().rstrip())
    answer("n")
    diff = run(capsys)[1].partition("Nothing was written")[0]
    assert "\n\\ No newline at end of file\n" in diff
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run(["git", "apply", "-"], input=diff, text=True, cwd=folder, check=True)
    assert run(capsys) == (0, "Nothing to write.\n")


def test_the_plugin_that_is_replaced_goes_or_is_named(folder, capsys):
    (folder / "pelicanconf.py").write_text('PATH = "content"\nPLUGINS = ["linkbacks"]\n')
    run(capsys, "--yes")
    after = (folder / "pelicanconf.py").read_text()
    assert after == 'PATH = "content"\nPLUGINS = ["pelican_linkback"]\n'
    (folder / "pelicanconf.py").write_text('PATH = "content"\nPLUGINS = ["linkbacks"] + []\n')
    out = run(capsys, "--yes")[1]
    assert 'By hand: pelicanconf.py: add "pelican_linkback" to PLUGINS' in out
    assert 'By hand: pelicanconf.py: take "linkbacks" out of PLUGINS' in out


@pytest.mark.parametrize(
    "text",
    [
        "PLUGINS = (",
        "PLUGINS = []\0",
        "PLUGINS = ()",
        "PLUGINS = list()",
        "PLUGINS = ['a', b]",
        "PLUGINS = ['a'] + ['b']",
        "PLUGINS = []\nPLUGINS = ['a']",
        "PLUGINS = []\nPLUGINS.append('a')",
        "if True:\n    PLUGINS = []",
        "PLUGINS, B = [], []",
        "from local import *",
    ],
)
def test_what_is_not_understood_is_not_touched(text):
    assert with_plugin(text, []) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "A = 1\n"),
        ("B = 2", "B = 2\nA = 1\n"),
        ("A = None\n", "A = None\n"),
        ("A = 3\nA = 4\n", "A = 3\nA = 4\n"),
        ("del A", None),
        ("from local import *", None),
        ("from pelicanconf import *\n", "from pelicanconf import *\nA = 1\n"),
    ],
)
def test_a_setting_is_added_unless_it_has_a_value(before, after):
    assert with_setting(before, "A", "1") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "a\nb\n"),
        ("b\n", "b\na\n"),
        ("x", "x\na\nb\n"),
        ("x\r\n", "x\r\na\r\nb\r\n"),
        (" a\nb", " a\nb"),
    ],
)
def test_lines_are_added_that_are_missing(before, after):
    assert with_lines(before, ["a", "b"]) == after


@pytest.mark.parametrize(
    ("folder", "ignored", "attributes"),
    [
        ("linkback", "linkback/*.x", "linkback/*.x"),
        ("link back", "link back/*.x", '"link back/*.x"'),
        ("a\tb", "a\tb/*.x", '"a\\tb/*.x"'),
        ("[a]", "\\[a\\]/*.x", "\\[a\\]/*.x"),
        ("#a", "\\#a/*.x", "\\#a/*.x"),
        ('a" b', 'a" b/*.x', '"a\\" b/*.x"'),
    ],
)
def test_a_folder_is_a_pattern_that_git_reads(folder, ignored, attributes):
    assert git_pattern(folder, "*.x") == ignored
    assert git_pattern(folder, "*.x", quoted=True) == attributes


@pytest.mark.parametrize(
    ("line", "after", "by_hand"),
    [
        ('PLUGINS = ["linkbacks", "a"]', 'PLUGINS = ["a", "pelican_linkback"]', False),
        ('PLUGINS = ["pelican_linkback", "linkbacks"]', 'PLUGINS = ["pelican_linkback"]', False),
        ('PLUGINS += ["linkbacks"]', 'PLUGINS += ["linkbacks"]', True),
        ('PLUGINS += ["a"]', 'PLUGINS += ["a"]', False),
    ],
)
def test_what_publishes_the_site_does_not_bring_the_replaced_plugin_back(
    folder, capsys, line, after, by_hand
):
    with (folder / "pelicanconf.py").open("a") as file:
        file.write('PLUGINS = ["a"]\n')
    with (folder / "publishconf.py").open("a") as file:
        file.write(f"{line}\n")
    _, out = run(capsys, "--yes")
    assert f"\n{after}\n" in (folder / "publishconf.py").read_text()
    assert ('publishconf.py: take "linkbacks" out of PLUGINS' in out) is by_hand


HEADS = [
    "",
    "\f",
    "A = 1\n\f",
    "# \u2028\n",
    "S = 'a\u2028b'\n",
    "S = '\f'\n",
    "X = 1 \\\n",
    "'''doc\n'''\n",
    "A = 1\r\n",
    "# é\u2029\x85 x\n",
    "A = '\x1c\x1d\x1e'\n",
]
LISTS = [
    "",
    'PLUGINS = ["a"]',
    'PLUGINS = (["a", "linkbacks"])',
    'PLUGINS = ("linkbacks",)',
    'PLUGINS = (("linkbacks"), ("b"))',
    'PLUGINS = [\n  ("a"),  # c\n  "linkbacks"\n]',
    'PLUGINS = (\n[\n"a"\f,\n]\n)',
    'PLUGINS = ["é\u2028", "linkbacks"]',
    '\fPLUGINS = [ "a" ]',
    'PLUGINS = ["a" "b"]',
    'PLUGINS = ["a"]; B = 2',
    'PLUGINS = [\n\f"linkbacks",\n\f"a"]',
]
TAILS = ["", "\n", "\r\n", "\n\f", "\n# \u2028 end", "\n#", " # no newline"]


def settings_in(text):
    values = {}
    exec(compile(text, "conf", "exec"), values)
    return {name: value for name, value in values.items() if name.isupper()}


@pytest.mark.parametrize("head", HEADS)
def test_what_is_offered_says_what_the_file_said_but_for_the_change(head):
    for body, tail in itertools.product(LISTS, TAILS):
        text = head + body + tail
        try:
            before = settings_in(text)
        except SyntaxError:
            continue
        plugins = list(before.pop("PLUGINS", []))
        wanted = {
            with_plugin(text, ["a"]): before
            | {"PLUGINS": [*(plugins or ["a"]), "pelican_linkback"]},
            without_plugin(text, {"linkbacks"}): before
            | {"PLUGINS": [each for each in plugins if each != "linkbacks"]},
            with_setting(text, "NEW", '"x"'): before | {"PLUGINS": plugins, "NEW": "x"},
        }
        for after, says in wanted.items():
            if after is not None:
                now = settings_in(after)
                assert now | {"PLUGINS": list(now.get("PLUGINS", []))} == says, repr(text)


def test_publishing_settings_without_a_path_are_named_with_the_remedy(folder, capsys):
    (folder / "publishconf.py").write_text('SITEURL = "https://me.example.io"\n')
    before = files(folder)
    assert cli.main(["init", "--yes"]) == 2
    assert 'publishconf.py names no PATH; add PATH = "content"' in capsys.readouterr().err
    assert files(folder) == before

"""``inbox`` on the database of a receiver, run as its user would."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import stat
import subprocess
import sys

import pytest
import sqlalchemy as sa

from pelican_linkback.cli.inbox import database
from pelican_linkback.cli.inbox.combined import CombinedActions
from pelican_linkback.cli.inbox.files import FileActions
from pelican_linkback.cli.inbox.options import ACTIONS
from pelican_linkback.cli.receiver.opening import has_database
from pelican_linkback.receiving.inbox.states import MentionState, Standing
from pelican_linkback.receiving.memory.decisions import Act
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.received import Author, Kind, Received, id_of, key_of
from pelican_linkback.receiving.store import tables
from pelican_linkback.receiving.store.columns import (
    columns_of,
    host_named,
    milliseconds,
    page_of,
)
from pelican_linkback.receiving.store.rules import Rules
from pelican_linkback.receiving.store.upkeep import erasing
from pelican_linkback.settings.model import read
from tests.inbox_commands import BLOG, GATES, WALLS, lister, make_site, runner
from tests.person import ROOT
from tests.receiving import NOW
from tests.test_schemas import validator


def source(n):
    return f"https://reader{n}.example/notes/{n}"


def name(n, page=WALLS):
    return id_of(source(n), page.id)


HELD, LONG, SHOWN, GONE, DOWN, NEW = map(name, range(1, 7))
LONG = name(2, GATES)


def noted(n, page=WALLS, text="A note.", **more):
    """What reader ``n`` says of a page."""
    host = f"reader{n}.example"
    fields = {"kind": Kind.REPLY, "author": Author(f"Reader {n}", f"https://{host}/")} | more
    when = NOW + dt.timedelta(minutes=n)
    return Received(source(n), page.url, page.id, received=when, text=text, **fields)


def add(store, *mentions):
    """Have mentions in the store: what was read, or would be, and where each stands."""
    rows = [
        {
            "key": key_of(each.source, each.article),
            "token": each.id,
            "source": each.source,
            "target": each.target,
            "article": each.article,
            "page": page_of(each.source),
            "host": host_named(each.source),
            "received": milliseconds(each.received),
            "protocol": "webmention",
        }
        | columns_of(standing)
        for each, standing in mentions
    ]
    store.write(lambda connection: connection.execute(sa.insert(tables.mention), rows))


def held(mention, why="stranger", **more):
    return mention, Standing(MentionState.HELD, due=None, latest=mention, why=why, **more)


def shown(mention, state=MentionState.SHOWN, why="open"):
    return mention, Standing(state, due=None, latest=mention, shown=mention, why=why)


@pytest.fixture
def site(store, tmp_path, monkeypatch):
    """A site whose receiver has six mentions: held, held and long, shown, gone, down, not read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    make_site(tmp_path, store)
    long = noted(2, GATES, "A long word. " * 30)
    add(
        store,
        held(noted(1)),
        held(long, "held"),
        shown(noted(3), why="trusted"),
        (noted(4), Standing(MentionState.GONE, why="410")),
        shown(noted(5), MentionState.UNREACHABLE, "503"),
        (noted(6), Standing()),
    )
    return tmp_path


@pytest.fixture
def run(site, capsys):
    return runner(capsys)


@pytest.fixture
def listed(run):
    return lister(run)


def test_what_waits_is_listed_with_what_to_type(run):
    done = run("inbox")
    assert (done.status, done.err) == (0, "")
    first, *_, last = done.out.splitlines()
    assert first.split()[:2] == ["held", LONG]
    assert first.split()[-3:] == ["Reader", "2:", "reply"]
    for words in ("on Gates", source(2), "its article has Mentions: held", "…", HELD, "the first"):
        assert words in done.out
    assert last == (
        "Mentions: 2 held, 2 shown, 2 hidden; decide with pelican-linkback inbox approve ID, or "
        "refuse ID"
    )


LISTS = [
    ([], [LONG, HELD]),
    (["--shown"], [DOWN, SHOWN]),
    (["--hidden"], [NEW, GONE]),
    (["--host", "reader4.example"], [GONE]),
    (["--host", "https://reader1.example"], [HELD]),
    (["--host", "reader1.example/notes/1"], [HELD]),
    (["--host", "reader1.example/notes/2"], []),
    (["--host", "reader1.example", "--shown"], []),
    (["--article", WALLS.url, "--held", "--shown"], [DOWN, SHOWN, HELD]),
    (["--article", "/gates/index.html"], [LONG]),
    (["--article", "Gates"], [LONG]),
    (["--article", GATES.id], [LONG]),
    (["--article", f"{BLOG}/none/"], []),
    (["show", LONG, SHOWN[:6]], [LONG, SHOWN]),
    (["show", source(3)], [SHOWN]),
]


def test_what_is_asked_for_is_listed(listed):
    assert [list(listed(*words)[0]) for words, _ in LISTS] == [ids for _, ids in LISTS]


def test_each_is_listed_with_the_reason(run):
    hidden = run("inbox", "--hidden").out
    assert "its source is gone, or does not link here any more" in hidden
    assert "its source has not been read yet" in hidden
    assert "reader6.example: mention" in hidden
    shown = run("inbox", "--shown").out
    assert "its source could not be reached" in shown
    assert "you trust its author or site" in shown


def test_a_long_list_ends(run, monkeypatch):
    monkeypatch.setattr(database, "MOST", 1)
    out = run("inbox").out
    assert "only the last 1 are listed; --article and --host list fewer" in out
    assert LONG in out
    assert HELD not in out


def test_the_address_of_the_private_feed_is_said_if_asked_for(run):
    begin = f"What is held, as a feed: {BLOG}/mentions/admin/feed/"
    (line,) = (each for each in run("inbox", "-v").out.splitlines() if each.startswith(begin))
    assert len(line) == len(begin) + 32
    assert line in run("inbox", "--shown", "-v").out
    assert begin not in run("inbox").out


def test_a_decision_is_taken_back_by_itself(listed):
    assert listed("approve", HELD, LONG[:8]) == ({HELD: "shown", LONG: "shown"}, {})
    assert listed()[0] == {}
    assert listed("undo", HELD) == ({HELD: "held"}, {})
    assert listed("refuse", source(3), HELD)[0] == {SHOWN: "hidden", HELD: "hidden"}
    assert listed("undo", source(3))[0] == {SHOWN: "shown"}
    assert listed("--shown")[0] == {SHOWN: "shown", LONG: "shown", DOWN: "shown"}


def test_what_is_decided_is_said(run):
    out = run("inbox", "approve", HELD).out
    assert out.split()[:2] == ["shown", HELD]
    assert "you approved it" in out
    assert out.endswith("Mentions: 1 held, 3 shown, 2 hidden; the next build shows it so\n")


def test_what_was_not_read_is_not_approved(run):
    out = run("inbox", "approve", NEW).out
    assert f"{NEW} cannot be shown: its source has not been read yet" in out
    assert "hidden" in out


def test_a_text_is_said_as_a_whole_when_it_is_approved(run, store):
    long = noted(8, text=f"{'Said at length. ' * 30}It ends here.")
    add(store, held(long))
    assert "It ends here." not in run("inbox").out
    assert "It ends here." in run("inbox", "approve", long.id).out


def test_a_changed_text_is_held_and_the_approved_one_stays(run, store):
    add(store, held(noted(7, text="Another text."), "changed", shown=noted(7)))
    out = run("inbox").out
    assert "Another text." in out
    assert "the one that you approved is still shown" in out
    assert "shown: A note." in run("inbox", "show", noted(7).id).out
    assert "shown: " not in run("inbox", "show", HELD).out


def test_rules_are_in_force_until_they_are_taken_back(listed, run):
    for act in ("block", "hold", "trust"):
        assert listed(act, "https://Spam.example/me/")[1] == {"spam.example/me": act}
    assert listed("trust", "spam.example/me")[1] == {}  # it is
    assert "trusted  spam.example/me" in run("inbox", "rules").out
    assert listed("undo", "spam.example/me") == ({}, {"spam.example/me": None})
    assert listed("rules") == ({}, {})


def test_a_url_is_refused_before_anything_came_from_it(listed):
    url = "https://later.example/1"
    assert listed("refuse", url, HELD) == ({HELD: "hidden"}, {"later.example/1": "block"})
    assert listed("undo", url) == ({}, {"later.example/1": None})


def test_a_list_is_imported_and_what_is_no_host_is_said(run, listed, site):
    (site / "hosts.txt").write_text("spam.example\nno host\n")
    out = run("inbox", "block", "--file", "hosts.txt").out
    assert "hosts.txt: lines that name no host are passed over: 2" in out
    assert listed("rules")[1] == {"spam.example": "block"}


NOT_THERE = [
    (["approve", "ffff"], "there is no mention 'ffff'"),
    (["show", "https://x.example/"], "there is no mention 'https://x.example/'"),
    (["approve", "%"], "there is no mention '%'"),
    (["undo", "x.example"], "nothing is decided about 'x.example'"),
    (["undo", HELD], "nothing is decided about"),
    (["block"], "block needs a host or a URL, or a list of them: --file FILE"),
]


def test_what_is_not_there_is_named(run):
    for words, says in NOT_THERE:
        done = run("inbox", *words)
        assert (done.status, done.out) == (1, "")
        assert says in done.err


def test_a_word_for_several_needs_an_id(run, store):
    add(store, held(noted(1, GATES)))
    done = run("inbox", "approve", source(1))
    assert done.status == 1
    assert "means 2 mentions; write the id of one: " in done.err
    assert name(1, GATES) in done.err


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (MentionState.SPAM, "you said that it is spam"),
        (MentionState.BROKEN, "its source could not be read to the end, three times"),
        (MentionState.CHECKING, "its source has not been read yet"),
    ],
)
def test_every_state_has_a_reason(run, store, state, says):
    add(store, (noted(7), Standing(state)))
    out = run("inbox", "--host", "reader7.example").out
    assert out.startswith("  hidden ")
    assert says in out


def test_one_that_was_refused_by_no_rule_that_is_known_has_a_reason(run, store):
    add(store, (noted(7), Standing(MentionState.REFUSED, due=None, why="anything")))
    assert "you refused it, or its source" in run("inbox", "--host", "reader7.example").out


# Mentions in files, from elsewhere


OLD = noted(8, via="webmention.io", remote="8", text="From before.")
PULLED = noted(3, via="blog.example/mentions/export", remote="1")


@pytest.fixture
def moved(site):
    """The site had a hosted service before: what came by that is in its files."""
    Snapshot(site / "linkback").write([OLD, PULLED])
    return site


def test_what_came_from_elsewhere_is_decided_in_the_files(moved, listed, run):
    assert listed("--shown")[0] == {DOWN: "shown", SHOWN: "shown", OLD.id: "shown"}
    assert "2 held, 3 shown, 2 hidden" in run("inbox").out
    assert "From before." in run("inbox", "show", OLD.id, HELD).out
    assert listed("refuse", OLD.id[:8], HELD)[0] == {HELD: "hidden", OLD.id: "hidden"}
    decisions, _ = Moderation(moved / "linkback").read()
    assert decisions.about(OLD) is Act.HIDE
    assert decisions.about(PULLED) is None
    assert listed("undo", OLD.source, HELD)[0] == {HELD: "held", OLD.id: "shown"}
    assert listed("approve", SHOWN, OLD.id)[0] == {SHOWN: "shown", OLD.id: "shown"}


def test_rules_count_for_both(moved, listed):
    for act in ("trust", "hold", "block"):
        assert listed(act, "reader8.example")[1] == {"reader8.example": act}
    assert listed("rules")[1] == {"reader8.example": "block"}
    assert listed("--hidden", "--host", "reader8.example")[0] == {OLD.id: "hidden"}
    assert listed("undo", "reader8.example") == (
        {OLD.id: "shown"},
        {"reader8.example": None},
    )
    assert listed("rules")[1] == {}


def test_what_the_receiver_has_too_is_decided_there(moved, listed, run, store):
    add(store, shown(OLD))
    assert listed("--shown")[0] == {OLD.id: "shown", DOWN: "shown", SHOWN: "shown"}
    assert "2 held, 3 shown, 2 hidden" in run("inbox").out
    assert listed("refuse", OLD.id)[0] == {OLD.id: "hidden"}
    assert Moderation(moved / "linkback").read()[0].about(OLD) is None


def test_what_neither_has_is_named(moved, run):
    assert "there is no mention 'ffff'" in run("inbox", "approve", "ffff").err
    assert "nothing is decided about 'x.example'" in run("inbox", "undo", "x.example").err


def test_the_whole_database_is_exported_beside_files_too(moved, run):
    assert maintained(run, "export", "inbox.backup") == {"mentions": 6}


def test_every_action_of_the_command_line_can_be_done_with_a_database(site, store):
    settings = read({"SITEURL": BLOG, "PATH": str(site / "content")})
    on_database = database.DatabaseActions(settings, store)
    both = CombinedActions(on_database, FileActions(settings, NOW))
    assert {*on_database.by_name()} == {*both.by_name()} == {"", *ACTIONS}


def test_lines_are_counted_and_not_read(tmp_path):
    snapshot = Snapshot(tmp_path)
    own = {"blog.example/mentions/export"}
    assert not snapshot.has_more_than(own)
    snapshot.write([PULLED])
    assert not snapshot.has_more_than(own)
    quoting = noted(9, text='"via": "blog.example/mentions/export"')
    snapshot.write([PULLED, quoting])
    assert snapshot.has_more_than(own)
    snapshot.path.unlink()
    snapshot.path.mkdir()
    assert snapshot.has_more_than(own)


# vacuum, export, import


def maintained(run, *words):
    done = run("inbox", *words, "--json")
    assert done.status == 0, done.err
    printed = json.loads(done.out)
    validator("inbox").validate(printed)
    return printed["numbers"]


def test_what_was_kept_long_enough_is_erased(run, listed):
    # The mentions of this test are older than 30 days by the clock of the machine, or will be.
    out = run("inbox", "vacuum").out
    assert re.search(r"senders' addresses: 0, mentions that were never shown: \d+\n", out)
    assert set(maintained(run, "vacuum")) == {"senders", "mentions"}


def test_of_one_that_was_refused_long_ago_nothing_is_listed(run, listed, store):
    run("inbox", "refuse", HELD)
    forgotten = {"source": "", "latest": None, "host": ""}
    key = tables.mention.c.key.startswith(HELD)
    store.write(lambda c: c.execute(sa.update(tables.mention).where(key).values(forgotten)))
    assert HELD not in listed("--hidden")[0]
    assert run("inbox", "show", HELD).status == 1


def test_all_goes_from_one_database_to_another(run, site, listed):
    run("inbox", "approve", HELD)
    out = run("inbox", "export", "inbox.backup").out
    assert "inbox.backup: 6 mentions, with the secrets of the receiver" in out
    backup = site / "inbox.backup"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert maintained(run, "export", "inbox.backup") == {"mentions": 6}
    again = run("inbox", "import", "inbox.backup")
    assert again.status == 1
    assert "inbox.backup cannot be used: there are mentions already" in again.err
    new = ["-e", f'LINKBACK_INBOX="sqlite:///{site}/new.sqlite"']
    assert run("inbox", "import", "inbox.backup", *new).out.startswith(
        "inbox.backup: 6 mentions\nMentions: 1 held, 3 shown, 2 hidden"
    )
    assert listed("--shown", *new) == listed("--shown")


def test_a_new_database_is_made_where_one_is_imported(run, site):
    run("inbox", "export", "inbox.backup")
    there = ["-e", 'LINKBACK_INBOX=""']
    assert "none here" in run("inbox", "vacuum", *there).err
    for wrong in ("inbox.back", "received.jsonl"):
        assert run("inbox", "import", wrong, *there).status == 1
        assert not (site / "linkback" / "inbox.sqlite").exists()
    assert maintained(run, "import", "inbox.backup", *there) == {"mentions": 6}
    assert (site / "linkback" / "inbox.sqlite").is_file()
    assert run("inbox", "vacuum", *there).status == 0


def test_a_file_that_cannot_be_used_is_named(run, site):
    (site / "bytes").write_bytes(b"\xff\n")
    for words, says in (
        (["export", "none/x"], "none/x cannot be written: No such file"),
        (["export", "a", "b"], "inbox export takes one file"),
        (["import", "none"], "none cannot be read: No such file"),
        (["import", "bytes"], "bytes cannot be read: it is no text"),
        (["import", "pelicanconf.py"], "pelicanconf.py cannot be used: "),
    ):
        done = run("inbox", *words)
        assert (done.status, done.out) == (1, "")
        assert says in done.err


# forget


def test_what_is_forgotten_is_in_no_row_and_no_rule(run, listed, store):
    author = Author("Ann", "https://ann.example/me")
    post = noted(8, url="https://ann.example/posts/8", author=Author("Bridge"))
    add(store, held(noted(7, author=author)), shown(post))
    run("inbox", "approve", noted(7).id)
    run("inbox", "block", "ann.example/me")
    run("inbox", "trust", "other.example")
    assert "mentions erased: 2" in run("forget", "ann.example").out
    assert listed("rules")[1] == {"other.example": "trust"}
    for number in (7, 8):
        assert listed("--host", f"reader{number}.example")[0] == {}
    assert len(listed("--held", "--shown", "--hidden")[0]) == 6
    assert (
        store.read(lambda c: c.execute(sa.select(sa.func.count(tables.event.c.id))).scalar()) == 0
    )
    forgotten = Rules(store).decisions().forgotten
    assert forgotten.has(post)
    assert not forgotten.has(noted(1))
    assert "mentions erased: 1" in run("forget", source(4)).out
    assert len(Rules(store).decisions().forgotten.hashes) == 1
    for row in store.read(lambda c: c.execute(sa.select(tables.forgotten)).all()):
        assert "example" not in row.hash


def test_what_is_forgotten_is_found_among_others(run, listed, monkeypatch):
    monkeypatch.setattr(erasing, "BATCH_SIZE", 2)
    assert "mentions erased: 1" in run("forget", source(4)).out
    left = set(listed("--held", "--shown", "--hidden")[0])
    assert left == {HELD, LONG, SHOWN, DOWN, NEW}


def test_one_that_is_in_files_and_database_is_forgotten_as_one(moved, run):
    files = Snapshot(moved / "linkback")
    assert PULLED in files.read().mentions
    assert json.loads(run("forget", PULLED.source, "--json").out)["erased"] == 1
    assert PULLED not in files.read().mentions
    assert run("inbox", "show", PULLED.source).status == 1


@pytest.mark.parametrize(
    ("receive_by", "inbox", "has_file", "expected"),
    [
        (f"{BLOG}/mentions/", "", True, True),
        (f"{BLOG}/mentions/", "", False, False),
        (f"{BLOG}/mentions/", "postgresql://db.example/blog", False, True),
        ("webmention.io", "postgresql://db.example/blog", True, False),
        (None, "", True, False),
    ],
)
def test_the_database_is_used_where_the_receiver_has_it(
    tmp_path, receive_by, inbox, has_file, expected
):
    state = tmp_path / "linkback"
    state.mkdir()
    if has_file:
        (state / "inbox.sqlite").touch()
    settings = {"LINKBACK_RECEIVE": receive_by, "LINKBACK_INBOX": inbox, "SITEURL": BLOG}
    more = {"PATH": str(tmp_path / "content"), "LINKBACK_STATE": str(state)}
    assert has_database(read(settings | more)) is expected


def test_without_the_extra_it_says_what_is_missing(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "pelican_linkback.receiving.store.database", None)
    done = run("inbox")
    assert done.status == 1
    assert 'pip install "pelican-linkback[receive]"' in done.err


WITHOUT = """
import sys
sys.modules["sqlalchemy"] = None
from pelican_linkback import cli
print(*(cli.main(words.split()) for words in sys.argv[1:]))
"""


def test_no_module_of_the_extra_is_needed_to_say_so(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "pelicanconf.py").write_text(
        f'PATH = "content"\nSITEURL = "{BLOG}"\nTIMEZONE = "UTC"\n'
        f'LINKBACK_RECEIVE = "{BLOG}/mentions/"\nLINKBACK_INBOX = "postgresql://db.example/x"\n'
    )
    commands = ["inbox", "inbox import pelicanconf.py", "forget x.example"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *commands],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1 1 1\n"
    assert done.stderr.count('pip install "pelican-linkback[receive]"') == 3

"""``inbox`` and ``forget``, run as their user would, on the files of a site."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pelican_linkback.cli.parser import parser
from pelican_linkback.cli.usage import WrongUsage
from pelican_linkback.exceptions import JournalError
from pelican_linkback.journal.journal import Journal
from pelican_linkback.receiving.inbox.blocklist import read_list
from pelican_linkback.receiving.inbox.listing import Inbox
from pelican_linkback.receiving.inbox.policy import Visibility
from pelican_linkback.receiving.memory.avatars import Avatars
from pelican_linkback.receiving.memory.decisions import Act, Decision, Decisions
from pelican_linkback.receiving.memory.erasing import erase
from pelican_linkback.receiving.memory.moderation import Moderation
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets import Mode, Target, Targets
from pelican_linkback.receiving.memory.targets_file import write_targets
from pelican_linkback.receiving.received import Author, Kind
from tests.inbox_commands import lister, runner
from tests.mentions import NOW, mention
from tests.pages import DOCS, literals

BLOG = "https://blog.example"
WALLS = Target("a1", f"{BLOG}/walls/", "Dry stone walls")
GATES = Target("a2", f"{BLOG}/gates/", "Gates", mentions=Mode.HELD)

SHOWN = mention(1)
HELD = mention(
    2, article="a2", target=GATES.url, text="A long word. " * 30, url="https://m.example/@ann/9"
)
SPAM = mention(3, author=Author("Buy Now", "https://spam.example/me"))
GONE = mention(4, article="a9", target=f"{BLOG}/gone/", title="A page")
LIKE = mention(5, kind=Kind.LIKE, text="", published=NOW)
ALL = [SHOWN, HELD, SPAM, GONE, LIKE]


@pytest.fixture
def state(tmp_path, monkeypatch):
    """The state folder of a site with mentions, in the present folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "content").mkdir()
    (tmp_path / "pelicanconf.py").write_text(
        f'PATH = "content"\nSITEURL = "{BLOG}"\nPLUGINS = ["pelican_linkback"]\n'
        'LINKBACK_RECEIVE = "webmention.io"\n'
    )
    state = tmp_path / "linkback"
    Snapshot(state).write(ALL)
    write_targets(state, Targets([WALLS, GATES], BLOG))
    return state


@pytest.fixture
def run(state, capsys):
    return runner(capsys)


@pytest.fixture
def listed(run):
    return lister(run)


def test_what_waits_is_listed_with_what_to_type(run):
    done = run("inbox")
    assert (done.status, done.err) == (0, "")
    first, *more = done.out.splitlines()
    assert first.split() == ["held", HELD.id, "2025-04-02", "09:02", "Reader", "2:", "reply"]
    assert more[0].strip().startswith("A long word.")
    assert "…" in done.out
    for said in ("on Gates", HELD.source, "its article has Mentions: held"):
        assert said in done.out
    assert more[-1] == (
        "Mentions: 1 held, 3 shown, 1 hidden; decide with pelican-linkback inbox approve ID, or "
        "refuse ID"
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], [HELD]),
        (["--held"], [HELD]),
        (["--shown"], [SHOWN, SPAM, LIKE]),
        (["--hidden"], [GONE]),
        (["--held", "--hidden"], [HELD, GONE]),
        (["--host", "reader4.example"], [GONE]),
        (["--host", "https://m.example"], [HELD]),
        (["--host", "m.example/@ann/9"], [HELD]),
        (["--host", "SPAM.example"], [SPAM]),
        (["--host", "reader1.example", "--held"], []),
        (["--article", WALLS.url], [SHOWN, SPAM, LIKE]),
        (["--article", "/walls/index.html"], [SHOWN, SPAM, LIKE]),
        (["--article", "Gates"], [HELD]),
        (["--article", "a2"], [HELD]),
        (["--article", f"{BLOG}/gone/"], [GONE]),
        (["--article", "a9"], [GONE]),
        (["--article", f"{BLOG}/none/"], []),
        (["--article", WALLS.url, "--host", "spam.example"], [SPAM]),
        (["show", HELD.id, SHOWN.id[:6]], [HELD, SHOWN]),
        (["show", SHOWN.source], [SHOWN]),
        (["show", "http://m.example/@ann/9/"], [HELD]),
    ],
)
def test_a_list_of_those_that_are_asked_for(listed, words, expected):
    assert set(listed(*words)[0]) == {each.id for each in expected}


def test_the_newest_are_first(listed):
    assert list(listed("--shown")[0]) == [LIKE.id, SPAM.id, SHOWN.id]


def test_one_is_shown_whole(run):
    out = run("inbox", "show", HELD.id).out
    assert "…" not in out
    assert "post: https://m.example/@ann/9" in out
    assert f"target: {GATES.url}" in out
    assert "decide with" not in out
    assert "A page" in run("inbox", "show", GONE.id).out
    assert "post: " not in run("inbox", "show", SHOWN.id).out


def test_a_decision_shows_at_once_and_is_taken_back(listed, state):
    assert listed("approve", HELD.id) == ({HELD.id: "shown"}, {})
    assert listed()[0] == {}
    assert listed("undo", HELD.id) == ({HELD.id: "held"}, {})
    assert listed("refuse", SHOWN.id[:8], HELD.source)[0] == {SHOWN.id: "hidden", HELD.id: "hidden"}
    assert listed("undo", SHOWN.source)[0] == {SHOWN.id: "shown"}
    assert len(Moderation(state).history()[0]) == 5


def test_an_approved_mention_that_says_something_else_waits_again(listed, run, state):
    listed("approve", HELD.id)
    edited = replace(HELD, text="BUY PILLS")
    Snapshot(state).write([SHOWN, edited])
    assert listed()[0] == {HELD.id: "held"}
    assert "its text has changed since you approved it" in run("inbox").out
    assert listed("approve", HELD.id) == ({HELD.id: "shown"}, {})
    assert listed()[0] == {}
    Snapshot(state).write([SHOWN, HELD])
    assert listed("undo", HELD.id) == ({HELD.id: "held"}, {})
    assert "its article has Mentions: held" in run("inbox").out
    assert run("inbox", "undo", HELD.id).status == 1


def test_what_is_decided_is_said(run):
    out = run("inbox", "approve", HELD.id).out
    assert out.split()[:2] == ["shown", HELD.id]
    assert out.endswith("Mentions: 0 held, 4 shown, 1 hidden; the next build shows it so\n")


def test_an_approval_that_shows_nothing_says_why(run):
    out = run("inbox", "approve", GONE.id).out
    assert out.split()[0] == "hidden"
    assert "its article is not on the site" in out


def test_a_host_is_blocked_and_released(listed, run):
    assert listed("block", "https://Spam.example/me/")[0] == {SPAM.id: "hidden"}
    assert listed("rules")[1] == {"spam.example/me": "block"}
    assert "blocked  spam.example/me" in run("inbox", "rules").out
    assert listed("block", "spam.example/me") == ({}, {})  # it is
    assert listed("undo", "spam.example/me") == ({SPAM.id: "shown"}, {"spam.example/me": None})
    assert listed("rules") == ({}, {})


def test_a_trusted_site_is_shown_though_its_article_holds(listed):
    assert listed("trust", "reader2.example")[0] == {HELD.id: "shown"}


def test_what_a_held_site_says_waits(listed):
    assert listed("hold", "spam.example")[0] == {SPAM.id: "held"}
    assert listed("rules")[1] == {"spam.example": "hold"}


def test_a_url_is_refused_before_anything_came_from_it(listed, state):
    url = "https://later.example/1"
    assert listed("refuse", url) == ({}, {})
    decisions, _ = Moderation(state).read()
    assert decisions.has(url)
    assert listed("undo", url) == ({}, {})
    assert not Moderation(state).read()[0].has(url)


LIST = """\
\ufeff#domain,#severity,#reject_media
one.example,suspend,true
two.example,noop,false

# remarks
three.example  # why
0.0.0.0 Four.example
*.five.example
no host
"six.example, quoted",silence
"""


def test_lists_of_others_are_read():
    rules, wrong = read_list(LIST)
    assert rules == ("one.example", "three.example", "four.example", "five.example")
    assert wrong == (9, 10)
    assert read_list("") == ((), ())


def test_a_list_is_imported_and_what_is_no_host_is_said(listed, run, tmp_path):
    (tmp_path / "hosts.txt").write_text("spam.example\nreader2.example\n" + "no host\n" * 7)
    states, rules = listed("block", "--file", "hosts.txt", "reader1.example")
    assert states == {SPAM.id: "hidden", HELD.id: "hidden", SHOWN.id: "hidden"}
    assert set(rules.values()) == {"block"}
    out = run("inbox", "block", "--file", "hosts.txt").out
    assert "hosts.txt: lines that name no host are passed over: 3, 4, 5, 6, 7 and 2 more" in out
    (tmp_path / "sound.txt").write_text("other.example\n")
    assert run("inbox", "block", "--file", "sound.txt").out.split()[:2] == [
        "blocked",
        "other.example",
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["approve", "ffff"], "there is no mention 'ffff'"),
        (["show", "https://x.example/"], "there is no mention 'https://x.example/'"),
        (["approve", "Ann"], "there is no mention 'Ann'"),
        (["undo", "x.example"], "nothing is decided about 'x.example'"),
        (["undo", "https://x.example/"], "nothing is decided about 'https://x.example/'"),
        (["undo", HELD.id], "nothing is decided about"),
        (["block", "no host"], "'no host' is neither a host nor a URL"),
        (["block"], "block needs a host or a URL, or a list of them: --file FILE"),
        (["block", "--file", "none.txt"], "none.txt cannot be read: No such file"),
        (["--host", "no host"], "'no host' is neither a host nor a URL"),
    ],
)
def test_what_is_not_there_is_named(run, words, says):
    done = run("inbox", *words)
    assert (done.status, done.out) == (1, "")
    assert says in done.err


def test_a_part_of_an_id_that_several_have_needs_more(run, state):
    ids = {}
    for number in range(20000):
        other = mention(number)
        same = ids.setdefault(other.id[:4], other)
        if same is not other:
            break
    Snapshot(state).write([same, other])
    done = run("inbox", "approve", other.id[:4])
    assert done.status == 1
    assert "means 2 mentions; write the id of one: " in done.err
    assert same.id in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["aprove", "x"], "'aprove' is none of show, approve"),
        (["aprove", "x"], "did you mean approve?"),
        (["approve"], "approve needs ID"),
        (["rules", "x"], "rules takes no more words"),
        (["--shwn"], "did you mean --shown?"),
    ],
)
def test_wrong_words_are_wrong_usage(run, words, says):
    done = run("inbox", *words)
    assert done.status == 2
    assert says in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["approve", "1", "2", "-s", "p.py"],
        ["-s", "p.py", "approve", "1", "2"],
        ["approve", "-s", "p.py", "1", "2"],
        ["-e", "A=1", "-s", "p.py", "approve", "1", "2"],
    ],
)
def test_words_and_options_may_stand_in_any_order(words):
    arguments = parser().parse_args(["inbox", *words])
    assert (arguments.action, arguments.what) == ("approve", ["1", "2"])
    assert arguments.settings == "p.py"


def test_what_is_behind_an_unknown_option_is_no_word():
    with pytest.raises(WrongUsage):
        parser().parse_args(["inbox", "approve", "--all", "1"])


def test_without_a_publication_each_is_about_its_page(listed, state):
    (state / "targets.json").unlink()
    assert set(listed("--shown")[0]) == {each.id for each in ALL}


def test_a_site_without_mentions_has_none(run, tmp_path):
    (tmp_path / "linkback" / "received.jsonl").unlink()
    assert run("inbox").out == "Mentions: 0 held, 0 shown, 0 hidden\n"


def test_a_damaged_line_is_one_message(run, state):
    with (state / "received.jsonl").open("a") as file:
        file.write('{"v": 1, "id": \n')
    done = run("inbox")
    assert done.status == 0
    assert "received.jsonl" in done.out


def test_a_file_of_a_newer_version_is_left_alone(run, state):
    (state / "moderation.jsonl").write_text('{"v": 9}\n')
    done = run("inbox", "approve", HELD.id)
    assert done.status == 1
    assert (state / "moderation.jsonl").read_text() == '{"v": 9}\n'


# forget


def test_what_is_forgotten_is_in_no_file_and_stays_away(run, listed, state):
    listed("block", "spam.example")
    listed("refuse", SPAM.id)
    listed("trust", "reader2.example")
    listed("approve", HELD.id)
    done = run("forget", "https://spam.example/me/")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("spam.example/me: mentions erased: 1; none of it is taken again.")
    listed("refuse", SHOWN.id)
    run("forget", "reader3.example")
    for file in state.glob("*.jsonl"):
        text = file.read_text(encoding="utf-8")
        assert "spam.example/me" not in text
        assert "reader3.example" not in text
        assert "reader1.example" in text
    decisions, _ = Moderation(state).read()
    assert decisions.forgotten.has(SPAM)
    assert not decisions.forgotten.has(SHOWN)
    Snapshot(state).change(lambda known: [*known, SPAM])  # whatever brings it back
    assert listed("show", SPAM.id)[0] == {SPAM.id: "hidden"}


def test_a_host_is_forgotten_with_all_below_it(run, state):
    none = run("forget", "elsewhere.example").out
    assert none == "elsewhere.example: no mention is known from there; none is taken from now on\n"
    done = run("forget", "EXAMPLE", "--json")
    assert done.status == 1  # it is no host, as a rule has it
    assert json.loads(run("forget", "m.example", "--json").out) == {
        "what": "m.example",
        "erased": 1,
    }
    assert HELD not in Snapshot(state).read().mentions


def test_to_forget_again_erases_what_was_left_and_adds_nothing(tmp_path):
    keys = iter(["k1", "k2"])
    Moderation(tmp_path).record([Decision(Act.BLOCK, "spam.example")], NOW)
    assert erase(tmp_path, "spam.example", NOW, lambda: next(keys)) == set()
    first = (tmp_path / "moderation.jsonl").read_bytes()
    assert b"spam" not in first
    assert not (tmp_path / "received.jsonl").exists()
    Snapshot(tmp_path).write([SPAM, SHOWN])
    assert erase(tmp_path, "spam.example", NOW, lambda: next(keys)) == {SPAM.id}
    assert (tmp_path / "moderation.jsonl").read_bytes() == first
    erase(tmp_path, "reader1.example", NOW, lambda: next(keys))
    decisions, _ = Moderation(tmp_path).read()
    assert list(decisions.forgotten.hashes) == ["k1"]  # one key for all


def test_the_picture_of_who_is_forgotten_goes_and_others_stay(tmp_path):
    photo = "https://pictures.example/{}.jpg".format
    both = [
        mention(n, author=Author(f"Reader {n}", f"https://reader{n}.example/", photo(n)))
        for n in (1, 2)
    ]
    Snapshot(tmp_path).write(both)
    for n in (1, 2):
        Avatars(tmp_path).keep(photo(n), b"picture")
    Avatars(tmp_path).keep_silent(photo(1))
    assert erase(tmp_path, "reader1.example", NOW, lambda: "k") == {both[0].id}
    assert Avatars(tmp_path).missing([photo(1), photo(2)], NOW.timestamp()) == [photo(1)]
    assert len([*(tmp_path / "avatars").iterdir()]) == 1


def test_a_picture_that_cannot_be_removed_is_an_error(tmp_path):
    Snapshot(tmp_path).write([SHOWN])
    (tmp_path / "avatars" / "x.jpg").mkdir(parents=True)  # a folder is no file to remove
    with pytest.raises(JournalError, match="avatars: cannot be erased"):
        erase(tmp_path, "reader1.example", NOW, lambda: "k")


def test_a_file_that_another_process_writes_to_is_not_erased_from(tmp_path):
    moderation = Moderation(tmp_path)
    with Journal(moderation.path).hold(), pytest.raises(JournalError, match="another process"):
        moderation.erase("spam.example")


def test_a_decision_about_another_that_is_spelt_like_it_stays(tmp_path):
    kept = [Decision(Act.BLOCK, "notspam.example"), Decision(Act.HIDE, "https://x.example/1")]
    Moderation(tmp_path).record(kept, NOW)
    erase(tmp_path, "spam.example", NOW, lambda: "k")
    erase(tmp_path, "x.example/2", NOW, lambda: "k")
    found = [each for _, each in Moderation(tmp_path).history()[0]]
    assert [each for each in found if each.act is not Act.FORGET] == kept
    erase(tmp_path, "x.example", NOW, lambda: "k")
    assert kept[1] not in [each for _, each in Moderation(tmp_path).history()[0]]


def test_counts_have_every_state():
    inbox = Inbox.of([], None, Decisions(), [])
    assert inbox.counts == {Visibility.HELD: 0, Visibility.SHOWN: 0, Visibility.HIDDEN: 0}
    assert inbox.about("https://blog.example/") == []


def test_a_page_without_a_title_is_called_by_its_address():
    (entry,) = Inbox.of([SHOWN], Targets([Target("a1", WALLS.url)], BLOG), Decisions(), []).entries
    assert entry.page == WALLS.url
    assert entry.verdict.visibility is Visibility.HIDDEN


def test_strangers_words_are_made_safe_for_a_terminal(run, state):
    evil = mention(7, text="\x1b[2J\u202egnp.exe", author=Author("\x07Eve\x1b]0;x"), title="\x9b")
    Snapshot(state).write([evil])
    for words in (["--shown"], ["show", evil.id]):
        out = run("inbox", *words).out
        assert all(each.isprintable() or each == "\n" for each in out)


def test_the_commands_of_the_page_are_commands():
    typed = [
        line.split()[1:]
        for text in literals((DOCS / "howto" / "inbox.rst").read_text(encoding="utf-8"))
        for line in text.splitlines()
        if line.startswith("pelican-linkback ")
    ]
    said = {word for words in typed if words[0] == "inbox" for word in words[1:2]}
    assert said >= {"approve", "undo", "rules", "vacuum"}
    for words in typed:
        assert parser().parse_args(words).command == words[0]

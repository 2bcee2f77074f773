"""When the mail about what is held is sent, by which of many processes."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from pelican_linkback import cli
from pelican_linkback.net.mail import Mailbox
from pelican_linkback.receiving.daily_mail import DAY, DailyMail, held
from pelican_linkback.receiving.known_targets import NoTargets
from pelican_linkback.receiving.memory.targets import Targets
from pelican_linkback.receiving.store.database import open_store, sqlite_url
from pelican_linkback.receiving.store.mentions import Mentions, ModerationAction
from pelican_linkback.receiving.store.upkeep.schedule import Schedule
from tests import test_receiver_commands as commands
from tests.smtp_server import mail_server
from tests.test_inbox_database import WALLS, add, noted, shown
from tests.test_inbox_database import held as is_held

ANN = "ann@blog.example"
INBOX = "https://blog.example/mentions/admin"


@pytest.fixture(scope="module")
def server():
    with mail_server() as found:
        yield found


@pytest.fixture
def mails(server):
    server.mails.clear()
    return server.mails


@pytest.fixture
def process(store, server, clock):
    """A process that sends the mail, of which there may be several."""

    def call(port=server.port):
        mentions, targets = Mentions(store), Targets([WALLS], "https://blog.example")
        return DailyMail(
            Schedule(store, "digest", DAY),
            Mailbox("127.0.0.1", port, ANN),
            lambda: held(mentions, lambda: targets, "The Blog", INBOX),
            clock,
        )

    return call


def test_nothing_held_is_no_mail(process, store, mails):
    add(store, shown(noted(1)))
    process().run_if_due()
    assert mails == []


def test_one_process_sends_it_once_a_day_as_long_as_something_is_held(process, store, mails, clock):
    add(store, is_held(noted(1)), is_held(noted(2)), shown(noted(3)))
    processes = [process(), process()]

    def looked():
        for each in processes:
            each.run_if_due()
        return len(mails)

    assert [looked(), looked()] == [1, 1]
    assert "Subject: 2 mentions wait for you: The Blog" in mails[0]
    assert "on Dry stone walls" in mails[0]
    clock.pass_(hours=23, minutes=59)
    assert looked() == 1
    clock.pass_(minutes=2)
    assert looked() == 2
    Mentions(store).act([1, 2], ModerationAction.APPROVE, "test")
    clock.pass_(days=2)
    assert looked() == 2


def test_a_clock_that_was_ahead_keeps_no_mail(process, store, mails, clock):
    add(store, is_held(noted(1)))
    clock.pass_(days=4000)
    process().run_if_due()
    clock.pass_(days=-4000)
    process().run_if_due()
    assert len(mails) == 2


def test_a_server_that_takes_none_is_asked_again_an_hour_later(
    process, store, mails, clock, caplog
):
    add(store, is_held(noted(1)))
    with mail_server() as gone:
        broken = process(gone.port)
    broken.run_if_due()
    broken.run_if_due()
    (line,) = caplog.records
    assert "The mail about mentions cannot be sent now: mail server 127.0.0.1: " in line.message
    clock.pass_(minutes=61)
    process().run_if_due()
    assert len(mails) == 1


def test_pages_that_cannot_be_read_keep_no_mail(store):
    add(store, is_held(noted(1)))

    def unread():
        raise NoTargets("it answers 404")

    digest = held(Mentions(store), unread, "The Blog", INBOX)
    assert [each.page for each in digest.entries] == [WALLS.url]


def test_two_that_look_at_one_moment_have_one_turn(store):
    schedule = Schedule(store, "digest", DAY)
    taken = []
    threads = [
        threading.Thread(target=lambda: taken.append(Schedule(store, "digest", DAY).take()))
        for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(taken) == [False] * 3 + [True]
    assert not schedule.is_due
    assert not schedule.take()


# In the commands of a receiver

folder = commands.folder


def test_work_sends_it(folder, server, mails, monkeypatch, capsys):
    monkeypatch.setenv("LINKBACK_MAIL", f"smtp://127.0.0.1:{server.port}/{ANN}")
    commands.configure(folder, SITENAME="Me & Co")
    with closing(open_store(sqlite_url(folder / "linkback" / "inbox.sqlite"))) as store:
        add(store, is_held(noted(1)))
    for _ in range(2):
        assert cli.main(["work", "--once"]) == 0
    (mail,) = mails
    assert "Subject: 1 mention waits for you: Me & Co" in mail
    assert "https://me.example.io/mentions/admin/inbox" in mail
    assert capsys.readouterr().err == ""


def test_a_mail_server_that_is_none_is_said_without_its_password(folder, monkeypatch, capsys):
    monkeypatch.setenv("LINKBACK_MAIL", "smtp://user:secret@mail.example")
    assert cli.main(["work", "--once"]) == 2
    said = capsys.readouterr().err
    assert "LINKBACK_MAIL (in the environment): takes the URL of a mail server" in said
    assert "secret" not in said

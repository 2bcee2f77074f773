"""The mail about what waits: its text, and how it is sent."""

from __future__ import annotations

import ssl
from email import message_from_bytes
from email.policy import default

import html5lib
import pytest
import trustme

from pelican_linkback.exceptions import MailError
from pelican_linkback.net import mail
from pelican_linkback.net.mail import Mailbox
from pelican_linkback.receiving.digest import Digest, message_of
from pelican_linkback.receiving.inbox.listing import Entry
from pelican_linkback.receiving.inbox.policy import Verdict, Visibility, Why
from pelican_linkback.receiving.memory.targets import Target
from pelican_linkback.receiving.received import Author
from tests.mentions import NOW, mention
from tests.smtp_server import mail_server

INBOX = "https://blog.example/mentions/admin"
ANN = "ann@blog.example"
WALLS = Target("a1", "https://blog.example/walls/", "Dry stone walls")


def held(n=1, **fields):
    return Entry(mention(n, **fields), WALLS, Verdict(Visibility.HELD, Why.STRANGER))


def mail_about(*entries, count=None, site="The Blog"):
    """The mail as a reader's program has it: it went through the wire."""
    digest = Digest(site, INBOX, entries, len(entries) if count is None else count)
    sent = message_of(digest, ANN, ANN, NOW)
    return message_from_bytes(sent, policy=default)


def plain(message):
    return message.get_body(["plain"]).get_content().replace("\r\n", "\n")


def html(message):
    return html5lib.parse(
        message.get_body(["html"]).get_content(), "etree", namespaceHTMLElements=False
    )


def test_it_says_who_wrote_what_about_which_article_and_where_to_decide():
    message = mail_about(held(1), held(2))
    assert message["Subject"] == "2 mentions wait for you: The Blog"
    assert (message["From"], message["To"]) == (ANN, ANN)
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == "<linkback-20250402090000@blog.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert plain(message).splitlines()[:7] == [
        "2 mentions wait for you at The Blog.",
        f"Decide here: {INBOX}",
        "",
        "* Reader 1: reply, on Dry stone walls",
        "  Note 1.",
        "  https://reader1.example/notes/1",
        "  (it is the first of its author)",
    ]
    shown = "".join(html(message).itertext())
    for words in ("Reader 2: reply, on Dry stone walls", "Note 2.", "at most once a day"):
        assert words in shown


def test_one_is_said_as_one_and_a_like_has_no_text():
    message = mail_about(held(text=""))
    assert message["Subject"] == "1 mention waits for you: The Blog"
    assert "more" not in plain(message)
    assert "* Reader 1: reply, on Dry stone walls\n  https://reader1" in plain(message)
    assert html(message).find(".//blockquote") is None


def test_it_names_twenty_and_counts_the_others():
    message = mail_about(*map(held, range(25)), count=70)
    assert plain(message).count("\n* Reader") == 20
    assert "and 50 more" in plain(message)
    assert "and 50 more" in "".join(html(message).itertext())
    assert len(html(message).findall(".//li")) == 20


def test_every_link_leads_to_the_page_that_asks_or_to_the_source():
    links = [each.get("href") for each in html(mail_about(held(1))).iter("a")]
    assert links == [INBOX, "https://reader1.example/notes/1"]


HOSTILE = '"><script>alert(1)</script><img src=https://spy.example/i.png>\r\nBcc: all@spy.example'


def test_nothing_of_a_stranger_is_markup_or_a_header():
    text = f"{HOSTILE}\n\n* The Blog: yes\nDecide here: https://spy.example/\n.\n\x1b[2J\u202ehi"
    entry = held(
        text=text,
        author=Author(HOSTILE),
        source='https://spy.example/"><script>/',
    )
    message = mail_about(entry, site=f"Blog\r\nBcc: {ANN}")
    assert set(message) == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted",
        "MIME-Version", "Content-Type",
    }  # fmt: skip
    tree = html(message)
    known = {"html", "head", "meta", "body", "p", "b", "a", "ul", "li", "br", "small", "blockquote"}
    assert {each.tag for each in tree.iter()} <= known
    assert [each.get("href") for each in tree.iter("a")] == [
        INBOX,
        'https://spy.example/"><script>/',
    ]
    # Each line of a stranger's is one, and is indented.
    assert [each[:2] for each in plain(message).splitlines() if "spy" in each] == [
        "* ",
        *["  "] * 2,
    ]
    assert "\x1b" not in plain(message)
    assert "\u202e" not in plain(message)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost/ann@blog.example", Mailbox("localhost", 25, ANN)),
        (" smtps://mail.example/ann@blog.example ", Mailbox("mail.example", 465, ANN, True)),
        (
            "smtps://ann%40blog.example:p%2Fw%40rd@mail.example:4650/ann@blog.example",
            Mailbox("mail.example", 4650, ANN, True, ANN, "p/w@rd"),
        ),
        (
            "smtp://u:p@mail.example:587/ann%40blog.example",
            Mailbox("mail.example", 587, ANN, False, "u", "p"),
        ),
    ],
)  # fmt: skip
def test_a_mail_server_is_one_url(url, expected):
    assert Mailbox.of(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ann@blog.example",
        "https://mail.example/ann@blog.example",
        "smtp:///ann@blog.example",
        "smtp://localhost/",
        "smtp://localhost/ann",
        "smtp://localhost/ann@blog.example,all@spy.example",
        "smtp://localhost:many/ann@blog.example",
        "smtp://[localhost/ann@blog.example",
        "smtp://u:secret\u2100@localhost/ann@blog.example",
        "smtp://localhost/ann@blog.example%0d%0aBcc:x",
    ],
)
def test_what_is_none_is_refused_with_the_form(url):
    with pytest.raises(ValueError, match="takes the URL of a mail server with your address") as no:
        Mailbox.of(url)
    assert "secret" not in str(no.value)


def test_the_password_is_not_in_its_text():
    assert "secret" not in repr(Mailbox.of(f"smtps://u:secret@mail.example/{ANN}"))


def mailbox(server, **fields):
    return Mailbox("127.0.0.1", server.port, ANN, **fields)


def sent_to(box):
    box.send(message_of(Digest("The Blog", INBOX, [held()], 1), box.sender, box.recipient, NOW))


def test_a_mail_arrives():
    with mail_server() as server:
        sent_to(mailbox(server))
    (text,) = server.mails
    assert "Subject: 1 mention waits for you: The Blog\r\n" in text
    assert message_from_bytes(text.encode(), policy=default).is_multipart()
    assert server.users == []
    said = [each.lower() for each in server.commands]  # Pythons differ in the case
    assert said[1:3] == [f"mail from:<{ANN}>", f"rcpt to:<{ANN}>"]


def test_a_user_logs_in_and_an_address_as_its_name_is_the_sender():
    with mail_server() as server:
        sent_to(mailbox(server, user="bot@blog.example", password="p"))
    assert server.users == [["bot@blog.example", "p"]]
    assert "From: bot@blog.example\r\n" in server.mails[0]


@pytest.mark.parametrize("verb", ["EHLO", "AUTH", "RCPT", "DATA"])
def test_a_server_that_takes_no_mail_is_named(verb):
    with mail_server(refuses=verb) as server, pytest.raises(MailError) as raised:
        sent_to(mailbox(server, user="u", password="secret"))
    assert str(raised.value).startswith("mail server 127.0.0.1: ")
    assert "secret" not in str(raised.value)
    assert server.mails == []


def test_a_server_that_is_not_there_is_named():
    with mail_server() as server:
        box = mailbox(server)
    with pytest.raises(MailError, match=r"mail server 127\.0\.0\.1: .*refused"):
        sent_to(box)


def test_a_password_that_smtp_cannot_send_is_an_error_of_ours():
    with mail_server() as server, pytest.raises(MailError, match="ascii"):
        sent_to(mailbox(server, user="u", password="é"))


def test_elsewhere_no_password_is_sent_without_encryption(monkeypatch):
    monkeypatch.setattr(mail, "_HERE", frozenset())
    with mail_server() as server, pytest.raises(MailError, match="it cannot encrypt"):
        sent_to(mailbox(server, user="u", password="p"))
    assert server.users == []
    with mail_server() as server:
        sent_to(mailbox(server))
    assert len(server.mails) == 1


def test_elsewhere_what_is_offered_is_encrypted_or_nothing_is_sent(monkeypatch):
    monkeypatch.setattr(mail, "_HERE", frozenset())
    server = mail_server(["STARTTLS", "AUTH PLAIN"], refuses="STARTTLS")
    with server as refusing, pytest.raises(MailError, match=r"127\.0\.0\.1: 550 not now"):
        sent_to(mailbox(refusing, user="u", password="p"))
    assert refusing.mails == refusing.users == []


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def encrypted(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.mark.parametrize("at_once", [True, False])
def test_a_connection_is_encrypted_and_the_certificate_is_checked(authority, monkeypatch, at_once):
    monkeypatch.setattr(mail, "_HERE", frozenset())
    offers = ["STARTTLS", "AUTH PLAIN"]
    with mail_server(offers, context=encrypted(authority), at_once=at_once) as server:
        box = mailbox(server, is_encrypted=at_once, user="u", password="p")
        with pytest.raises(MailError, match="certificate"):
            sent_to(box)
        assert server.users == []
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        sent_to(box)
    assert server.users == [["u", "p"]]
    assert len(server.mails) == 1

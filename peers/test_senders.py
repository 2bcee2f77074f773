"""From senders that others wrote, and ours, to our receiver: all that becomes of a mention.

First mention, update, removed link, gone: each is verified as ``work`` does it, on both databases.
The clock of the receiver is ours, since a source is fetched once in ten minutes.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from wsgiref.simple_server import make_server

import pytest

from peers.receivers import Quiet
from peers.senders import SENDERS, send
from pelican_linkback.cli.receiver.composition import Receiver
from pelican_linkback.receiving.endpoints import endpoints_of
from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.memory.targets_file import write_targets
from pelican_linkback.receiving.store.mentions import Mentions, ModerationAction
from pelican_linkback.receiving.store.searching import Search
from pelican_linkback.settings.model import read
from tests.servers import serving
from tests.test_versions import command, host, write  # noqa: F401 (host is a fixture)

PAGE = (
    '<!DOCTYPE html><meta charset="utf-8"><title>A page</title><article class="h-entry">'
    '<a class="p-author h-card" href="/">Ann Lee</a><div class="e-content">{}</div></article>'
)
GONE = '<!DOCTYPE html><meta http-equiv="Status" content="410 Gone"><title>It is gone</title>'
HELD, SHOWN = MentionState.HELD, MentionState.SHOWN
OURS, THEIRS = "127.0.0.2", "127.0.0.3"
"""Addresses of this machine: the site that is mentioned, and the one that mentions it."""


class PageServer(ThreadingHTTPServer):
    """One page, whatever the path: ``page``, with ``status``."""

    def __init__(self, address):
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                body = self.server.page.encode()
                self.send_response(self.server.status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__((address, 0), Answer)
        self.page, self.status = "", 200
        self.url = f"http://{address}:{self.server_port}/one.html"


class OurReceiver:
    """Our receiver in this process, its database and clock, and a page of the site."""

    def __init__(self, store, clock, page, verifier):
        self.store, self.clock, self.page = store, clock, page
        self._mentions, self._verifier = Mentions(store), verifier

    def state(self):
        """The state of the only mention, the text that is shown and the one that was read."""
        (row,) = self._mentions.listing(Search(), 10)
        texts = (each.text if each else None for each in (row.shown, row.latest))
        return row.state, *texts

    def verify(self):
        """Verify what came, when it is time to fetch the page again."""
        self.clock.pass_(minutes=11)
        self._verifier.run_once()
        return self.state()

    def approve(self):
        (row,) = self._mentions.listing(Search(), 10)
        self._mentions.act([row.id], ModerationAction.APPROVE, "test")


@contextmanager
def receiving(store, clock, folder):
    clock.now = dt.datetime.now(dt.UTC)
    with serving(PageServer(OURS)) as page:
        server = make_server(OURS, 0, None, handler_class=Quiet)
        site = f"http://{OURS}:{page.server_port}"
        pelican = {
            "PATH": str(folder),
            "SITEURL": site,
            "LINKBACK_STATE": str(folder / "state"),
            "LINKBACK_RECEIVE": f"http://{OURS}:{server.server_port}/mentions/",
            "LINKBACK_ALLOW_HOSTS": ["127.0.0.0/8"],
        }
        settings = read(pelican)
        links = endpoints_of(settings).elements().values()
        page.page = f"<!DOCTYPE html><title>Walls</title>{''.join(links)}<p>Walls of stone."
        write_targets(settings.state, Targets([Target(page.url, page.url, "Walls")], site))
        receiver = Receiver(settings, pelican, store)
        server.set_app(receiver.application())
        with serving(server), receiver.verifier() as verifier:
            yield OurReceiver(store, clock, page, verifier)


@pytest.fixture
def receiver(store, clock, tmp_path):
    with receiving(store, clock, tmp_path / "received") as found:
        yield found


@pytest.mark.parametrize("name", SENDERS)
def test_a_mention_by_others_from_its_first_day_to_its_last(name, receiver, tmp_path):
    target = receiver.page.url
    link = f'Mine is of slate. <a href="{target}">Walls</a>'

    def sends(text, memory="memory", status=200):
        source.page, source.status = text, status
        (tmp_path / memory).mkdir(exist_ok=True)
        send(name, source.url, target, tmp_path / memory)

    with serving(PageServer(THEIRS)) as source:
        sends(PAGE.format(link))
        assert receiver.state() == (MentionState.QUEUED, None, None)
        assert receiver.verify() == (HELD, None, "Mine is of slate. Walls")
        receiver.approve()

        # Pushl remembers the links of a page, and sends again when these change, or from scratch.
        sends(PAGE.format(f"It leaks. {link}"), memory="another")
        assert receiver.verify() == (
            HELD,
            "Mine is of slate. Walls",
            "It leaks. Mine is of slate. Walls",
        )
        receiver.approve()

        sends(PAGE.format("It leaks."), memory="another")
        assert receiver.verify() == (MentionState.GONE, None, None)

        sends(PAGE.format(link), memory="another")
        assert receiver.verify()[0] in {HELD, SHOWN}
        # A page that answers 410 is none to Pushl, which sends nothing then.
        sends(GONE, memory="another", status=200 if name == "pushl" else 410)
        assert receiver.verify() == (MentionState.GONE, None, None)


def test_a_mention_by_us_from_its_first_day_to_its_last(site, host, receiver, capsys):  # noqa: F811
    site.settings["LINKBACK_ALLOW_HOSTS"] = ["127.0.0.0/8"]
    article = write(site, receiver.page.url)
    assert "Linkbacks: 1 sent" in site.build().printed
    assert receiver.verify() == (HELD, None, "A Site - one")
    receiver.approve()

    write(site, receiver.page.url, text="Better text.", title="two")
    assert "Linkbacks: 1 sent" in site.build().printed
    assert receiver.verify() == (HELD, "A Site - one", "A Site - two")

    write(site)
    assert "Linkbacks: 1 sent" in site.build().printed
    assert receiver.verify()[0] is MentionState.GONE

    write(site, receiver.page.url)
    assert "Linkbacks: 1 sent" in site.build().printed
    assert receiver.verify()[0] in {HELD, SHOWN}
    article.unlink()
    site.article("other")
    site.build()
    assert command(site, "retract", f"{host.url}/one.html") == 0
    assert "Linkbacks: 1 sent" in capsys.readouterr().out
    assert receiver.verify()[0] is MentionState.GONE

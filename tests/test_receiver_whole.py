"""The receiver as a whole: our own ``send`` delivers to it, and ``pull`` brings it home."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from pelican_linkback import cli
from pelican_linkback.cli.receiver.composition import Receiver
from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.net.client import Web
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.protocol.webmention import Webmention
from pelican_linkback.receiving.memory.snapshot import Snapshot
from pelican_linkback.receiving.memory.targets import Target, Targets
from pelican_linkback.receiving.memory.targets_file import read_targets, write_targets
from pelican_linkback.receiving.pull import pull
from pelican_linkback.receiving.server.serving import WebServer
from pelican_linkback.receiving.store.mentions import Mentions, ModerationAction
from pelican_linkback.receiving.store.searching import Search
from pelican_linkback.settings.model import Settings
from tests.servers import WebHost, serving

LOOPBACK = (AllowEntry.parse("127.0.0.1"),)


class Home:
    """A site that receives: its page ``target``, its receiver at ``base``, and its author."""

    def __init__(self, folder: Path, store, clock, stack: ExitStack) -> None:
        folder.mkdir()
        host = stack.enter_context(serving(WebHost(folder)))
        server = WebServer(self._answer, "127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{server.port}/mentions/"
        self.settings = Settings(
            host.url,
            folder / "content",
            state=folder / "linkback",
            output=folder,
            receive=self.base,
            allow_hosts=LOOPBACK,
        )
        self.target = f"{host.url}/article.html"
        link = f'<link rel="webmention" href="{self.base}webmention">'
        (folder / "article.html").write_text(f"<!DOCTYPE html>{link}<title>An article</title>")
        page = Target("tag:article", self.target, "An article")
        write_targets(self.settings.state, Targets([page], host.url))
        pelican = {"TIMEZONE": "UTC", "DATE_FORMATS": {"en": ("C", "%d.%m.%Y")}}
        receiver = Receiver(self.settings, pelican, store)
        self.application = receiver.application()
        self._verifier = stack.enter_context(receiver.verifier())
        self.mentions, self._clock = Mentions(store), clock
        thread = threading.Thread(target=server.run)
        thread.start()
        stack.callback(thread.join, 10)
        stack.callback(server.stop)

    def _answer(self, *call):
        return self.application(*call)  # whose address needs the port of the server

    def verify(self) -> list[tuple[str, str | None]]:
        """Verify what came; return the states of the mentions and the texts that are shown."""
        self._clock.pass_(minutes=11)  # a page is fetched once in ten minutes
        self._verifier.run_once()
        rows = self.mentions.listing(Search(), 10)
        return [(each.state.value, each.shown and each.shown.text) for each in rows]

    def approve(self) -> None:
        rows = self.mentions.listing(Search(), 10)
        self.mentions.act([each.id for each in rows], ModerationAction.APPROVE, "me")

    def pull(self) -> list[str]:
        """The texts that a build would show."""
        report = pull(self.settings, read_targets(self.settings.state), 10)
        assert report.warnings == []
        return [each.text for each in Snapshot(self.settings.state).read().mentions]


@pytest.fixture
def home(tmp_path, store, clock, monkeypatch):
    monkeypatch.setenv("LINKBACK_TOKEN", "a-secret-word")
    with ExitStack() as stack:
        yield Home(tmp_path / "home", store, clock, stack)


GONE = '<!DOCTYPE html><meta http-equiv="Status" content="410 Gone"><title>Gone</title>'


def test_a_mention_from_its_arrival_to_the_end_of_its_source(home, tmp_path):
    (tmp_path / "source").mkdir()
    with (
        serving(WebHost(tmp_path / "source")) as host,
        Web(timeout=10, user_agent="test", allow=LOOPBACK) as web,
    ):

        def send(text: str, link: str) -> None:
            page = f'<p><a class="u-in-reply-to" href="{link}">re</a> <span class="e-content">'
            html = f'<div class="h-entry">{page}{text}</span></div>' if text else GONE
            (tmp_path / "source" / "a.html").write_text(html)
            message = Webmention().request(Mention(f"{host.url}/a.html", home.target))
            answer = web.post(f"{home.base}webmention", message.body, message.content_type)
            assert answer.status == 201

        send("First.", home.target)
        assert home.verify() == [("held", None)]
        assert home.pull() == []
        home.approve()
        assert home.pull() == ["First."]
        piece = web.get(f"{home.base}mentions?target={home.target}").body.decode()
        assert ">27.11.2026</time>" in piece
        assert "First." in piece
        send("First.", home.target)
        assert home.verify() == [("shown", "First.")], "nothing is un-approved"
        send("Second.", home.target)
        assert home.verify() == [("held", "First.")]
        assert home.pull() == ["First."]
        home.approve()
        assert home.pull() == ["Second."]
        send("Third.", "https://elsewhere.example/")
        assert home.verify() == [("gone", None)]
        assert home.pull() == []
        send("Fourth.", home.target)
        home.verify()
        home.approve()
        assert home.pull() == ["Fourth."]
        send("", "")
        assert home.verify() == [("gone", None)]
        assert home.pull() == []


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_our_own_send_delivers(home, site, host, capsys):
    site.article("one", f"As [they]({home.target}) say.", pingback=home.target)
    assert "1 sent" in site.build().printed
    assert [state for state, _ in home.verify()] == ["held"]
    home.approve()
    assert len(home.pull()) == 1

    site.article("one", "They say nothing.", pingback="")
    assert "1 sent" in site.build().printed
    assert home.verify() == [("gone", None)]
    assert home.pull() == []

    site.article("one", f"As [they]({home.target}) say.", pingback=home.target)
    site.build()
    home.verify()
    home.approve()
    (site.content / "one.md").unlink()
    (site.output / "one.html").write_text(GONE)
    conf = site.folder / "publishconf.py"
    conf.write_text("".join(f"{k} = {v!r}\n" for k, v in site.settings.items()))
    assert cli.main(["retract", "-s", str(conf), f"{host.url}/one.html"]) == 0
    assert home.verify() == [("gone", None)]

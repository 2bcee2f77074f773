"""Moving from pelican-plugin-linkbacks: its cache is read, and nothing is sent again.

``peers/test_linkbacks_cache.py`` holds that the real plugin writes such files.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pelican_linkback import cli
from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.journal.journal import Journal
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.deciding.import_linkbacks import PastMention, inherited, mentions_in
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.memory.events import Answered, Queued
from tests import spoken

TAKEN, FAILED = {"response": "Thank you.", "server_uri": "https://a.org/x"}, {"error": "No URI"}
KNOWN = {
    "error": "[NotifierError] Pingback already registered for URL https://a.org/, XML-RPC "
    "response: code=48 - known",
    "server_uri": "https://a.org/x",
}
TARGET = "https://you.example.io/two"


def cache(pingback=FAILED, webmention=FAILED, slug="one", target=TARGET):
    return {slug: {target: {"pingback": pingback, "webmention": webmention}}}


def told(data):
    return mentions_in(json.dumps(data).encode())


@pytest.mark.parametrize(
    ("data", "protocol"),
    [
        pytest.param(cache(pingback=TAKEN), "pingback", id="pingback"),
        pytest.param(cache(webmention=TAKEN), "webmention", id="webmention"),
        pytest.param(cache(webmention={"response": ""}), "webmention", id="an empty answer"),
        pytest.param(cache(TAKEN, TAKEN), "webmention", id="both: the one with updates"),
        pytest.param(cache(pingback=KNOWN), "pingback", id="fault 48"),
    ],
)
def test_what_was_taken_is_sent(data, protocol):
    assert told(data) == [PastMention("one", TARGET, spoken.SPOKEN.named(protocol))]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({}, id="an empty cache"),
        pytest.param(cache(), id="no endpoint"),
        pytest.param(cache(pingback={"response": None, "error": "gone"}), id="null for none"),
        pytest.param({"one": {TARGET: {"pingback": "?"}}}, id="an answer of another shape"),
    ],
)
def test_what_was_not_taken_is_not_sent(data):
    assert told(data) == []


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is not JSON"),
        (b'{"one": {"https://a', "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"\xff", "it is not UTF-8"),
        (b"[]", "it is not a JSON object"),
        (b'{"one": 1}', "one is not a JSON object"),
        (b'{"one": {"https://a.org/": 1}}', "https://a.org/ is not a JSON object"),
        (b'{"one": ["https://a.org/"]}', "an old version of that plugin"),
    ],
    ids=repr,
)
def test_a_damaged_cache_is_named(data, why):
    with pytest.raises(LinkbackError, match=re.escape(why)):
        mentions_in(data)


POST = Post("https://me.example.io/one/", "one.md", (TARGET,), "f")
ONE = PastMention("one", TARGET, spoken.WEBMENTION)


def test_what_is_known_to_be_sent_is_not_recorded_again():
    mention = Mention(POST.source, TARGET)
    ((_, first), (_, second)) = inherited(ONE, POST, {mention: Delivery(mention)})
    assert (type(first), type(second)) == (Queued, Answered)
    assert (
        list(
            inherited(
                ONE,
                POST,
                {mention: Delivery(mention, acknowledged="older", acknowledged_by=spoken.PINGBACK)},
            )
        )
        == []
    )


@pytest.fixture
def moved(site, monkeypatch):
    """A site that sent with the other plugin: two links of an article, one of which is gone."""
    monkeypatch.chdir(site.folder)  # where pelican is run: that plugin takes its cache from there
    site.article("one", f"[a post]({TARGET}) [another](https://you.example.io/four)")
    settings = {
        "PATH": "content",
        "SITEURL": "http://127.0.0.1:9",  # no client opens a socket to this port
        "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"],
        "LINKBACK_TARGETS": "all",
        "LINKBACK_SINCE": "2020-01-01",
        "TIMEZONE": "UTC",
        "LOCALE": ["C"],
        "PLUGINS": [],
    }
    conf = site.folder / "publishconf.py"
    conf.write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()))
    site.cache = Path("cache", "pelican-plugin-linkbacks.json")
    site.cache.parent.mkdir()
    gone = cache(TAKEN, slug="one", target="https://you.example.io/three")["one"]
    links = cache(webmention=TAKEN)["one"] | gone
    old = cache(TAKEN, slug="deleted")
    site.cache.write_text(json.dumps({"one": links} | old))
    return site


def run(capsys, site, *words):
    status = cli.main([*words, "-s", str(site.folder / "publishconf.py")])
    shown = capsys.readouterr()
    return status, shown.out.replace("\n", " "), shown.err


def test_what_the_other_plugin_sent_is_not_sent_again(moved, capsys):
    assert run(capsys, moved, "plan")[1].endswith("Linkbacks: 2 due, 0 later or never, 0 settled ")
    status, out, err = run(capsys, moved, "import-linkbacks")
    assert (status, err) == (0, "")
    assert f"{moved.cache}: 3 links had been sent, 1 of them new here" in out
    assert "2 of them are not on the site any more" in out
    _, out, _ = run(capsys, moved, "plan", "-v")
    assert "sent: by webmention (accepted: sent by pelican-plugin-linkbacks)" in out
    assert "Linkbacks: 1 due, 0 later or never, 1 settled" in out
    # Again: nothing is new.
    assert "0 of them new here" in run(capsys, moved, "import-linkbacks")[1]
    assert len(Journal(moved.folder / "linkback" / "deliveries.jsonl").read().events) == 2


def test_who_took_a_webmention_hears_of_the_next_version(moved, capsys):
    run(capsys, moved, "import-linkbacks")
    moved.article("one", f"News: [a post]({TARGET})")
    assert "notify of the new version" in run(capsys, moved, "plan")[1]


def test_a_translation_was_not_sent_by_that_plugin(moved, capsys):
    moved.article("one-de", f"[a post]({TARGET})", slug="one", lang="de", title="Eins")
    run(capsys, moved, "import-linkbacks", str(moved.cache))
    _, out, _ = run(capsys, moved, "plan")
    assert "one-de.md" in out
    assert "Linkbacks: 2 due, 0 later or never, 1 settled" in out


def test_a_cache_without_links_is_no_trouble(moved, capsys):
    moved.cache.write_text("{}")
    shown = f"{moved.cache}: 0 links had been sent, 0 of them new here "
    assert run(capsys, moved, "import-linkbacks") == (0, shown, "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no file"),
        ("{", "cannot be used: it is not JSON"),
        ('{"one": 1}', "cannot be used: one is not a JSON object"),
    ],
)
def test_without_a_cache_nothing_is_remembered(moved, capsys, text, message):
    moved.cache.unlink()
    if text:
        moved.cache.write_text(text)
    status, out, err = run(capsys, moved, "import-linkbacks")
    assert (status, out) == (1, "")
    assert message in err
    assert str(moved.cache) in err
    assert not (moved.folder / "linkback").exists()

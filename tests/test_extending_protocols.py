"""A stranger's protocol, as docs/extending.rst has it: outside of the package, over real HTTP."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pelican_linkback import cli
from tests.servers import serving

DOTTED = "pelican_trackback.TrackBack"
PROTOCOLS = ["webmention", "pingback", DOTTED]
TAKEN = b"<?xml version='1.0'?><response><error>0</error></response>"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


class OldBlog(ThreadingHTTPServer):
    """Takes TrackBacks: ``told`` are the forms that came. ``head`` is in each of its pages."""

    def __init__(self):
        class Posts(BaseHTTPRequestHandler):
            def do_GET(self):
                self.say(self.server.head.encode(), "text/html")

            def do_POST(self):
                form = self.rfile.read(int(self.headers["Content-Length"]))
                self.server.told.append((self.path, self.headers["Content-Type"], form.decode()))
                self.say(self.server.answer, "text/xml")

            def say(self, body, kind):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Cache-Control", "max-age=3600")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Posts)
        self.head = '<link rel="trackback" href="/tb?id=1">'
        self.told, self.answer = [], TAKEN

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def blog():
    with serving(OldBlog()) as blog:
        yield blog


@pytest.fixture
def author(site, host, blog, monkeypatch):
    """A site whose author has put the stranger's module beside the settings."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "extending"))
    site.settings["LINKBACK_PROTOCOLS"] = PROTOCOLS
    site.article("one", f"[a link]({blog.url}/post)", pingback=f"{blog.url}/post")
    return site


@pytest.fixture
def run(author, monkeypatch, capsys):
    """Runs a command with the author's settings; returns its status and what it says."""

    def command(*arguments, **settings):
        chosen = {name: value for name, value in author.settings.items() if name != "PLUGINS"}
        lines = (f"{name} = {value!r}\n" for name, value in (chosen | settings).items())
        conf = author.folder / "conf.py"
        conf.write_text('PLUGINS = ["pelican_linkback"]\n' + "".join(lines))
        capsys.readouterr()
        status = cli.main([arguments[0], "-s", str(conf), *arguments[1:]])
        return status, capsys.readouterr().out

    return command


def journal(site):
    return (site.folder / "linkback" / "deliveries.jsonl").read_text()


def test_a_mention_goes_out_by_it_and_is_called_by_its_name(author, host, blog, run):
    build = author.build()
    assert "Linkbacks: 1 sent" in build.printed
    source = f"url={host.url}/one.html".replace(":", "%3A").replace("/", "%2F")
    assert blog.told == [("/tb?id=1", FORM, source)]
    _, status = run("status", "--json")
    assert [each["protocol"] for each in json.loads(status)] == ["trackback"]
    assert "by trackback (accepted)" in run("status")[1]
    assert "sent: by trackback" in run("plan", "-v")[1]
    assert json.loads(run("plan", "--json")[1])["planned"][0]["protocol"] == "trackback"
    author.build()
    assert len(blog.told) == 1


def test_a_changed_article_is_not_sent_again_without_updates(author, blog):
    author.build()
    author.article("one", f"New. [a link]({blog.url}/post)", pingback=f"{blog.url}/post")
    author.build()
    assert len(blog.told) == 1


def test_the_order_of_the_list_decides(author, blog):
    blog.head += '<link rel="webmention" href="/wm">'
    author.build(LINKBACK_PROTOCOLS=[DOTTED, "webmention"])
    assert [path for path, *_ in blog.told] == ["/tb?id=1"]
    author.article("two", f"[a link]({blog.url}/other)", pingback=f"{blog.url}/other")
    author.build()
    assert [path for path, *_ in blog.told] == ["/tb?id=1", "/wm"]


def test_a_page_that_was_asked_before_it_was_added_is_asked_again(author, blog, run):
    author.build(LINKBACK_PROTOCOLS=["webmention"])
    assert "it accepts no linkbacks" in run("status")[1]
    author.article("two", f"[a link]({blog.url}/post)", pingback=f"{blog.url}/post")
    author.build()
    assert len(blog.told) == 1


def test_where_it_is_taken_out_what_it_sent_is_left_alone(author, blog, run):
    author.build()
    before = journal(author)
    author.article("one", f"New. [a link]({blog.url}/post)", pingback=f"{blog.url}/post")
    build = author.build(LINKBACK_PROTOCOLS=["webmention", "pingback"])
    assert journal(author) == before
    said = [each.getMessage() for each in build.records if "trackback" in each.getMessage()]
    why = "LINKBACK_PROTOCOLS does not name that protocol"
    assert said == [f'1 linkback by "trackback" is left alone: {why}']
    _, status = run("status", "--json", LINKBACK_PROTOCOLS=["pingback"])
    assert [each["protocol"] for each in json.loads(status)] == ["trackback"]
    assert run("compact", LINKBACK_PROTOCOLS=["pingback"])[0] == 0
    assert set(journal(author).splitlines()) <= set(before.splitlines())


def test_what_was_under_way_is_left_alone_until_it_is_back(author, blog, run):
    author.build()
    kept = [each for each in journal(author).splitlines() if '"outcome"' not in each]
    (author.folder / "linkback" / "deliveries.jsonl").write_text("\n".join(kept) + "\n")
    without = {"LINKBACK_PROTOCOLS": ["webmention", "pingback"]}
    planned = run("plan", **without)[1]
    assert "left alone, since LINKBACK_PROTOCOLS does not name" in " ".join(planned.split())
    assert "0 due, 1 later or never, 0 settled" in planned
    author.build(**without)
    assert len(blog.told) == 1
    assert len(journal(author).splitlines()) == len(kept)
    assert "the run ended before the answer came" in run("plan", "-v")[1]


def test_what_it_refuses_is_sent_in_its_words(author, blog):
    blog.answer = b"<response><error>1</error><message>Too old</message></response>"
    build = author.build()
    (said,) = build.problems
    assert "trackback-refused: Too old" in said


@pytest.mark.parametrize(("method", "told"), [("find", 0), ("request", 0), ("read", 1)], ids=str)
def test_a_fault_in_it_costs_that_mention_for_now_and_names_it(
    author, blog, monkeypatch, method, told
):
    import pelican_trackback

    def fails(self, _):
        raise KeyError("tide")

    monkeypatch.setattr(pelican_trackback.TrackBack, method, fails)
    build = author.build()
    assert "1 to be tried again" in build.printed
    (said,) = build.problems
    assert "KeyError: 'tide'" in said
    assert "trackback" in said
    assert len(blog.told) == told


@pytest.mark.parametrize("error", [StopIteration, SystemExit, GeneratorExit], ids=str)
@pytest.mark.parametrize("method", ["find", "request", "read"])
def test_whatever_it_raises_is_an_error_of_the_mention(author, monkeypatch, method, error):
    import pelican_trackback

    def fails(self, _):
        raise error

    monkeypatch.setattr(pelican_trackback.TrackBack, method, fails)
    build = author.build()
    assert "1 to be tried again" in build.printed
    (said,) = build.problems
    assert f"{error.__name__}, in the protocol trackback" in said


def test_where_it_cannot_be_looked_for_another_protocol_is_found(author, blog, monkeypatch):
    import pelican_trackback

    monkeypatch.setattr(pelican_trackback.TrackBack, "find", None)
    blog.head += '<link rel="webmention" href="/wm">'
    build = author.build()
    assert "Linkbacks: 1 sent" in build.printed
    assert [path for path, *_ in blog.told] == ["/wm"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (float("inf"), "asks to be left alone"),
        (1e300, "asks to be left alone"),
        (10**400, "OverflowError"),
        (float("nan"), "ValueError"),
        (-1, "ValueError"),
        ("soon", "ValueError"),
        (["60"], "TypeError"),
    ],
    ids=["infinite", "long", "huge", "no number", "negative", "text", "list"],
)
def test_a_pause_that_is_none_ends_no_run(author, blog, monkeypatch, asked, why):
    import pelican_trackback

    from pelican_linkback.protocol import Outcome, Verdict

    def read(self, _):
        return Outcome(Verdict.LATER, "tide", retry_after=asked)

    monkeypatch.setattr(pelican_trackback.TrackBack, "read", read)
    author.article("two", f"[a link]({blog.url}/other)", pingback=f"{blog.url}/other")
    build = author.build(LINKBACK_PER_HOST=1)
    assert "to be tried again" in build.printed
    assert any(why in each.getMessage() for each in build.records)
    assert not any("nothing more is sent" in each for each in build.problems)


def test_an_outcome_without_a_reason_is_on_record(author, blog, monkeypatch):
    import pelican_trackback

    from pelican_linkback.protocol import Outcome, Verdict

    monkeypatch.setattr(
        pelican_trackback.TrackBack, "read", lambda *_: Outcome(Verdict.DELIVERED, "")
    )
    assert "1 sent" in author.build().printed
    author.build()
    assert len(blog.told) == 1
    assert json.loads(journal(author).splitlines()[-1])["reason"] == "delivered"


@pytest.mark.parametrize("message", [("text/plain", "text"), (None, b"bytes")], ids=repr)
def test_a_message_of_other_types_is_not_sent(author, blog, monkeypatch, message):
    import pelican_trackback

    monkeypatch.setattr(pelican_trackback.TrackBack, "request", lambda *_: message)
    build = author.build()
    (said,) = build.problems
    assert "its request is not a text and bytes, in the protocol trackback" in said
    assert (blog.told, '"attempt"' in journal(author)) == ([], False)

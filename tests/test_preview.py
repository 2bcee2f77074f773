"""While Pelican watches or serves, nothing is sent and nothing recorded."""

from __future__ import annotations

import socket
import sys
from urllib.request import urlopen

import pytest

from pelican_linkback.plugin import invocation
from tests import terminal
from tests.servers import Blog, WebHost, serving


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pelican content -s publishconf.py", False),
        ("/venv/bin/pelican content", False),
        ("/venv/bin/pelican content --autoreload", True),
        ("pelican -lr -s publishconf.py", True),
        ("pelican -r", True),
        ("pelican --listen", True),
        ("pelican --auto", True),
        ("/lib/pelican/__main__.py -r", True),
        ("pelican.exe -r", True),
        ("pelican --not-an-option", False),
        ("invoke livereload -r", False),
        ("/venv/bin/pytest -r", False),
    ],
)
def test_pelican_s_own_words_say_whether_it_only_looks(words, expected, capsys):
    assert invocation.is_preview(words.split()) is expected
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("words", [["-r"], ["--autoreload", "--listen"], []])
def test_a_preview_makes_no_request_and_no_memory(site, monkeypatch, words):
    site.output.mkdir()
    monkeypatch.setattr("sys.argv", ["pelican", *words])
    with serving(WebHost(site.output)) as host, serving(Blog()) as blog:
        target = f"{blog.url}/a-post"
        site.article("one", f"[it]({target})", pingback=target)
        publish = {"SITEURL": host.url, "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"]}
        for _ in range(2):
            build = site.build(**publish, LINKBACK_SEND=True)
            assert build.problems == []
            assert ("Linkbacks:" in build.printed) is (not words)
        assert bool(blog.requests) is bool(host.requests) is (not words)
    assert (site.folder / "linkback" / "deliveries.jsonl").exists() is (not words)


@pytest.mark.parametrize("words", [["--autoreload"], ["-l"], []])
def test_a_preview_that_changes_no_feed_has_no_line_for_feeds(site, monkeypatch, words):
    monkeypatch.setattr("sys.argv", ["pelican", *words])
    article = site.article("one")
    assert "Feeds: 5 written, 0 unchanged" in site.build().printed
    assert ("Feeds:" in site.build().printed) is (not words)
    article.write_text(article.read_text() + "\nAn edit.\n")
    assert "Feeds: 5 written, 0 unchanged" in site.build().printed


def edit_until_built_again(pelican, article):
    """Write the article again and again: Pelican says that it is done before it watches."""
    for number in range(100):
        article.write_text(article.read_text() + f"\nAn edit, number {number}.\n")
        if pelican.until(lambda printed: printed.count("Done: Processed") > 1, seconds=0.3):
            return
    raise AssertionError(pelican.printed)


@pytest.mark.posix(reason="Ctrl-C is no signal to a group")
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is pressed by a signal")
@pytest.mark.parametrize("listen", [False, True], ids=["--autoreload", "--autoreload --listen"])
def test_nothing_is_sent_while_pelican_watches(site, listen):
    site.output.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    words = ["--autoreload", *(["--listen", "--port", port] if listen else [])]
    with serving(WebHost(site.output)) as host, serving(Blog()) as blog:
        target = f"{blog.url}/a-post"
        # Ready to be sent: online, linked, marked, with the settings for publishing.
        article = site.article("one", f"[it]({target})", pingback=target, feed_id="no uri")
        settings = site.settings | {
            "SITEURL": host.url,
            "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"],
            "LINKBACK_SEND": True,
        }
        conf = site.folder / "publishconf.py"
        conf.write_text("".join(f"{k} = {v!r}\n" for k, v in settings.items()))
        with terminal.started(site.folder, "pelican", "-s", conf.name, *words) as pelican:
            assert pelican.until(lambda printed: "Done: Processed" in printed), pelican.printed
            edit_until_built_again(pelican, article)
            assert "An edit, number 0" in (site.output / "one.html").read_text()
            if listen:
                assert pelican.until(lambda printed: "Serving site at" in printed)
                with urlopen(f"http://127.0.0.1:{port}/one.html") as page:
                    assert b"An edit, number 0" in page.read()
            pelican.interrupt()
            pelican.until(lambda _: False)
        assert (blog.requests, host.requests) == ([], [])
    assert not (site.folder / "linkback").exists()
    assert pelican.printed.count("Feed_ID:") == 1
    assert "Linkbacks:" not in pelican.printed
    assert "Traceback" not in pelican.printed

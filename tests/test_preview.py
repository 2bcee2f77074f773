"""While Pelican watches or serves, nothing is sent and nothing recorded."""

from __future__ import annotations

import pytest

from pelican_linkback import preview
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
    assert preview.is_preview(words.split()) is expected
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

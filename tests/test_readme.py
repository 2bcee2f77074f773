"""README.rst and docs/themes.rst: the examples to be copied work, word for word."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest
from docutils.core import publish_doctree

from pelican_linkback.journal.journal import Journal
from pelican_linkback.receiving.hosted.service import TOKEN as VARIABLE
from tests.pages import DOCS, blocks
from tests.person import Person
from tests.servers import Blog, WebHost, serving
from tests.webmention_io import TOKEN, WebmentionService

ROOT = DOCS.parent
README = (ROOT / "README.rst").read_text(encoding="utf-8")
THEMES = [*blocks((DOCS / "themes.rst").read_text(encoding="utf-8"))]


@pytest.mark.parametrize("name", ["README.rst", "CHANGELOG.rst"])
def test_a_package_index_can_show_it(name):
    """One that finds a fault shows the source instead, or refuses the package."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert publish_doctree(text, settings_overrides={"halt_level": 2}).children


def test_its_links_lead_somewhere():
    links = re.findall(r"^\.\. (?:_\w+:|(?:\|\w+\| )?image::) (\S+)$", README, re.MULTILINE)
    paths = [link for link in links if "://" not in link]
    assert len(paths) > 15
    assert README.count("image::") == sum(path.startswith("docs/screens") for path in paths)
    assert [path for path in paths if not (ROOT / path).is_file()] == []


def test_its_files_and_targets_are_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"``make ([a-z-]+)``", README)
    assert {"demo", "test"} <= set(targets)
    assert [each for each in targets if not re.search(rf"^{each}:", makefile, re.MULTILINE)] == []
    named = re.findall(r"``((?:docs|tests|sample_site)\b[\w./-]*)``", README)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_a_checkout_is_installed_as_it_says():
    """``make test-dist`` does it, with the wheel in the place of the folder."""
    (line,) = (text for kind, _, text, _ in blocks(README) if kind == "shell")
    words = line.removeprefix("python -m pip ").removesuffix(" .\n")
    assert words == 'install "pelican[markdown]"'
    assert f"$(PIP) {words} dist/*.whl" in (ROOT / "Makefile").read_text(encoding="utf-8")


class Publisher(Person):
    """One who uploads a site when it is built, and not before."""

    def __init__(self, folder, terminals, host):
        super().__init__(folder, terminals)
        self._host = host

    def types(self, line):
        self._host.online = not line.startswith("pelican content")
        return super().types(line)


def test_what_it_says_of_a_new_site_is_done_word_for_word(tmp_path, monkeypatch):
    """Only the addresses are others, since these are nobody's."""
    monkeypatch.setenv(VARIABLE, TOKEN)
    with ExitStack() as programs:
        blog = programs.enter_context(serving(Blog()))
        service = programs.enter_context(serving(WebmentionService()))
        host = programs.enter_context(serving(WebHost(tmp_path / "my-site" / "output")))
        person = Publisher(tmp_path, programs, host)
        person.types("pelican-quickstart --path my-site --title Mine --author Ann --lang en")
        person.folder /= "my-site"
        page = README.replace("https://blog.example", blog.url)
        page = page.replace("https://ann.example", host.url)
        allowed = 'SITEURL = ".*"\n'
        page = re.sub(allowed, r'\g<0>   LINKBACK_ALLOW_HOSTS = ["127.0.0.1"]\n', page)
        service.add(
            1, target=f"{host.url}/an-answer.html", wm_property="in-reply-to", content="Well said."
        )
        page = re.sub(
            'LINKBACK_RECEIVE = ".*"\n',
            rf'\g<0>   LINKBACK_PULL = ["webmention.io={service.api}"]\n',
            page,
        )
        done = person.follows(page, {"python": "publishconf.py", "text": "content/an-answer.md"})
        assert blog.pings == [(f"{host.url}/an-answer.html", f"{blog.url}/a-post")]
    page = (person.folder / "output" / "an-answer.html").read_text(encoding="utf-8")
    assert 'rel="webmention" href="https://webmention.io/' in page
    assert ">Reader 1</bdi></a>" in page
    assert ">Well said.</p>" in page
    assert [line.partition(" -s")[0] for line in done] == [
        "pelican-linkback init",
        "pelican-linkback doctor",
        "pelican content",
        "pelican-linkback send",
        "pelican-linkback status",
        "pelican content",
    ]


def test_the_snippets_for_themes(site):
    (site.folder / "templates").mkdir()
    for each in THEMES:
        if each.caption:
            (site.folder / "templates" / each.caption).write_text(each.text, encoding="utf-8")
    site.settings["LINKBACK_FEEDS_PAGE"] = "feeds.html"
    (site.folder / "templates" / "article.html").write_text(
        "".join(each.text for each in THEMES if not each.caption), encoding="utf-8"
    )
    site.settings["THEME_TEMPLATES_OVERRIDES"] = [str(site.folder / "templates")]
    site.article("one", "[a](https://example.org/a)", pingback="all")
    told = {"v": 1, "source": "https://me.example.io/one.html", "target": "https://example.org/a"}
    queued = {"at": "2026-01-31T10:00:00+00:00", "event": "queued", "article": "one.md"}
    outcome = {"at": "2026-01-31T10:00:01+00:00", "event": "outcome", "reason": "accepted"}
    outcome |= {"verdict": "delivered", "protocol": "webmention"}
    Journal(site.folder / "linkback" / "deliveries.jsonl").append(told | queued, told | outcome)
    build = site.build()
    html = build.read("one.html")
    listed = " ".join(build.read("feeds.html").split())
    assert '<p>misc: <a href="https://me.example.io/feeds/misc.atom.xml">Atom</a></p>' in listed
    assert '<link rel="alternate"' in html
    assert "sent on 31 January 2026" in html

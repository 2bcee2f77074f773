"""What LINKBACK_AUTODISCOVERY does not add to a page stays as it is, to the byte."""

import os
from functools import partial
from pathlib import Path

import pytest

from pelican_linkback.plugin import written_pages
from pelican_linkback.plugin.feeds.links import FeedLink, with_missing_links
from pelican_linkback.plugin.written_pages import Edit, edit_page

LINKS = [FeedLink("/a.xml", "application/atom+xml", "A"), FeedLink("/b.xml", "text/xml", "B")]
with_both = partial(with_missing_links, links=LINKS)
A, B = (link.__html__().encode() for link in LINKS)


@pytest.mark.parametrize(
    ("before", "added"),
    [
        pytest.param((b"<head>\n", b"</head>\n<p>\n"), (A, b"\n", B, b"\n"), id="LF"),
        pytest.param((b"<head>\r\n", b"</head>\r\n<p>\r\n"), (A, b"\r\n", B, b"\r\n"), id="CRLF"),
        pytest.param((b"<head>", b"</head>\r\n"), (A, b"\n", B, b"\n"), id="no line in the head"),
        pytest.param((b"\xef\xbb\xbf<head>\n", b"</head>"), (A, b"\n", B, b"\n"), id="BOM"),
        pytest.param((b"<head>\xe9\n", b"</head>\xff"), (A, b"\n", B, b"\n"), id="Latin-1"),
        pytest.param((b"<head>\n", b"</head>a\rb\r\nc\n"), (A, b"\n", B, b"\n"), id="mixed"),
        pytest.param((b"<head>\r\n" + A, b"</head>\r\n"), (B, b"\r\n"), id="one is there"),
        pytest.param((b"<head>\r\n" + A + B, b"</head>\r\n"), (), id="both are there"),
        pytest.param((b"\r\nno head\r", b"\n"), (), id="no head"),
        pytest.param(
            (b"<head><!-- </head> --><script>'</head>'</script>", b"</head>"),
            (A, b"\n", B, b"\n"),
            id="its end tag in a comment and in a script",
        ),
    ],
)
def test_the_rest_of_the_page_stays(tmp_path, before, added):
    page = tmp_path / "page.html"
    page.write_bytes(b"".join(before))
    edit_page(page, with_both)
    head, rest = before
    assert page.read_bytes() == head + b"".join(added) + rest


def test_a_page_is_replaced_in_one_step(tmp_path, monkeypatch):
    page = tmp_path / "page.html"
    page.write_bytes(b"<head></head>")
    page.chmod(0o640)
    link = tmp_path / "link.html"
    link.symlink_to(page)
    edit_page(link, with_both)
    assert link.is_symlink()
    assert (page.stat().st_mode & 0o777, page.read_bytes().count(b"<link")) == (0o640, 2)

    def fails(*_):
        raise OSError("no space left")

    page.write_bytes(b"<head></head>")
    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError, match="no space left"):
        edit_page(page, with_both)
    assert page.read_bytes() == b"<head></head>"
    assert sorted(tmp_path.iterdir()) == [link, page]


def test_a_site_whose_pages_have_crlf_keeps_it(site):
    site.article("one")
    site.build(
        LINKBACK_AUTODISCOVERY=True,
        JINJA_ENVIRONMENT={"newline_sequence": "\r\n"},
        PLUGINS=["pelican_linkback"],
    )
    page = (site.output / "one.html").read_bytes()
    assert page.count(b'rel="alternate"') >= 1
    assert page.count(b"\r\n") == page.count(b"\n")


def test_a_page_that_cannot_be_written_costs_its_links_alone(site, monkeypatch):
    def full(path: Path, edit: Edit) -> None:
        if path.name == "one.html":
            raise OSError("disk full")
        edit_page(path, edit)

    monkeypatch.setattr(written_pages, "edit_page", full)
    site.article("one")
    site.article("two")
    build = site.build(LINKBACK_AUTODISCOVERY=True)
    assert build.problems == ["one.html has no further links to feeds: OSError: disk full"]
    links = [build.read(name).count('rel="alternate"') for name in ("one.html", "two.html")]
    assert links == [2, 3]  # two are the theme's own


def test_what_is_no_page_stays_as_its_template_made_it(site):
    site.article("one")
    (site.folder / "content" / "sitemap.txt").write_text("<head></head>")
    settings = {
        "THEME_TEMPLATES_OVERRIDES": [str(site.folder / "content")],
        "TEMPLATE_PAGES": {"sitemap.txt": "sitemap.txt"},
    }
    build = site.build(LINKBACK_AUTODISCOVERY=True, **settings)
    assert build.read("sitemap.txt") == "<head></head>"
    assert build.read("one.html").count('<link rel="alternate"') > 0

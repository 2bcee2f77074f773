"""Our templates in a site whose templates have other delimiters (JINJA_ENVIRONMENT)."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment

from pelican_linkback.plugin.feeds import page
from pelican_linkback.plugin.templates import OwnTemplates
from pelican_linkback.receiving import display
from pelican_linkback.receiving.display.words import words_for
from tests.page_mentions import displayed, received

FOLDERS = [Path(each.__path__[0]) for each in (display, page)]
OTHERS = [
    ("[%", "%]", "[[", "]]", "[#", "#]"),
    ("<%", "%>", "<%=", "%>", "<%#", "%>"),
    ("((*", "*))", "(((", ")))", "((=", "=))"),
]
NAMES = (
    *("block_start_string", "block_end_string", "variable_start_string"),
    *("variable_end_string", "comment_start_string", "comment_end_string"),
)


@pytest.mark.parametrize("delimiters", OTHERS)
def test_a_page_is_the_same_whatever_the_delimiters_of_the_site(delimiters):
    mentions = displayed(
        [received(text="{{ 1 }}\n[[ 2 ]]"), received("like", "Bo", 1)], words_for("en", {})
    )
    values = {"article": SimpleNamespace(mentions=mentions), "SITEURL": "https://me.example"}
    usual, other = (
        Environment(loader=OwnTemplates(FOLDERS), **more)
        for more in ({}, dict(zip(NAMES, delimiters, strict=True)))
    )
    page = other.get_template("mentions.html").render(values)
    assert page == usual.get_template("mentions.html").render(values)
    assert "{{ 1 }}<br>[[ 2 ]]" in page


@pytest.mark.parametrize("delimiters", OTHERS)
@pytest.mark.parametrize(
    "name", [each.name for folder in FOLDERS for each in folder.glob("*.html")]
)
def test_each_template_has_its_blocks_with_other_delimiters(name, delimiters):
    usual, other = (
        Environment(loader=OwnTemplates(FOLDERS), **more).get_template(name)
        for more in ({}, dict(zip(NAMES, delimiters, strict=True)))
    )
    assert other.blocks.keys() == usual.blocks.keys()
    assert len(other.debug_info) == len(usual.debug_info)

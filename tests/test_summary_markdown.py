"""The summary of a run in Markdown: whatever stands in a URL or a name is text there."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pelican_linkback.cli.sending import as_markdown
from pelican_linkback.protocol.mention import Mention
from pelican_linkback.sending.memory.delivery import Delivery, State
from pelican_linkback.sending.running.report import Report

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ACTIVE = '\\`*_{}[]<>()#+-.!|~@:&;/ \na1w"'


def report(*targets: str) -> Report:
    mentions = [Mention("https://blog.example/a", target) for target in targets]
    return Report(
        ended=tuple(Delivery(each, State.WAITING, reason="not-online") for each in mentions)
    )


def texts_of(document: str) -> list[str]:
    """The text of each paragraph and cell; fails where anything else than text stands in one."""
    blocks = [token.children for token in MARKDOWN.parse(document) if token.type == "inline"]
    kinds = {token.type for token in chain.from_iterable(blocks)}
    assert kinds <= {"text", "text_special"}, kinds
    return ["".join(token.content for token in block) for block in blocks]


@pytest.mark.parametrize(
    "target",
    [
        "https://far.example/![x](https://count.example/p.png)",
        "https://far.example/[click](https://other.example/)",
        "https://far.example/**bold**",
        "https://far.example/`code`",
        "https://far.example/~~gone~~<img src=x>&amp;&copy;",
        "https://far.example/a|b\\|c",
        "https://far.example/[x]: https://other.example/",
        "<https://far.example/>",
    ],
)
def test_a_target_is_text(target: str) -> None:
    assert target in texts_of(as_markdown(report(target)))


@given(st.text(ACTIVE, min_size=1).filter(lambda text: text == " ".join(text.split())))
def test_any_target_is_text(target: str) -> None:
    assert target in texts_of(as_markdown(report(target)))


@pytest.mark.parametrize("target", ["https://far.example/", "www.far.example", "ann@far.example"])
def test_nothing_of_it_becomes_a_link_where_urls_do(target: str) -> None:
    assert target not in as_markdown(report(target))

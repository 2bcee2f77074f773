"""The prose of the package, the documentation, the tests and the examples uses the field's words.

Words that an earlier version of this program had made up, or that a reader whose second language
is English would have to look up, are listed here with what to write instead.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

INSTEAD = {
    r"told": "sent, delivered, acknowledged, notified; reported, logged",
    r"tell(?:s|ing)? (?:nobody|somebody|everybody|whom|of)": "send, notify; report, log",
    r"Tell whether": "Return whether",
    r"rooms?|doors?|houses?|floors?|lanes?|shel(?:f|ves)": (
        "module, package, layer, client, adapter, queue, manifest"
    ),
    r"patience|patient": "wait, timeout, maximum wait",
    r"beginnings?": "start, start date, prefix, first part",
    r"what (?:is|was|stands|stood) there": "the content, the file, the value: name the thing",
    r"mend(?:s|ed|ing)?": "fix, correct",
    r"hindrances?|farewells?": "blocker, reason; removal",
    r"to the letter|letter by letter": "exactly; as plain text",
    r"at (?:its|their|his) word": "literally, without a check",
    r"anew": "again",
    r"in vain": "without success",
    r"whereto|thereby|therein|thereof": "where; by this, in this, of this",
    r"nobody(?:'s| is| was)? to (?:be )?(?:tell|told)": "nothing to send",
}

WORDS = re.compile("|".join(rf"(\b(?:{each})\b)" for each in INSTEAD))
KEEPS = re.compile(r"``[^`]*``|`[^`]*`|\"[^\"\n]*\"")
"""Code and quotations, which keep their words."""


def found(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the advice for each word of the list."""
    prose = KEEPS.sub(lambda code: "\n" * code[0].count("\n"), text)
    for each in WORDS.finditer(prose):
        advice = [*INSTEAD.values()][(each.lastindex or 1) - 1]
        yield prose.count("\n", 0, each.start()), f"{each[0]!r}: write {advice}"


def prose_of(source: str) -> Iterator[tuple[int, str]]:
    """Yield each docstring and comment of Python code with the number of its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.lineno, str(node.value.value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def problems(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    pieces = prose_of(text) if path.suffix == ".py" else [(1, text)]
    return [
        f"{path.relative_to(ROOT)}:{line + offset}: {advice}"
        for line, piece in pieces
        for offset, advice in found(piece)
    ]


FOLDERS = ("pelican_linkback", "tests", "benchmarks", "peers", "sample_site")
PYTHON = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
PAGES = sorted(path for path in (ROOT / "docs").rglob("*.rst") if "_build" not in path.parts)


@pytest.mark.parametrize("path", [*PYTHON, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_prose_has_plain_words(path):
    assert problems(path) == []


def test_names_of_tests_have_plain_words():
    names = [
        name.replace("_", " ")
        for path in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"^ *def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert [(name, *found(name)) for name in names if [*found(name)]] == []


def test_messages_have_plain_words():
    messages = (ROOT / "tests" / "messages.txt").read_text("utf-8")
    assert [advice for _, advice in found(messages)] == []


def test_a_word_of_the_list_is_found_with_its_place_and_advice():
    text = "A page.\n\nNobody is told, says ``told``.\n"
    assert list(found(text)) == [(2, f"'told': write {INSTEAD['told']}")]

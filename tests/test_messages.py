"""Every message of the program is in messages.txt: somebody has read it as its reader would.

It should name the thing, say what to do about it, and need no knowledge of the program. A new or
changed message is read like that, and then written down by ``python tests/test_messages.py``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("messages.txt")
PACKAGE = Path(__file__).parent.parent / "pelican_linkback"

UNSAID = {
    "cli/context.py: path containing the content",  # Pelican's words, to be known again
    'feeds/formats/jsonfeed.py: {}, "items": [',
    "protocol/discovery.py: link element, read leniently",  # to be chosen by who debugs
}
"""Texts of several words that nobody is shown."""

EXPRESSIONS = {"regex", "fullmatch", "search", "match", "sub", "findall"}
JARGON = re.compile(
    r"\b(invalid|illegal|abort(ed)?|exception|traceback|null|payload|parse[dr]?)\b"
    r"|(?<!or )(?<!is )\bNone\b|!$|\S  "
)


def text_of(node: ast.expr) -> str:
    """A string as it is written, with {} for what is filled in; empty for anything else."""
    match node:
        case ast.Constant(str() as text):
            return text
        case ast.JoinedStr(values):
            return "".join(text_of(each) or "{}" for each in values)
        case ast.BinOp(left, _, right):
            return (text_of(left) or "{}") + (text_of(right) or "{}")
    return ""


def texts(node: ast.AST) -> Iterator[str]:
    """Every string below ``node`` that is a whole, but for docstrings and regular expressions."""
    for child in ast.iter_child_nodes(node):
        is_docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        is_expression = (
            isinstance(child, ast.Call)
            and ast.unparse(child.func).rpartition(".")[2] in EXPRESSIONS
        )
        if is_docstring or is_expression:
            continue
        if isinstance(child, ast.Call) and ast.unparse(child.func) == "cast":
            yield from texts(ast.Module([ast.Expr(child.args[1])], []))  # the first is a type
            continue
        if isinstance(child, ast.expr) and (text := text_of(child)):
            yield text
            if isinstance(child, ast.Constant):
                continue
            # What is filled in may be words, too.
            yield from texts(ast.Module([*map(ast.Expr, filled_in(child))], []))
        else:
            yield from texts(child)


def filled_in(node: ast.expr) -> Iterator[ast.expr]:
    """The expressions for which ``text_of`` has a {}."""
    match node:
        case ast.JoinedStr(values):
            yield from (each.value for each in values if isinstance(each, ast.FormattedValue))
        case ast.BinOp(left, _, right):
            for side in (left, right):
                yield from filled_in(side) if text_of(side) else [side]


def is_said(text: str) -> bool:
    """Whether it has two words or more, and is no markup."""
    words = text.replace("{}", "").replace("%s", "")
    is_markup = "\n" in text or text.lstrip().startswith(("<", "|", "[ "))
    return " " in text.strip() and bool(re.search("[a-z]{2}", words)) and not is_markup


def messages() -> list[str]:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {f"{name}: {text}" for text in texts(tree) if is_said(text)}
    return sorted(found - UNSAID)


def test_every_message_has_been_read():
    assert messages() == LIST.read_text(encoding="utf-8").splitlines(), (
        "read the new messages as their reader would, then run python tests/test_messages.py"
    )


@pytest.mark.parametrize("message", messages())
def test_a_message_is_kind_and_plain(message):
    _, _, text = message.partition(": ")
    assert not JARGON.search(text)


if __name__ == "__main__":
    LIST.write_text("\n".join(messages()) + "\n", encoding="utf-8")

"""Every message of the program is in messages.txt: somebody has read it as its reader would.

It should name the thing, say what to do about it, and need no knowledge of the program. A new or
changed message is read like that, and then written down by ``python tests/test_messages.py``.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("messages.txt")
PACKAGE = Path(__file__).parent.parent / "pelican_linkback"

SPEAKERS = set(
    """warning error info say insist warn _say _complain _notice Notice Finding
    SettingsError LinkbackError FeedError UnreadableFeed JournalError ValueError ProtocolError
    WebError InvalidURL Refused Unreachable TimedOut""".split()  # noqa: SIM905
)
JARGON = re.compile(
    r"\b(invalid|illegal|abort(ed)?|exception|traceback|null|None|payload|parse[dr]?)\b|!$|  "
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


def messages() -> list[str]:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            if getattr(call.func, "id", getattr(call.func, "attr", "")) in SPEAKERS:
                name = path.relative_to(PACKAGE).as_posix()
                found |= {f"{name}: {text}" for text in map(text_of, call.args) if " " in text}
    return sorted(found)


def test_every_message_has_been_read():
    assert messages() == LIST.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("message", messages())
def test_a_message_is_kind_and_plain(message):
    _, _, text = message.partition(": ")
    assert not JARGON.search(text)


if __name__ == "__main__":
    LIST.write_text("\n".join(messages()) + "\n", encoding="utf-8")

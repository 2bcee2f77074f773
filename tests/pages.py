"""What stands on the pages of docs: sections, tables, code blocks."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parent.parent / "docs"
PACKAGE = Path(__file__).parent.parent / "pelican_linkback"
PAGES = {path.stem: path.read_text("utf-8") for path in (DOCS / "reference").glob("*.rst")}


def sections(page: str, underline: str) -> dict[str, str]:
    """What stands below each heading with this underline."""
    parts = re.split(rf"^(\S.*)\n{re.escape(underline)}{{3,}}\n", PAGES[page], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


class Block(NamedTuple):
    """A code block: its language, its caption (or ""), its text, and the line it begins in."""

    kind: str
    caption: str
    text: str
    line: int


def blocks(text: str) -> list[Block]:
    """The code blocks of a text, in order, those within lists included."""
    pattern = r"^( *)\.\. code-block:: ([\w+]+)\n(?: +:caption: (.*)\n)?\n((?:\1   .*\n|\n)+)"
    found = re.finditer(pattern, text + "\n", re.MULTILINE)
    return [
        Block(
            kind=each[2],
            caption=each[3] or "",
            text=textwrap.dedent(each[4]).strip("\n") + "\n",
            line=text.count("\n", 0, each.start()) + 1,
        )
        for each in found
    ]


def literals(text: str) -> list[str]:
    """The blocks of a text that ``::`` begins, in order."""
    found = re.findall(r"::\n\n((?: +.*\n|\n)+)", text)
    return [textwrap.dedent(each).strip("\n") + "\n" for each in found]


def table(page: str, heading: str) -> list[list[str]]:
    """The cells of the first simple table below a heading; further lines of a cell are left out."""
    text = sections(page, "-")[heading]
    border = re.search(r"^=+[= ]*$", text, re.MULTILINE)
    assert border
    starts = [found.start() for found in re.finditer("=+", border[0])]
    return [
        [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]
        for line in text.split(border[0])[2].splitlines()
        if line.startswith("``")
    ]

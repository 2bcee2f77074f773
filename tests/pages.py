"""What stands on the pages of docs/reference: sections, tables, code blocks."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
PACKAGE = Path(__file__).parent.parent / "pelican_linkback"
PAGES = {path.stem: path.read_text("utf-8") for path in (DOCS / "reference").glob("*.rst")}


def sections(page: str, underline: str) -> dict[str, str]:
    """What stands below each heading with this underline."""
    parts = re.split(rf"^(\S.*)\n{re.escape(underline)}{{3,}}\n", PAGES[page], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(text: str) -> list[tuple[str, str]]:
    """Each code block: its caption, or else its language, and its text."""
    pattern = r"^\.\. code-block:: (\w+)\n(?:   :caption: (.*)\n)?\n((?:   .*\n|\n)+)"
    found = re.findall(pattern, text + "\n", re.MULTILINE)
    return [
        (caption or kind, textwrap.dedent(body).strip("\n") + "\n") for kind, caption, body in found
    ]


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

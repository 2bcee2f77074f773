"""The characters of XML 1.0, section 2.2, production [2], one by one."""

from __future__ import annotations

import sys

from pelican_linkback.text.xml_characters import FORBIDDEN

CHARS = (
    *(0x9, 0xA, 0xD),
    *range(0x20, 0xD800),
    *range(0xE000, 0xFFFE),
    *range(0x10000, sys.maxunicode + 1),
)


def test_what_is_forbidden_is_all_that_is_no_char() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert FORBIDDEN.sub("", everything) == "".join(map(chr, CHARS))

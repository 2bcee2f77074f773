"""The characters that XML forbids. Contains no business logic."""

from __future__ import annotations

from pelican_linkback.text.regex import regex

__all__ = ["FORBIDDEN"]

FORBIDDEN = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""XML 1.0, section 2.2: every character that production [2] does not have.

They are listed, since the complement of all others takes 5 ms to compile, at every start.
"""

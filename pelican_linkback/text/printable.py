"""Strangers' words made harmless. Contains no business logic."""

from __future__ import annotations

__all__ = ["harmless"]

LIMIT = 200


def harmless(words: object, limit: int = LIMIT) -> str:
    r"""Return ``words`` as one line that no terminal, log or JSON reader can be hurt by.

    White space is folded, what is not printable (control characters, terminal escapes,
    direction marks, lone surrogates) is shown as its escape (``\x1b``), and the result has at
    most ``limit`` characters, the last an ellipsis where something was cut.
    """
    # Cut before the work, so that 150 MB cost no more than a line; escapes only make it longer.
    folded = " ".join(str(words)[: limit * 8].split())
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in folded)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"

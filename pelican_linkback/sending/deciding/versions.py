"""The version of an article: its text, and with LINKBACK_SALMENTION the mentions under it. Pure.

::

    d3c97b26433dccac            of the text alone
    d3c97b26433dccac+           of the text, and there are no mentions
    d3c97b26433dccac+5f1c02aa   of the text and the mentions
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

__all__ = ["is_of_mentions_alone", "is_same_version", "version_of"]

_PLUS = "+"


def version_of(text: str, mentions: Iterable[str] | None = None) -> str:
    """Return the version of an article with this ``text``, title and all.

    ``mentions`` are what is shown under it, in any order; None where that does not count.
    """
    version = hashlib.sha256(text.encode()).hexdigest()[:16]
    if mentions is None:
        return version
    said = "\0".join(sorted(mentions))
    return f"{version}{_PLUS}{hashlib.sha256(said.encode()).hexdigest()[:8] if said else ''}"


def is_same_version(known: str, present: str) -> bool:
    """Return whether who knows the version ``known`` knows the ``present`` one, too.

    To turn LINKBACK_SALMENTION off or on is no change by itself.
    """
    if known == present:
        return True
    text, _, said = known.partition(_PLUS)
    present_text, counts, present_said = present.partition(_PLUS)
    return text == present_text and (not counts or said == present_said)


def is_of_mentions_alone(known: str, present: str) -> bool:
    """Return whether two versions differ in nothing but the mentions under the article."""
    return known != present and known.partition(_PLUS)[0] == present.partition(_PLUS)[0]

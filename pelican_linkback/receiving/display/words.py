"""The words of the mentions on a page, in its language or the author's own. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pelican_linkback.text.language import direction_of, translation_for

__all__ = ["NO_WORDS", "Words", "names", "words_for"]


@cache
def _translations() -> Mapping[str, Mapping[str, str]]:
    text = files(__package__).joinpath("words.json").read_text(encoding="utf-8")
    translations: Mapping[str, Mapping[str, str]] = json.loads(text)
    return translations


def names() -> frozenset[str]:
    """Return the names of the words, which LINKBACK_MENTION_WORDS may have."""
    return frozenset(_translations()["en"])


@dataclass(frozen=True, slots=True)
class Words:
    """The words, by their names, in a ``language`` (a tag of BCP 47) with its ``direction``."""

    language: str
    direction: str
    texts: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")


def words_for(language: str, own: Mapping[str, str]) -> Words:
    """Return the words of a page in ``language``; the author's ``own`` take the place of ours."""
    spoken = translation_for(language, _translations())
    return Words(spoken, direction_of(spoken), {**_translations()[spoken], **own})


NO_WORDS = Words("en", "ltr", {})
"""For mentions that are on no page."""

"""Those who mention an article: a name, and what stands for a picture. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pelican_linkback.text.prose import is_visible
from pelican_linkback.text.regex import regex

__all__ = ["Person", "initials_of", "is_emoji"]


@dataclass(slots=True)
class Person:
    """Who wrote a mention.

    ``picture`` is the path of our own copy of a picture in the output folder, as ``article.url`` is
    one; "" if there is none, and then the ``initials`` stand in for it.
    """

    name: str
    url: str
    picture: str

    @property
    def initials(self) -> str:
        """The first letters of the name."""
        return initials_of(self.name)


def initials_of(name: str) -> str:
    """Return the first letters of the first and of the last word of a name, in capitals."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return next((each.upper() for each in name if each.isalnum()), "") or _first_shown(name)
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def _first_shown(name: str) -> str:
    return next(filter(is_visible, name), "")


_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_ONE = rf"{_PICTURE}[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_KEY = "[0-9#*]\ufe0f?\u20e3"
_EMOJI = regex(rf"{_FLAG}|{_KEY}|{_ONE}(?:\u200d{_ONE})*")
_LONGEST = 40


def is_emoji(text: str) -> bool:
    """Return whether a text is one emoji (Unicode Technical Standard 51), of whatever parts."""
    text = text.strip()
    return len(text) <= _LONGEST and _EMOJI.fullmatch(text) is not None

"""Makes text from others fit to be shown on one line. Contains no business logic."""

from __future__ import annotations

from pelican_linkback.exceptions import FAULTS, LinkbackError

__all__ = ["add_place", "described", "place_of", "printable", "reason_of", "system_reason"]

LIMIT = 200

LONGEST = 1000
"""The maximum number of characters that are shown of an error."""


def printable(words: object, limit: int = LIMIT) -> str:
    r"""Return ``words`` as one line that no terminal, log or JSON reader can be hurt by.

    White space is folded, what is not printable (control characters, terminal escapes,
    direction marks, lone surrogates) is shown as its escape (``\x1b``), and the result has at
    most ``limit`` characters, the last an ellipsis where something was cut. Never raises: an
    object whose ``__str__`` fails is shown by its type.
    """
    # Cut first, so that 150 MB take no longer than a line; escapes only make it longer.
    folded = " ".join(_text(words)[: limit * 8].split())
    shown = folded if folded.isprintable() else "".join(map(_escaped, folded))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()


def _text(words: object) -> str:
    try:
        return str(words)
    except FAULTS as error:  # whatever the __str__ of a stranger's class may raise
        return f"<{type(words).__name__}, whose __str__ raises {type(error).__name__}>"


class _Place(str):
    """A note on an error that says where it was raised."""

    __slots__ = ()


def add_place(error: BaseException, place: str) -> None:
    """Note on ``error`` the place that raised it; the innermost place counts."""
    if not _places(error):
        error.add_note(_Place(place))


def place_of(error: BaseException) -> str:
    """Return the place that raised ``error``, as ``add_place`` noted it; "" if there is none."""
    return next(iter(_places(error)), "")


def _places(error: BaseException) -> list[str]:
    return [note for note in getattr(error, "__notes__", ()) if isinstance(note, _Place)]


def described(error: BaseException) -> str:
    """Return an error for people: its type, its message and its place (``add_place``)."""
    # Not its repr: an OSError names its file only in its message.
    words = f"{type(error).__name__}: {_text(error)}".removesuffix(": ")
    return ", in ".join([printable(words, LONGEST), *_places(error)])


def reason_of(error: BaseException) -> str:
    """Return an error for people: the message of one of ours, which has all; else ``described``."""
    if isinstance(error, LinkbackError):
        return printable(error, LONGEST)
    return described(error)


def system_reason(error: OSError) -> str:
    """Return what the operating system says of an error, for a message that names the file."""
    return printable(error.strerror or error)

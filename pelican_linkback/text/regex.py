"""Regular expressions that are compiled when they are first used.

A build uses some of ours, and to compile them all took a fifth of the time to import them.
"""

from __future__ import annotations

import re
from typing import AnyStr, Generic, cast

__all__ = ["regex"]


class _Regex(Generic[AnyStr]):
    """A compiled expression with its methods, from the first one that is asked for."""

    def __init__(self, text: AnyStr, flags: int) -> None:
        self._text: AnyStr = text
        self._flags = flags

    # What ``isinstance`` takes it for.
    __class__ = property(lambda _: re.Pattern)

    def __getattr__(self, name: str) -> object:
        compiled = re.compile(self._text, self._flags)  # cached by ``re``
        value: object = getattr(compiled, name)
        setattr(self, name, value)  # __getattr__ is not called for it again
        return value


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return the regular expression ``text``, to be used as ``re.compile`` returns it.

    Every module of the package makes its expressions in this way. (Functions of ``re`` do not take
    one in place of a text.) What is wrong with an expression is raised by its first use.
    """
    return cast("re.Pattern[AnyStr]", _Regex(text, flags))

"""What themes get besides ``feed_links``: the state of linkbacks, and the paths of feeds."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple, overload

from pelican_linkback.exceptions import FAULTS
from pelican_linkback.plugin.pelican_types import Context, ReadContent
from pelican_linkback.sending import Sending
from pelican_linkback.settings.model import Settings
from pelican_linkback.text.printable import reason_of

__all__ = ["KnownLinkbacks", "Linkback", "Linkbacks", "fill_in_language"]

logger = logging.getLogger(__name__)


def fill_in_language(context: Context, language: str) -> None:
    """Let themes format feed paths that have ``{lang}``, with the site's default ``language``.

    Pelican's own themes write ``CATEGORY_FEED_ATOM.format(slug=category.slug)``.
    """
    for name, value in context.items():
        if "_FEED_" in name and "{lang" in str(value):
            context[name] = _Pattern.of(str(value), language)


class _Pattern(str):
    """A path pattern with a default language."""

    __slots__ = ("_language",)
    _language: str

    @classmethod
    def of(cls, pattern: str, language: str) -> _Pattern:
        """Return ``pattern`` with the language to use if none is given."""
        self = cls(pattern)
        self._language = language
        return self

    def format(self, *args: object, **kwargs: object) -> str:
        """Fill in the fields, including the language."""
        return super().format(*args, **{"lang": self._language, **kwargs})


class Linkback(NamedTuple):
    """A target of an article, and its state: see ``sending.memory.delivery.State``."""

    target: str
    state: str
    protocol: str | None
    when: dt.datetime | None


class KnownLinkbacks:
    """The deliveries of each article, read from the journal when the first template asks."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def about(self, content: ReadContent) -> list[Linkback]:
        """Return the linkbacks of an article or a page, oldest first."""
        return self._by_article.get(content.get_relative_source_path() or "", [])

    @cached_property
    def _by_article(self) -> dict[str, list[Linkback]]:
        # Few themes use it.
        from pelican_linkback.sending.memory.events import GONE  # noqa: PLC0415

        found: dict[str, list[Linkback]] = {}
        try:
            known = Sending(self._settings).ledger().deliveries.values()
        except FAULTS as error:  # a template shows what is known, if anything is
            logger.error("article.linkbacks is empty: %s", reason_of(error))
            return found
        # Of an article that moved, the delivery of its old address is left out.
        present = (each for each in known if each.fingerprint != GONE)
        for each in sorted(present, key=lambda each: (str(each.at), each.mention)):
            protocol = each.protocol.name if each.protocol else None
            linkback = Linkback(each.mention.target, each.state.value, protocol, each.at)
            found.setdefault(each.article, []).append(linkback)
        return found


class Linkbacks(Sequence[Linkback]):
    """``article.linkbacks``: a list that is read on first use."""

    def __init__(self, known: KnownLinkbacks, content: ReadContent) -> None:
        self._known, self._content = known, content

    @overload
    def __getitem__(self, index: int) -> Linkback: ...
    @overload
    def __getitem__(self, index: slice[int | None]) -> Sequence[Linkback]: ...
    def __getitem__(self, index: int | slice[int | None]) -> Linkback | Sequence[Linkback]:
        return self._known.about(self._content)[index]

    def __len__(self) -> int:
        return len(self._known.about(self._content))

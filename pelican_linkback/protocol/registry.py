"""The protocols of sending, the preferred one first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pelican_linkback.protocol.interface import Protocol
from pelican_linkback.protocol.mention import Traits
from pelican_linkback.protocol.pingback import Pingback
from pelican_linkback.protocol.webmention import Webmention
from pelican_linkback.protocol.websub import WebSub
from pelican_linkback.text.printable import add_place, described

__all__ = ["BUILT_IN", "Registry", "traits_of"]

BUILT_IN: tuple[Protocol, ...] = (Webmention(), Pingback(), WebSub())
"""Webmention first, Pingback otherwise: a mention is sent by the first that its target offers."""


class Registry:
    """The protocols of a site, by name: the built-in ones, and ``chosen`` ones beside them.

    ``order`` are the traits of the ``chosen`` ones, the preferred one first, without those of
    feeds. One with the name of a built-in one replaces it. Two registries with one order are equal.
    """

    def __init__(self, chosen: Sequence[Protocol] = BUILT_IN) -> None:
        self._objects = {each.name: each for each in (*BUILT_IN, *chosen)}
        self._traits = {name: traits_of(each) for name, each in self._objects.items()}
        traits = (self._traits[each.name] for each in chosen)
        self.order = tuple(each for each in traits if not each.of_feeds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Registry) and self.order == other.order

    def __hash__(self) -> int:
        return hash(self.order)

    def __repr__(self) -> str:
        return f"Registry({', '.join(each.name for each in self.order)})"

    def named(self, name: str) -> Traits:
        """Return the traits of a protocol, also of one that is not registered."""
        return self._traits.get(name) or Traits(name, is_registered=False)

    @contextmanager
    def speaking(self, traits: Traits) -> Iterator[Protocol]:
        """Yield the protocol with these ``traits``; an error that it raises names it."""
        try:
            yield self._objects[traits.name]
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if isinstance(error, Exception) and not isinstance(error, StopIteration):
                add_place(error, f"the protocol {traits}")
                raise
            # SystemExit would end the program, and StopIteration means something to generators.
            raise RuntimeError(f"{described(error)}, in the protocol {traits}") from None


def traits_of(protocol: Protocol) -> Traits:
    """Return the traits of ``protocol``."""
    optional = ("of_feeds", "answers_in_body", "preflight")
    return Traits(
        protocol.name,
        bool(protocol.updates),
        **{name: bool(getattr(protocol, name, False)) for name in optional},
    )

"""Which instances make the same entries: those of a class, and of what may be made of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

__all__ = ["Kind", "kind_of", "safe_overrides"]

Class = TypeVar("Class", bound=type)

# What Python itself writes into a class.
_METADATA = frozenset(
    {
        *("__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__parameters__"),
        *("__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__"),
        *("__firstlineno__", "__static_attributes__", "__orig_bases__"),
    }
)


class Kind(NamedTuple):
    """Whose entries those of an instance are: those of a class that ``safe_overrides`` declares.

    ``own`` are the arguments of ``add_item`` that have to be asked for each document.
    """

    declared: type
    own: frozenset[str] = frozenset()


class _Rule(NamedTuple):
    safe: frozenset[str]
    state: frozenset[str]
    asked: Mapping[str, Collection[str]]


_rules: dict[type, _Rule] = {}


def safe_overrides(
    *safe: str, state: Iterable[str], asked: Mapping[str, Collection[str]] | None = None
) -> Callable[[Class], Class]:
    """Declare that a class makes entries of the item and the site alone: it is a *kind*.

    So does a subclass that declares only names that are ``safe``, and names of its own that the
    class does not know, as long as an instance has no other attributes than these and ``state``.
    Where one declares a name that is in ``asked``, the arguments of ``add_item`` that follow from
    it are its own.
    """

    def declare(cls: Class) -> Class:
        _rules[cls] = _Rule(_METADATA.union(safe), frozenset(state), asked or {})
        return cls

    return declare


def kind_of(instance: Any) -> Kind | None:
    """Return the kind whose entries are those of ``instance``, if there is one."""
    kind = _kind(type(instance))  # type: ignore[arg-type]  # mypy confuses the two __hash__
    more = kind and vars(instance).keys() - _rules[kind.declared].state
    return _with(kind, more) if kind and more else kind


@functools.lru_cache(maxsize=1000)
def _kind(cls: type) -> Kind | None:
    declared = next((each for each in cls.__mro__ if each in _rules), None)
    if declared is None:
        return None
    names = (vars(each).keys() for each in cls.__mro__ if each not in declared.__mro__)
    return _with(Kind(declared), set().union(*names))


def _with(kind: Kind, names: Iterable[str]) -> Kind | None:
    """Return ``kind`` where more ``names`` are declared; None where it is none then."""
    rule, own = _rules[kind.declared], set(kind.own)
    for name in names:
        if name in rule.asked:
            own.update(rule.asked[name])
        elif name not in rule.safe and (name[:2] == "__" or hasattr(kind.declared, name)):
            return None
    return Kind(kind.declared, frozenset(own))

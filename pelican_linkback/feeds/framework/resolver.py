"""One resolver: an aspect of a Feed is a value, a method, or a method of the object."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from types import FunctionType, MethodType, NoneType
from typing import Any, TypeAlias, TypeVar, cast

from pelican_linkback.exceptions import FAULTS, FeedError
from pelican_linkback.text.printable import add_place, printable

__all__ = [
    "Hook",
    "bound",
    "declaring",
    "explain",
    "is_silent",
    "of_each",
    "resolve",
    "shown",
    "silent_without",
    "unsaid",
]

T = TypeVar("T")

# Any: a hook takes what its author calls it with.
Hook: TypeAlias = Callable[[Any], object]  # type: ignore[explicit-any]
"""An aspect as a function of its subject, an object or an item."""

Declared: TypeAlias = Callable[..., object]  # type: ignore[explicit-any]
"""A callable as its class declares it, whatever its arguments are."""


def resolve(feed: object, name: str, subject: object, default: object = None) -> object:
    """Return the aspect ``name`` of ``feed`` for ``subject``, an object or an item.

    A callable that can take one argument is called with ``subject``, any other callable
    without; what is not callable, and a class, is the value itself. Arguments are counted by
    the signature, never by trying, so that a TypeError from inside a hook is seen for what it
    is; every error from there has a note that names the hook and the subject. ``default`` is
    for an aspect that the class does not have: a property that raises AttributeError has a
    bug, and raises FeedError.
    """
    try:
        return _look_up(feed, name, default, subject)
    except FeedError as error:
        explain(error, name, None, subject)
        raise
    except FAULTS as error:
        explain(error, name, bound(feed, name, default), subject)
        raise


def bound(feed: object, name: str, default: object = None) -> Hook | None:
    """Return ``resolve`` for one aspect, computed once for many subjects.

    None if it is None for each. It is valid as long as the instance has the same attributes. If it
    raises an error, call ``explain``.
    """
    declared = _declared(feed, name)
    if declared is _dynamic:
        return functools.partial(_look_up, feed, name, default)
    if isinstance(declared, FunctionType):
        return _called(feed, name, MethodType(declared, feed))
    value = default if declared is _missing else declared
    if value is None:
        return None
    return (lambda _: value) if declared is _missing else _called(feed, name, value)


def unsaid(names: Iterable[str], feed: object) -> frozenset[str]:
    """Return those of ``names`` for which ``bound`` returns None."""
    declared = {name: _declared(feed, name) for name in names}
    return frozenset(name for name, said in declared.items() if said is None or said is _missing)


_needed: dict[object, tuple[str, ...]] = {}


def silent_without(*aspects: str) -> Callable[[T], T]:
    """Declare that a default says nothing where its class declares none of ``aspects``."""

    def declare(method: T) -> T:
        _needed[method] = aspects
        return method

    return declare


def is_silent(feed: object, name: str) -> bool:
    """Return whether ``feed`` has a default for an aspect, and that says nothing."""
    declared = _declared(feed, name)
    needed = _needed.get(declared) if isinstance(declared, FunctionType) else None
    return needed is not None and len(unsaid(needed, feed)) == len(needed)


def of_each(feed: object, name: str, subjects: Iterable[object]) -> list[object]:
    """Return the results of ``resolve`` for one aspect and each of many subjects."""
    hook = bound(feed, name)
    values: list[object] = []
    for subject in subjects:
        try:
            values.append(hook(subject) if hook else None)
        except FAULTS as error:
            explain(error, name, hook, subject)
            raise
    return values


def explain(error: BaseException, name: str, hook: Hook | None, subject: object) -> None:
    """Add a note to an error that ``hook`` raised for ``subject``: where it comes from.

    A TypeError of a method that takes ``*args`` may come from a decorator that hides the arguments
    of the method under it.
    """
    place = f"{name} of {shown(subject)}"
    if isinstance(error, TypeError) and isinstance(hook, MethodType) and _is_variadic(hook):
        place += " (it takes any arguments: a decorator has to use @functools.wraps)"
    add_place(error, place)


def shown(subject: object) -> str:
    """Return the name of an object or an item in messages: an article by its source path."""
    if subject is None:
        return "the site"  # the object of a feed without objects
    try:
        source_path = getattr(subject, "get_relative_source_path", None)
        return printable(repr((source_path and source_path()) or subject))
    except FAULTS:  # whatever an object of the author's may raise
        return f"a {type(subject).__name__}"


_missing = object()
_dynamic = object()

_USUAL = frozenset({FunctionType, NoneType, bool, int, str, tuple})
"""The types that a class mostly declares: a function, or a plain value."""


def _declared(feed: object, name: str) -> object:
    """Return what the class of ``feed`` declares: a function, or the value itself.

    ``_missing`` means not declared, ``_dynamic`` means that it has to be looked up for each
    subject, such as properties and the attributes of the instance.
    """
    cls = type(feed)
    if cls.__getattribute__ is not object.__getattribute__ or name in feed.__dict__:
        return _dynamic
    declared = _static(cls, name)
    if declared is _missing:
        return _dynamic if hasattr(cls, "__getattr__") else _missing
    kind = type(declared)
    if kind in _USUAL or not hasattr(kind, "__get__") or isinstance(declared, functools.partial):
        return declared
    return _dynamic


def _static(cls: type, name: str) -> object:
    """Return an attribute of a class as declared, not bound to anything."""
    for each in cls.__mro__:  # a generator would take twice as long
        declared = each.__dict__.get(name, _missing)
        if declared is not _missing:
            return declared
    return _missing


def _look_up(feed: object, name: str, default: object, subject: object) -> object:
    """Return an aspect for ``subject`` by a look-up."""
    attribute: object = getattr(type(feed), name, _missing)
    # Python 3.13 warns where a partial of the class is looked up.
    if not isinstance(attribute, functools.partial) or name in vars(feed):
        attribute = getattr(feed, name, _missing)
    if isinstance(attribute, type) or (not callable(attribute) and attribute is not _missing):
        return attribute
    if isinstance(attribute, MethodType) and isinstance(attribute.__func__, FunctionType):
        # The usual case; ``_called`` would say the same, and ``_static`` is slow.
        takes_subject, _ = _read_once(attribute.__func__, 1)
        if takes_subject is not None:
            return attribute(subject) if takes_subject else attribute()
        return _called(feed, name, attribute)(subject)
    static = _static(type(feed), name)
    if attribute is _missing:
        if static is _missing:
            return default
        attribute = _insist(feed, name, subject)
    if isinstance(static, functools.singledispatchmethod):
        return cast("Hook", attribute)(
            subject
        )  # it dispatches on the subject; its signature has self, too
    return _called(feed, name, attribute)(subject)


def _insist(feed: object, name: str, subject: object) -> object:
    """Return an attribute that seemed missing though it is declared, or raise FeedError."""
    try:
        return getattr(feed, name)
    except AttributeError as error:
        message = (
            f"the property {name} raises AttributeError ({printable(error)}) for {shown(subject)}; "
            "fix it, or remove it"
        )
        raise FeedError(type(feed).__name__, message) from error


def _called(feed: object, name: str, attribute: object) -> Hook:
    """Return ``attribute`` as a function of the subject, whether it takes one or not."""
    if not callable(attribute) or isinstance(attribute, type):
        return lambda _: attribute
    takes_subject, signature = _reading(attribute)
    if takes_subject is None:
        message = (
            f"{name}{signature} cannot be called: write def {name}(self) or "
            f"def {name}(self, {_subject_of(name)}), and use @functools.wraps in a decorator"
        )
        raise FeedError(type(feed).__name__, message)
    return attribute if takes_subject else lambda _: attribute()


def _subject_of(name: str) -> str:
    """Return what the subject of an aspect is, as its argument is mostly called."""
    if name.startswith("item_") or name in {"filter", "order_by"}:
        return "item"
    return "site" if name == "objects" else "obj"


Reading = tuple[bool | None, inspect.Signature | None]
"""Whether a hook takes the subject (None: it can be called neither way), and its signature."""


def _reading(hook: Declared) -> Reading:
    # The first argument of a method is self.
    function, own = (hook.__func__, 1) if isinstance(hook, MethodType) else (hook, 0)
    return (_read_once if isinstance(function, FunctionType) else _read)(function, own)


def _read(function: Declared, own: int) -> Reading:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return True, None  # a builtin without a signature: it can only be meant for the subject
    for takes_subject in (True, False):
        if _accepts(signature, own + takes_subject):
            return takes_subject, signature
    return None, signature


# A hook is called for every item of every feed; reading a signature costs more than most hooks.
_read_once = functools.lru_cache(maxsize=1024)(_read)


def _accepts(signature: inspect.Signature, arguments: int) -> bool:
    try:
        signature.bind(*[None] * arguments)
    except TypeError:
        return False
    return True


def _is_variadic(method: MethodType) -> bool:
    signature = _reading(method)[1]
    parameters = signature.parameters.values() if signature else ()
    return any(each.kind is each.VAR_POSITIONAL for each in parameters)


def declaring(feed: type, aspect: str) -> type | None:
    """Return the class that declares an aspect of a Feed class; None if none does."""
    return next((cls for cls in feed.__mro__ if aspect in vars(cls)), None)

"""One resolver: an aspect of a Feed is a value, a method, or a method of the object."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from types import FunctionType, MethodType
from typing import Any

from pelican_linkback.exceptions import FeedError
from pelican_linkback.text.printable import harmless

__all__ = ["bound", "described", "explain", "noted", "of_each", "resolve", "shown"]

LONGEST = 1000
"""Characters that are told of an error."""


def resolve(feed: object, name: str, subject: object, default: Any = None) -> Any:
    """Return the aspect ``name`` of ``feed`` for ``subject``, an object or an item.

    A callable that can take one argument is called with ``subject``, any other callable
    without; what is not callable, and a class, is the value itself. Arguments are counted by
    the signature, never by trying, so that a TypeError from inside a hook is seen for what it
    is; every error from there has a note that names the hook and the subject. ``default`` is
    for an aspect that the class does not have: a property that raises AttributeError has a
    bug, and is told as a FeedError.
    """
    attribute = getattr(feed, name, _missing)
    if attribute is _missing:
        if not hasattr(type(feed), name):
            return default
        attribute = _insist(feed, name, subject)
    if not callable(attribute) or isinstance(attribute, type):
        return attribute
    takes_subject, signature = _reading(feed, name, attribute)
    if takes_subject is None:
        raise _wrong_signature(feed, name, str(signature), subject)
    try:
        return attribute(subject) if takes_subject else attribute()
    except Exception as error:
        _explain(feed, name, signature, error, subject)
        raise


def bound(feed: object, name: str, default: Any = None) -> Callable[[Any], Any] | None:
    """Return ``resolve`` for one aspect, made out once for many subjects.

    None where it is None for each. It is good as long as the instance has the attributes that it
    has now, by their names. Where it raises an error, call ``explain``.
    """
    declared = _declared(type(feed), name, default)
    if name in vars(feed) or declared is _unknown:
        return functools.partial(resolve, feed, name, default=default)
    if declared is None:
        return None
    if not isinstance(declared, FunctionType):
        return lambda _: declared
    takes_subject, _ = _read_once(declared, 1)
    method: Callable[[Any], Any] = getattr(feed, name)
    return method if takes_subject else functools.partial(resolve, feed, name)


def of_each(feed: object, name: str, subjects: Iterable[Any]) -> list[Any]:
    """Return what ``resolve`` returns for one aspect and each of many subjects."""
    hook = bound(feed, name)
    values: list[Any] = []
    for subject in subjects:
        try:
            values.append(hook(subject) if hook else None)
        except Exception as error:
            explain(feed, name, hook, error, subject)
            raise
    return values


def explain(
    feed: object, name: str, hook: Callable[..., Any] | None, error: Exception, subject: object
) -> None:
    """Note on what ``hook`` raised for ``subject`` where it comes from, or raise a FeedError."""
    if isinstance(hook, MethodType):  # otherwise resolve has done it
        _explain(feed, name, _read_once(hook.__func__, 1)[1], error, subject)


def shown(subject: object) -> str:
    """Return how a message names an object or an item: an article by its source path."""
    if subject is None:
        return "the site"  # the object of a feed without objects
    source_path = getattr(subject, "get_relative_source_path", None)
    return harmless(repr((source_path and source_path()) or subject))


def noted(error: Exception, where: str) -> None:
    """Note on ``error`` the place in the feed class that raised it; the innermost is enough."""
    if not getattr(error, "__notes__", ()):
        error.add_note(where)


def described(error: Exception) -> str:
    """Return an error for people: what it is, and where in the feed class it came from."""
    # Not its repr: an OSError names its file in its words alone.
    words = harmless(f"{type(error).__name__}: {error}".removesuffix(": "), LONGEST)
    return ", in ".join([words, *getattr(error, "__notes__", ())])


_missing = object()
_unknown = object()


def _declared(cls: type, name: str, default: Any) -> Any:
    """Return the function or the value that a class declares, else ``default``.

    ``_unknown`` stands for all that has to be asked anew each time, such as a property.
    """
    if any("__getattr__" in vars(each) for each in cls.__mro__):
        return _unknown
    declared = next((vars(each)[name] for each in cls.__mro__ if name in vars(each)), default)
    is_value = not callable(declared) and not hasattr(declared, "__get__")
    return declared if is_value or isinstance(declared, FunctionType) else _unknown


def _insist(feed: Any, name: str, subject: object) -> object:
    """Return an attribute that passed for absent though it is declared, or tell what is wrong."""
    try:
        return getattr(feed, name)
    except AttributeError as error:
        message = (
            f"the property {name} raises AttributeError ({error}) for {shown(subject)}; "
            "mend it, or remove it"
        )
        raise FeedError(type(feed).__name__, message) from error


def _explain(
    feed: object, name: str, signature: inspect.Signature | None, error: Exception, subject: object
) -> None:
    if not isinstance(error, TypeError) or not _is_bare_wrapper(signature, error):
        noted(error, f"{name} of {shown(subject)}")
        return
    message = (
        f"{name} is decorated by a function that hides its arguments ({error}); "
        "use @functools.wraps in the decorator"
    )
    raise FeedError(type(feed).__name__, message) from error


Reading = tuple[bool | None, inspect.Signature | None]
"""Whether a hook takes the subject (None: it can be called neither way), and its signature."""


def _reading(feed: object, name: str, hook: Callable[..., Any]) -> Reading:
    if isinstance(hook, MethodType):
        function, own = hook.__func__, 1  # the first argument is self
    elif isinstance(inspect.getattr_static(feed, name, None), functools.singledispatchmethod):
        return True, None  # it dispatches on the subject; the signature it shows has self, too
    else:
        function, own = hook, 0
    return (_read_once if isinstance(function, FunctionType) else _read)(function, own)


def _read(function: Callable[..., Any], own: int) -> Reading:
    try:
        signature = inspect.signature(function)
    except ValueError:
        return True, None  # a builtin that does not tell: it can only be meant for the subject
    for takes_subject in (True, False):
        if _accepts(signature, own + takes_subject):
            return takes_subject, signature
    return None, signature


# A hook is called for every item of every feed; to read a signature costs more than most hooks.
_read_once = functools.lru_cache(maxsize=1024)(_read)


def _accepts(signature: inspect.Signature, arguments: int) -> bool:
    try:
        signature.bind(*[None] * arguments)
    except TypeError:
        return False
    return True


def _wrong_signature(feed: object, name: str, signature: str, subject: object) -> FeedError:
    message = (
        f"{name}{signature} cannot be called for {shown(subject)}: write "
        f"def {name}(self) or def {name}(self, obj), and use @functools.wraps in a decorator"
    )
    return FeedError(type(feed).__name__, message)


def _is_bare_wrapper(signature: inspect.Signature | None, error: TypeError) -> bool:
    """Tell whether a ``*args`` hook handed on a number of arguments that does not fit."""
    parameters = signature.parameters.values() if signature else ()
    variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    trace = error.__traceback__
    frames = 0
    while trace is not None:
        frames, trace = frames + 1, trace.tb_next
    return variadic and frames == 2 and "argument" in str(error)

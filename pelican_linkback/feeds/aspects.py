"""One resolver: an aspect of a Feed is a value, a method, or a method of the object."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from pelican_linkback.exceptions import FeedError

__all__ = ["resolve"]


def resolve(feed: object, name: str, subject: object, default: Any = None) -> Any:
    """Return the aspect ``name`` of ``feed`` for ``subject``, an object or an item.

    A callable that can take one argument is called with ``subject``, any other callable
    without; what is not callable, and a class, is the value itself. Arguments are counted by
    the signature, never by trying, so that a TypeError from inside a hook is seen for what it
    is. ``default`` is for an aspect that the class does not have: a property that raises
    AttributeError has a bug, and the error is let through as a FeedError.
    """
    try:
        attribute = getattr(feed, name)
    except AttributeError as error:
        if not _declares(feed, name):
            return default
        message = f"the property {name} raises AttributeError ({error}); mend it, or remove it"
        raise FeedError(type(feed).__name__, message) from error
    if not callable(attribute) or isinstance(attribute, type):
        return attribute
    return _call(feed, name, attribute, subject)


def _declares(feed: object, name: str) -> bool:
    missing = object()
    return inspect.getattr_static(feed, name, missing) is not missing


def _call(feed: object, name: str, hook: Callable[..., Any], subject: object) -> Any:
    try:
        signature = inspect.signature(hook)
    except ValueError:  # a builtin that does not tell: it can only be meant for the subject
        return hook(subject)
    if _accepts(signature, subject):
        arguments: tuple[object, ...] = (subject,)
    elif _accepts(signature):
        arguments = ()
    else:
        message = (
            f"{name}{signature} cannot be called for {subject!r}: write "
            f"def {name}(self) or def {name}(self, obj)"
        )
        raise FeedError(type(feed).__name__, message)
    try:
        return hook(*arguments)
    except TypeError as error:
        if not _is_bare_wrapper(signature, error):
            raise
        message = (
            f"{name} is decorated by a function that hides its arguments ({error}); "
            "use @functools.wraps in the decorator"
        )
        raise FeedError(type(feed).__name__, message) from error


def _accepts(signature: inspect.Signature, *arguments: object) -> bool:
    try:
        signature.bind(*arguments)
    except TypeError:
        return False
    return True


def _is_bare_wrapper(signature: inspect.Signature, error: TypeError) -> bool:
    """Tell whether a ``*args`` hook failed in its own first line of calls: a wrapper's fault."""
    variadic = any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values())
    trace = error.__traceback__
    frames = 0
    while trace is not None:
        frames, trace = frames + 1, trace.tb_next
    return variadic and frames == 2

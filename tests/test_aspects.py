"""The resolver: an aspect is a value, a method, or a method of the object."""

import functools
import operator

import pytest

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds.aspects import resolve


class Callable:
    def __call__(self, obj):
        return f"callable {obj}"


def unwrapped(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def wrapped(function):
    return functools.wraps(function)(unwrapped(function))


class Aspects:
    value = "value"
    empty = None
    a_class = Callable
    callable_object = Callable()
    partial = functools.partial("{} {}".format, "partial")
    getter = operator.attrgetter("real")
    builtin = staticmethod(min)

    def method(self):
        return "method"

    def method_of_object(self, obj):
        return f"method of {obj}"

    def with_default(self, obj="default"):
        return f"got {obj}"

    def with_any(self, *args):
        return f"got {args}"

    @staticmethod
    def static():
        return "static"

    @staticmethod
    def static_of_object(obj):
        return f"static of {obj}"

    @classmethod
    def class_of_object(cls, obj):
        return f"{cls.__name__} of {obj}"

    @wrapped
    def decorated(self):
        return "decorated"

    @unwrapped
    def badly_decorated_of_object(self, obj):
        return f"lucky {obj}"

    @unwrapped
    def badly_decorated(self):
        return "never"

    def two(self, obj, more):
        return "never"

    def broken(self, obj):
        return len(obj)

    def broken_variadic(self, *args):
        return self._deeper(*args)

    def _deeper(self, obj):
        return len(obj)

    @property
    def a_property(self):
        return "property"

    @property
    def broken_property(self):
        return self.nothing_of_that_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("value", "value"),
        ("empty", None),
        ("a_class", Callable),
        ("a_property", "property"),
        ("method", "method"),
        ("method_of_object", "method of 7"),
        ("with_default", "got 7"),
        ("with_any", "got (7,)"),
        ("static", "static"),
        ("static_of_object", "static of 7"),
        ("class_of_object", "Aspects of 7"),
        ("callable_object", "callable 7"),
        ("partial", "partial 7"),
        ("getter", 7),
        ("decorated", "decorated"),
        ("badly_decorated_of_object", "lucky 7"),
        ("absent", "the default"),
    ],
)
def test_an_aspect_resolves(name, expected):
    assert resolve(Aspects(), name, 7, "the default") == expected


def test_a_builtin_that_hides_its_signature_is_called_with_the_subject():
    assert resolve(Aspects(), "builtin", [3, 1, 2]) == 1


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("two", r"Aspects: two\(obj, more\) cannot be called for 7: write def two\(self\) or"),
        ("badly_decorated", r"badly_decorated is decorated .* use @functools\.wraps"),
        ("broken_property", r"the property broken_property raises AttributeError .*nothing_of"),
    ],
)
def test_a_hook_that_cannot_be_used_is_named_with_the_remedy(name, says):
    with pytest.raises(FeedError, match=says):
        resolve(Aspects(), name, 7)


@pytest.mark.parametrize("name", ["broken", "broken_variadic"])
def test_an_error_inside_a_hook_is_seen_for_what_it_is(name):
    with pytest.raises(TypeError, match="has no len"):
        resolve(Aspects(), name, 7)

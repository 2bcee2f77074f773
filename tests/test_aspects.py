"""The resolver: an aspect is a value, a method, or a method of the object."""

import functools
import operator
from pathlib import Path
from types import MethodType

import pytest

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds.framework.resolver import bound, resolve, shown, unsaid
from pelican_linkback.text.printable import described


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

    @wrapped
    def decorated_of_object(self, obj):
        return f"decorated of {obj}"

    @functools.cache  # noqa: B019
    def cached(self, obj):
        return f"cached {obj}"

    @functools.singledispatchmethod
    def dispatched(self, obj):
        return "of any object"

    @dispatched.register
    def _(self, obj: int):
        return "of a number"

    def without_self():
        return "never"

    def variadic_with_a_bug(self, *args):
        return len(7)

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
        ("decorated_of_object", "decorated of 7"),
        ("cached", "cached 7"),
        ("dispatched", "of a number"),
        ("badly_decorated_of_object", "lucky 7"),
        ("absent", "the default"),
    ],
)
def test_an_aspect_resolves(name, expected):
    assert resolve(Aspects(), name, 7, "the default") == expected
    hook = bound(Aspects(), name, "the default")
    assert (hook(7) if hook else None) == expected


def test_what_is_unsaid_is_none_for_any_object():
    names = {"absent", *(name for name in vars(Aspects) if name[:2] != "__")}
    aspects = Aspects()
    assert unsaid(names, aspects) == {"absent", "empty"}
    aspects.absent = "own"
    assert unsaid(names, aspects) == {"empty"}
    assert resolve(aspects, "empty", 7) is None


@pytest.mark.parametrize("name", ["value", "method_of_object", "a_property", "absent"])
def test_an_attribute_of_the_instance_comes_first(name):
    aspects = Aspects()
    vars(aspects)[name] = lambda obj: f"own {obj}"
    expected = "property" if name == "a_property" else "own 7"
    assert bound(aspects, name)(7) == resolve(aspects, name, 7) == expected


def test_an_attribute_that_a_class_makes_up_is_asked_for_each_time():
    class MadeUp:
        count = 0

        def __getattr__(self, name):
            self.count += 1
            return f"{name} {self.count}"

    hook = bound(MadeUp(), "anything")
    assert [hook(None), hook(None)] == ["anything 1", "anything 2"]


def test_what_a_class_does_not_make_up_is_absent():
    class Partly:
        def __getattr__(self, name):
            raise AttributeError(name)

    assert resolve(Partly(), "anything", 7, "the default") == "the default"
    assert bound(Partly(), "anything")(7) is None


def test_a_builtin_that_hides_its_signature_is_called_with_the_subject():
    assert resolve(Aspects(), "builtin", [3, 1, 2]) == 1


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "two",
            r"Aspects: two\(self, obj, more\) cannot be called: write def two\(self\) or",
        ),
        ("without_self", r"without_self\(\) cannot be called: write def .*@functools\.wraps"),
        ("broken_property", r"the property broken_property raises AttributeError .*nothing_of"),
    ],
)
def test_a_hook_that_cannot_be_used_is_named_with_the_remedy(name, says):
    with pytest.raises(FeedError, match=says):
        resolve(Aspects(), name, 7)


@pytest.mark.parametrize(
    ("name", "subject"),
    [("item_title", "item"), ("order_by", "item"), ("objects", "site"), ("title", "obj")],
)
def test_the_remedy_says_what_the_aspect_is_called_with(name, subject):
    feed = type("Wrong", (), {name: lambda self, obj, more: None})()
    with pytest.raises(FeedError, match=rf"def {name}\(self\) or def {name}\(self, {subject}\)"):
        resolve(feed, name, 7)


HINT = " (it takes any arguments: a decorator has to use @functools.wraps)"


@pytest.mark.parametrize(
    ("name", "hint"), [("broken", ""), ("broken_variadic", HINT), ("variadic_with_a_bug", HINT)]
)
def test_an_error_inside_a_hook_is_seen_for_what_it_is(name, hint):
    with pytest.raises(TypeError, match="has no len") as caught:
        resolve(Aspects(), name, 7)
    assert described(caught.value) == f"TypeError: {caught.value}, in {name} of 7{hint}"


def test_a_decorator_that_hides_the_arguments_is_suspected():
    with pytest.raises(TypeError, match="1 positional argument but 2 were given") as caught:
        resolve(Aspects(), "badly_decorated", 7)
    assert described(caught.value).endswith(f"in badly_decorated of 7{HINT}")


class MethodPartial(functools.partial):
    """What functools.partial is from Python 3.14 on: bound to the instance when looked up."""

    def __get__(self, instance, owner=None):
        return self if instance is None else MethodType(self, instance)


class WarningPartial(functools.partial):
    """What functools.partial is in Python 3.13: it warns when it is looked up."""

    def __get__(self, instance, owner=None):
        assert instance is None
        return self


def test_no_partial_is_looked_up_that_would_warn():
    class Now:
        aspect = WarningPartial("{} {}".format, "partial")

    assert resolve(Now(), "aspect", 7) == bound(Now(), "aspect")(7) == "partial 7"


@pytest.mark.parametrize("override", ["mine", functools.partial("{} {}".format, "own")])
def test_a_partial_of_the_class_gives_way_to_what_the_instance_has(override):
    class Now:
        aspect = WarningPartial("{} {}".format, "partial")

    feed = Now()
    feed.aspect = override
    expected = "mine" if override == "mine" else "own 7"
    assert resolve(feed, "aspect", 7) == bound(feed, "aspect")(7) == expected


def test_a_partial_gets_the_subject_on_every_python():
    class Later:
        aspect = MethodPartial("{} {}".format, "partial")

    hook = bound(Later(), "aspect")
    assert resolve(Later(), "aspect", 7) == hook(7) == "partial 7"


def test_a_class_that_answers_for_its_attributes_is_asked_each_time():
    class Answering:
        value = "declared"

        def __getattribute__(self, name):
            return "answered" if name == "value" else super().__getattribute__(name)

    assert bound(Answering(), "value")(7) == resolve(Answering(), "value", 7) == "answered"


class Unsigned:
    """A callable whose signature cannot be read."""

    __signature__ = "none"

    def __call__(self, obj):
        return f"unsigned {obj}"


def test_a_callable_without_a_readable_signature_is_called_with_the_subject():
    assert resolve(type("Odd", (), {"hook": Unsigned()})(), "hook", 7) == "unsigned 7"


def test_the_innermost_hook_is_named():
    class Nested:
        def outer(self, obj):
            return resolve(self, "inner", obj)

        def inner(self):
            raise LookupError("lost")

    with pytest.raises(LookupError) as caught:
        resolve(Nested(), "outer", 7)
    assert described(caught.value) == "LookupError: lost, in inner of 7"


def test_a_file_that_is_missing_is_named():
    with pytest.raises(FileNotFoundError) as caught:
        Path("/nowhere/at-all.txt").read_text()
    assert described(caught.value).endswith("No such file or directory: '/nowhere/at-all.txt'")
    assert described(KeyError()) == "KeyError"


class Shy(Exception):
    """Cannot be shown."""

    def __str__(self):
        raise ValueError

    __repr__ = __str__


def test_an_error_and_a_subject_that_cannot_be_shown_are_named_by_their_type():
    def broken(subject):
        raise Shy

    with pytest.raises(Shy) as caught:
        resolve(type("Broken", (), {"hook": staticmethod(broken)})(), "hook", Shy())
    assert described(caught.value) == (
        "Shy: <Shy, whose __str__ raises ValueError>, in hook of a Shy"
    )


def test_a_note_of_the_authors_own_hides_no_place():
    def broken(subject):
        error = LookupError("lost")
        error.add_note("look behind the sofa")
        raise error

    with pytest.raises(LookupError) as caught:
        resolve(type("Broken", (), {"hook": staticmethod(broken)})(), "hook", 7)
    assert described(caught.value) == "LookupError: lost, in hook of 7"


def test_an_article_is_named_by_its_source():
    class Article:
        def get_relative_source_path(self):
            return "boats/a.md"

    assert shown(Article()) == "'boats/a.md'"

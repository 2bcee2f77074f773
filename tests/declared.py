"""The aspects of a feed, as the package declares them: every list of them is held to this one."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from types import ModuleType

from pelican_linkback.feeds.framework import aspects, feed


def _body(module: ModuleType, name: str) -> list[ast.stmt]:
    (cls,) = [
        node
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.ClassDef) and node.name == name
    ]
    return cls.body


def _annotated(module: ModuleType, name: str) -> dict[str, str]:
    """The attributes that a class annotates, and the string below each; "" where there is none."""
    return {
        node.target.id: after.value.value if isinstance(after, ast.Expr) else ""
        for node, after in pairwise([*_body(module, name), ast.Pass()])
        if isinstance(node, ast.AnnAssign)
    }


def _marked(module: ModuleType, name: str, marks: set[str]) -> set[str]:
    """The methods of a class that have one of these decorators: type checkers alone see some."""
    return {
        method.name
        for method in _body(module, name)
        if isinstance(method, ast.FunctionDef)
        and marks & {getattr(each, "id", "") for each in method.decorator_list}
    }


TYPED = _annotated(aspects, "Aspects")
"""Those without a default, or with a plain value: ``framework/aspects.py``."""

DEFAULTS = _marked(feed, "Feed", {"default", "hook"})
"""Those that are methods of Feed: ``framework/feed.py``."""

ASPECTS = sorted({*TYPED, *DEFAULTS})


def assert_names_each_aspect(there: object, what: str, where: str) -> None:
    """Fail if an aspect is missing, or a name ``there`` is no aspect; say which file to change."""
    names = set(there)
    missing, unknown = sorted(set(ASPECTS) - names), sorted(names - set(ASPECTS))
    assert not missing, f"{what} lacks {', '.join(missing)}: add them in {where}"
    assert not unknown, (
        f"{what} has {', '.join(unknown)}, which nothing declares: declare them in "
        f"pelican_linkback/feeds/framework/aspects.py, or take them out of {where}"
    )

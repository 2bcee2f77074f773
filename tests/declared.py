"""The aspects of a feed, as the package declares them: every list of them is held to this one."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

from pelican_linkback.feeds.framework import aspects, feed


def _marked(module: ModuleType, name: str, marks: set[str]) -> dict[str, ast.FunctionDef]:
    """The methods of a class that have one of these decorators: type checkers alone see some."""
    tree = ast.parse(inspect.getsource(module))
    (cls,) = [node for node in tree.body if getattr(node, "name", "") == name]
    return {
        method.name: method
        for method in ast.walk(cls)
        if isinstance(method, ast.FunctionDef)
        and marks & {getattr(each, "id", "") for each in method.decorator_list}
    }


TYPED = _marked(aspects, "Aspects", {"property"})
"""Those without a default, or with a plain value: ``framework/aspects.py``."""

DEFAULTS = _marked(feed, "Feed", {"default", "hook"})
"""Those that are methods of Feed: ``framework/feed.py``."""

ASPECTS = sorted({*TYPED, *DEFAULTS})


def forgotten(there: object, what: str, where: str) -> None:
    """Fail if an aspect is not ``there``, or what is there is none; say which file to change."""
    names = set(there)
    if missing := sorted(set(ASPECTS) - names):
        raise AssertionError(f"{what} lacks {', '.join(missing)}: add them in {where}")
    if unknown := sorted(names - set(ASPECTS)):
        raise AssertionError(
            f"{what} has {', '.join(unknown)}, which nothing declares: declare them in "
            f"pelican_linkback/feeds/framework/aspects.py, or take them out of {where}"
        )

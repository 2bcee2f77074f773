"""The faults of ``make mutants``: what is changed, and that each change can be read again."""

from __future__ import annotations

import ast

import pytest

from tests.mutants.faults import faults

CHANGES = {
    "a == b": {"(a != b)"},
    "a < b": {"(a <= b)"},
    "a is not b": {"(a is b)"},
    "a and b": {"(a or b)", "(a)", "(b)"},
    "not a": {"(a)"},
    "b if a else c": {"b if (not (a)) else c"},
    "any(a)": {"all(a)"},
    "x = True": {"x = False"},
    "x = 'é', 1": {"x = 'é', 2", "x = (1,)", "x = ('é',)"},
    "a + b": {"(a)", "(b)"},
    "a - b": {"(a + b)"},
    "f(a)": {"pass"},
    "x += a": {"pass"},
    "x = {a, b}": {"x = {a,}", "x = {b,}"},
    "def f(x: int | None = 1) -> int | 3: 'What it is: 1'": {
        "def f(x: int | None = 2) -> int | 3: 'What it is: 1'"
    },
    "x = f'{a:1}'": set(),
    "if TYPE_CHECKING: f(a)": set(),
    "@dataclass(frozen=True)\nclass A: pass": set(),
}


@pytest.mark.parametrize("source", CHANGES, ids=str)
def test_a_line_has_these_faults(source: str) -> None:
    changed = {fault.applied(source) for fault in faults(source)}
    assert {each for each in changed if not _only_a_call(source, each)} == CHANGES[source]


def _only_a_call(source: str, changed: str) -> bool:
    """``any(a)`` stands alone as a statement here, so that it can be left out, too."""
    return changed == "pass" and source.startswith("any")


def test_each_fault_of_a_function_can_be_read() -> None:
    source = (
        "def f(a):\n    for each in a:\n        if not each: continue\n        return 'ü', each\n"
    )
    found = list(faults(source))
    assert {fault.line for fault in found} == {3, 4}
    for fault in found:
        ast.parse(fault.applied(source))

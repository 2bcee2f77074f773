"""The faults that can be put into a piece of source text.

Pure: ``faults`` reads text and gives each change as data; nothing is written.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One change: the characters from ``start`` to ``end`` become ``text``."""

    line: int
    start: int
    end: int
    text: str

    def applied(self, source: str) -> str:
        """The source with the fault in it."""
        return source[: self.start] + self.text + source[self.end :]


_OPPOSITES: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


def faults(source: str) -> Iterator[Fault]:
    """Every fault that can be put into this module."""
    tree = ast.parse(source)
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    unseen = _types_and_docs(tree)
    for node in ast.walk(tree):
        if node in unseen:
            continue
        for old, new in (*_conditions(node), *_values(node)):
            start, end = _place(old, starts, source)
            if new != source[start:end]:
                yield Fault(node.lineno, start, end, new)  # type: ignore[attr-defined]


def _place(node: ast.expr | ast.stmt, starts: list[int], source: str) -> tuple[int, int]:
    """Where the node stands, in characters (the tree counts the bytes of UTF-8)."""

    def offset(line: int, column: int) -> int:
        begin = starts[line - 1]
        text = source[begin : starts[line]]
        return begin + len(text.encode()[:column].decode())

    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)


def _types_and_docs(tree: ast.Module) -> set[ast.AST]:
    """What changes nothing that runs: annotations, docstrings, imports for a type checker, and how
    a dataclass is made (``frozen`` and ``slots`` guard against code that is not written).
    """
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if (typed := getattr(node, name, None)) is not None:
                found.update(ast.walk(typed))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.update(ast.walk(node))
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            found.update(ast.walk(node))
        if isinstance(node, ast.JoinedStr):
            found.update(ast.walk(node))
        for decorator in getattr(node, "decorator_list", ()):
            found.update(ast.walk(decorator))
    return found


def _conditions(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """What a condition may become, as source text."""
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            yield node, f"({ast.unparse(ast.Compare(left, [_OPPOSITES[type(operator)]], [right]))})"
        case ast.BoolOp(op=operator, values=values):
            other = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield node, f"({ast.unparse(ast.BoolOp(other, values))})"
            for value in values:
                kept = [each for each in values if each is not value]
                yield (
                    node,
                    f"({ast.unparse(kept[0] if len(kept) == 1 else ast.BoolOp(operator, kept))})",
                )
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield node, f"({ast.unparse(operand)})"
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield test, f"(not ({ast.unparse(test)}))"
        case ast.Call(func=ast.Name(id=name)) if name in _NAMES:
            yield node.func, _NAMES[name]


def _values(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """What a value or a statement may become, as source text."""
    match node:
        case ast.Constant(value=bool(value)):
            yield node, str(not value)
        case ast.Constant(value=int(value)):
            yield node, str(value + 1)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield node, f"({ast.unparse(left)})"
            yield node, f"({ast.unparse(right)})"
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield node, f"({ast.unparse(left)} + {ast.unparse(right)})"
        case ast.Return(value=ast.expr()):
            yield node, "return None"
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Continue() | ast.Break():
            yield node, "pass"
        case ast.Tuple(elts=elements, ctx=ast.Load()) | ast.Set(elts=elements) if len(elements) > 1:
            opening, closing = ("(", ")") if isinstance(node, ast.Tuple) else ("{", "}")
            for element in elements:
                kept = [ast.unparse(each) for each in elements if each is not element]
                yield node, f"{opening}{', '.join(kept)},{closing}"

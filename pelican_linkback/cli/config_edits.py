"""Text in, text out: what ``init`` changes in files that others wrote. Pure.

A function returns the text as it is where there is nothing to change, and None where it does not
understand what is there: then it is for the author to do.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

__all__ = ["git_pattern", "with_lines", "with_plugin", "with_setting"]

PLUGIN = "pelican_linkback"


def with_plugin(text: str, installed: Sequence[str]) -> str | None:
    """Return the settings ``text`` with this plugin in PLUGINS.

    Where the setting is missing, Pelican loads every plugin that is ``installed`` in its namespace;
    naming one would turn these off, so they are named, too.
    """
    found = _uses(text, "PLUGINS")
    if found is None or len(found) > 1:
        return None
    if not found:
        names = ", ".join(f'"{name}"' for name in (*installed, PLUGIN))
        return _ended(text) + _line(text, f"\nPLUGINS = [{names}]")
    value = found[0]
    if not isinstance(value, ast.List | ast.Tuple):
        return None
    known = [each.value for each in value.elts if isinstance(each, ast.Constant)]
    if len(known) < len(value.elts):
        return None
    return text if PLUGIN in known else _with_element(text, value)


def with_setting(text: str, name: str, value: str) -> str | None:
    """Return the settings ``text`` with ``name = value`` at its end, unless it has a value."""
    found = _uses(text, name)
    if found is None:
        return None
    return text if found else _ended(text) + _line(text, f"{name} = {value}")


def with_lines(text: str, lines: Sequence[str]) -> str:
    """Return ``text`` with those of ``lines`` at its end that it does not have."""
    known = set(map(str.strip, text.splitlines()))
    missing = [line for line in lines if line not in known]
    return _ended(text) + "".join(_line(text, line) for line in missing) if missing else text


def git_pattern(folder: str, names: str, *, quoted: bool = False) -> str:
    r"""Return the pattern of git for the files in ``folder`` that are like ``names``.

    For .gitignore, or ``quoted`` for .gitattributes: there a pattern ends at white space, unless
    it stands in quotation marks as in C (gitattributes(5)). ``[memory]`` becomes ``\[memory\]``.
    """
    pattern = re.sub(r"([\\\[\]*?]|^[!#])", r"\\\1", folder) + "/" + names
    if quoted and re.search(r'[\s"]|^!', pattern):
        escaped = pattern.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        return f'"{escaped}"'
    return pattern


def _uses(text: str, name: str) -> list[ast.expr] | None:
    """Return what ``name`` is set to; None where it is more than one plain assignment.

    A name may come from a star import that brings what nobody can see here, except from the
    configuration that publishconf.py continues.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    values = [
        statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id == name
    ]
    mentioned = [each for each in ast.walk(tree) if isinstance(each, ast.Name) and each.id == name]
    stars = {
        each.module
        for each in ast.walk(tree)
        if isinstance(each, ast.ImportFrom) and each.names[0].name == "*"
    }
    if len(mentioned) != len(values) or (not values and stars - {"pelicanconf"}):
        return None
    return values


def _with_element(text: str, value: ast.List | ast.Tuple) -> str | None:
    lines = text.splitlines(keepends=True)
    last = value.elts[-1] if value.elts else None
    if last is None:
        if isinstance(value, ast.Tuple):
            return None
        row, column, new = value.lineno, value.col_offset + 1, f'"{PLUGIN}"'
    else:
        alone = last.lineno > value.lineno and _is_blank(lines[last.lineno - 1], last.col_offset)
        indent = _line(text, "") + " " * last.col_offset if alone else " "
        row, column = last.end_lineno or 0, last.end_col_offset or 0
        new = f',{indent}"{PLUGIN}"'
    line = lines[row - 1].encode()  # ast counts in bytes
    lines[row - 1] = (line[:column] + new.encode() + line[column:]).decode()
    return "".join(lines)


def _is_blank(line: str, columns: int) -> bool:
    return not line.encode()[:columns].strip()


def _line(text: str, line: str) -> str:
    """Return ``line`` with the kind of ending that ``text`` has."""
    newline = "\r\n" if "\r\n" in text else "\n"
    return line.replace("\n", newline) + newline


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + _line(text, "")

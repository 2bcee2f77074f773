"""The changes that ``init`` makes to the files of a site. Pure: text in, text out.

A function returns its text unchanged if nothing is to be changed, and None if it does not
understand the text: then the author has to make the change. The new text is parsed again, to be
sure that it differs from the old one in this change only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pelican_linkback.text.regex import regex

__all__ = [
    "NAMES",
    "NOT_FOR_GIT",
    "git_pattern",
    "merge_line",
    "with_lines",
    "with_plugin",
    "with_setting",
    "without_plugin",
]

PLUGIN = "pelican_linkback"
NAMES = frozenset({PLUGIN, "linkback", "pelican.plugins.linkback"})
"""The names of this plugin in PLUGINS."""

NOT_FOR_GIT = ("*.lock", "*.idle", "discoveries.jsonl", "pulled.json", "inbox.sqlite*")
"""Files of the state folder that are not committed: locks, caches, and the receiver's database,
which has secrets."""


def with_plugin(text: str, beside: Sequence[str] | None) -> str | None:
    """Return the settings ``text`` with this plugin in PLUGINS.

    If the setting is missing, Pelican loads every plugin in its namespace package, this one too:
    nothing is changed, unless ``beside`` lists the plugins to load with it and no others.
    """
    plugins = _plugins(text)
    if plugins is None:
        return None
    value, names = plugins
    if value is None:
        if beside is None:
            return text
        missing = ", ".join(f'"{name}"' for name in (*beside, PLUGIN))
        return _ended(text) + _line(text, f"\nPLUGINS = [{missing}]")
    return text if NAMES.intersection(names) else _with_element(text, value, [*names, PLUGIN])


def without_plugin(text: str, plugins: Collection[str]) -> str | None:
    """Return the settings ``text`` without any of ``plugins`` in PLUGINS."""
    found = _plugins(text)
    if found is None:
        return None
    value, names = found
    for n, name in enumerate(names):
        if value is not None and name in plugins:
            shorter = _without_element(text, value, n, names[:n] + names[n + 1 :])
            return None if shorter is None else without_plugin(shorter, plugins)
    return text


def with_setting(text: str, name: str, value: str) -> str | None:
    """Return the settings ``text`` with ``name = value`` at its end, unless it has a value."""
    found = _uses(text, name)
    if found is None:
        return None
    return text if found else _ended(text) + _line(text, f"{name} = {value}")


def with_lines(text: str, lines: Sequence[str]) -> str:
    """Return ``text`` with the missing ones of ``lines`` added at its end."""
    known = set(map(str.strip, _LINE.findall(text)))
    missing = [line for line in lines if line not in known]
    return _ended(text) + "".join(_line(text, line) for line in missing) if missing else text


def merge_line(state: Path, folder: Path) -> str:
    """Return the line of ``folder/.gitattributes`` for the journals in ``state``."""
    name = state.relative_to(folder).as_posix() if state.is_relative_to(folder) else state.name
    return f"{git_pattern(name, '*.jsonl', quoted=True)} merge=union"


def git_pattern(folder: str, names: str, *, quoted: bool = False) -> str:
    r"""Return git's pattern for the files in ``folder`` whose names match ``names``.

    For .gitignore, or ``quoted`` for .gitattributes: there a pattern ends at white space, unless
    it is in quotation marks as in C (gitattributes(5)). ``[memory]`` becomes ``\[memory\]``.
    """
    pattern = re.sub(r"([\\\[\]*?]|^[!#])", r"\\\1", folder) + "/" + names
    if quoted and re.search(r'[\s"]|^!', pattern):
        escaped = pattern.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        return f'"{escaped}"'
    return pattern


def _values(tree: ast.Module, name: str) -> list[ast.expr]:
    """Return the values of the plain assignments to ``name``."""
    return [
        statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id == name
    ]


Plugins = ast.List | ast.Tuple


def _plugins(text: str) -> tuple[Plugins | None, list[str]] | None:
    """Return the value of PLUGINS (None if it is missing), and the names in it.

    Return None if it is anything but one list or tuple of names.
    """
    found = _uses(text, "PLUGINS")
    if found is None or len(found) > 1:
        return None
    if not found:
        return None, []
    value = found[0]
    if not isinstance(value, Plugins):
        return None
    names = [
        each.value
        for each in value.elts
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    return (value, names) if len(names) == len(value.elts) else None


def _uses(text: str, name: str) -> list[ast.expr] | None:
    """Return the values that ``name`` is set to; None if it is used in any other way.

    Also None if a star import may define it, except that of pelicanconf.py in publishconf.py.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    values = _values(tree, name)
    mentioned = [each for each in ast.walk(tree) if isinstance(each, ast.Name) and each.id == name]
    stars = {
        each.module
        for each in ast.walk(tree)
        if isinstance(each, ast.ImportFrom) and each.names[0].name == "*"
    }
    if len(mentioned) != len(values) or (not values and stars - {"pelicanconf"}):
        return None
    return values


def _with_element(text: str, value: Plugins, names: list[str]) -> str | None:
    """Return ``text`` with PLUGIN added at the end of ``value``, which then has ``names``."""
    begin, end = _span(text, value)
    if not value.elts:
        new, places = f'"{PLUGIN}"', iter([begin + 1])
    else:
        start, stop = _span(text, value.elts[-1])
        before = text[:start]
        line = max(before.rfind("\n"), before.rfind("\r")) + 1
        alone = line > begin and not before[line:].strip(" \t(")
        indent = _line(text, "") + before[line:].rstrip("(") if alone else " "
        new, places = f',{indent}"{PLUGIN}"', _ends(text, stop, end)
    return _first_with(names, text, ((place, place, new) for place in places))


def _without_element(text: str, value: Plugins, number: int, names: list[str]) -> str | None:
    """Return ``text`` without one element of ``value``, so that ``names`` are left."""
    spans = [_span(text, each) for each in value.elts]
    begin, end = _span(text, value)
    start, stop = spans[number]
    after = (at for following in spans[number + 1 : number + 2] for at in (following[0],))
    before = (at for preceding in spans[max(number - 1, 0) : number] for at in (preceding[1],))
    cuts = [
        *((start, at, "") for at in after),
        *((at, stop, "") for at in before),
        *((start, at, "") for at in _ends(text, stop, end)),
        (begin + 1, end - 1, ""),
    ]
    return _first_with(names, text, iter(cuts))


def _ends(text: str, start: int, stop: int) -> Iterator[int]:
    """Yield where an element may end: at ``start``, or after parentheses and a comma behind it."""
    yield start
    yield from (at + 1 for at in range(start, stop) if text[at] in "),")


Edit = tuple[int, int, str]
"""Start and end of what is replaced in a text, and the replacement."""


def _first_with(names: list[str], text: str, edits: Iterator[Edit]) -> str | None:
    """Return the text after the first of ``edits`` that sets PLUGINS to ``names``, no more."""
    wanted = _reading(text, names)
    for start, stop, new in edits:
        edited = text[:start] + new + text[stop:]
        if _reading(edited, None) == wanted:
            return edited
    return None


def _reading(text: str, names: list[str] | None) -> str:
    """Return a dump of the settings ``text``, with PLUGINS set to ``names`` if they are given."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ""
    for statement in tree.body:
        if names is not None and isinstance(statement, ast.Assign):
            target, value = statement.targets[0], statement.value
            if (
                isinstance(target, ast.Name)
                and target.id == "PLUGINS"
                and isinstance(value, Plugins)
            ):
                value.elts = [ast.Constant(name) for name in names]
    return ast.dump(tree)


_LINE = regex(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
"""A line as Python's parser reads it; str.splitlines would end lines at more characters."""


def _span(text: str, node: ast.expr) -> tuple[int, int]:
    """Return the start and end of a node in ``text``, in characters (ast counts bytes)."""
    lines = _LINE.findall(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def at(row: int, column: int) -> int:
        return starts[row - 1] + len(lines[row - 1].encode()[:column].decode())

    return at(node.lineno, node.col_offset), at(node.end_lineno or 0, node.end_col_offset or 0)


def _line(text: str, line: str) -> str:
    """Return ``line`` with the line ending that ``text`` uses."""
    newline = "\r\n" if "\r\n" in text else "\n"
    return line.replace("\n", newline) + newline


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + _line(text, "")

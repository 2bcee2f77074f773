"""The floors of the house: who may import whom."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pelican_linkback"
OWN = "pelican_linkback"

GROUND = {"exceptions", "text", "urls", "addresses", "markup", "deadline", "dialling", "abridging"}
SECOND = {"journal", "journal_lines", "settings", "web", "protocol"}
PRODUCTS = {"feeds", "delivery"}

# For each room the rooms and the packages that it may import, besides the standard library.
ROOMS: dict[str, tuple[set[str], set[str]]] = {
    **{room: (GROUND, set()) for room in GROUND},
    "markup": (GROUND, {"lxml"}),
    "protocol": (GROUND | {"protocol"}, set()),
    "journal_lines": (GROUND, set()),
    "journal": (GROUND | {"journal_lines"}, {"filelock"}),
    "values": (GROUND | {"protocol"}, set()),
    "settings": (GROUND | {"protocol", "values"}, set()),
    "transport": (set(), {"requests", "urllib3"}),
    "web": (GROUND | {"transport"}, {"urllib3"}),
    "feeds": (GROUND | SECOND | {"feeds"}, {"feedgenerator"}),
    "feeds/content": (GROUND | {"feeds"}, set()),
    "feeds/mending": ({"feeds"}, {"bs4"}),
    "delivery": (GROUND | SECOND | {"delivery"}, set()),
    "telling": (GROUND, set()),
    "feed_stage": (GROUND | SECOND | {"feeds", "telling"}, {"pelican"}),
    "posts": (GROUND | SECOND | {"delivery", "feed_stage", "telling"}, {"pelican"}),
    "themes": (GROUND | SECOND | PRODUCTS, {"jinja2", "markupsafe"}),
    "preview": (set(), {"pelican"}),
    "plugin": (
        GROUND | SECOND | PRODUCTS | {"feed_stage", "posts", "preview", "telling", "themes"},
        {"pelican"},
    ),
    "cli": (
        GROUND | SECOND | PRODUCTS | {"cli", "posts", "__init__"},
        {"pelican", "rich", "shtab"},
    ),
    "__main__": ({"cli"}, set()),
    "__init__": ({"plugin"}, {"pelican"}),
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """The room, or the module where that has a line of its own."""
    module = path.relative_to(PACKAGE).with_suffix("").as_posix()
    return module if module in ROOMS else module.partition("/")[0]


def imports(path: Path) -> set[str]:
    """The dotted names that a module imports, those inside functions included."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_its_floor_and_below(path):
    rooms, packages = ROOMS[room_of(path)]
    for name in imports(path):
        top, *rest = name.split(".")
        if top == OWN:
            room = (
                rest[0]
                if (PACKAGE / rest[0]).exists() or (PACKAGE / f"{rest[0]}.py").exists()
                else "__init__"
            )
            assert room in rooms, f"{path.name} imports {name}"
        else:
            assert top in packages or top in sys.stdlib_module_names, f"{path.name} imports {name}"


DESIGN = (PACKAGE.parent / "docs" / "design.rst").read_text(encoding="utf-8")


def test_the_house_of_the_design_page_is_the_one_that_stands():
    drawn, folders = [], []
    for edge, name in re.findall(r"^    ((?:[│ ]   )*)[├└]── (\S+)", DESIGN, re.MULTILINE):
        del folders[len(edge) // 4 :]
        if name.endswith("/"):
            folders.append(name)
        else:
            drawn.append("".join([*folders, name]))
    standing = (path.relative_to(PACKAGE).as_posix() for path in MODULES)
    assert sorted(drawn) == sorted(each for each in standing if not each.endswith("/__init__.py"))


NAMED = sorted(room for room in ROOMS if room.isidentifier() and "__" not in room)


@pytest.mark.parametrize("room", NAMED)
def test_the_floors_of_the_design_page_have_every_room(room):
    _, floors, _ = re.split(r"^Floor .*\n|^The life of the data\n", DESIGN, flags=re.MULTILINE)
    assert re.search(f"``{room}/?``", floors)


FACTS = tuple(f"{OWN}.feeds.{name}" for name in ("checking", "podcast_terms", "validity"))


CHECKING = sorted((PACKAGE / "feeds" / "checking").glob("*.py"))


@pytest.mark.parametrize("path", CHECKING, ids=lambda path: path.name)
def test_what_checks_feeds_shares_nothing_but_facts_with_what_writes_them(path):
    of_feeds = {name for name in imports(path) if name.startswith(f"{OWN}.feeds.")}
    assert all(name.startswith(FACTS) for name in of_feeds)


def test_only_the_command_line_prints():
    for path in MODULES:
        calls = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert "print" not in calls or room_of(path) == "cli", path


@pytest.mark.parametrize("room", sorted(p.name for p in (PACKAGE / "protocol").glob("*.py")))
def test_the_language_does_no_io(room):
    doors = {"socket", "ssl", "http", "urllib.request", "os", "pathlib", "io", "subprocess", "time"}
    found = imports(PACKAGE / "protocol" / room)
    assert not {name for name in found if name.split(".")[0] in doors or name in doors}


HEAVY = ("bs4", "lxml", "requests", "urllib3", f"{OWN}.web", f"{OWN}.delivery.courier")
OPENED = """
import sys, pelican
{}
print(*sorted(set({}) & set(sys.modules)))
"""


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import pelican_linkback; pelican_linkback.register()", id="register"),
        pytest.param("import pelican_linkback.plugin", id="a build that has nothing to tell"),
    ],
)
def test_what_only_telling_and_mending_need_is_not_opened_before(code):
    program = OPENED.format(code, HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stdout.split() == []

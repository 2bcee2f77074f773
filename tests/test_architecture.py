"""The layers of the package: who may import whom."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pelican_linkback"
OWN = "pelican_linkback"

# For each folder or module (the longest name counts): the folders and modules that it may import
# besides its own folder, and the packages besides the standard library.
BASE = {"exceptions", "text", "journal", "net", "protocol", "settings"}
BELOW_BUILD = {
    f"plugin/{name}"
    for name in (
        *("contents", "garbage", "messages", "pelican_types"),
        *("templates", "written_pages"),
    )
}
LAYERS: dict[str, tuple[set[str], set[str]]] = {
    "exceptions": (set(), set()),
    "text": ({"exceptions"}, set()),
    "text/idna": ({"exceptions", "text"}, {"idna"}),
    "text/language": ({"exceptions", "text"}, {"langcodes"}),
    "text/markup": ({"exceptions", "text"}, {"lxml"}),
    "journal": ({"exceptions", "text"}, {"filelock"}),
    "net": ({"exceptions", "text"}, {"requests"}),
    "protocol": ({"exceptions", "text"}, set()),
    "settings": ({"exceptions", "text", "net/addresses", "protocol"}, set()),
    "feedcheck": (
        {
            *("exceptions", "text", "feeds/content/srcset"),
            *("feeds/formats/podcast_terms", "feeds/formats/validity"),
        },
        set(),
    ),
    "feeds": ({*BASE, "feeds"}, {"feedgenerator"}),
    "feeds/articles": (
        {*BASE, "feeds/ids", "feeds/framework", "feeds/formats", "feeds/content"},
        {"feedgenerator"},
    ),
    "feeds/ids": ({*BASE, "feeds/formats/validity"}, {"feedgenerator"}),
    "feeds/framework": ({*BASE, "feeds/formats", "feeds/content"}, {"feedgenerator"}),
    "feeds/formats": ({*BASE, "feeds/content"}, {"feedgenerator"}),
    "feeds/content": (BASE, set()),
    "feeds/content/parser": (BASE, {"bs4", "turbohtml"}),
    "sending": ({*BASE, "sending"}, set()),
    "sending/running": ({*BASE, "sending/deciding", "sending/memory"}, set()),
    "sending/deciding": ({*BASE, "sending/memory"}, set()),
    "sending/memory": (BASE, set()),
    "receiving": ({*BASE, "receiving"}, set()),
    "receiving/memory": ({*BASE, "receiving/received"}, set()),
    "receiving/inbox": ({*BASE, "receiving/received", "receiving/memory"}, set()),
    "receiving/hosted": ({*BASE, "receiving/received", "receiving/memory"}, set()),
    "receiving/display": (
        {*BASE, "receiving/received", "receiving/memory", "receiving/inbox"},
        set(),
    ),
    "receiving/display/shown": ({"receiving/display"}, {"markupsafe"}),
    # What a page says is read without the database, and what is stored without the web.
    "receiving/reading": (
        {
            *BASE,
            *(f"receiving/{name}" for name in ("received", "memory/targets")),
            *(f"receiving/hosted/{name}" for name in ("dates", "jf2", "properties")),
        },
        {"bs4", "mf2py", "turbohtml"},
    ),
    "receiving/store": (
        {*BASE, "receiving/received", "receiving/memory", "receiving/inbox"},
        {"sqlalchemy", "alembic"},
    ),
    "receiving/store/engine": ({*BASE, "receiving/store/migrations"}, {"sqlalchemy"}),
    "receiving/store/upkeep": (
        {
            *BASE,
            *(f"receiving/{name}" for name in ("received", "inbox", "memory", "store")),
        },
        {"sqlalchemy"},
    ),
    "receiving/server": (
        {
            *BASE,
            *(f"receiving/{name}" for name in ("received", "memory", "inbox", "store", "display")),
        },
        {"jinja2", "waitress"},
    ),
    "receiving/server/admin": (
        {
            *BASE,
            *(f"receiving/{name}" for name in ("received", "memory", "inbox", "store", "entries")),
            *(f"receiving/server/{name}" for name in ("application", "http", "pages")),
        },
        {"markupsafe"},
    ),
    "plugin": ({*BASE, "feeds", "sending", "receiving"}, {"pelican", "feedgenerator"}),
    "plugin/templates": ({"text"}, {"jinja2"}),
    "plugin/feeds": ({*BASE, *BELOW_BUILD, "feeds"}, {"pelican", "feedgenerator"}),
    "plugin/feeds/links": (
        {*BASE, "plugin/written_pages", "feeds"},
        {"jinja2", "markupsafe"},
    ),
    "plugin/feeds/page/writing": (
        {*BASE, *BELOW_BUILD, "plugin/feeds", "feeds"},
        {"pelican", "jinja2"},
    ),
    "plugin/feeds/page/contents": ({"text", "plugin/feeds/links", "feeds"}, set()),
    "plugin/mentions": (
        {
            *BASE,
            *BELOW_BUILD,
            *(f"plugin/{name}" for name in ("build", "feeds", "invocation")),
            "feeds",
            "receiving",
        },
        {"pelican", "jinja2"},
    ),
    "cli": (
        {*BASE, "plugin", "feeds", "sending", "receiving", "feedcheck", "__init__"},
        {"pelican", "rich", "shtab"},
    ),
    "cli/feeds": ({*BASE, "cli", "feeds", "feedcheck"}, {"pelican"}),
    "cli/inbox": ({*BASE, "cli", "receiving"}, set()),
    "cli/receiver": ({*BASE, "cli", "receiving", "feeds", "plugin"}, {"pelican"}),
    "cli/doctor": (
        {"exceptions", "settings", "text", "receiving", "sending", "cli", "__init__"},
        {"pelican"},
    ),
    "cli/doctor/checks": (set(), set()),
    "__main__": ({"cli"}, set()),
    "__init__": ({"plugin"}, {"pelican"}),
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """The path of a module in the package without its ending; a folder's for its __init__."""
    return path.relative_to(PACKAGE).with_suffix("").as_posix().removesuffix("/__init__")


NAMES = {name_of(path): path for path in MODULES}


def layer_of(module: str) -> str:
    """The line of LAYERS that counts for a module."""
    while module not in LAYERS:
        module = module.rpartition("/")[0]
    return module


def imports(path: Path) -> set[str]:
    """The dotted names that a module imports: inside functions and for types only included."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def module_of(name: str) -> str:
    """The module of ours that an imported dotted name is, or is in."""
    parts = name.split(".")[1:]
    while parts and "/".join(parts) not in NAMES:
        parts.pop()
    return "/".join(parts) or "__init__"


def is_allowed(module: str, importer: str) -> bool:
    """Whether the line of ``importer`` names ``module``, or a folder that it is in."""
    allowed = LAYERS[layer_of(importer)][0]
    own = importer if (PACKAGE / importer).is_dir() else importer.rpartition("/")[0]
    inside = own and (module == own or module.startswith(f"{own}/"))
    return bool(inside) or any(module == each or module.startswith(f"{each}/") for each in allowed)


@pytest.mark.parametrize("module", sorted(NAMES))
def test_a_module_imports_only_from_its_own_layer_and_below(module):
    packages = LAYERS[layer_of(module)][1]
    for name in imports(NAMES[module]):
        top = name.partition(".")[0]
        if top == OWN:
            assert is_allowed(module_of(name), module), f"{module} imports {name}"
        else:
            assert top in packages or top in sys.stdlib_module_names, f"{module} imports {name}"


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """The modules of a circle, or none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_one_another_in_a_circle():
    graph = {
        module: {module_of(name) for name in imports(path) if name.startswith(f"{OWN}.")} - {module}
        for module, path in NAMES.items()
    }
    assert circle_in(graph) == []
    assert circle_in(graph | {"text/urls": {"cli"}}), "a circle would be found"


def test_the_root_holds_only_the_entry_points_the_exceptions_and_folders():
    assert {path.name for path in PACKAGE.glob("*.py")} == {
        "__init__.py",
        "__main__.py",
        "exceptions.py",
    }


FOLDERS = sorted({path.parent for path in MODULES})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_no_folder_has_more_than_about_a_dozen_modules(folder):
    assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= 14


DESIGN = (PACKAGE.parent / "docs" / "design.rst").read_text(encoding="utf-8")


def test_the_tree_of_the_design_page_is_the_package():
    drawn, folders = [], []
    for edge, name in re.findall(r"^    ((?:[│ ]   )*)[├└]── (\S+)", DESIGN, re.MULTILINE):
        del folders[len(edge) // 4 :]
        if name.endswith("/"):
            folders.append(name)
        else:
            drawn.append("".join([*folders, name]))
    standing = (path.relative_to(PACKAGE).as_posix() for path in MODULES)
    assert sorted(drawn) == sorted(each for each in standing if not each.endswith("/__init__.py"))


def test_only_the_command_line_prints():
    for module, path in NAMES.items():
        calls = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert "print" not in calls or layer_of(module) == "cli", module


def may_change(value: ast.expr | None) -> bool:
    """Whether what a module calls by a name may change: a list, what a call returns."""
    lasting = {"regex", "frozenset", "getLogger", "TypeVar", "Path", "Owner", "ParamSpec"}
    match value:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name not in lasting
        case ast.Dict() | ast.List() | ast.Set() | ast.DictComp() | ast.ListComp() | ast.SetComp():
            return True
    return False


def assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr | None, str]]:
    """Each name that a module gives to a value, the value, and the type that it declares."""
    for node in tree.body:
        if isinstance(node, ast.AnnAssign):
            yield ast.unparse(node.target), node.value, ast.unparse(node.annotation)
        elif isinstance(node, ast.Assign):
            yield from ((ast.unparse(each), node.value, "") for each in node.targets)


def test_the_plugin_keeps_nothing_between_builds_but_the_build_under_way():
    """Pelican builds sites within sites, and with --autoreload many in one process."""
    kept = set()
    for module, path in NAMES.items():
        if module.startswith("plugin"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            kept |= {
                f"{module}: {name}"
                for name, value, declared in assigned(tree)
                if may_change(value) and name != "__all__" and not declared.startswith("Mapping")
            }
            assert not any(isinstance(node, ast.Global) for node in ast.walk(tree)), module
    assert kept == {"plugin/build: _current", "plugin/build: _reads_only"}


SETTING = re.compile(r"LINKBACK_[A-Z_]+")


def test_the_plugins_settings_are_read_in_one_place():
    """What is taken in a lax spelling would else mean one thing here and another there."""
    for module, path in NAMES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = node.args[:1] if isinstance(node, ast.Call) else []
            names = [node.slice] if isinstance(node, ast.Subscript) else names
            for name in names:
                is_one = isinstance(name, ast.Constant) and SETTING.fullmatch(str(name.value))
                assert not is_one or layer_of(module) in {"settings", "cli"}, f"{module}: {name}"


def test_urls_are_joined_in_one_place():
    """``urljoin`` keeps empty parts on some Pythons: the ids of feeds would differ with them."""
    joins = {name for name, path in NAMES.items() if "urllib.parse.urljoin" in imports(path)}
    assert joins == {"text/urls"}


def test_no_module_compiles_a_regular_expression_when_it_is_imported():
    """``text.regex`` makes those that are compiled with their first use."""
    for module, path in NAMES.items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            inside = () if isinstance(node, ast.FunctionDef | ast.ClassDef) else ast.walk(node)
            assert not {ast.unparse(each) for each in inside} & {"re.compile"}, module


PURE = ("protocol", "sending/deciding", "cli/doctor/checks")


@pytest.mark.parametrize("module", [name for name in sorted(NAMES) if name.startswith(PURE)])
def test_what_is_pure_does_no_io(module):
    io = {"socket", "ssl", "http", "urllib.request", "os", "pathlib", "io", "subprocess", "time"}
    found = imports(NAMES[module])
    assert not {name for name in found if name.split(".")[0] in io or name in io}


HEAVY = (
    "langcodes",
    "lxml",
    "requests",
    "turbohtml",
    "bs4",
    f"{OWN}.net.client",
    f"{OWN}.sending.running.sender",
)
OPENED = """
import sys, pelican
{}
print(*sorted(set({}) & set(sys.modules)))
"""


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import pelican_linkback; pelican_linkback.register()", id="register"),
        pytest.param("import pelican_linkback.plugin.signals", id="a build that sends nothing"),
    ],
)
def test_what_only_sending_and_sanitizing_need_is_not_imported_before(code):
    program = OPENED.format(code, HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stdout.split() == []

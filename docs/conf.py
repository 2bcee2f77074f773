"""Sphinx: the theme is furo, and nothing is loaded from the network."""

from __future__ import annotations

import ast
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from docutils import nodes

sys.path.insert(0, str(Path(__file__).parent.parent))

from pelican_linkback import __version__ as release

project = "pelican_linkback"
copyright = "the pelican-linkback contributors"  # noqa: A001 (Sphinx's name)
html_theme = "furo"
html_title = f"pelican_linkback {release}"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#8a3324",
        "color-brand-content": "#8a3324",
        "font-stack": "system-ui, sans-serif",
        "font-stack--monospace": "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace",
    },
    "dark_css_variables": {"color-brand-primary": "#e8a598", "color-brand-content": "#e8a598"},
}
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
exclude_patterns = ["_build"]
nitpicky = True

COMMAND = re.compile(r"(pelican|pelican-\w+|python|git|make|rsync|cd|\.|export|apt|docker)\b")


def setup(app: Any) -> None:
    """Tell literal blocks what language they are in; publish the schemas."""
    app.connect("doctree-read", name_languages)
    app.connect("doctree-read", frame_terminals)
    app.connect("build-finished", publish_schemas)


def name_languages(_app: Any, doctree: nodes.document) -> None:
    """A block that ``::`` begins is for a shell, or Python, or neither."""
    for block in doctree.findall(nodes.literal_block):
        if "language" not in block and block.rawsource == block.astext():
            block["language"] = language_of(block.astext())


def frame_terminals(_app: Any, doctree: nodes.document) -> None:
    """A terminal of 80 columns is moved on a phone, within a frame; it is not made smaller."""
    for image in list(doctree.findall(nodes.image)):
        if image["uri"].endswith(".svg"):
            frame = nodes.container(classes=["terminal"])
            image.replace_self(frame)
            frame += image


def language_of(text: str) -> str:
    """Return the language of a block: every command of a shell begins with one of a few words."""
    lines = [line for line in re.sub(r"\\\n", "", text).splitlines() if line.strip()]
    if all(COMMAND.match(line) or line.startswith("#") for line in lines):
        return "shell"
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return "text"
    return "python" if any(not isinstance(each, ast.Expr) for each in tree.body) else "text"


def publish_schemas(app: Any, error: Exception | None) -> None:
    """The schemas of what the commands write with --json, at ``schemas/``."""
    if error is None and app.builder.format == "html":
        shutil.copytree(
            Path(app.srcdir) / "schemas", Path(app.outdir) / "schemas", dirs_exist_ok=True
        )

"""The pages of the receiver: templates whose values are escaped, whatever they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pelican_linkback.receiving import display
from pelican_linkback.receiving.server.http import Response

__all__ = ["environment", "render", "style_sheet"]

_FOLDERS = (Path(__file__).parent, Path(display.__path__[0]))


@cache
def environment(*folders: Path) -> Environment:
    """Return the templates in folders; a name that a page does not have is an error."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, values: Mapping[str, object]) -> str:
    """Return the page of a template of the receiver, or of those for mentions."""
    return environment(*_FOLDERS).get_template(template).render(values)


def style_sheet(path: Path) -> Response:
    """Return the answer that is a style sheet of ours, good for an hour."""
    answer = Response(path.read_bytes(), 200, "text/css; charset=utf-8")
    return answer.having("Cache-Control", "public, max-age=3600")

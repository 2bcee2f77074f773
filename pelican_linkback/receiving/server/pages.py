"""The pages of the receiver: templates whose values are escaped, whatever they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from pelican_linkback.receiving import display

__all__ = ["render"]

_FOLDERS = (Path(__file__).parent, Path(display.__path__[0]))


@cache
def _environment() -> Environment:
    return Environment(autoescape=True, loader=FileSystemLoader(_FOLDERS), trim_blocks=True)


def render(template: str, values: Mapping[str, object]) -> str:
    """Return the page of a template of the receiver, or of those for mentions."""
    return _environment().get_template(template).render(values)

"""Our own templates among those of a theme."""

from __future__ import annotations

import re
from collections.abc import Callable

from jinja2 import Environment, FileSystemLoader

from pelican_linkback.text.regex import regex

__all__ = ["OwnTemplates"]

_NAMES = (
    *("block_start_string", "block_end_string", "variable_start_string"),
    *("variable_end_string", "comment_start_string", "comment_end_string"),
)
_USUAL = ("{%", "%}", "{{", "}}", "{#", "#}")
_DELIMITER = regex("|".join(map(re.escape, _USUAL)))


class OwnTemplates(FileSystemLoader):
    """Templates of ours, written with the delimiters of the site (JINJA_ENVIRONMENT)."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """Return the source of a template, its path, and whether it is up to date."""
        source, path, is_current = super().get_source(environment, template)
        own = dict(zip(_USUAL, (getattr(environment, name) for name in _NAMES), strict=True))
        return _DELIMITER.sub(lambda found: own[found[0]], source), path, is_current

"""Adds the options in use to the commands in messages, so that they can be typed as shown. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from shlex import quote

from pelican_linkback.text.regex import regex

__all__ = ["SECRET", "in_use", "with_options"]

_COMMANDS = (
    "check|compact|doctor|feeds|forget|import-linkbacks|import-mentions|inbox|init|login|plan|pull|"
    "retract|retry|send|serve|status|work"
)
_STEP = regex(rf"\bpelican-linkback (?:{_COMMANDS})\b(?! -[es])")

DEFAULT = "pelicanconf.py"
"""The settings that commands take without -s."""

_OF_BUILDS = frozenset({"LINKBACK_SEND"})
"""Settings that are overridden for one build only, and mean nothing to a command."""


SECRET = frozenset({"LINKBACK_INBOX", "LINKBACK_REBUILD"})
"""Settings that no message shows, however they are spelt: a password is in the value, or the URL is
one itself."""

_NOT_SHOWN = '"…"'


def in_use(settings: str | None, overrides: Mapping[str, object]) -> str:
    r"""Return the options that name the ``settings`` file and the ``overrides``, for a shell.

    >>> in_use("publishconf.py", {"SITEURL": "https://blog.example"})
    '-e \'SITEURL="https://blog.example"\' -s publishconf.py'
    """
    pairs = [
        quote(f"{name}={_NOT_SHOWN if name in SECRET else json.dumps(value)}")
        for name, value in overrides.items()
        if name not in _OF_BUILDS
    ]
    if not (settings or pairs):
        return ""
    # -e takes every word up to the next option, so something has to stand between it and a URL.
    file = ["-s", quote(settings or DEFAULT)]
    return " ".join([*(["-e", *pairs] if pairs else []), *file])


def with_options(text: str, options: str) -> str:
    """Return a message with ``options`` added to each of our commands that has none."""
    return _STEP.sub(lambda step: f"{step[0]} {options}", text) if options else text

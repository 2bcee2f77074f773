"""Dictionaries of settings, as types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

__all__ = ["LINKBACKS_PLUGIN", "PelicanSettings", "Values"]

LINKBACKS_PLUGIN = frozenset({"linkbacks", "pelican.plugins.linkbacks"})
"""The names of pelican-plugin-linkbacks in PLUGINS."""

# Any: each setting has a type of its own, and the author may have written any other.
PelicanSettings: TypeAlias = Mapping[str, Any]  # type: ignore[explicit-any]
"""Pelican's settings, by their names."""

Values: TypeAlias = dict[str, Any]  # type: ignore[explicit-any]
"""Values of our settings, by the fields that they go to; the validators answer for their types."""

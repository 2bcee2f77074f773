"""The plugin by each of its names, as Pelican loads plugins: by itself, or from PLUGINS."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pelican.plugins import linkback, signals
from pelican.plugins._utils import load_plugins

import pelican_linkback
from pelican_linkback.cli.context import is_enabled

NAMES = "pelican_linkback", "linkback", "pelican.plugins.linkback"
SETTINGS = [None, *([name] for name in NAMES), [*NAMES], [linkback, pelican_linkback]]


def test_both_names_are_one_function():
    assert linkback.register is pelican_linkback.register


@pytest.mark.parametrize("plugins", SETTINGS, ids=str)
def test_a_build_has_it_once(plugins):
    """Whichever name is used, and however many of them."""
    loaded = load_plugins({"PLUGINS": plugins, "PLUGIN_PATHS": []})
    registers = [each.register for each in loaded if hasattr(each, "register")]
    before = set(signals.initialized.receivers)
    ours = [register for register in registers if register is pelican_linkback.register]
    for register in ours:
        register()
    assert ours
    assert len(set(signals.initialized.receivers) - before) <= 1
    assert is_enabled({"PLUGINS": plugins})


@pytest.mark.parametrize("plugins", [[], ["sitemap"], ["linkbacks"]], ids=str)
def test_a_site_that_names_others_does_not_have_it(plugins):
    assert not is_enabled({"PLUGINS": plugins})


@pytest.mark.parametrize("plugins", ["", "PLUGINS = ['linkback', 'pelican_linkback']\n"])
def test_a_site_is_built_with_it(tmp_path, plugins):
    (tmp_path / "content" / "images").mkdir(parents=True)  # Pelican 4.8 misses it
    (tmp_path / "content" / "one.md").write_text("Title: One\nDate: 2026-01-01\n\nText.\n")
    (tmp_path / "pelicanconf.py").write_text(
        'PATH = "content"\nTIMEZONE = "UTC"\nSITEURL = "https://me.example.io"\n' + plugins
    )
    command = [sys.executable, "-m", "pelican", "--fatal", "warnings"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.count("Feeds: ") == 1, done.stdout + done.stderr
    assert done.returncode == 0

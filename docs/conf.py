"""Sphinx: nothing but what it brings, and nothing from the network."""

project = "pelican_linkback"
copyright = "the authors of pelican_linkback"  # noqa: A001 (Sphinx's name)
html_theme = "alabaster"
html_theme_options = {"description": "Feeds and linkbacks for Pelican"}
exclude_patterns = ["_build"]
nitpicky = True

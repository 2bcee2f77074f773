"""Sphinx: nothing but what it brings, and nothing from the network."""

project = "pelican_linkback"
copyright = "the authors of pelican_linkback"  # noqa: A001 (Sphinx's name)
html_theme = "alabaster"
html_theme_options = {
    "description": "Feeds and linkbacks for Pelican",
    "page_width": "1080px",
    "sidebar_width": "260px",
}
html_static_path = ["_static"]
html_css_files = ["tables.css"]
exclude_patterns = ["_build"]
nitpicky = True

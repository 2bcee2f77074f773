"""LINKBACK_FEEDS_PAGE: a page for readers that lists the feeds of the site.

::

    contents    which feeds there are, by kind, in the words of the site's language; pure
    writing     the page, rendered in the theme's base template, and written if it changed
"""

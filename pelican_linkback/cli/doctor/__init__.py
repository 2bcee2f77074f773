"""``pelican-linkback doctor``: is the site set up for the plugin, and if not, what to do.

::

    checks   one function for each check: facts in, what is said of them out
    facts    what the checks are about, from settings, files and git
"""

"""Years of a blog: a simulated life of a site, and an oracle that knows what must come of it.

::

    __main__    seeds in, violations out
    life        what its author does, publication after publication, and what is checked then
    author      articles and settings, as the author has them, and on disk
    process     each build and command is a process of its own, which may be killed anywhere
    world       the web: the author's hosts, the receivers, their troubles
    oracle      what every id must be, what feeds hold, what receivers may hear and should know

``author``, ``world`` and ``oracle`` import nothing of the package: they stand on its documentation.
"""

"""The feeds of a build: what Pelican has read -> documents on disk, and the links to them.

::

    stage        when what happens, for one articles generator
    site_reader  Pelican's objects -> a Site, and the entries with their ids
    site_files   the other files of the site, whose paths no feed takes
    documents    the documents of a build, made and written, one format after another
    maker        a document, and what listeners make of it
    listeners    Pelican's signals, sent so that a listener that fails costs itself alone
    links        from a page to its feeds
    page/        a page for readers that lists the feeds
"""

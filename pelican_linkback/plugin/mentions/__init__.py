"""What others say about the site, in a build of Pelican.

::

    gathering    what signals call for targets and endpoints
    targets      articles and pages -> the Targets of mentions
    endpoints    LINKBACK_RECEIVE: pages say where mentions are sent to
    publishing   targets.json, and its copy in the output folder
    pulling      LINKBACK_PULL: asks for new mentions before pages are written

    hooks        what signals call to show mentions
    known        article.mentions
    page         LINKBACK_SHOW_MENTIONS: the mentions in pages whose theme does not show them

What signals call imports the rest only for a site that has mentions, or may get some.
"""

"""What others say about the site, in a build of Pelican.

::

    hooks     what signals call; the rest is imported only for a site that receives mentions
    known     article.mentions
    page      LINKBACK_SHOW_MENTIONS: the mentions in pages whose theme does not show them
"""

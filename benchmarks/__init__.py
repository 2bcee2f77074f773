"""What is fast, shown beside its peers: ``make bench``.

::

    measure.py      one piece of work in a process of its own: CPU seconds, peak memory
    served.py       servers in a process of their own
    site.py         a blog of any size, read by Pelican itself
    importing.py    what PLUGINS = ["pelican_linkback"] costs a build that does nothing
    whole_build.py  pelican content with the plugin and without
    feed_stage.py   our feed stage against Pelican's generate_feeds
    large_site.py   the same of 50,000 articles; only where it is named
    one_feed.py     a feed of 1,000 entries against Django, feedgenerator, feedgen, jsonfeed-util
    feed_limits.py  the least that such a feed can cost
    idle_build.py   what a build costs that has nothing to send
    mentions.py     pages with 10,000 mentions, and with none
    pulling.py      10,000 mentions from a hosted service
    sending.py      500 targets on 100 hosts; a plan over 100,000 lines
    many_mentions.py 100,000 mentions to 5,000 hosts
    troubled_hosts.py 5,000 mentions to hosts of which some hang, refuse or break off; killed runs
    long_journal.py plan and compact over a million lines
    status.py       pelican-linkback status beside pelican --version
    __main__.py     all of them, as a table
    profiling.py    where the time goes in one of them
"""

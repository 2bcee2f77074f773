"""The name by which Pelican finds the plugin: a site without PLUGINS needs no setting.

It is ``pelican_linkback`` under another name. A site may name either or both: the function is the
same, and Pelican's signals call a receiver once however often it is connected.
"""

from pelican_linkback import register

__all__ = ["register"]

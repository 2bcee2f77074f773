"""Lets another server play the part of https://neighbour.example, the blog that ours links to.

As each article is read, that address is replaced by the setting NEIGHBOUR: first in the metadata
(``Pingback:``), then in the text, which by then is HTML whatever it was written in.
"""

from pelican import signals

WRITTEN = "https://neighbour.example"


def _point(value, neighbour):
    if isinstance(value, list):
        return [_point(item, neighbour) for item in value]
    return value.replace(WRITTEN, neighbour) if isinstance(value, str) else value


def in_metadata(generator, metadata):
    neighbour = generator.settings["NEIGHBOUR"]
    metadata.update({name: _point(value, neighbour) for name, value in metadata.items()})


def in_text(content):
    content._content = _point(content._content, content.settings["NEIGHBOUR"])


def register():
    signals.article_generator_context.connect(in_metadata)
    signals.content_object_init.connect(in_text)

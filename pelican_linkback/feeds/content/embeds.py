"""Replacements of embedded content: a link to its page, or a picture. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from pelican_linkback.feeds.content.references import EDGES, absolute, linked
from pelican_linkback.feeds.content.tree import Element, Node, text_of
from pelican_linkback.text.elements import LINKED
from pelican_linkback.text.regex import regex

__all__ = ["PLAYERS", "frame_of", "instead_of", "page_of"]

_NO_PLACE = regex(r"(?:about|blob|data):", re.IGNORECASE)

PLAYERS = {
    "lite-youtube": "https://www.youtube.com/embed/",
    "lite-vimeo": "https://player.vimeo.com/video/",
}
"""Elements of scripts that load a video when clicked, and the URL that they embed."""

# The URL of the embedded content, and that of its page; a name may be a query parameter.
_PAGES = tuple(
    (regex(rf"(?:https?:)?//{address}", re.ASCII), page)
    for address, page in (
        (
            r"(?:www\.)?youtube(?:-nocookie)?\.com/embed/videoseries/?\?.*",
            "https://www.youtube.com/playlist?list={list}",
        ),
        (
            r"(?:www\.)?youtube(?:-nocookie)?\.com/(?:embed|v)/(?!live_stream)(?P<id>[\w-]+).*",
            "https://www.youtube.com/watch?v={id}",
        ),
        (r"player\.vimeo\.com/video/(?P<id>\d+).*", "https://vimeo.com/{id}"),
        (
            r"(?:www\.)?dailymotion\.com/embed/video/(?P<id>\w+).*",
            "https://www.dailymotion.com/video/{id}",
        ),
        (
            r"geo\.dailymotion\.com/player(?:/\w+)?\.html\?.*",
            "https://www.dailymotion.com/video/{video}",
        ),
        (r"player\.twitch\.tv/.*[?&]video=v?(?P<id>\d+).*", "https://www.twitch.tv/videos/{id}"),
        (r"player\.twitch\.tv/.*", "https://www.twitch.tv/{channel}"),
        (
            r"(?P<host>[\w.:-]+)/videos/embed/(?P<id>[\w-]{8,}).*",
            "https://{host}/videos/watch/{id}",
        ),
        (r"(?P<host>archive\.org)/embed/(?P<id>[^/?#]+).*", "https://archive.org/details/{id}"),
        (
            r"player\.bilibili\.com/player\.html\?.*",
            "https://www.bilibili.com/video/{bvid}",
        ),
        (r"(?:www\.)?loom\.com/embed/(?P<id>\w+).*", "https://www.loom.com/share/{id}"),
        (r"streamable\.com/[eos]/(?P<id>\w+).*", "https://streamable.com/{id}"),
        (r"open\.spotify\.com/embed/(?P<id>\w+/\w+).*", "https://open.spotify.com/{id}"),
        (r"embed\.ted\.com/(?P<id>talks/[\w-]+).*", "https://www.ted.com/{id}"),
        (r"(?P<id>asciinema\.org/a/\w+)/(?:embed|iframe).*", "https://{id}"),
        (r"media\.ccc\.de/v/(?P<id>[\w.-]+)/oembed.*", "https://media.ccc.de/v/{id}"),
        (
            r"codepen\.io/(?P<id>[\w-]+)/embed/(?:preview/)?(?P<pen>\w+).*",
            "https://codepen.io/{id}/pen/{pen}",
        ),
    )
)


def page_of(url: str) -> str:
    """Return the page that shows the embedded ``url``, for known players."""
    for address, page in _PAGES:
        if found := address.fullmatch(url):
            query = parse_qs(urlsplit(url).query)
            said = {name: values[0] for name, values in query.items()} | found.groupdict()
            try:
                return _at_the_same_time(page.format_map(said), said)
            except KeyError:
                return url
    return url


def _at_the_same_time(page: str, said: dict[str, str]) -> str:
    if "youtube.com/watch" in page and said.get("start", "").isdecimal():
        return f"{page}&t={said['start']}"
    if "vimeo.com" in page and said.get("h", "").isalnum():
        return f"{page}/{said['h']}"
    return page


def frame_of(player: Element) -> Element:
    """Return the frame that a script would put in place of a player's element."""
    said = player.attributes
    film = said.get("videoid", "").strip()
    source = f"{PLAYERS[player.name]}{film}" if film else ""
    return Element("iframe", {"src": source, "title": said.get("playlabel", "")})


def instead_of(element: Element, base: str) -> list[Node]:
    """Return the replacement of embedded content in a feed.

    An object that is a picture (docutils makes one for an SVG drawing) becomes an img; another is
    replaced by its fallback content; else there is a link.
    """
    reference = element.attributes.get(LINKED[element.name], "").strip(EDGES)
    url = linked(reference, base) if reference else None
    if reference and _is_picture(element):
        picture = absolute(reference, base)
        said = {"alt": text_of(element).strip(), "src": picture or ""}
        return [Element("img", said)] if picture else []
    if element.name == "object" and any(map(_says_something, element.children)):
        return element.children
    if not url or _NO_PLACE.match(url):
        return []
    page = page_of(url)
    title = element.attributes.get("title", "").strip()
    return [Element("a", {"href": page}, [title or page])]


def _is_picture(element: Element) -> bool:
    kind = element.attributes.get("type", "").strip().lower()
    return kind.startswith("image/") and not any(
        isinstance(each, Element) for each in element.children
    )


def _says_something(node: Node) -> bool:
    return isinstance(node, Element) or bool(node.strip())

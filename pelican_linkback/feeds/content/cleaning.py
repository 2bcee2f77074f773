"""An article's text, made fit for a reader far from the site. Pure.

Most articles are in order as they are, or but for relative URLs, which one regular expression
tells; only the others are parsed, mended and written again (``sanitizer``). In doubt an article is
parsed.
"""

from __future__ import annotations

import functools
import re
from contextlib import suppress

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.text import urls

__all__ = ["absolute", "fit", "is_blank", "is_in_order", "words"]

# What a reader must not get, or can do nothing with, goes with all that is in it.
DROPPED = frozenset(
    {
        "base",
        "button",
        "datalist",
        "input",
        "link",
        "meta",
        "noembed",
        "noframes",
        "option",
        "optgroup",
        "param",
        "script",
        "select",
        "template",
        "textarea",
    }
)
# Their tags go, and what is in them stays: prose, and what is shown where scripts do not run.
UNWRAPPED = frozenset({"applet", "label", "noscript", "output"})
# A block stays a block, and a listing stays a listing that every parser reads alike.
RENAMED = {
    "fieldset": "div",
    "form": "div",
    "legend": "div",
    "listing": "pre",
    "plaintext": "pre",
    "xmp": "pre",
}
# Readers take these out and leave nothing: a link says what was there. The attribute has the URL.
LINKED = {"embed": "src", "iframe": "src", "object": "data"}
# What a script would put into the other when a picture scrolls into sight; readers run none.
LATE = {"data-src": "src", "data-srcset": "srcset"}
LOADED = frozenset({"audio", "embed", "iframe", "img", "source", "video"})

EDGES = "".join(map(chr, range(33)))
_SCRIPT = re.compile(r"(?:java|vb|live)script:", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ON_THE_WEB = re.compile(r"https?://", re.IGNORECASE)

_MENDED_ELEMENTS = "|".join([*DROPPED, *UNWRAPPED, *RENAMED, *LINKED, "style"])
_PROSE = "p|li|ul|ol|em|strong|code|pre|h[1-6]|td|tr"
_SPACE = r"[ \t\r\n\f]"


def _scanner(url: str, case: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """Return what describes HTML that needs no mending; ``url`` is for each quotation mark."""
    double, single = url.replace("Q", '"'), url.replace("Q", "'")
    return re.compile(
        rf"""[^<]*+ (?: < (?:                                # text, and then always a tag and text
    /?(?:{_PROSE})>                                      # one of those that most are
    | /[a-z][a-z0-9-]*+{_SPACE}*+>                       # any end tag
    | (?!(?:{_MENDED_ELEMENTS})\b) [a-z][a-z0-9-]*+      # a start tag that is not to be mended
      (?:{_SPACE}++ (?:
        (?:cite|href|poster|src|xlink:href) =            # an attribute with a URL
            (?:{double}|{single})
        | style = (?![^>]*(?:[Uu][Rr][Ll]|&|@|\\)) (?:"[^"<>]*"|'[^'<>]*')
        | (?!on|ping|style|srcset|action|background|cite|formaction|href|longdesc|poster|src|xlink
            |data-src)
          [a-z][a-z0-9:_-]*+ (?:=(?:"[^"<>]*"|'[^'<>]*'|[a-z0-9_.%-]++))?
      ))*+
      {_SPACE}*+ /?+ >
    ) [^<]*+ )*+""",
        case | re.ASCII | re.VERBOSE,
    )


_ABSOLUTE = r"Q(?:https?://|mailto:|tel:|data:image/)[^Q<>]*+Q"
_RELATIVE = r"Q[a-z0-9._~/?\#-][a-z0-9._~/?\#=%+,;-]*+Q"
_IN_ORDER = _scanner(_ABSOLUTE)
_BUT_FOR_URLS = _scanner(f"(?:{_ABSOLUTE}|{_RELATIVE})")
# Most HTML is in lower case, and is looked through in half the time if nothing else will do.
_IN_ORDER_AND_LOWER_CASE = _scanner(_ABSOLUTE, re.NOFLAG)
_BUT_FOR_URLS_IN_LOWER_CASE = _scanner(f"(?:{_ABSOLUTE}|{_RELATIVE})", re.NOFLAG)
_PLAIN_BASE = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?/[a-z0-9._~/?=%+,;-]*", re.I | re.A)
_TAG_WITH_URL = re.compile(r"<([a-z][a-z0-9-]*)[^<>]*(?:cite|href|poster|src)=[^<>]*>", re.I | re.A)
_ATTRIBUTE = re.compile(r"""([a-z][a-z0-9:_-]*)=("[^"]*"|'[^']*'|[a-z0-9_.%-]+)""", re.I | re.A)
_WITH_URL = frozenset({"cite", "href", "poster", "src", "xlink:href"})


@functools.lru_cache(maxsize=2048)
def words(html: str) -> str:
    """Return what HTML says as plain text, in one line.

    The same article stands in the feeds of its category, authors and tags.
    """
    from pelican_linkback.feeds.content import sanitizer as mending  # noqa: PLC0415 (most builds need no parser)

    return mending.words(html)


def fit(html: str, base: str) -> str:
    """Return an article's HTML fit for a reader far from the site; idempotent, never raises.

    ``base`` is the article's own URL. Every relative URL is made absolute against it (P16, P24);
    where it is no http(s) URL itself, as in development, URLs stay as written. Scripts, event
    handlers, forms and comments go; what is embedded becomes a link. HTML that needs none of
    this is returned as it is, the same object.
    """
    if is_in_order(html):
        return html
    if _lacks_only_urls(html) and _PLAIN_BASE.fullmatch(base):
        with suppress(_TwiceError):
            return _TAG_WITH_URL.sub(functools.partial(_with_absolute_urls, base), html)
    from pelican_linkback.feeds.content import sanitizer as mending  # noqa: PLC0415 (most builds need no parser)

    return mending.mended(html, base)


def _lacks_only_urls(html: str) -> bool:
    found = _BUT_FOR_URLS_IN_LOWER_CASE.fullmatch(html) or _BUT_FOR_URLS.fullmatch(html)
    return found is not None


class _TwiceError(Exception):
    """A tag has an attribute twice: a parser knows which counts."""


def _with_absolute_urls(base: str, tag: re.Match[str]) -> str:
    """Return a tag that is in order but for relative URLs with absolute ones."""
    seen = set()

    def mend(attribute: re.Match[str]) -> str:
        name, value = attribute[1], attribute[2]
        lower = name.lower()
        if lower not in _WITH_URL:
            return attribute[0]
        if lower in seen:
            raise _TwiceError
        seen.add(lower)
        quote, reference = value[0], value[1:-1]
        if reference.startswith("#") and names_a_part(tag[1].lower(), lower):
            return attribute[0]
        return f"{name}={quote}{absolute(reference, base)}{quote}"

    return _ATTRIBUTE.sub(mend, tag[0])


def names_a_part(element: str, attribute: str) -> bool:
    """Tell whether a fragment there names a part of the very drawing, in SVG."""
    return attribute.endswith("href") and element not in {"a", "area"}


def is_in_order(html: str) -> bool:
    """Tell whether ``fit`` has nothing to do, wherever the article stands."""
    return (_IN_ORDER_AND_LOWER_CASE.fullmatch(html) or _IN_ORDER.fullmatch(html)) is not None


# Elements that show something without a word in them.
_BLANK = re.compile(
    r"(?:[\s\u00ad\u200b-\u200d\u2060\ufeff]++|&(?:nbsp|shy|zwn?j|\#160|\#xa0);"
    r"|<(?!(?:audio|hr|img|math|svg|video)\b)[^<>]*+>)*+",
    re.IGNORECASE,
)


def is_blank(html: str) -> bool:
    """Tell whether HTML that is fit shows neither words nor anything else."""
    return _BLANK.fullmatch(html) is not None


def absolute(reference: str, base: str) -> str | None:
    """Return a URL that means the same everywhere, or None for a script and for nonsense."""
    plain = urls.plainly_joined(base, reference)
    if plain is not None and _ON_THE_WEB.match(base):
        return plain
    url = re.sub(r"[\t\r\n]", "", reference.strip(EDGES))
    if _SCRIPT.match(url):
        return None
    if _SCHEME.match(url) or not _ON_THE_WEB.match(base):
        return reference.strip(EDGES)
    try:
        return urls.resolve(base, url)
    except InvalidURL:
        return None

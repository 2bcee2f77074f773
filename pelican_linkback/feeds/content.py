"""An article's text, made fit for a reader far from the site. Pure.

Most articles are in order as they are, which one regular expression tells; only the others are
parsed, mended and written again. In doubt an article is parsed.
"""

from __future__ import annotations

import functools
import re
import warnings
from html import unescape

from bs4 import BeautifulSoup, Tag, UnusualUsageWarning
from bs4.builder._htmlparser import HTMLParserTreeBuilder
from bs4.dammit import EntitySubstitution
from bs4.element import CData, NavigableString, PageElement, PreformattedString, Stylesheet
from bs4.formatter import HTMLFormatter

from pelican_linkback import urls
from pelican_linkback.exceptions import InvalidURL

__all__ = ["fit", "is_in_order", "plain_text", "words"]

_RECENT = 16
"""Texts to remember: an article's are asked for again at once, by its content and its summary."""

# What a reader must not get, or can do nothing with, goes with all that is in it.
_DROPPED = frozenset(
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
_UNWRAPPED = frozenset({"applet", "label", "noscript", "output"})
# A block stays a block, and a listing stays a listing that every parser reads alike.
_RENAMED = {
    "fieldset": "div",
    "form": "div",
    "legend": "div",
    "listing": "pre",
    "plaintext": "pre",
    "xmp": "pre",
}
# Readers take these out and leave nothing: a link says what was there. The attribute has the URL.
_LINKED = {"embed": "src", "iframe": "src", "object": "data"}

_URL_ATTRIBUTES = frozenset(
    {
        "action",
        "background",
        "cite",
        "formaction",
        "href",
        "longdesc",
        "poster",
        "src",
        "xlink:href",
    }
)

_EDGES = "".join(map(chr, range(33)))
_SCRIPT = re.compile(r"(?:java|vb|live)script:", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ON_THE_WEB = re.compile(r"https?://", re.IGNORECASE)
_NO_PLACE = re.compile(r"(?:about|blob|data):", re.IGNORECASE)
_NAME = re.compile(r"""[^\s"'<>/=\x00]+""")

# An image and its descriptors, which may have commas in parentheses (HTML, 4.8.4.2.1): a comma
# ends a URL only where white space or the end follows it, so that data: URLs stay whole.
_CANDIDATE = re.compile(
    r"[ \t\r\n\f,]*+([^ \t\r\n\f]*[^ \t\r\n\f,])(?:,|((?:[^,(]|\([^)]*\))*))", re.DOTALL
)
_IN_STYLE = re.compile(
    r"""url\(\s*(?:"(?P<double>[^"\\\n]*)"|'(?P<single>[^'\\\n]*)'|(?P<bare>[^\s"'()\\]*))\s*\)"""
    r"""|(?P<rule>@import\s*)(?:"(?P<one>[^"\\\n]*)"|'(?P<other>[^'\\\n]*)')""",
    re.IGNORECASE,
)

# `&section=2` in an attribute is no section sign (HTML, 13.2.5.73), but is to older Pythons.
_TAG = re.compile(r"""<[a-z](?:[^<>"']|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
_PARAMETER = re.compile(r"&(?=[a-z][a-z0-9]*=)", re.IGNORECASE)
# Browsers take `<![if IE]>` for a comment; older Pythons raise an error. Real comments are passed.
_SECTION = re.compile(
    r"(?P<comment><!--.*?-->)|<!\[(?!CDATA\[)(?P<whole>[^<>]*>)?", re.IGNORECASE | re.DOTALL
)

_MENDED_ELEMENTS = "|".join([*_DROPPED, *_UNWRAPPED, *_RENAMED, *_LINKED, "style"])
_SPACE = r"[ \t\r\n\f]"
_IN_ORDER = re.compile(
    rf"""(?:
    [^<]++                                               # text
    | </[a-z][a-z0-9-]*+{_SPACE}*+>                      # an end tag
    | <(?!(?:{_MENDED_ELEMENTS})\b) [a-z][a-z0-9-]*+     # a tag that is not to be mended
      (?:{_SPACE}++ (?:
        (?:cite|href|poster|src|xlink:href) =            # an attribute with an absolute URL
            (?:"(?:https?://|mailto:|tel:|data:image/)[^"<>]*"
              |'(?:https?://|mailto:|tel:|data:image/)[^'<>]*')
        | style = (?![^>]*(?:url|&|@|\\)) (?:"[^"<>]*"|'[^'<>]*')
        | (?!on|ping|style|srcset|action|background|cite|formaction|href|longdesc|poster|src|xlink)
          [a-z][a-z0-9:_-]*+ (?:=(?:"[^"<>]*"|'[^'<>]*'|[a-z0-9_.%-]++))?
      ))*+
      {_SPACE}*+ /?+ >
    )*+""",
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)

# Where one of these ends, so does a word.
_BLOCKS = re.compile(r"(?:address|blockquote|br|d[dlt]|div|h[1-6]|hr|img|li|p|pre|section|t[dhr])$")

_PAIR = re.compile(
    r"<(a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|rp|rt|ruby|s|samp|small"
    r"|span|strike|strong|sub|sup|time|tt|u|var)"
    r"""(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=]+))*\s*>(.*?)</\1\s*>""",
    re.IGNORECASE | re.DOTALL,
)
_ALONE = re.compile(
    r"""<(?:br|img|wbr)(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=]+))*\s*/?>""",
    re.IGNORECASE,
)


def plain_text(title: str) -> str:
    """Return a title, which may hold HTML markup and character references, as plain text.

    Markup is what has its end tag and is known to HTML: ``vector<int>`` and ``a<b and c>d`` stay
    as they are (P16).
    """
    before, words = "", _ALONE.sub("", title)
    while words != before:
        before, words = words, _PAIR.sub(r"\2", words)
    return " ".join(unescape(words).split())


@functools.lru_cache(maxsize=2048)
def words(html: str) -> str:
    """Return what HTML says as plain text, in one line.

    The same article stands in the feeds of its category, authors and tags.
    """
    tree = _parse(html)
    for block in tree.find_all(_BLOCKS):
        block.insert_after(" ")
    return " ".join(tree.get_text().split())


def fit(html: str, base: str) -> str:
    """Return an article's HTML fit for a reader far from the site; idempotent, never raises.

    ``base`` is the article's own URL. Every relative URL is made absolute against it (P16, P24);
    where it is no http(s) URL itself, as in development, URLs stay as written. Scripts, event
    handlers, forms and comments go; what is embedded becomes a link. HTML that needs none of
    this is returned as it is, the same object.
    """
    return html if is_in_order(html) else _mended(html, base)


@functools.lru_cache(maxsize=_RECENT)
def is_in_order(html: str) -> bool:
    """Tell whether ``fit`` has nothing to do, wherever the article stands."""
    return _IN_ORDER.fullmatch(html) is not None


@functools.lru_cache(maxsize=_RECENT)
def _mended(html: str, base: str) -> str:
    tree = _parse(html)
    # Children come before their parents, so that nothing is looked at twice.
    for node in reversed(list(tree.descendants)):
        if isinstance(node, Tag):
            _mend_element(node, base)
        elif isinstance(node, CData):
            node.replace_with(NavigableString(node))
        elif isinstance(node, PreformattedString):  # a comment, a declaration, an instruction
            node.extract()
    return tree.decode(formatter=_AS_HTML)


class _Fragment(BeautifulSoup):
    """A piece of HTML, its white space kept."""

    ASCII_SPACES = ""


class _Builder(HTMLParserTreeBuilder):
    """html.parser's tree: no wrapper around a fragment, no limit of depth, no text lost."""

    def __init__(self) -> None:
        super().__init__(
            on_duplicate_attribute="ignore",
            multi_valued_attributes=None,
            # SVG's <image> is a void element only to Beautiful Soup.
            empty_element_tags=(self.DEFAULT_EMPTY_ELEMENT_TAGS or set()) - {"image"},
        )
        # Beautiful Soup's own reading of references loses the semicolon of `&unknown;`.
        self.parser_args[1]["convert_charrefs"] = True


class _AsWritten(HTMLFormatter):
    """Characters instead of entities, void elements as in HTML, attributes in their order."""

    def attributes(self, tag: Tag) -> list[tuple[str, str | None]]:
        return [(name, str(value)) for name, value in tag.attrs.items()]


_AS_HTML = _AsWritten(EntitySubstitution.substitute_xml, void_element_close_prefix="")


def _parse(html: str) -> BeautifulSoup:
    markup = _TAG.sub(lambda tag: _PARAMETER.sub("&amp;", tag[0]), html)
    markup = _SECTION.sub(_without_section, markup)
    with warnings.catch_warnings():
        # An XML declaration, or what looks like a URL: an article is HTML all the same.
        warnings.simplefilter("ignore", UnusualUsageWarning)
        return _Fragment(markup, builder=_Builder())


def _without_section(found: re.Match[str]) -> str:
    return found["comment"] or ("" if found["whole"] else "&lt;![")


def _mend_element(tag: Tag, base: str) -> None:
    if tag.name in _LINKED:
        _link_instead(tag, base)
    elif tag.name in _DROPPED:
        _drop(tag)
    elif tag.name in _UNWRAPPED:
        tag.hidden = True
    elif tag.name in _RENAMED:
        tag.name = _RENAMED[tag.name]
        tag.attrs = {}
    else:
        _mend_attributes(tag, base)
        if tag.name == "style":
            tag.string = Stylesheet(_mend_style(tag.get_text(), base))


def _drop(tag: Tag) -> None:
    """Take an element out; what Markdown makes a task list's box becomes a box of text."""
    if tag.name == "input" and tag.get("type") == "checkbox" and "disabled" in tag.attrs:
        tag.replace_with("☑" if "checked" in tag.attrs else "☐")
    else:
        tag.decompose()


def _link_instead(tag: Tag, base: str) -> None:
    """Put a link in the place of something embedded, or what an object has for such readers."""
    reference = str(tag.get(_LINKED[tag.name], "")).strip(_EDGES)
    url = _absolute(reference, base) if reference else None
    if tag.name == "object" and any(map(_says_something, tag.contents)):
        tag.hidden = True
    elif url and not _NO_PLACE.match(url):
        link = Tag(name="a", attrs={"href": url})
        link.string = str(tag.get("title", "")).strip() or url
        tag.replace_with(link)
    else:
        tag.decompose()


def _says_something(node: PageElement) -> bool:
    return isinstance(node, Tag) or bool(str(node).strip())


def _mend_attributes(tag: Tag, base: str) -> None:
    for name, value in list(tag.attrs.items()):
        mended = _mend_attribute(tag.name, name, str(value), base)
        if mended is None:
            del tag[name]
        else:
            tag[name] = mended


def _mend_attribute(element: str, name: str, value: str, base: str) -> str | None:
    """Return the value that a reader is to get, or None where it is to get none."""
    if name.startswith("on") or name == "ping" or not _NAME.fullmatch(name):
        return None
    if name == "style":
        return _mend_style(value, base)
    if name == "srcset":
        return _mend_candidates(value, base)
    if name not in _URL_ATTRIBUTES:
        return value
    if name.endswith("href") and element not in {"a", "area"} and value.startswith("#"):
        return value  # a part of the very drawing, in SVG
    return _absolute(value, base) if value.strip(_EDGES) or name == "href" else None


def _mend_style(style: str, base: str) -> str:
    def absolute(match: re.Match[str]) -> str:
        reference = next(filter(None, match.group("double", "single", "bare", "one", "other")), "")
        url = _absolute(reference, base)
        if not reference or reference.startswith("#") or url in {None, reference}:
            return match[0]
        return f'{match["rule"]}"{url}"' if match["rule"] else f'url("{url}")'

    return _IN_STYLE.sub(absolute, style)


def _mend_candidates(srcset: str, base: str) -> str | None:
    found = [(_absolute(url, base), size.strip()) for url, size in _CANDIDATE.findall(srcset)]
    return ", ".join(f"{url} {size}".strip() for url, size in found if url) or None


def _absolute(reference: str, base: str) -> str | None:
    """Return a URL that means the same everywhere, or None for a script and for nonsense."""
    url = re.sub(r"[\t\r\n]", "", reference.strip(_EDGES))
    if _SCRIPT.match(url):
        return None
    if _SCHEME.match(url) or not _ON_THE_WEB.match(base):
        return reference.strip(_EDGES)
    try:
        return urls.resolve(base, url)
    except InvalidURL:
        return None

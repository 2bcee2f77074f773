"""HTML parsed, mended and written again: what ``content`` does in doubt. Pure."""

from __future__ import annotations

import re
import warnings

from bs4 import BeautifulSoup, Tag, UnusualUsageWarning
from bs4.builder._htmlparser import HTMLParserTreeBuilder
from bs4.dammit import EntitySubstitution
from bs4.element import CData, NavigableString, PageElement, PreformattedString, Stylesheet
from bs4.formatter import HTMLFormatter

from pelican_linkback.feeds.content.cleaning import (
    DROPPED,
    EDGES,
    LATE,
    LINKED,
    LOADED,
    RENAMED,
    UNWRAPPED,
    absolute,
    names_a_part,
)

__all__ = ["mended", "words"]

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

# Where one of these ends, so does a word.
_BLOCKS = re.compile(r"(?:address|blockquote|br|d[dlt]|div|h[1-6]|hr|img|li|p|pre|section|t[dhr])$")


def words(html: str) -> str:
    """Return what HTML says as plain text, in one line."""
    tree = _parse(html)
    for block in tree.find_all(_BLOCKS):
        block.insert_after(" ")
    return " ".join(tree.get_text().split())


def mended(html: str, base: str) -> str:
    """Return an article's HTML fit for a reader far from the site; see ``content.fit``."""
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
    # Lone surrogates, which XML forbids, are more than Beautiful Soup can encode.
    html = html.encode(errors="ignore").decode()
    markup = _TAG.sub(lambda tag: _PARAMETER.sub("&amp;", tag[0]), html)
    markup = _SECTION.sub(_without_section, markup)
    with warnings.catch_warnings():
        # An XML declaration, or what looks like a URL: an article is HTML all the same.
        warnings.simplefilter("ignore", UnusualUsageWarning)
        return _Fragment(markup, builder=_Builder())


def _without_section(found: re.Match[str]) -> str:
    return found["comment"] or ("" if found["whole"] else "&lt;![")


def _mend_element(tag: Tag, base: str) -> None:
    if tag.name in LOADED:
        _load(tag)
    if tag.name in LINKED:
        _link_instead(tag, base)
    elif tag.name in DROPPED:
        _drop(tag)
    elif tag.name in UNWRAPPED:
        tag.hidden = True
    elif tag.name in RENAMED:
        tag.name = RENAMED[tag.name]
        tag.attrs = {}
    else:
        _mend_attributes(tag, base)
        if tag.name == "style":
            tag.string = Stylesheet(_mend_style(tag.get_text(), base))


def _load(tag: Tag) -> None:
    """Let an element show at once what a script would show when it scrolls into sight."""
    for late, name in LATE.items():
        if value := str(tag.attrs.pop(late, "")).strip():
            tag[name] = value


def _drop(tag: Tag) -> None:
    """Take an element out; what Markdown makes a task list's box becomes a box of text."""
    if tag.name == "input" and tag.get("type") == "checkbox" and "disabled" in tag.attrs:
        tag.replace_with("☑" if "checked" in tag.attrs else "☐")
    else:
        tag.decompose()


def _link_instead(tag: Tag, base: str) -> None:
    """Put a link in the place of something embedded, or what an object has for such readers.

    An object that is a picture (docutils makes one of a drawing in SVG) becomes an img.
    """
    reference = str(tag.get(LINKED[tag.name], "")).strip(EDGES)
    url = absolute(reference, base) if reference else None
    if url and _is_picture(tag):
        attributes = {"alt": tag.get_text().strip(), "src": url}
        tag.replace_with(Tag(name="img", attrs=attributes, can_be_empty_element=True))
    elif tag.name == "object" and any(map(_says_something, tag.contents)):
        tag.hidden = True
    elif url and not _NO_PLACE.match(url):
        link = Tag(name="a", attrs={"href": url})
        link.string = str(tag.get("title", "")).strip() or url
        tag.replace_with(link)
    else:
        tag.decompose()


def _is_picture(tag: Tag) -> bool:
    kind = str(tag.get("type", "")).strip().lower()
    return kind.startswith("image/") and not any(isinstance(each, Tag) for each in tag.contents)


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
    if value.startswith("#") and names_a_part(element, name):
        return value
    return absolute(value, base) if value.strip(EDGES) or name == "href" else None


def _mend_style(style: str, base: str) -> str:
    def mend(match: re.Match[str]) -> str:
        reference = next(filter(None, match.group("double", "single", "bare", "one", "other")), "")
        url = absolute(reference, base)
        if not reference or reference.startswith("#") or url in {None, reference}:
            return match[0]
        return f'{match["rule"]}"{url}"' if match["rule"] else f'url("{url}")'

    return _IN_STYLE.sub(mend, style)


def _mend_candidates(srcset: str, base: str) -> str | None:
    found = [(absolute(url, base), size.strip()) for url, size in _CANDIDATE.findall(srcset)]
    return ", ".join(f"{url} {size}".strip() for url, size in found if url) or None

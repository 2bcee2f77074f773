"""Which page a feed may link to: one that Pelican writes."""

from __future__ import annotations

import functools

__all__ = ["has_page", "page_of_article", "page_of_group"]


def has_page(content: object) -> bool:
    """Return whether Pelican writes a page for an article or page: not with an empty ``Save_as``.

    Not by ``content.save_as``, which is computed on each access.
    """
    if hasattr(content, "override_save_as"):
        return bool(content.override_save_as)
    name = _setting_of(type(content).__name__, bool(getattr(content, "in_default_lang", True)))
    return bool(getattr(content, "settings", {}).get(name, True))


@functools.lru_cache(maxsize=64)
def _setting_of(kind: str, in_default_language: bool) -> str:  # noqa: FBT001
    """Return the name of the setting for the page of a content: ``"ARTICLE_LANG_SAVE_AS"``."""
    return f"{kind.upper()}_{'' if in_default_language else 'LANG_'}SAVE_AS"


def page_of_article(article: object, url: str) -> str:
    """Return ``url``, that of an article or a page, if its page exists; else "", the home page.

    An article without a page of its own may name another, where all of them are shown: by ``URL``
    in its metadata, or by an ARTICLE_URL that does not contain its slug (except in the fragment).
    """
    if has_page(article) or hasattr(article, "override_url"):
        return url
    slug = getattr(article, "slug", "")
    return "" if slug and slug in url.partition("#")[0] else url


def page_of_group(obj: object) -> str:
    """Return the URL of the page of a category, author or tag; "", the home page, without one.

    CATEGORY_SAVE_AS = "" and the like mean that. The object of a feed may be of any type.
    """
    return str(getattr(obj, "url", "") or "") if getattr(obj, "save_as", True) else ""

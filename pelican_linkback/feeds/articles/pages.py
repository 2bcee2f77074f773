"""Which page a feed may link to: one that Pelican writes."""

from __future__ import annotations

__all__ = ["has_page", "page_of_article", "page_of_group"]


def has_page(content: object) -> bool:
    """Tell whether Pelican writes a page for an article or a page: not with an empty ``Save_as``.

    ``content.save_as`` would say so, too, and is worked out anew each time.
    """
    if hasattr(content, "override_save_as"):
        return bool(content.override_save_as)
    language = "" if getattr(content, "in_default_lang", True) else "LANG_"
    name = f"{type(content).__name__.upper()}_{language}SAVE_AS"
    return bool(getattr(content, "settings", {}).get(name, True))


def page_of_article(article: object, url: str) -> str:
    """Return ``url``, that of an article or a page, where a page is; "", the home page, else.

    Without a page of its own the article may name another, where all of them stand: by ``URL`` in
    its metadata, or by an ARTICLE_URL that is not made of its slug (but for the fragment).
    """
    if has_page(article) or hasattr(article, "override_url"):
        return url
    slug = getattr(article, "slug", "")
    return "" if slug and slug in url.partition("#")[0] else url


def page_of_group(obj: object) -> str:
    """Return the URL of the page of a category, an author, a tag; "", the home page, without one.

    That is what CATEGORY_SAVE_AS = "" and its like mean. Any object of a feed may be like these.
    """
    return str(getattr(obj, "url", "") or "") if getattr(obj, "save_as", True) else ""

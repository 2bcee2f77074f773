"""Language tags, as documents name a language (BCP 47, which is RFC 5646)."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import lru_cache

from pelican_linkback.text.regex import regex

__all__ = ["direction_of", "is_language_tag", "language_tag", "translation_for"]

_LONGEST = 100
_TAG = regex(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*+")
_LOCALE = regex(r"([A-Za-z0-9]+)((?:[-_][A-Za-z0-9]+)*+)(?:\.[A-Za-z0-9_-]+)?(?:@(.*))?")
_SCRIPTS = {"latin": "Latn", "cyrillic": "Cyrl", "devanagari": "Deva", "iqtelif": "Latn"}
"""The modifiers of locales that name a script."""

_FROM_THE_RIGHT = frozenset({"ar", "fa", "he"})
_TRADITIONAL = ("zh-Hant", "zh-TW", "zh-HK", "zh-MO")

# fmt: off
_COMMON = frozenset((
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "en-GB", "en-US", "eo", "es", "et", "eu", "fa",
    "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja", "ko", "nb", "nl", "nn", "no", "pl", "pt",
    "pt-BR", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh",
))
# fmt: on
"""Tags that need no lookup, since the tables of langcodes are slow to import."""


@lru_cache(maxsize=256)
def language_tag(text: str) -> str | None:
    """Return the canonical tag of a language that an author wrote.

    Locales are accepted, too: ``pt_BR`` is pt-BR, ``en_US.UTF-8`` en-US, ``sr@latin`` sr-Latn and
    ``ca_ES@valencia`` ca-ES-valencia. None if it is not a registered language, such as ``jp``,
    ``english`` or ``C``.
    """
    found = _LOCALE.fullmatch(text.strip()[: _LONGEST + 1])
    if found is None or len(found[0]) > _LONGEST:
        return None
    return next(filter(None, map(_canonical, _readings(*found.groups()))), None)


def is_language_tag(text: str) -> bool:
    """Return whether ``text`` is the tag of a registered language; case does not matter."""
    return bool(_TAG.fullmatch(text)) and language_tag(text) is not None


def translation_for(language: str, translations: Container[str]) -> str:
    """Return which of ``translations`` a site in ``language`` reads: English for a strange one."""
    tag = language_tag(language) or "en"
    name = "zh-Hant" if tag.startswith(_TRADITIONAL) else tag.partition("-")[0]
    return name if name in translations else "en"


def direction_of(translation: str) -> str:
    """Return in which direction the letters of a translation of ours go: "ltr" or "rtl"."""
    return "rtl" if translation in _FROM_THE_RIGHT else "ltr"


def _readings(language: str, more: str, modifier: str | None) -> Iterator[str]:
    """Yield what a locale may mean, the best first: its modifier is a script, a variant or none."""
    more = more.replace("_", "-")
    if modifier:
        script = _SCRIPTS.get(modifier.lower())
        yield f"{language}-{script}{more}" if script else f"{language}{more}-{modifier}"
    yield language + more


def _canonical(tag: str) -> str | None:
    if tag in _COMMON:
        return tag
    import langcodes  # noqa: PLC0415 (most sites are in one of the common languages)

    try:
        language = langcodes.Language.get(tag)
    except ValueError:
        return None
    # A registered extended language would have been replaced by the language itself.
    known = language.is_valid() and not language.extlangs and tag.lower() != "root"
    return language.to_tag() if known else None

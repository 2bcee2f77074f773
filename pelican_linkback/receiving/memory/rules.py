"""Rules about many mentions: a host, or the first part of a URL. Pure.

A host counts for its subdomains, too, and a URL for everything below it: ``https://m.example/@ann``
for ``/@ann/1`` and not for ``/@anna``. http and https are one. Of the rules that apply the most
specific one counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from pelican_linkback.exceptions import InvalidURL
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import check, page_key

__all__ = ["RuleBook", "host_in", "place_of", "rule_of", "with_parents"]

T = TypeVar("T")

_END_OF_HOST = regex("[/?#]")
_DOT = regex(r"\A([^/?#:]*[^/?#:.])\.(?=[:/?#]|\Z)")
_SLASHES = regex("/{2,}")
_PORT = regex(r":\d+\Z")
_HOST = regex(r"[^/?#@\s]*[.:][^/?#@\s]*|localhost\b")


def rule_of(text: str) -> str:
    """Return a host, or a URL without its scheme, as it is written in rules.

    ``https://M.example/@ann/`` is ``m.example/@ann``; ``*.M.example`` is ``m.example``. Raises
    ValueError for what is neither.
    """
    wanted = text.strip().removeprefix("*.")
    has_scheme = "://" in wanted
    if not has_scheme and not _HOST.match(wanted):
        raise ValueError(f"{printable(text)!r} is neither a host nor a URL")
    url = wanted if has_scheme else f"https://{wanted}"
    try:
        check(url)
    except InvalidURL as error:
        raise ValueError(f"{printable(text)!r}: {error.reason}") from error
    return place_of(url)


def place_of(url: str) -> str:
    """Return a URL in normal form, without its scheme, and without a slash at its end.

    A dot after the host goes, too, ``%40`` is ``@``, ``%2F`` a slash, and several slashes are one,
    as many servers read them: who is blocked, or not trusted, could write either.
    """
    page, hash_sign, fragment = url.partition("#")
    page = page.replace("%2F", "/").replace("%2f", "/")
    place = _DOT.sub(r"\1", page_key(page).partition("://")[2]).replace("%40", "@")
    path, question_mark, query = place.partition("?")
    place = _SLASHES.sub("/", path) + question_mark + query
    return place.rstrip("/") + hash_sign + fragment


def host_in(place: str) -> str:
    """Return the host of a URL without its scheme, such as ``place_of`` returns, with its port."""
    host = place.partition("/")[0]
    return _END_OF_HOST.split(host, maxsplit=1)[0] if "?" in host or "#" in host else host


def with_parents(host: str) -> Iterator[str]:
    """Yield a host, with its port if it has one, and the domains above it."""
    labels = _PORT.sub("", host).split(".")
    yield host
    yield from (".".join(labels[n:]) for n in range(len(labels)))


class RuleBook(Generic[T]):
    """What is decided by each rule: looked up by URL."""

    def __init__(self, rules: Mapping[str, T]) -> None:
        self._hosts = {rule: value for rule, value in rules.items() if host_in(rule) == rule}
        self._paths: dict[str, list[tuple[str, T]]] = {}
        # The longest first: that is the most specific one.
        for rule in sorted(rules.keys() - self._hosts.keys(), key=len, reverse=True):
            self._paths.setdefault(host_in(rule), []).append((rule, rules[rule]))

    def of(self, url: str) -> tuple[int, T] | None:
        """Return what is decided for ``url``, and how specific the rule is; None if none applies.

        A rule with a path is more specific than any with a host alone.
        """
        if not url or not (self._hosts or self._paths):
            return None
        place = place_of(url)
        host = host_in(place)
        for rule, value in self._paths.get(host, ()):
            if _is_below(place, rule):
                return len(rule) + _LONGEST_HOST, value
        for name in with_parents(host):
            if name in self._hosts:
                return len(name), self._hosts[name]
        return None


_LONGEST_HOST = 300


def _is_below(place: str, rule: str) -> bool:
    rest = place[len(rule) :]
    return place.startswith(rule) and (not rest or rest[0] in "/?#&")

"""What was erased and may not come back: known by a keyed hash, so that no file has its name."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from pelican_linkback.receiving.memory.rules import host_in, place_of, with_parents
from pelican_linkback.receiving.received import Received

__all__ = ["Forgotten", "hash_of", "is_about", "names_of"]


def hash_of(rule: str, key: str) -> str:
    """Return the hash of a host or URL, in the form of ``rules.rule_of``, by a key of the site."""
    return hashlib.blake2b(
        rule.encode("utf-8", "surrogatepass"), key=_key(key), digest_size=16
    ).hexdigest()


def _key(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def is_about(mention: Received, rule: str) -> bool:
    """Return whether ``rule``, a host or URL, names the source, the post or the author."""
    return rule in _names(mention)


def names_of(url: str) -> Iterator[str]:
    """Yield a URL, and its host with the domains above, as rules."""
    if url:
        place = place_of(url)
        yield place
        yield place.partition("#")[0].rstrip("/")
        yield from with_parents(host_in(place))


def _names(mention: Received) -> Iterator[str]:
    """Yield the names of what a mention can be erased by."""
    return chain.from_iterable(map(names_of, {mention.source, mention.url, mention.author.url}))


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The ``hashes`` by their keys: branches that were merged may have a key each."""

    hashes: Mapping[str, Collection[str]] = field(default_factory=dict)

    def has(self, mention: Received) -> bool:
        """Return whether the source, the post or the author of a mention was erased."""
        return bool(self.hashes) and any(
            hash_of(name, key) in hashes
            for key, hashes in self.hashes.items()
            for name in _names(mention)
        )

    @property
    def key(self) -> str:
        """The key for what is erased next; "" if there is none yet."""
        return min(self.hashes, default="")

"""The author's settings: LINKBACK_* and the Pelican settings we read -> one frozen Settings.

``read`` looks at everything before it complains, so that an author mends all of it at once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from types import UnionType
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from pelican_linkback.addresses import AllowEntry, is_public_host
from pelican_linkback.exceptions import InvalidURL, SettingsError, WebError
from pelican_linkback.protocol.mention import MENTIONING, Protocol
from pelican_linkback.urls import check

__all__ = ["NAMES", "Settings", "read"]

PREFIX = "LINKBACK_"
_FEED_ADDRESS = re.compile(r"(?:\w+_)?FEED(?:_\w+)?_URL")
USER_AGENT = "pelican_linkback (Webmention; Pingback)"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the rest of the package knows about the author's configuration."""

    site_url: str
    """SITEURL without a trailing slash; empty in development."""

    content: Path
    """The content folder, absolute."""

    edition: str = ""
    """DEFAULT_LANG: what tells the sites apart that are built from one content folder."""

    subsite: bool = False
    """Whether this is one of the sites that i18n_subsites builds while it builds the main one."""

    output: Path = Path("output")
    """The output folder."""

    feed_domain: str = ""
    """FEED_DOMAIN, or else SITEURL, without a trailing slash: the address of the output folder."""

    feeds_readdressed: bool = False
    """Whether feeds can have other addresses than their paths (FEED_ATOM_URL and its like)."""

    feeds: tuple[Any, ...] | None = None
    """Feed classes or their dotted names; None for those that Pelican's settings ask for."""

    archives: bool = False
    """Whether what the limit of a feed leaves out is in archive documents (RFC 5005)."""

    icon: str = ""
    """A square picture of the site, as a URL or relative to the site."""

    logo: str = ""
    """A wide picture of the site, likewise."""

    hubs: tuple[str, ...] = ()
    """The WebSub hubs of the feeds: absolute URLs, each once."""

    state: Path = Path("linkback")
    """The folder of the journals."""

    authors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What feeds say of an author beside the name: "email" and "url"."""

    future: bool = False
    """Whether an article whose date has not come is in the feeds."""

    feed_style: bool | str = False
    """Whether feeds opened in a browser have a look: True for ours, or a stylesheet's URL."""

    autodiscovery: bool = False
    """Whether pages get the links to their feeds that their theme left out."""

    send: bool = True
    targets: str = "marked"
    since: date | None = None
    """The day from which on found links are told; None for that of the first publication."""

    link_marked: bool = False
    protocols: tuple[Protocol, ...] = MENTIONING
    exclude: tuple[str, ...] = ()
    allow_hosts: tuple[AllowEntry, ...] = ()
    timeout: float = 10.0
    """Seconds for one exchange, all of it."""

    deadline: float = 60.0
    """Seconds for the sending of one build."""

    workers: int = 16
    per_host: int = 2
    user_agent: str = USER_AGENT

    @property
    def publishes(self) -> bool:
        """Whether a build with these settings is a publication.

        It is when SITEURL is an absolute http(s) URL whose host is public or is named in
        LINKBACK_ALLOW_HOSTS. Otherwise nothing is recorded and no request is made.
        """
        try:
            check(self.site_url)
        except WebError:
            return False
        parts = urlsplit(self.site_url)
        host = parts.hostname or ""
        port = parts.port or {"http": 80, "https": 443}[parts.scheme.lower()]
        return is_public_host(host) or any(
            entry.opens(host, None, port) for entry in self.allow_hosts
        )


# A reader takes what the author wrote and returns the value, or raises ValueError with what
# the setting takes.


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("takes True or False")


def _one_of(*words: str) -> Callable[[object], str]:
    def read_word(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise ValueError("takes " + " or ".join(f'"{word}"' for word in words))

    return read_word


def _style(value: object) -> bool | str:
    if isinstance(value, bool) or (isinstance(value, str) and value.strip()):
        return value
    raise ValueError("takes True, False, or the URL of a stylesheet")


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 86_400:
        return float(value)
    raise ValueError("takes a number of seconds above 0, such as 10")


def _count(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000:
        return value
    raise ValueError("takes a whole number from 1 to 1000")


def _is_list(value: object, kind: type | UnionType) -> TypeGuard[Sequence[Any]]:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        return False
    return all(isinstance(entry, kind) for entry in value)


def _strings(value: object) -> tuple[str, ...]:
    if _is_list(value, str) and all(entry.strip() for entry in value):
        return tuple(entry.strip() for entry in value)
    raise ValueError('takes a list of strings, such as ["example.org"]')


def _hubs(value: object) -> tuple[str, ...]:
    hubs = _strings(value)
    wrong = []
    for hub in hubs:
        try:
            check(hub)
        except InvalidURL as error:
            wrong.append(f"{hub!r} is none: {error.reason}")
    if wrong:
        raise ValueError(f"takes absolute URLs; {'; '.join(wrong)}")
    return tuple(dict.fromkeys(hubs))


def _protocols(value: object) -> tuple[Protocol, ...]:
    names = _strings(value)
    if len(set(names)) == len(names) and all(name in MENTIONING for name in names):
        return tuple(Protocol(name) for name in names)
    raise ValueError('takes a list of "webmention" and "pingback", in the order of preference')


def _allow_hosts(value: object) -> tuple[AllowEntry, ...]:
    return tuple(AllowEntry.parse(entry) for entry in _strings(value))


def _agent(value: object) -> str:
    if isinstance(value, str) and value.strip() and value.isprintable() and value.isascii():
        return value.strip()
    raise ValueError("takes one line of ASCII text")


def _path(value: object) -> Path:
    if isinstance(value, str | Path) and str(value).strip() and "\0" not in str(value):
        with suppress(RuntimeError):  # ~nobody: a user who is not there
            return Path(value).expanduser()
    raise ValueError('takes the path of a folder, such as "linkback"')


def _address(value: object) -> str:
    if isinstance(value, str) and not re.search(r"\s", value.strip()):
        return value.strip()
    raise ValueError('takes an address, such as "images/icon.png"')


def _authors(value: object) -> Mapping[str, Mapping[str, str]]:
    if isinstance(value, Mapping) and all(map(_is_person, value.items())):
        return dict(value)
    raise ValueError(
        'takes a dictionary, such as {"Ann Lee": {"email": "ann@example.org", "url": ""}}'
    )


def _is_person(item: tuple[object, object]) -> bool:
    name, about = item
    if not isinstance(name, str) or not isinstance(about, Mapping):
        return False
    return set(about) <= {"email", "url"} and all(isinstance(each, str) for each in about.values())


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError('takes a day, such as "2026-01-31"') from None


def _feeds(value: object) -> tuple[Any, ...] | None:
    if value is None:
        return None
    if _is_list(value, str | type):
        return tuple(value)
    raise ValueError("takes a list of Feed classes or of their dotted names")


READERS: Mapping[str, tuple[str, Callable[[object], object]]] = {
    "LINKBACK_FEEDS": ("feeds", _feeds),
    "LINKBACK_AUTHORS": ("authors", _authors),
    "LINKBACK_FUTURE": ("future", _flag),
    "LINKBACK_FEED_STYLE": ("feed_style", _style),
    "LINKBACK_AUTODISCOVERY": ("autodiscovery", _flag),
    "LINKBACK_ARCHIVES": ("archives", _flag),
    "LINKBACK_ICON": ("icon", _address),
    "LINKBACK_LOGO": ("logo", _address),
    "LINKBACK_HUBS": ("hubs", _hubs),
    "LINKBACK_STATE": ("state", _path),
    "LINKBACK_SEND": ("send", _flag),
    "LINKBACK_TARGETS": ("targets", _one_of("marked", "all")),
    "LINKBACK_SINCE": ("since", _day),
    "LINKBACK_LINK_MARKED": ("link_marked", _flag),
    "LINKBACK_PROTOCOLS": ("protocols", _protocols),
    "LINKBACK_EXCLUDE": ("exclude", _strings),
    "LINKBACK_ALLOW_HOSTS": ("allow_hosts", _allow_hosts),
    "LINKBACK_TIMEOUT": ("timeout", _seconds),
    "LINKBACK_DEADLINE": ("deadline", _seconds),
    "LINKBACK_WORKERS": ("workers", _count),
    "LINKBACK_PER_HOST": ("per_host", _count),
    "LINKBACK_USER_AGENT": ("user_agent", _agent),
}

NAMES = tuple(READERS)
"""Every setting of this plugin, as the author writes it."""


def read(pelican: Mapping[str, Any]) -> Settings:
    """Return the Settings in ``pelican``, Pelican's dictionary of settings.

    Raises SettingsError with every problem found: a name that is not ours (with the nearest
    that is) and a value that is not what the setting takes.
    """
    problems: list[str] = []
    values: dict[str, object] = {}
    for name in sorted(key for key in pelican if key.startswith(PREFIX)):
        if name not in READERS:
            problems.append(_unknown(name))
            continue
        field, reader = READERS[name]
        try:
            values[field] = reader(pelican[name])
        except ValueError as error:
            problems.append(f"{name} = {pelican[name]!r}: {error}")
    problems += [*_addresses(pelican), *_length(pelican.get("FEED_MAX_ITEMS"))]
    if problems:
        raise SettingsError(problems)
    site_url = str(pelican.get("SITEURL") or "").rstrip("/")
    content = Path(pelican["PATH"]).absolute()
    places: dict[str, Any] = {
        "edition": str(pelican.get("DEFAULT_LANG") or ""),
        "subsite": pelican.get("DEFAULT_LANG") in (pelican.get("I18N_SUBSITES") or {}),
        "output": Path(pelican.get("OUTPUT_PATH", "output")).absolute(),
        "feed_domain": str(pelican.get("FEED_DOMAIN") or site_url).rstrip("/"),
        "feeds_readdressed": any(map(pelican.get, filter(_FEED_ADDRESS.fullmatch, pelican))),
    }
    settings = Settings(site_url, content, **places, **values)  # type: ignore[arg-type]
    # Beside the content folder; joining an absolute path gives that path.
    settings = replace(settings, state=content.parent / settings.state)
    if problems := list(_folders(settings)):
        raise SettingsError(problems)
    return settings


def _addresses(pelican: Mapping[str, Any]) -> Iterator[str]:
    for name in ("SITEURL", "FEED_DOMAIN"):
        value = str(pelican.get(name) or "")
        if value and (problem := _about_address(value)):
            yield f"{name} = {value!r}: {problem}; takes an address, such as https://example.org"


def _length(items: object) -> Iterator[str]:
    is_number = isinstance(items, int) and not isinstance(items, bool) and items >= 0
    if items is not None and not is_number:
        yield f"FEED_MAX_ITEMS = {items!r}: takes a whole number, or None for all"


def _about_address(value: str) -> str | None:
    """Say what is wrong with a site's address; Pelican takes ``//host`` and ``/blog``, too."""
    try:
        parts = urlsplit(value)
    except ValueError as error:
        return str(error)
    if value != value.strip():
        return "white space around it"
    if "@" in parts.netloc:
        return "a user name in it would be in every link"
    if parts.scheme not in {"http", "https"} and not value.startswith("/"):
        return "it does not begin with https:// or http://"
    return None


def _folders(settings: Settings) -> Iterator[str]:
    if settings.state.is_relative_to(settings.output):
        yield (
            f"LINKBACK_STATE = {str(settings.state)!r}: it is below the output folder, which is "
            "published, and emptied by some builds; takes a folder beside the content"
        )


def _unknown(name: str) -> str:
    # The prefix is common to all, and would make strangers look alike.
    endings = {known.removeprefix(PREFIX): known for known in NAMES}
    near = difflib.get_close_matches(name.removeprefix(PREFIX), endings, n=1, cutoff=0.6)
    hint = f"did you mean {endings[near[0]]}?" if near else f"there are {', '.join(NAMES)}"
    return f"{name} is not a setting of pelican_linkback; {hint}"

"""The settings of a site: LINKBACK_* and the Pelican settings in use -> one frozen Settings.

``read`` checks everything before it raises, so that an author can fix all errors at once.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from pelican_linkback.exceptions import SettingsError, WebError
from pelican_linkback.net.addresses import AllowEntry, is_public_host, reserved_suffix
from pelican_linkback.settings import validators as values
from pelican_linkback.settings.pelican import PelicanSettings, Values
from pelican_linkback.settings.validators import KINDS
from pelican_linkback.text.next_steps import SECRET
from pelican_linkback.text.regex import regex
from pelican_linkback.text.urls import check

if typing.TYPE_CHECKING:
    from pelican_linkback.protocol.registry import Registry
    from pelican_linkback.settings.receiver import Network

__all__ = ["NAMES", "Settings", "is_subsite", "read"]

PREFIX = "LINKBACK_"
_FEED_ADDRESS = regex(r"(?:\w+_)?FEED(?:_\w+)?_URL")
USER_AGENT = "pelican_linkback (Webmention; Pingback)"
"""Webmention recommends that its name is in it (section 3.1.2)."""


class Settings(NamedTuple):
    """The configuration of a site, as the rest of the package uses it."""

    site_url: str
    """SITEURL without a trailing slash; empty in development."""

    content: Path
    """The content folder, absolute."""

    edition: str = ""
    """DEFAULT_LANG, which distinguishes sites that are built from one content folder."""

    subsites: frozenset[str] = frozenset()
    """The languages for which i18n_subsites builds sites while it builds the main one."""

    subsite: bool = False
    """Whether this is one of those subsites."""

    output: Path = Path("output")
    """The output folder."""

    feed_domain: str = ""
    """FEED_DOMAIN, or else SITEURL, without a trailing slash: the public address of the output
    folder."""

    feeds_readdressed: bool = False
    """Whether feeds can have other URLs than their paths (FEED_ATOM_URL and the like)."""

    feeds: tuple[object, ...] | None = None
    """Feed classes or their dotted names; None for those that Pelican's settings ask for."""

    archives: bool = False
    """Whether the entries beyond a feed's limit are in archive documents (RFC 5005)."""

    icon: str = ""
    """A square picture of the site, as a URL or relative to the site."""

    logo: str = ""
    """A wide picture of the site, likewise."""

    hubs: tuple[str, ...] = ()
    """The WebSub hubs of the feeds: absolute URLs, each once."""

    state: Path = Path("linkback")
    """The folder of the journals."""

    authors: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    """The "email" and "url" of authors in feeds, by their names."""

    future: bool = False
    """Whether articles with a date in the future are in the feeds."""

    feed_style: bool | str = False
    """The style of feeds in a browser: True for the built-in one, or a stylesheet's URL."""

    autodiscovery: bool = False
    """Whether pages get the links to their feeds that their theme leaves out."""

    feeds_page: str = ""
    """The path in the output folder of a page for readers that lists the feeds; "" for none."""

    send: bool = True
    targets: str = "marked"
    since: date | None = None
    """The day from which on found links are sent; None for that of the first publication."""

    link_marked: bool = False
    registry: Registry | None = None
    """What linkbacks are sent by, if that is set: see ``protocols``."""

    exclude: tuple[str, ...] = ()
    """Hosts, ``*.`` hosts and prefixes of URLs, in their normal forms."""

    allow_hosts: tuple[AllowEntry, ...] = ()
    timeout: float = 10.0
    """Seconds for one exchange in total."""

    deadline: float = 60.0
    """Seconds for the sending of one build, and for its pull of mentions."""

    workers: int = 16
    per_host: int = 2
    user_agent: str = USER_AGENT

    receive: str = ""
    """Where mentions are sent to: the name of a hosted service, or the URL of a receiver of one's
    own, with a slash at its end; "" for nowhere."""

    pull: bool | tuple[object, ...] = True
    """Whether a publishing build asks the receiver for news; or the sources of mentions, each its
    name, its URL or an object."""

    show_mentions: bool | None = None
    """Whether pages get the mentions that their theme leaves out; None: if the site receives."""

    show_kinds: tuple[str, ...] = KINDS
    """The kinds of mentions that are shown."""

    invite_mentions: bool = False
    """Whether a page without mentions says how to answer it."""

    mention_words: Mapping[str, str] = MappingProxyType({})
    """The words of the mentions on a page that are not those of the site's language."""

    aliases: tuple[str, ...] = ()
    """The former addresses of the site: absolute URLs, without a slash at the end."""

    avatars: bool = False
    """Whether the pictures of authors are copied to the site."""

    salmention: bool = False
    """Whether an article whose mentions changed counts as updated for those it mentions."""

    inbox: str = ""
    """The database of a receiver of one's own, as a URL of SQLAlchemy; "" for a file of SQLite in
    the state folder."""

    rebuild: str = ""
    """What rebuilds the site when shown mentions changed: a command, or a webhook's URL."""

    trusted_proxies: tuple[Network, ...] = ()
    """The networks whose word for the address of a client a receiver believes."""

    @property
    def protocols(self) -> Registry:
        """What linkbacks are sent by, the preferred protocol first."""
        from pelican_linkback.protocol.registry import Registry  # noqa: PLC0415 (for who sends)

        return self.registry or Registry()

    @property
    def receives(self) -> bool:
        """Whether mentions of the site are received, or pulled from anywhere."""
        return bool(self.receive) or isinstance(self.pull, tuple)

    @property
    def has_own_receiver(self) -> bool:
        """Whether mentions are received at an address of one's own, and not by a known service."""
        return self.receive not in {"", *values.HOSTED}

    @property
    def publishes(self) -> bool:
        """Whether a build with these settings is a publication.

        It is if SITEURL is an absolute http(s) URL whose host is public or is named in
        LINKBACK_ALLOW_HOSTS. Otherwise nothing is recorded and no request is made.
        """
        return not self.address_problem

    @property
    def address_problem(self) -> str:
        """Why SITEURL is not where the public finds the site, as a clause; empty if it is."""
        if not self.site_url:
            return "SITEURL is empty"
        problem = f"SITEURL = {self.site_url!r} is no public address"
        try:
            check(self.site_url)
        except WebError:
            return problem
        parts = urlsplit(self.site_url)
        host = parts.hostname or ""
        port = parts.port or {"http": 80, "https": 443}[parts.scheme.lower()]
        if is_public_host(host) or any(entry.opens(host, None, port) for entry in self.allow_hosts):
            return ""
        reserved = reserved_suffix(host)
        return f'{problem}: it ends in "{reserved}"' if reserved else problem


def _protocols(value: object) -> Registry:
    from pelican_linkback.settings.protocols import protocols  # noqa: PLC0415 (few sites set it)

    return protocols(value)


def _of_receiver(name: str) -> Callable[[object], object]:
    def read(value: object) -> object:
        from pelican_linkback.settings import receiver  # noqa: PLC0415 (few sites have one)

        reader: Callable[[object], object] = getattr(receiver, name)
        return reader(value)

    return read


READERS: Mapping[str, tuple[str, Callable[[object], object]]] = {
    "LINKBACK_FEEDS": ("feeds", values.feeds),
    "LINKBACK_AUTHORS": ("authors", values.authors),
    "LINKBACK_FUTURE": ("future", values.flag),
    "LINKBACK_FEED_STYLE": ("feed_style", values.style),
    "LINKBACK_AUTODISCOVERY": ("autodiscovery", values.flag),
    "LINKBACK_FEEDS_PAGE": ("feeds_page", values.page),
    "LINKBACK_ARCHIVES": ("archives", values.flag),
    "LINKBACK_ICON": ("icon", values.address),
    "LINKBACK_LOGO": ("logo", values.address),
    "LINKBACK_HUBS": ("hubs", values.urls),
    "LINKBACK_STATE": ("state", values.path),
    "LINKBACK_SEND": ("send", values.flag),
    "LINKBACK_TARGETS": ("targets", values.one_of("marked", "all")),
    "LINKBACK_SINCE": ("since", values.day),
    "LINKBACK_LINK_MARKED": ("link_marked", values.flag),
    "LINKBACK_PROTOCOLS": ("registry", _protocols),
    "LINKBACK_EXCLUDE": ("exclude", values.exclusions),
    "LINKBACK_ALLOW_HOSTS": ("allow_hosts", values.allow_hosts),
    "LINKBACK_TIMEOUT": ("timeout", values.seconds),
    "LINKBACK_DEADLINE": ("deadline", values.seconds),
    "LINKBACK_WORKERS": ("workers", values.count),
    "LINKBACK_PER_HOST": ("per_host", values.count),
    "LINKBACK_USER_AGENT": ("user_agent", values.agent),
    "LINKBACK_RECEIVE": ("receive", values.receiver),
    "LINKBACK_PULL": ("pull", values.sources),
    "LINKBACK_SHOW_MENTIONS": ("show_mentions", values.flag_or_none),
    "LINKBACK_SHOW_KINDS": ("show_kinds", values.kinds),
    "LINKBACK_INVITE_MENTIONS": ("invite_mentions", values.flag),
    "LINKBACK_MENTION_WORDS": ("mention_words", values.words),
    "LINKBACK_ALIASES": ("aliases", values.sites),
    "LINKBACK_AVATARS": ("avatars", values.flag),
    "LINKBACK_SALMENTION": ("salmention", values.flag),
    "LINKBACK_INBOX": ("inbox", _of_receiver("database")),
    "LINKBACK_REBUILD": ("rebuild", _of_receiver("command")),
    "LINKBACK_TRUSTED_PROXIES": ("trusted_proxies", _of_receiver("networks")),
}
"""The validator of each setting, and the field of Settings that gets the value."""

NAMES = tuple(READERS)
"""Every setting of this plugin."""


def read(pelican: PelicanSettings) -> Settings:
    """Return the Settings in ``pelican``, Pelican's dictionary of settings.

    Raises SettingsError with every problem found: a name that is unknown (with the nearest known
    one) and a value that the setting does not take.
    """
    own, problems = _read_own(pelican)
    problems += [*_addresses(pelican), *_length(pelican.get("FEED_MAX_ITEMS"))]
    if problems:
        raise SettingsError(problems)
    settings = Settings(**_read_pelicans(pelican), **own)
    # Relative to the parent of the content folder; an absolute path stays as it is.
    settings = settings._replace(state=settings.content.parent / settings.state)
    if problems := list(_folders(settings)):
        raise SettingsError(problems)
    return settings


def is_subsite(pelican: PelicanSettings) -> bool:
    """Return whether these are the settings of one of the subsites of i18n_subsites."""
    return pelican.get("DEFAULT_LANG") in (pelican.get("I18N_SUBSITES") or {})


def _read_own(pelican: PelicanSettings) -> tuple[Values, list[str]]:
    """Return the values of LINKBACK_*, by the fields of Settings, and what is wrong with them."""
    own: Values = {}
    problems: list[str] = []
    for name in sorted(key for key in pelican if key.startswith(PREFIX)):
        if name not in READERS:
            problems.append(_unknown(name))
            continue
        field, reader = READERS[name]
        try:
            own[field] = reader(pelican[name])
        except ValueError as error:
            value = "" if name in SECRET else f" = {_without_password(pelican[name])!r}:"
            problems.append(f"{name}{value} {error}")
    return own, problems


def _without_password(value: object) -> object:
    """Return a value for a message, which may be in a public log: URLs without their passwords."""
    if isinstance(value, list):
        return [_without_password(each) for each in value]
    if not isinstance(value, str):
        return value
    scheme, mark, rest = value.partition("://")
    user, colon, secret = rest.partition(":")
    _, at, host = secret.rpartition("@")
    return f"{scheme}{mark}{user}{colon}***{at}{host}" if at and "/" not in user else value


def _read_pelicans(pelican: PelicanSettings) -> Values:
    """Return the values of Pelican's own settings, by the fields of Settings."""
    site_url = str(pelican.get("SITEURL") or "").rstrip("/")
    return {
        "site_url": site_url,
        "content": Path(pelican["PATH"]).absolute(),
        "edition": str(pelican.get("DEFAULT_LANG") or ""),
        "subsites": frozenset(pelican.get("I18N_SUBSITES") or ()),
        "subsite": is_subsite(pelican),
        "output": Path(pelican.get("OUTPUT_PATH", "output")).absolute(),
        "feed_domain": str(pelican.get("FEED_DOMAIN") or site_url).rstrip("/"),
        "feeds_readdressed": any(map(pelican.get, filter(_FEED_ADDRESS.fullmatch, pelican))),
    }


def _addresses(pelican: PelicanSettings) -> Iterator[str]:
    for name in ("SITEURL", "FEED_DOMAIN"):
        value = str(pelican.get(name) or "")
        if value and (problem := _about_address(value)):
            yield f"{name} = {value!r}: {problem}; takes an address, such as https://example.org"


def _length(items: object) -> Iterator[str]:
    is_number = isinstance(items, int) and not isinstance(items, bool) and items >= 0
    if items not in (None, "") and not is_number:  # "" is the default of Pelican 4.8
        yield f"FEED_MAX_ITEMS = {items!r}: takes a whole number, or None for all"


def _about_address(value: str) -> str | None:
    """Return what is wrong with a site's address; Pelican accepts ``//host`` and ``/blog``, too."""
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
    from difflib import get_close_matches  # noqa: PLC0415 (most settings are spelt well)

    # Without the common prefix, which would make any two names similar.
    endings = {known.removeprefix(PREFIX): known for known in NAMES}
    near = get_close_matches(name.removeprefix(PREFIX), endings, n=1, cutoff=0.6)
    hint = f"did you mean {endings[near[0]]}?" if near else f"there are {', '.join(NAMES)}"
    return f"{name} is not a setting of pelican_linkback; {hint}"

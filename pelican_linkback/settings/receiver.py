"""The readers of the settings of a receiver of one's own, opened by sites that set one."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

from pelican_linkback.settings.validators import is_list
from pelican_linkback.text.regex import regex

__all__ = ["Network", "command", "database", "networks"]

Network = IPv4Network | IPv6Network

_DATABASE = (
    'takes the URL of a database, such as "sqlite:////srv/blog/inbox.sqlite" or '
    '"postgresql+psycopg://user@host/blog"'
)
_SCHEME = regex(r"(?:sqlite|postgres(?:ql(?:\+psycopg)?)?)://\S+")
_COMMAND = 'takes a command, such as "make publish", or the URL of a webhook'
_NETWORKS = 'takes a list of addresses and networks, such as ["127.0.0.1", "10.0.0.0/8"]'


def database(value: object) -> str:
    """Take the URL of a SQLite or PostgreSQL database; "" for the one in the state folder.

    ``postgres://`` is what platforms write that have PostgreSQL.
    """
    if value == "":
        return ""
    text = value.strip() if isinstance(value, str) else ""
    if not _SCHEME.fullmatch(text):
        raise ValueError(_DATABASE)
    scheme, mark, rest = text.partition("://")
    name = "postgresql+psycopg" if scheme.startswith("postgres") else scheme
    return f"{name}{mark}{rest}"


def command(value: object) -> str:
    """Take one line: a command for the shell, or a URL; "" for none."""
    if isinstance(value, str) and value.isprintable():
        return value.strip()
    raise ValueError(_COMMAND)


def networks(value: object) -> tuple[Network, ...]:
    """Take addresses and networks; an address is the network of itself alone."""
    if not is_list(value, str):
        raise ValueError(_NETWORKS)
    try:
        return tuple(ip_network(each.strip(), strict=False) for each in value)
    except ValueError as error:
        raise ValueError(f"{_NETWORKS}; {error}") from None

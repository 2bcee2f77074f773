"""Host names in normal form: lower case and A-labels (UTS 46, as browsers look them up).

``bücher.example`` and ``xn--bcher-kva.example`` are the same host.
"""

from __future__ import annotations

from ipaddress import IPv4Address

from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex

__all__ = ["NUMBER", "as_address", "to_ascii"]

_LABELS = regex(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")
NUMBER = regex(r"[0-9]+|0x[0-9a-f]*")
"""A label that is a part of an IPv4 address, or none, and the last one of no name."""

_PART = regex(r"0[0-7]*|[1-9][0-9]*|0x[0-9a-f]*")


def to_ascii(name: str) -> str:
    """Return a host name in lower case and A-labels; a final dot is kept.

    UTS 46 is applied as browsers do: non-transitional (``faß`` keeps its ß), and with everything
    that registries allow, including emoji and underscores. Raises ValueError if it is not a host
    name.
    """
    try:
        # Checked before the work: the time of Punycode grows with the square of the length.
        plain = name.lower() if name.isascii() else _mapped(name[:254])
    except UnicodeError:  # a character that no host name has
        plain = ""
    if len(name) > 253 or not _LABELS.fullmatch(plain):
        raise ValueError(f"{printable(name, 60)} is not the name of a host")
    return plain


def as_address(name: str) -> str:
    """Return the usual form of the IPv4 address that a host name is; of others the name itself.

    As browsers read it (WHATWG URL, section 3.5), and systems connect to it: ``0xcb.0.28937`` is
    ``203.0.113.9``. Raises ValueError for a name that ends in a number and is no address.
    """
    labels = name.removesuffix(".").split(".")
    if not NUMBER.fullmatch(labels[-1]):
        return name
    if len(labels) > 4 or not all(map(_PART.fullmatch, labels)):
        raise ValueError(f"{printable(name, 60)} is not an address")
    *first, last = map(_number, labels)
    rest = 256 ** (4 - len(first))
    if last >= rest or any(each > 255 for each in first):
        raise ValueError(f"{printable(name, 60)} is not an address")
    return str(IPv4Address(sum(n * 256 ** (3 - i) for i, n in enumerate(first)) + last))


def _number(label: str) -> int:
    """Return the number that a part of an address is: hexadecimal, octal or decimal."""
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if label.startswith("0") else 10)


def _mapped(name: str) -> str:
    import idna  # noqa: PLC0415 (few sites need its tables)

    mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
    return ".".join(map(_a_label, mapped.split(".")))


def _a_label(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"

"""Host names in normal form: lower case and A-labels (UTS 46, as browsers look them up).

``bücher.example`` and ``xn--bcher-kva.example`` are the same host.
"""

from __future__ import annotations

from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex

__all__ = ["to_ascii"]

_LABELS = regex(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")


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


def _mapped(name: str) -> str:
    import idna  # noqa: PLC0415 (few sites need its tables)

    mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
    return ".".join(map(_a_label, mapped.split(".")))


def _a_label(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"

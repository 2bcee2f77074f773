"""The mail server in the environment, since its URL has a password."""

from __future__ import annotations

from collections.abc import Mapping

from pelican_linkback.exceptions import SettingsError
from pelican_linkback.net.mail import Mailbox

__all__ = ["MAIL", "mailbox_of"]

MAIL = "LINKBACK_MAIL"


def mailbox_of(environment: Mapping[str, str]) -> Mailbox | None:
    """Return where mail goes to; None if nowhere. Raises SettingsError, without the value."""
    value = environment.get(MAIL, "").strip()
    if not value:
        return None
    try:
        return Mailbox.of(value)
    except ValueError as error:
        raise SettingsError([f"{MAIL} (in the environment): {error}"]) from None

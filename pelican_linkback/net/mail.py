"""Sends mail by the server that the author names."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

from pelican_linkback.exceptions import MailError
from pelican_linkback.text.printable import printable
from pelican_linkback.text.regex import regex

__all__ = ["Mailbox"]

TIMEOUT = 30.0
"""Seconds that the server may be silent."""

_ADDRESS = regex(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
_PORTS = {"smtp": 25, "smtps": 465}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_FORM = (
    'takes the URL of a mail server with your address behind it, such as "smtp://localhost/'
    'ann@your.site" or "smtps://user:password@mail.your.site/ann@your.site"'
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The address of the ``recipient``, and the server that takes mail for it.

    ``is_encrypted`` is whether the connection begins encrypted; else it becomes so where a server
    that is not on this machine offers it, and without that no password is sent to one.
    """

    host: str
    port: int
    recipient: str
    is_encrypted: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> Self:
        """Read ``smtps://user:password@server:465/ann@your.site``; raise ValueError, with the form.

        In the user's name and the password, what is special in a URL is percent-encoded.
        """
        try:
            parts = urlsplit(url.strip())
            port = parts.port or _PORTS[parts.scheme]
        except (KeyError, ValueError):  # what urllib says of it may have the password in it
            raise ValueError(_FORM) from None
        recipient = unquote(parts.path.strip("/"))
        if not parts.hostname or not _ADDRESS.fullmatch(recipient):
            raise ValueError(_FORM)
        secret = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, recipient, parts.scheme == "smtps", *secret)

    @property
    def sender(self) -> str:
        """The address that mail is from: the user's name if it is one, else the recipient."""
        return self.user if _ADDRESS.fullmatch(self.user) else self.recipient

    def send(self, message: bytes) -> None:
        """Send a mail, with its head; raise MailError if the server does not take it."""
        try:
            with self._connected() as server:
                self._log_in(server)
                server.sendmail(self.sender, [self.recipient], message)
        except (OSError, ValueError) as error:  # a ValueError: characters that SMTP has none for
            raise MailError(self.host, _reason(error)) from error

    def _connected(self) -> smtplib.SMTP:
        if self.is_encrypted:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)

    def _log_in(self, server: smtplib.SMTP) -> None:
        """Encrypt the connection if that is to be done now, and say who we are."""
        server.ehlo()
        is_safe = self.is_encrypted or self.host in _HERE
        if not is_safe and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            is_safe = True
        if self.user:
            if not is_safe:
                raise MailError(self.host, "it cannot encrypt, so it gets no password")
            server.login(self.user, self.password)


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return printable(f"{error.smtp_code} {words}")
    return printable(error)

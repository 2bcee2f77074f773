"""A mail server on loopback for tests: as much of RFC 5321 as smtplib speaks."""

from __future__ import annotations

import base64
import socketserver
import threading
from contextlib import contextmanager, suppress


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps what it is given: ``mails`` as text, and each user with the password in ``users``.

    With a ``context`` connections are encrypted ``at_once``, or by the command STARTTLS.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, offers, refuses, context, at_once):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.offers, self.refuses, self.context, self.at_once = offers, refuses, context, at_once
        self.mails, self.users, self.commands = [], [], []

    @property
    def port(self):
        return self.server_address[1]


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        with suppress(OSError):  # a client that does not like our certificate
            if self.server.at_once:
                self.encrypt()
            self.talk()
        self.finish()
        self.request.close()

    def encrypt(self):
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.setup()

    def talk(self):
        self.says("220 here")
        while line := self.rfile.readline().decode().strip():
            self.server.commands.append(line)
            verb = line.split()[0].upper()
            if verb == self.server.refuses:
                self.says("550 not now")
            elif verb == "EHLO":
                offers = ["here", *self.server.offers]
                for each in offers[:-1]:
                    self.says(f"250-{each}")
                self.says(f"250 {offers[-1]}")
            elif verb == "STARTTLS":
                self.says("220 go on")
                self.encrypt()
            elif verb == "AUTH":
                self.server.users.append(base64.b64decode(line.split()[2]).decode().split("\0")[1:])
                self.says("235 welcome")
            elif verb == "DATA":
                self.says("354 go on")
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.says("250 taken")
            else:
                self.says("221 bye" if verb == "QUIT" else "250 fine")

    def says(self, line):
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server(offers=("AUTH PLAIN",), refuses="", context=None, at_once=False):
    """Run a server that names ``offers`` and says 550 to the command ``refuses``; yield it."""
    with MailServer(offers, refuses, context, at_once) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()

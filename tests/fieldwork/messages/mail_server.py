"""A mail server for the tests: it speaks SMTP over a socket, keeps what it was given,
and fails as it is told to."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("mail_server.pem")
"""Of a host called localhost, signed by itself; made for these tests alone."""


@dataclass
class MailServer:
    """What the server was told to answer, and what came in."""

    port: int = 0
    is_secret: bool = False
    """Whether it offers STARTTLS."""
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    """Recipient and content of what was accepted, in the order of coming in."""
    said: list[str] = field(default_factory=list)
    """Every command that came in, of all connections."""
    refuse: Callable[[str, str], str | None] = lambda verb, argument: None
    """An answer other than the usual one to a verb; "." stands for the end of DATA."""

    @property
    def recipients(self) -> list[str]:
        return [to for to, _letter in self.letters]


class _Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    server: _Threads

    def handle(self) -> None:
        self.to = ""
        self._say("220 mail.test ESMTP")
        while line := self.rfile.readline():
            command = line.decode("utf-8", "replace").rstrip("\r\n")
            self.server.mail.said.append(command)
            verb, _blank, argument = command.partition(" ")
            if not self._answer(verb.upper(), argument):
                return

    def finish(self) -> None:
        # The socket may have been wrapped since it was opened.
        super().finish()
        self.connection.close()

    def _answer(self, verb: str, argument: str) -> bool:
        told = self.server.mail.refuse(verb, argument)
        if told is not None:
            self._say(told)
            return not told.startswith("421")
        if verb == "EHLO":
            self._say("250-mail.test\r\n250-STARTTLS" if self._offers() else "250-x")
            self._say("250 8BITMIME")
        elif verb == "STARTTLS" and self._offers():
            self._say("220 go on")
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(CERTIFICATE)
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", 0)
        elif verb == "RCPT":
            self.to = argument.partition(":")[2].strip().strip("<>")
            self._say("250 ok")
        elif verb == "DATA":
            self._say("354 go on")
            self._keep()
        else:
            self._say("221 bye" if verb == "QUIT" else "250 ok")
        return verb != "QUIT"

    def _offers(self) -> bool:
        is_plain = not isinstance(self.connection, ssl.SSLSocket)
        return self.server.mail.is_secret and is_plain

    def _keep(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        told = self.server.mail.refuse(".", self.to)
        if told is None:
            letter = message_from_bytes(b"".join(lines), policy=default)
            self.server.mail.letters.append((self.to, letter))
        self._say(told or "250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    mail: MailServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle is no fault of this server."""


def serve(mail: MailServer) -> _Threads:
    """Listen on a free port of this machine; the caller shuts it down."""
    server = _Threads(("127.0.0.1", mail.port), _Conversation)
    server.mail = mail
    mail.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server

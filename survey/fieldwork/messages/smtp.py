"""The way to the mail server: one connection, one message at a time, and what its
answer means for the message."""

from __future__ import annotations

import re
import smtplib
import ssl
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import TracebackType
from typing import Final
from urllib.parse import urlsplit

from survey.config import EMAIL, Settings

TIMEOUT_SECONDS: Final = 30
MOST_OF_ADDRESS: Final = 200
_PERMANENT: Final = 500
_ADDRESS: Final = re.compile(r"<?[^\s<>]+@[^\s<>,;:]+>?")


class Unreachable(Exception):
    """The server takes nothing from us now: no message is to blame."""


class Later(Exception):
    """The server does not take this message now; it may take it later."""


class Refused(Exception):
    """The server will never take this message."""

    def __init__(self, answer: str, *, is_address: bool) -> None:
        super().__init__(answer)
        self.is_address = is_address


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address, and nothing that adds a line to a header."""
    return len(text) <= MOST_OF_ADDRESS and bool(EMAIL.fullmatch(text))


def compose(
    settings: Settings,
    *,
    to: str,
    subject: str,
    body: str,
    message_id: str,
    now: datetime,
) -> EmailMessage:
    """A plain e-mail, without anything that would tell us who opened it.

    Raises:
        ValueError: an address or a subject that no header can hold.
    """
    if not is_address(to):
        raise ValueError("not an e-mail address")
    message = EmailMessage(policy=SMTP)
    try:
        name, _at, domain = settings.smtp_from.rpartition("@")
        sender = Address(settings.agency_vi, name, domain)
        message["From"] = sender
        message["To"] = to
        message["Subject"] = subject
    except (MessageError, IndexError) as error:
        raise ValueError(str(error)) from error
    if settings.smtp_reply_to:
        message["Reply-To"] = settings.smtp_reply_to
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{message_id}@{domain}>"
    # So that no machine answers it with a notice of absence (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "vi"
    message.set_content(body)
    return message


class Postman:
    """Brings messages to the server; connects again when the server hung up."""

    def __init__(self, settings: Settings) -> None:
        """Take the address of the server; nothing is sent yet."""
        self.settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Postman:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hang_up()

    def call(self) -> smtplib.SMTP:
        """The connection, made and signed in when there is none.

        Raises:
            Unreachable: it cannot be made, is not secret, or does not let us in.
        """
        if self._server is None:
            try:
                self._server = self._connected()
            except (OSError, smtplib.SMTPException) as error:
                self.hang_up()
                raise Unreachable(_told(error)) from error
        return self._server

    def _connected(self) -> smtplib.SMTP:
        chosen = self.settings
        secret = ssl.create_default_context()
        own_name = urlsplit(chosen.public_origin).hostname
        if chosen.smtp_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                chosen.smtp_host,
                chosen.smtp_port,
                local_hostname=own_name,
                timeout=TIMEOUT_SECONDS,
                context=secret,
            )
        else:
            server = smtplib.SMTP(
                chosen.smtp_host,
                chosen.smtp_port,
                local_hostname=own_name,
                timeout=TIMEOUT_SECONDS,
            )
        self._server = server  # so that it is hung up should the next step fail
        if chosen.smtp_tls == "starttls":
            server.starttls(context=secret)
        if chosen.smtp_user:
            server.login(chosen.smtp_user, chosen.smtp_password)
        return server

    def hang_up(self) -> None:
        """Leave the server, politely if it still listens."""
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()

    def bring(self, message: EmailMessage) -> None:
        """Hand one message over.

        Raises:
            Unreachable: the server takes nothing from us.
            Later: it does not take this one now. It may have it all the same, if the
                connection broke at the very end.
            Refused: it will never take this one.
        """
        server = self.call()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            ((code, answer),) = error.recipients.values()
            self._tell(code, answer, is_address=True)
        except smtplib.SMTPSenderRefused as error:
            if error.smtp_code >= _PERMANENT:
                # Every other message would fare alike: SURVEY_SMTP_FROM is wrong.
                raise Unreachable(_told(error)) from error
            self._tell(error.smtp_code, error.smtp_error, is_address=False)
        except smtplib.SMTPResponseException as error:
            self._tell(error.smtp_code, error.smtp_error, is_address=False)
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            raise Later(_told(error)) from error

    def _tell(self, code: int, answer: bytes | str, *, is_address: bool) -> None:
        words = f"{code} {_line(answer)}".strip()
        if code >= _PERMANENT:
            raise Refused(words, is_address=is_address)
        # A server that wants rest says so to each message until it is left alone.
        self.hang_up()
        raise Later(words)


def _line(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    plain = "".join(s if s.isprintable() else " " for s in text)
    return " ".join(_ADDRESS.sub("…", plain).split())


def _told(error: Exception) -> str:
    """What went wrong, in one line that holds no password and no address."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_line(error.smtp_error)}"
    return f"{type(error).__name__}: {_line(str(error))}".rstrip(": ")

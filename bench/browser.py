"""A light browser: one kept-alive connection, cookies, no more HTTP than our own server
speaks, so that the client takes little of the machine it measures on.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.server import HOST

_COOKIE = re.compile(rb"^set-cookie: ([^=\s]+)=([^;\r]*)", re.IGNORECASE | re.MULTILINE)
_LENGTH = re.compile(rb"^content-length: (\d+)", re.IGNORECASE | re.MULTILINE)
_LOCATION = re.compile(rb"^location: ([^\r]*)", re.IGNORECASE | re.MULTILINE)
_CLOSES = re.compile(rb"^connection: close", re.IGNORECASE | re.MULTILINE)


class Lost(Exception):
    """No whole answer came: nobody knows whether the request was carried out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    location: str
    body: bytes


class Browser:
    """One visitor's browser."""

    def __init__(self, port: int, timeout: float = 30.0) -> None:
        self.port = port
        self.timeout = timeout
        self.requests = 0
        self._cookies: dict[str, str] = {}
        self._wire: socket.socket | None = None
        self._left = b""

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask(b"GET", path, b"")

    def post(self, path: str, fields: Iterable[tuple[str, str]]) -> Answer:
        """Send a form."""
        return self._ask(b"POST", path, urlencode(list(fields)).encode())

    @property
    def cookies(self) -> str:
        """The cookies as they are sent."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def close(self) -> None:
        """Hang up."""
        if self._wire is not None:
            self._wire.close()
        self._wire, self._left = None, b""

    def request(self, method: bytes, path: str, body: bytes = b"") -> bytes:
        """The bytes of a request as this browser would send it."""
        head = [
            b"%s %s HTTP/1.1" % (method, path.encode()),
            b"Host: %s:%d" % (HOST.encode(), self.port),
            b"Accept-Encoding: gzip",
        ]
        if self._cookies:
            head.append(b"Cookie: " + self.cookies.encode())
        if method == b"POST":
            head.append(b"Content-Type: application/x-www-form-urlencoded")
            head.append(b"Content-Length: %d" % len(body))
        return b"\r\n".join([*head, b"", body])

    def _ask(self, method: bytes, path: str, body: bytes) -> Answer:
        sent = self.request(method, path.partition("#")[0], body)
        self.requests += 1
        is_fresh = self._wire is None
        try:
            return self.exchange(sent)
        except (OSError, Lost) as error:
            self.close()
            # A kept-alive connection may have been closed while it was idle; as
            # browsers do, a GET is then asked again, a POST is not.
            if method == b"GET" and not is_fresh:
                try:
                    return self.exchange(sent)
                except (OSError, Lost) as again:
                    self.close()
                    raise Lost(path) from again
            raise Lost(path) from error

    def exchange(self, sent: bytes) -> Answer:
        """Send bytes, read one answer; takes no care of a broken connection."""
        if self._wire is None:
            self._wire = socket.create_connection((HOST, self.port), self.timeout)
            self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire = self._wire
        wire.sendall(sent)
        data = self._left
        while (end := data.find(b"\r\n\r\n")) < 0:
            data = self._more(wire, data)
        head = data[: end + 2]
        found = _LENGTH.search(head)
        stop = end + 4 + (int(found[1]) if found else 0)
        while len(data) < stop:
            data = self._more(wire, data)
        self._left = data[stop:]
        for name, value in _COOKIE.findall(head):
            self._cookies[name.decode()] = value.decode()
        if _CLOSES.search(head):
            self.close()
        location = _LOCATION.search(head)
        return Answer(
            int(head[9:12]),
            location[1].decode() if location else "",
            data[end + 4 : stop],
        )

    @staticmethod
    def _more(wire: socket.socket, data: bytes) -> bytes:
        piece = wire.recv(65536)
        if not piece:
            raise Lost
        return data + piece

"""What a person pasted, as an address: where it leads, and why it is none of ours.

Addresses are compared as they are written, without what browsers and libraries mend in
silence: what is not exactly of our form may lead elsewhere in some program.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from survey import codes

MOST_WORDS: Final = 40
_SIGNS: Final = re.compile(r"[/\\@?#=%]|:\S")
_BARE_HOST: Final = re.compile(r"[^\s.]+(\.[^\s.]+)*\.[^\W\d_]{2,}\.?(:\d+)?")
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):(?://)?", re.IGNORECASE)
_PATH: Final = re.compile(r"/p/([^/]+)(?:/[^/]*)?/?")
_QUOTES: Final = "<>()[]{}\"'“”‘’«»,;.!"
_DEFAULT_PORTS: Final = {"https": "443", "http": "80"}


class Seen(NamedTuple):
    """An address as it was pasted.

    `fault` is "" for an address of our form; else "malformed", "user", "host", "port",
    "scheme", "path" or "no_code", the gravest that there is. `host` is the server it
    leads to, in letters that cannot be taken for others; `code` what stands behind
    /p/; `foreign` the letters of the host that are no plain ones.
    """

    fault: str
    host: str = ""
    code: str = ""
    foreign: str = ""


def addresses_in(text: str) -> Iterator[str]:
    """The words of a text that are addresses: a whole message may have been pasted."""
    if codes.explain(text) == "ok":
        return
    for word in text.split()[:MOST_WORDS]:
        bare = word.strip(_QUOTES)
        if _is_address(bare):
            yield bare


def _is_address(word: str) -> bool:
    plain = unicodedata.normalize("NFKC", word)
    if _SIGNS.search(plain):
        return True
    if not _BARE_HOST.fullmatch(plain):
        return False
    # A code may be typed with dots between its groups.
    return any(len(group) != 4 for group in plain.split("."))


def look(address: str, origin: str) -> Seen:
    """Where an address leads, and what about it is not as ours are.

    Args:
        address: one word.
        origin: protocol, host and perhaps port of our own addresses.
    """
    ours = urlsplit(origin)
    scheme, rest = _scheme_apart(address)
    authority = re.split(r"[/\\?#]", rest, maxsplit=1)[0]
    _user, at, place = authority.rpartition("@")
    host, port = _port_apart(place)
    seen = Seen(fault="", host=_told(host), foreign=_foreign(host))
    if "\\" in address or "%" in authority or _has_hidden(address) or not host:
        return seen._replace(fault="malformed")
    if at:
        return seen._replace(fault="user")
    if host.lower() != (ours.hostname or ""):
        return seen._replace(fault="host")
    used = scheme or ours.scheme
    if used not in _DEFAULT_PORTS or used != ours.scheme:
        return seen._replace(fault="scheme")
    if (port or _DEFAULT_PORTS[used]) != str(ours.port or _DEFAULT_PORTS[used]):
        return seen._replace(fault="port")
    path = re.split(r"[?#]", rest[len(authority) :], maxsplit=1)[0]
    found = _PATH.fullmatch(path)
    if found is None:
        return seen._replace(fault="no_code" if path in ("", "/") else "path")
    return seen._replace(code=found[1])


def _scheme_apart(address: str) -> tuple[str, str]:
    """The protocol in small letters, "" if none is written, and what follows."""
    found = _SCHEME.match(address)
    if found is None:
        return "", address.removeprefix("//")
    rest = address[found.end() :]
    if not found[0].endswith("//") and rest[:1].isdigit():
        return "", address  # a host and its port
    return found[1].lower(), rest


def _port_apart(place: str) -> tuple[str, str]:
    host, colon, port = place.rpartition(":")
    if colon and (port == "" or (port.isascii() and port.isdigit())):
        return host, port.lstrip("0")
    return place, ""


def _has_hidden(text: str) -> bool:
    """Whether signs stand in it that nobody sees, or that turn the writing round."""
    return any(unicodedata.category(sign) in ("Cc", "Cf", "Zs") for sign in text)


def _told(host: str) -> str:
    """The name of a server in plain letters: a foreign one is written out."""
    if host.isascii():
        return host[:100].lower()
    with suppress(UnicodeError):
        return host.encode("idna").decode("ascii")[:100]
    return host.encode("ascii", "backslashreplace").decode("ascii")[:100]


def _foreign(host: str) -> str:
    """The letters of a host that are no plain ones, also where it is written out."""
    read = host
    if "xn--" in host.lower():
        with suppress(UnicodeError):
            read = host.lower().encode("ascii").decode("idna")
    return "".join(dict.fromkeys(sign for sign in read if not sign.isascii()))[:20]

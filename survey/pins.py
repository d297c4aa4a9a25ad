"""The PIN of a kiosk: four to eight digits that keep a respondent from pressing what is
meant for the staff.

A kiosk checks it without a network, so the device itself holds the hash; whoever can
read that out has left the kiosk already. It guards no answers and opens nothing here.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Final, NamedTuple

ITERATIONS: Final = 600_000
"""Of PBKDF2-HMAC-SHA256, the one slow hash that every browser computes by itself."""
_PIN: Final = re.compile(r"\d{4,8}", re.ASCII)
_EASY: Final = "01234567890", "09876543210"


class Hashed(NamedTuple):
    """What a device needs to check a PIN."""

    iterations: int
    salt: str
    digest: str


def is_pin(text: str) -> bool:
    """Whether a text can be a PIN at all: four to eight digits."""
    return _PIN.fullmatch(text) is not None


def is_easy(pin: str) -> bool:
    """Whether a passer-by would try it: one digit again and again, or a row of them."""
    return len(set(pin)) == 1 or any(pin in row for row in _EASY)


def hashed(pin: str) -> str:
    """What is stored of a PIN."""
    salt = secrets.token_hex(16)
    return f"pbkdf2-sha256${ITERATIONS}${salt}${_digest(pin, salt, ITERATIONS)}"


def parts(pin_hash: str) -> Hashed:
    """A stored hash in parts, as a device takes it."""
    _, iterations, salt, digest = pin_hash.split("$")
    return Hashed(int(iterations), salt, digest)


def matches(pin_hash: str, pin: str) -> bool:
    """Whether this is the PIN."""
    iterations, salt, digest = parts(pin_hash)
    return hmac.compare_digest(digest, _digest(pin, salt, iterations))


def _digest(pin: str, salt: str, iterations: int) -> str:
    text, grain = pin.encode(), bytes.fromhex(salt)
    return hashlib.pbkdf2_hmac("sha256", text, grain, iterations).hex()

"""The office's own key, with which it signs evidence files, where it has one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

FILE: Final = "evidence-key.pem"
"""In the instance folder, readable by its owner only; never in a backup."""


class KeyFault(Exception):
    """The key cannot be used; the message says why, in both languages."""


class Key:
    """An Ed25519 key: signs a manifest, and names itself by its public half."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @property
    def public(self) -> str:
        """The public key in 64 hexadecimal digits, to be made known beforehand."""
        key = self._private.public_key()
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, message: bytes) -> tuple[str, str]:
        """The public key and the signature of a message in hexadecimal digits."""
        return self.public, self._private.sign(message).hex()


def make(instance: Path) -> Key:
    """Make the office's key and keep it.

    Raises:
        KeyFault: there is one already; files signed with it could no longer be told
            to be the office's.
    """
    private = Ed25519PrivateKey.generate()
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        place = os.open(instance / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFault(
            "Đã có khóa ký; khóa cũ không bị ghi đè. / There is a key already."
        ) from None
    with os.fdopen(place, "wb") as target:
        target.write(text)
        target.flush()
        os.fsync(target.fileno())
    return Key(private)


def load(instance: Path) -> Key | None:
    """The office's key; None where it has none.

    Raises:
        KeyFault: the file is no Ed25519 key, or others than its owner may read it.
    """
    path = instance / FILE
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    if path.stat().st_mode & 0o077:
        raise KeyFault(
            f"{FILE}: người khác đọc được, xin chmod 600 / others may read it"
        )
    try:
        private = load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFault(f"{FILE}: không phải khóa Ed25519 / is no Ed25519 key")
    return Key(private)

"""Passwords: what is taken for one, and how it is kept."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

from survey.formats import nfc

MIN_LENGTH: Final = 14
MAX_LENGTH: Final = 256
_TOO_SHORT = _l(
    "Mật khẩu phải có ít nhất %(least)s ký tự; nên dùng một câu dễ nhớ.",
    least=MIN_LENGTH,
)
_TOO_LONG = _l("Mật khẩu dài nhất là %(most)s ký tự.", most=MAX_LENGTH)
_TOO_EASY = _l(
    "Mật khẩu này quá dễ đoán (từ thông dụng, ký tự lặp lại hoặc có tên tài khoản). "
    "Xin chọn một câu khác."
)
# OWASP's smallest memory for Argon2id, so that a worker stays small; one pass more.
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=19456, parallelism=1)
# Of a password nobody knows, with the parameters above: an unknown account costs as
# much time as a wrong password.
NOBODY: Final = (
    "$argon2id$v=19$m=19456,t=3,p=1$Sx8WXWH2BbihEE6KeOAhOA"
    "$kBR2O733+up02UIDluW40vN9CtGk69hal2NdLyxZwbE"
)


def hashed(password: str) -> str:
    """What is stored of a password."""
    return _HASHER.hash(nfc(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; without a hash as slow, and false."""
    if len(password) > MAX_LENGTH:
        password = ""  # no password is that long; hashing it would only cost time
    try:
        return _HASHER.verify(password_hash or NOBODY, nfc(password)) and (
            password_hash is not None
        )
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def fault(password: str, email: str) -> str | None:
    """Why this cannot be the password of this account, in words; None if it can."""
    text = nfc(password)
    if len(text) < MIN_LENGTH:
        return str(_TOO_SHORT)
    if len(text) > MAX_LENGTH:
        return str(_TOO_LONG)
    if _is_common(text, email):
        return str(_TOO_EASY)
    return None


def _is_common(text: str, email: str) -> bool:
    plain = _plain(text)
    if len(set(plain)) < 5 or _repeats(plain):
        return True
    # What stands beside years, the account's name and common words must be long.
    rest = re.sub("(?:19|20)[0-9]{2}", "", plain)
    for word in (_plain(email.partition("@")[0]), *_common()):
        if len(word) >= 4:
            rest = rest.replace(word, "")
    return len(rest) < min(8, len(plain))


def _plain(text: str) -> str:
    """Small letters without marks, and digits: "Mật khẩu!" is "matkhau"."""
    parts = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(part for part in parts if part.isalnum())


def _repeats(plain: str) -> bool:
    """Whether a text is one short piece again and again: abcabcabcabcabc."""
    return any(
        (plain[:size] * len(plain))[: len(plain)] == plain for size in range(1, 8)
    )


@cache
def _common() -> tuple[str, ...]:
    text = (resources.files(__package__) / "common_passwords.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and line[0] != "#")

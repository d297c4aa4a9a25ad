"""Secrets that a person may have to type: the token of a link and the receipt of a
response, written so that a slip of the finger is told from an unknown code."""

import hashlib
import hmac
import secrets
import unicodedata
from typing import Final, Literal, TypeAlias

# No vowels, so no words; none of 0 O 1 I L, which look like one another. 23 is
# prime, on which the check symbol rests.
ALPHABET: Final = "23456789CDFHJKMNPRTVWXY"
BASE: Final = len(ALPHABET)
TOKEN_LENGTH: Final = 20  # 19 random symbols, 85.9 bits, and the check symbol
RECEIPT_LENGTH: Final = 16  # 15 symbols, 67.8 bits, and the check symbol

Explanation: TypeAlias = Literal["ok", "wrong_length", "wrong_symbol", "wrong_check"]

_SYMBOLS: Final = frozenset(ALPHABET)
_VALUES: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
# Only where the drawn symbol can mean one thing. B, S, Z, G are not in the alphabet
# and each looks like one digit of it. Ư is what a Vietnamese keyboard (Telex) makes
# of a lone W. Not here: 0, O, Q, 1, I, L, U, which look like no symbol or like
# several, and Đ or Ỳ, which Telex and VNI make of different keys.
_LOOK_ALIKES: Final = str.maketrans({"B": "8", "S": "5", "Z": "2", "G": "6", "Ư": "W"})
_SEPARATORS: Final = frozenset("._·•−")


class CodesError(ValueError):
    """A code cannot be made from what was given."""


def new_token() -> str:
    """A fresh secret part of a link's address: 85.9 random bits and a check symbol."""
    return _with_check(_random(TOKEN_LENGTH - 1))


def new_receipt() -> str:
    """A random receipt, for one that need not be found again from its response."""
    return grouped(_with_check(_random(RECEIPT_LENGTH - 1)))


def receipt_from(secret: bytes, key: str) -> str:
    """The receipt that belongs to an idempotency key, the same at every repeat.

    Args:
        secret: at least 16 bytes known to this installation only; without it nobody
            can find the receipt of a key or the key of a receipt.
        key: the idempotency key of the submission.
    Returns:
        XXXX-XXXX-XXXX-XXXX, the last symbol a check.
    Raises:
        CodesError: the secret is too short, or the key is empty.
    Source: HMAC-SHA256 (RFC 2104), reduced modulo 23¹⁵; of 256 bits the reduction
        keeps 67.8 with a bias below 2⁻¹⁸⁰.
    """
    if not key:
        raise CodesError("a receipt needs the key of its submission")
    return grouped(_derived(secret, b"survey:receipt\0", key, RECEIPT_LENGTH))


def token_from(secret: bytes, key: str) -> str:
    """The token that belongs to a place in a batch of links, the same at every repeat.

    So that a batch asked for twice by a double click is made once and shown twice.

    Args:
        secret: at least 16 bytes known to this installation only.
        key: random key of the batch, which is nowhere stored, and the place in it.
    Raises:
        CodesError: the secret is too short, or the key is empty.
    Source: as `receipt_from`, modulo 23¹⁹: 85.9 bits with a bias below 2⁻¹⁶⁹.
    """
    if not key:
        raise CodesError("a token needs the key of its batch")
    return _derived(secret, b"survey:token-of-batch\0", key, TOKEN_LENGTH)


def _derived(secret: bytes, purpose: bytes, key: str, length: int) -> str:
    if len(secret) < 16:
        raise CodesError("a derived code needs a secret of at least 16 bytes")
    number = int.from_bytes(hmac.digest(secret, purpose + key.encode(), "sha256"))
    symbols = []
    for _ in range(length - 1):
        number, value = divmod(number, BASE)
        symbols.append(ALPHABET[value])
    return _with_check("".join(symbols))


def normalise(typed: str) -> str:
    """A typed or pasted code as it was made, as far as that is certain.

    Full-width forms and small letters become capitals; spaces, dashes, dots and
    invisible characters go; look-alikes become the symbol they stand for. Any other
    symbol stays as it is, and `explain` refuses it.
    """
    if _SYMBOLS.issuperset(typed):
        return typed
    text = unicodedata.normalize("NFKC", typed).upper()
    kept = "".join(symbol for symbol in text if not _is_separator(symbol))
    # Again, because capitals, and letters that lost a separator, can compose anew.
    return unicodedata.normalize("NFKC", kept).translate(_LOOK_ALIKES)


def explain(typed: str, length: int = TOKEN_LENGTH) -> Explanation:
    """Whether a typed code can exist at all, and if not, what is wrong with it.

    Args:
        typed: what the person wrote, in any form that `normalise` takes.
        length: TOKEN_LENGTH or RECEIPT_LENGTH.
    Returns:
        "ok" for a well-formed code, which may still be unknown; else the first of
        length, symbol and check that is wrong.
    """
    code = normalise(typed)
    if len(code) != length:
        return "wrong_length"
    if wrong_symbols(code):
        return "wrong_symbol"
    if _weighted(code) != 0:
        return "wrong_check"
    return "ok"


def wrong_symbols(typed: str) -> tuple[str, ...]:
    """The symbols of a typed code that no code has, each once, as they stand in it."""
    return tuple(dict.fromkeys(s for s in normalise(typed) if s not in _VALUES))


def hashed(token: str) -> str:
    """What is stored of a token: a SHA-256, which needs no salt at 85.9 random bits.

    Args:
        token: a token as `new_token` made it or `normalise` returned it.
    Returns:
        64 hexadecimal digits; another purpose's hash of the same text differs.
    """
    return hashlib.sha256(b"survey:link-token\0" + token.encode()).hexdigest()


def grouped(token: str) -> str:
    """A code in fours joined by dashes, as a person reads it aloud."""
    return "-".join(token[i : i + 4] for i in range(0, len(token), 4))


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _with_check(body: str) -> str:
    return body + ALPHABET[-_weighted(body + ALPHABET[0]) % BASE]


def _weighted(code: str) -> int:
    """The sum of values times weight modulo 23, 0 for a code with a right check.

    The weights count 1, 2, 3, … from the right. Modulo a prime none of the first 22
    is 0 and no two are equal, so one wrong symbol, and two symbols changing places,
    always change the sum (the method of ISBN-10).
    """
    return (
        sum(
            weight * _VALUES[symbol]
            for weight, symbol in enumerate(reversed(code), start=1)
        )
        % BASE
    )


def _is_separator(symbol: str) -> bool:
    return (
        symbol.isspace()
        or symbol in _SEPARATORS
        or unicodedata.category(symbol) in {"Pd", "Cf"}
    )

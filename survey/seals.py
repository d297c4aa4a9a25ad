"""HOW A CLOSED WAVE IS SEALED: canonical text and its SHA-256, and a Merkle tree over
receipts, by which anyone sees that a form was counted without seeing how it rated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from survey.formats import nfc

NOTHING: Final = hashlib.sha256(b"").hexdigest()
"""The root of a tree without leaves."""
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


class SealsError(ValueError):
    """What was given cannot be sealed, or a proof cannot be given."""


def canonical(value: Any) -> bytes:
    """One spelling of a value, the same on every machine.

    Args:
        value: texts, whole numbers, truth values, None, and lists and dicts of these.
    Returns:
        JSON in UTF-8 and NFC: names in order, no spaces, no escapes but the needed,
        and a line feed at the end.
    Raises:
        SealsError: a float, which has no one spelling, or something JSON has not.
    """
    try:
        text = json.dumps(
            _checked(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
    except TypeError as error:
        raise SealsError(str(error)) from None
    return nfc(text).encode() + b"\n"


def digest(value: bytes) -> str:
    """The SHA-256 in 64 hexadecimal digits."""
    return hashlib.sha256(value).hexdigest()


@dataclass(frozen=True, slots=True)
class Step:
    """One step from a leaf towards the root: the other half, and on which side."""

    side: str
    """"left" or "right"."""
    digest: str


def leaf_of(receipt_hash: str) -> bytes:
    """The leaf of a response: what is stored of its receipt, never what it answers.

    Raises:
        SealsError: no hash in hexadecimal digits.
    """
    try:
        return hashlib.sha256(_LEAF + bytes.fromhex(receipt_hash)).digest()
    except ValueError:
        raise SealsError(f"{receipt_hash!r} is no hash") from None


def root(receipt_hashes: Iterable[str]) -> str:
    """The root of the tree over these receipts, whatever their order.

    Returns:
        64 hexadecimal digits; `NOTHING` for no receipts.
    Raises:
        SealsError: one of them stands twice, or is no hash.
    Source: RFC 6962 section 2.1, with leaves in the order of their receipts' hashes;
        leaf and node differ by their first byte, so that neither can pass as the other.
    """
    level = [leaf_of(one) for one in _ordered(receipt_hashes)]
    if not level:
        return NOTHING
    while len(level) > 1:
        level = _above(level)
    return level[0].hex()


def proof(receipt_hashes: Iterable[str], receipt_hash: str) -> tuple[Step, ...]:
    """The way from one receipt to the root: a hash for every level of the tree.

    Raises:
        SealsError: the receipt is not among them.
    """
    ordered = _ordered(receipt_hashes)
    try:
        at = ordered.index(receipt_hash)
    except ValueError:
        raise SealsError("that receipt is not in the tree") from None
    level, steps = [leaf_of(one) for one in ordered], []
    while len(level) > 1:
        other = at ^ 1
        if other < len(level):
            side = "left" if other < at else "right"
            steps.append(Step(side, level[other].hex()))
        level, at = _above(level), at // 2
    return tuple(steps)


def leads_to(receipt_hash: str, steps: Sequence[Step]) -> str:
    """The root to which a receipt and its way lead; compare it with the published.

    Raises:
        SealsError: a step that is none.
    """
    found = leaf_of(receipt_hash)
    for step in steps:
        try:
            other = bytes.fromhex(step.digest)
        except ValueError:
            raise SealsError(f"{step.digest!r} is no hash") from None
        if step.side not in ("left", "right"):
            raise SealsError(f"{step.side!r} is no side")
        found = _node(other, found) if step.side == "left" else _node(found, other)
    return found.hex()


def _ordered(receipt_hashes: Iterable[str]) -> list[str]:
    ordered = sorted(receipt_hashes)
    if len(set(ordered)) != len(ordered):
        raise SealsError("a receipt stands twice")
    return ordered


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level; who has no partner rises alone."""
    above = [_node(*level[i : i + 2]) for i in range(0, len(level) - 1, 2)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def _checked(value: Any) -> Any:
    if isinstance(value, float):
        raise SealsError(f"{value} is a float, which has no one spelling")
    if isinstance(value, dict):
        for name in value:
            if not isinstance(name, str):
                raise SealsError(f"{name!r} is no name")
        return {name: _checked(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_checked(one) for one in value]
    return value

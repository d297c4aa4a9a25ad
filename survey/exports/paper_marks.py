"""The marks printed beside the boxes of a paper form, by which it is typed in again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from survey.questionnaire.schema import CANNOT_JUDGE, NOT_APPLICABLE, Choice

KEYS: Final[Mapping[str, str]] = {"K": NOT_APPLICABLE, "D": CANNOT_JUDGE}
"""What stands apart from the levels: [K]hông áp dụng, không [Đ]ủ thông tin."""

CONSENT: Final = "C"
"""Beside the box of consent: [C]ó đồng ý."""


def marked(choices: Iterable[Choice]) -> dict[str, Choice]:
    """Choices by the number printed beside them, from "1" on in their order."""
    return {str(place): choice for place, choice in enumerate(choices, start=1)}


def mark_of(choices: Iterable[Choice], code: str) -> str | None:
    """The number printed beside the choice of this code; None if there is none."""
    found = (mark for mark, one in marked(choices).items() if one.code == code)
    return next(found, None)

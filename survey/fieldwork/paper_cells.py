"""The cells of a paper form: what is typed for a mark on paper, and what it means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from flask_babel import gettext as _

from survey.exports import paper_marks
from survey.exports.paper import CONTACT_QUESTION
from survey.formats import date_text, nfc
from survey.questionnaire.conditions import Condition
from survey.questionnaire.schema import (
    CANNOT_JUDGE,
    NOT_APPLICABLE,
    Choice,
    Questionnaire,
    Scale,
    Text,
)

Kind = Literal["level", "choice", "date", "procedure", "several", "scale", "text"]
Value = str | list[str]

EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2100, 1, 1)
_DAY_FIRST: Final = re.compile(
    r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})|(\d\d)(\d\d)(\d{4})", re.ASCII
)
_KEYS: Final = {
    **{key.lower(): value for key, value in paper_marks.KEYS.items()},
    "đ": CANNOT_JUDGE,
}
CONSENT: Final = "consent"
"""The cell of the box above all questions; not a question, and kept with none."""
GIVEN_CONSENT: Final = "yes"
_CONSENT_TITLE: Final = Text(
    vi="Ô đồng ý tham gia được đánh dấu", en="The box of consent is marked"
)
_CONSENT_LABEL: Final = Text(vi="Có đồng ý", en="Consent given")
_DROPPED: Final = frozenset(("Cc", "Cs", "Cn", "Co", "Zl", "Zp"))


class CellError(ValueError):
    """What was typed stands for nothing on this form; the message says what does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One question as it is typed in: a mark, a date, several marks or a text."""

    code: str
    title: Text
    kind: Kind
    marks: Mapping[str, Choice]
    scale: Scale
    only: Condition | None = None
    """When it is asked: a script passes such a fact and greys such a criterion out of
    its scope; None for always."""
    most: int = 0
    exclusive: str | None = None


@lru_cache(maxsize=64)
def cells_of(q: Questionnaire) -> tuple[Cell, ...]:
    """The cells of a questionnaire in the order in which they are printed."""
    none: Mapping[str, Choice] = {}
    kinds: Mapping[str, Kind] = {
        "single": "choice", "date": "date", "procedure": "procedure",
        "multi": "several", "scale": "scale", "text": "text",
    }  # fmt: skip
    facts = (
        Cell(
            code=one.code,
            title=one.title,
            kind=kinds[one.type],
            marks=paper_marks.marked(one.choices),
            scale=q.scale,
            only=None if one.ask.is_always else one.ask,
        )
        for one in q.facts
    )
    criteria = (
        Cell(
            code=one.code,
            title=one.title,
            kind="level",
            marks=none,
            scale=q.scale,
            only=None if one.when.is_always else one.when,
        )
        for one in q.criteria
    )
    generals = (
        Cell(
            code=one.code,
            title=one.title,
            kind=kinds[one.type],
            marks=paper_marks.marked(one.choices),
            scale=q.scale,
            most=one.max or 0,
            exclusive=one.choices[-1].code if one.exclusive_last else None,
        )
        for one in q.generals
        if one.code != CONTACT_QUESTION
    )
    consent = Cell(
        code=CONSENT,
        title=_CONSENT_TITLE,
        kind="choice",
        marks={
            paper_marks.CONSENT.lower(): Choice(
                code=GIVEN_CONSENT, label=_CONSENT_LABEL
            )
        },
        scale=q.scale,
    )
    return (consent, *facts, *criteria, *generals)


def read(cell: Cell, typed: str, procedures: Mapping[str, str]) -> Value:
    """What a typed cell says; "" (or no choice at all) for one left blank.

    Args:
        procedures: names of procedures by code.
    Raises:
        CellError: it says nothing that this cell can hold.
    """
    if cell.kind == "text":
        return _read_text(cell, typed)
    words = nfc(typed).strip().lower()
    if cell.kind == "several":
        return _read_several(cell, words)
    if not words:
        return ""
    if cell.kind in ("level", "scale"):
        return _read_level(cell, words)
    if words in cell.marks:
        return cell.marks[words].code
    if cell.kind == "date":
        return read_date(words).isoformat()
    if cell.kind == "procedure":
        found = next((one for one in procedures if one.lower() == words), None)
        if found is not None:
            return found
        raise CellError(
            _("Danh mục không có mã thủ tục này; xin gõ đúng mã, hoặc số của ô.")
        )
    if cell.code == CONSENT:
        raise CellError(
            _("Xin gõ c nếu ô đồng ý được đánh dấu; nếu không thì bỏ trống.")
        )
    raise CellError(_("Xin gõ số của ô, từ 1 đến %(n)s.", n=len(cell.marks)))


def _read_level(cell: Cell, words: str) -> str:
    if words in cell.scale.values:
        return words
    if cell.kind == "level" and words in _KEYS:
        return _KEYS[words]
    first, last = cell.scale.codes[0], cell.scale.codes[-1]
    if cell.kind == "scale":
        raise CellError(_("Xin gõ một số từ %(a)s đến %(b)s.", a=first, b=last))
    raise CellError(
        _(
            "Xin gõ một số từ %(a)s đến %(b)s, k (không áp dụng) hoặc d (không đủ "
            "thông tin).",
            a=first,
            b=last,
        )
    )


def _read_several(cell: Cell, words: str) -> list[str]:
    marks = list(dict.fromkeys(re.findall(r"[^\s,;.+]+", words)))
    if any(mark not in cell.marks for mark in marks):
        raise CellError(
            _(
                "Xin gõ số của các ô, từ 1 đến %(n)s, cách nhau bằng dấu cách.",
                n=len(cell.marks),
            )
        )
    # In the printed order, whatever the order of typing.
    chosen = [one.code for mark, one in cell.marks.items() if mark in marks]
    if cell.most and len(chosen) > cell.most:
        raise CellError(_("Xin chọn tối đa %(most)s việc.", most=cell.most))
    if cell.exclusive in chosen and len(chosen) > 1:
        raise CellError(
            _("“Không có việc nào” không đi cùng ý khác. Xin bỏ bớt một bên.")
        )
    return chosen


def _read_text(cell: Cell, typed: str) -> str:
    text = nfc(typed.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    text = "".join(
        sign
        for sign in text
        if sign == "\n" or unicodedata.category(sign) not in _DROPPED
    ).strip()
    if cell.most and len(text) > cell.most:
        raise CellError(
            _(
                "Ý kiến dài %(length)s ký tự, tối đa %(most)s. Xin rút ngắn.",
                length=len(text),
                most=cell.most,
            )
        )
    return text


def read_date(words: str) -> date:
    """A day typed as 21/8/2026, 21.8.2026 or 21082026.

    Raises:
        CellError: no such day, or not of this century.
    """
    written = _DAY_FIRST.fullmatch(words)
    try:
        if written is None:
            raise ValueError(words)
        day, month, year = (int(part) for part in written.groups() if part)
        found = date(year, month, day)
    except ValueError:
        raise CellError(
            _("Xin gõ ngày/tháng/năm, ví dụ 21/8/2026 hoặc 21082026.")
        ) from None
    if not EARLIEST <= found < LATEST:
        raise CellError(_("Năm chưa đúng. Xin ghi đủ bốn chữ số, ví dụ 2026."))
    return found


def typed_text(cell: Cell, value: Value) -> str:
    """What would be typed for a value: the mark printed beside its box."""
    codes = {one.code: mark for mark, one in cell.marks.items()}
    if isinstance(value, list):
        return " ".join(codes[code] for code in value)
    if value in codes:
        return codes[value]
    if cell.kind == "date" and value:
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    if cell.kind == "level":
        keys = {code: key.lower() for key, code in paper_marks.KEYS.items()}
        return keys.get(value, value)
    return value


def meaning(
    cell: Cell, value: Value, language: str, procedures: Mapping[str, str]
) -> str:
    """A value in words; nothing for one left blank."""
    labels = {one.code: one.label.get(language) for one in cell.marks.values()}
    if isinstance(value, list):
        return "; ".join(labels[code] for code in value)
    if value in labels:
        return labels[value]
    if cell.kind in ("level", "scale"):
        return level_words(cell.scale, language).get(typed_text(cell, value), "")
    if cell.kind == "date" and value:
        return date_text(date.fromisoformat(value), language)
    if cell.kind == "procedure":
        return procedures.get(value, value)
    return value


def level_words(scale: Scale, language: str) -> dict[str, str]:
    """The words of every key of a criterion."""
    found = {str(one.code): one.label.get(language) for one in scale.levels}
    apart = {NOT_APPLICABLE: scale.not_applicable, CANNOT_JUDGE: scale.cannot_judge}
    for key, value in _KEYS.items():
        found[key] = apart[value].get(language)
    return found


def same(cell: Cell, one: Value, other: Value) -> bool:
    """Whether two entries agree; a comment whatever its blanks and capitals."""
    if cell.kind == "text":
        return _plain(str(one)) == _plain(str(other))
    return one == other


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())

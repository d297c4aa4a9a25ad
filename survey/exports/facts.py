"""Facts of a selection as they are handed over: questions, their choices, how often
each was chosen; the same rows on the page and in every file."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from survey.exports import words
from survey.exports.report import FactQuestion
from survey.exports.tables import Cell, Column, Kind, Table, rounded
from survey.formats import decimal_text
from survey.questionnaire.schema import Text


def _t(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


TITLE: Final = _t("Thực tế của đợt khảo sát", "Facts of the wave")
PART: Final = _t("Nhóm", "Part")
QUESTION: Final = _t("Câu hỏi thực tế", "Fact")
CHOICE: Final = _t("Câu trả lời", "Answer")
COUNT: Final = _t("Số phiếu", "Responses")
SHARE: Final = _t("Tỷ lệ (%)", "Share (%)")
NOT_SURE: Final = _t("Không nhớ / không rõ", "Do not remember / not sure")


def table(questions: Iterable[FactQuestion], language: str) -> Table:
    """One row for each choice; a question that is hidden has one that says so."""
    heads: tuple[tuple[Text, Kind], ...] = (
        (PART, "text"),
        (words.CODE, "text"),
        (QUESTION, "wide"),
        (words.N, "count"),
        (CHOICE, "wide"),
        (COUNT, "count"),
        (SHARE, "percent"),
        (words.LOW, "percent"),
        (words.HIGH, "percent"),
        (words.REMARK, "wide"),
    )
    return Table(
        title=TITLE.get(language),
        columns=tuple(Column(text.get(language), kind) for text, kind in heads),
        rows=tuple(row for one in questions for row in _rows(one, language)),
    )


def _rows(question: FactQuestion, language: str) -> Iterable[tuple[Cell, ...]]:
    lead = (question.part_title, question.code, question.title, question.n)
    if not question.choices:
        yield (*lead, None, None, None, None, None, question.words)
    for one in question.choices:
        yield (
            *lead,
            one.label,
            one.count,
            rounded(one.share),
            rounded(one.low),
            rounded(one.high),
            one.words,
        )
    if question.not_sure:
        label = NOT_SURE.get(language)
        yield (*lead, label, question.not_sure, None, None, None, None)


def as_json(question: FactQuestion) -> dict[str, Any]:
    """A question for other programs: counts as numbers, shares as decimal texts."""
    return {
        "part": question.part,
        "code": question.code,
        "title": question.title,
        "n": question.n,
        "not_sure": question.not_sure,
        "words": question.words,
        "choices": [
            {
                "code": one.code,
                "label": one.label,
                "count": one.count,
                "share": _text(one.share),
                "low": _text(one.low),
                "high": _text(one.high),
                "words": one.words,
            }
            for one in question.choices
        ],
    }


def _text(value: Fraction | Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)

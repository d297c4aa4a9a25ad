"""Whether guidance works, as it is handed over: comparisons, what prompts moved, and
which guidance needs work, as CSV and as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from survey.exports import words
from survey.exports.csv import FOR_EXCEL, stream, written_out
from survey.exports.report import Entry
from survey.exports.tables import Cell, Column, Table, rounded
from survey.exports.xlsx import tables_xlsx
from survey.formats import date_text
from survey.questionnaire.schema import Text

State = Literal["off", "few", "shown"]


def _t(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One figure of who saw the guidance beside that of whom it was folded for.

    What may not be shown is not in it, at times only the numbers of responses.
    `verdict` is "higher", "lower", "unclear", "unknown" or "hidden"; `words` say all
    of it in a sentence.
    """

    code: str
    title: str
    measure: str
    unit: str
    first: Fraction | None = None
    second: Fraction | None = None
    first_n: int | None = None
    second_n: int | None = None
    value: Fraction | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    verdict: str
    words: str

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes 0."""
        return self.verdict in ("higher", "lower")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measure: its title, the unit in words, the method, and its comparisons."""

    name: str
    title: str
    unit: str
    method: str
    rows: tuple[Compared, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An index before and after the prompts; `words` stand where it is hidden."""

    title: str
    before: Fraction | None = None
    after: Fraction | None = None
    value: Fraction | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A place in the list of what makes guidance worth another look."""

    code: str
    title: str
    value: Fraction
    n: int | None
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why guidance may need work, and where most, the worst first."""

    name: str
    title: str
    unit: str
    ranked: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """The study of one wave in one language; unrounded, what is hidden left out."""

    wave: str
    title: str
    agency: str
    language: str
    questionnaire: str
    generated_on: date | None
    marks: tuple[str, ...]
    state: State
    summary: tuple[Entry, ...]
    """Who was compared, and how many differences are clear."""
    overall: Compared | None
    measures: tuple[Measured, ...]
    moved: tuple[Moved, ...]
    changed: str
    """In how many responses a prompt changed an answer."""
    reasons: tuple[Reason, ...]
    method: tuple[Entry, ...]

    @property
    def comparisons(self) -> Iterator[tuple[Measured, Compared]]:
        """Every comparison with its measure."""
        for measure in self.measures:
            for row in measure.rows:
                yield measure, row


TITLE: Final = _t(
    "HƯỚNG DẪN CÓ TÁC DỤNG KHÔNG? SO SÁNH CÓ HƯỚNG DẪN VỚI GẬP HƯỚNG DẪN",
    "DOES THE GUIDANCE WORK? GUIDED AGAINST FOLDED",
)
_MEASURE: Final = _t("Đại lượng", "Measure")
_UNIT: Final = _t("Đơn vị tính", "Unit")
_GUIDED: Final = _t("Có hướng dẫn", "Guided")
_FOLDED: Final = _t("Hướng dẫn thu gọn", "Folded")
_N_GUIDED: Final = _t("n có hướng dẫn", "n guided")
_N_FOLDED: Final = _t("n hướng dẫn thu gọn", "n folded")
_DIFFERENCE: Final = _t("Chênh lệch", "Difference")
_FROM: Final = _t("Từ (95%)", "From (95%)")
_TO: Final = _t("Đến (95%)", "To (95%)")
_FINDING: Final = _t("Kết luận", "Finding")
_REASON: Final = _t("Lý do", "Reason")
_RANK: Final = _t("Thứ tự", "Rank")
_VALUE: Final = _t("Giá trị", "Value")
_INDEX: Final = _t("Chỉ số", "Index")
_BEFORE: Final = _t("Trước lời nhắc (%)", "Before prompts (%)")
_AFTER: Final = _t("Sau lời nhắc (%)", "After prompts (%)")
_PART: Final = _t("Phần", "Part")
_CSV_HEADS: Final = (
    _PART,
    _MEASURE,
    _UNIT,
    words.CODE,
    words.NAME,
    _t(
        "Có hướng dẫn (lời nhắc: trước; cần xem lại: giá trị)",
        "Guided (prompts: before; needs work: value)",
    ),
    _N_GUIDED,
    _t("Hướng dẫn thu gọn (lời nhắc: sau)", "Folded (prompts: after)"),
    _N_FOLDED,
    _DIFFERENCE,
    _FROM,
    _TO,
    _t("Kết luận (cần xem lại: thứ tự)", "Finding (needs work: rank)"),
)
_SHEET_COMPARED: Final = _t("So sánh", "Comparison")
_SHEET_MOVED: Final = _t("Lời nhắc", "Prompts")
_SHEET_REASONS: Final = _t("Cần xem lại", "Needs work")


def compared_table(study: Guidance) -> Table:
    """Every comparison in one long table."""
    lang = study.language
    kinds: tuple[tuple[Text, str], ...] = (
        (_MEASURE, "wide"),
        (_UNIT, "text"),
        (words.CODE, "text"),
        (words.NAME, "wide"),
        (_GUIDED, "percent"),
        (_N_GUIDED, "count"),
        (_FOLDED, "percent"),
        (_N_FOLDED, "count"),
        (_DIFFERENCE, "percent"),
        (_FROM, "percent"),
        (_TO, "percent"),
        (_FINDING, "wide"),
    )
    return Table(
        title=_SHEET_COMPARED.get(lang),
        columns=_columns(kinds, lang),
        rows=tuple(_compared_row(*pair) for pair in study.comparisons),
    )


def _compared_row(measure: Measured, row: Compared) -> tuple[Cell, ...]:
    return (
        measure.title,
        measure.unit,
        row.code,
        row.title,
        rounded(row.first),
        row.first_n,
        rounded(row.second),
        row.second_n,
        rounded(row.value),
        rounded(row.low),
        rounded(row.high),
        row.words,
    )


def moved_table(study: Guidance) -> Table:
    """What the prompts moved."""
    kinds: tuple[tuple[Text, str], ...] = (
        (_INDEX, "wide"),
        (_BEFORE, "percent"),
        (_AFTER, "percent"),
        (_DIFFERENCE, "percent"),
        (_FROM, "percent"),
        (_TO, "percent"),
        (_FINDING, "wide"),
    )
    return Table(
        title=_SHEET_MOVED.get(study.language),
        columns=_columns(kinds, study.language),
        rows=tuple(
            (
                one.title,
                *map(rounded, (one.before, one.after, one.value, one.low, one.high)),
                one.words,
            )
            for one in study.moved
        ),
    )


def reasons_table(study: Guidance) -> Table:
    """Which guidance needs work, by reason, the worst first."""
    kinds: tuple[tuple[Text, str], ...] = (
        (_REASON, "wide"),
        (_UNIT, "text"),
        (_RANK, "count"),
        (words.CODE, "text"),
        (words.NAME, "wide"),
        (_VALUE, "percent"),
        (words.N, "count"),
        (_FROM, "percent"),
        (_TO, "percent"),
    )
    return Table(
        title=_SHEET_REASONS.get(study.language),
        columns=_columns(kinds, study.language),
        rows=tuple(
            (
                reason.title,
                reason.unit,
                place,
                one.code,
                one.title,
                rounded(one.value),
                one.n,
                rounded(one.low),
                rounded(one.high),
            )
            for reason in study.reasons
            for place, one in enumerate(reason.ranked, start=1)
        ),
    )


def method_table(study: Guidance) -> Table:
    """How the figures came about."""
    lang = study.language
    return Table(
        title=words.SHEET_METHOD.get(lang),
        columns=(
            Column(words.METHOD_ITEM.get(lang), "text"),
            Column(words.METHOD_TEXT.get(lang), "wide"),
        ),
        rows=tuple((entry.name, entry.full) for entry in study.method),
    )


def guidance_csv(study: Guidance) -> bytes:
    """All three as one table, each row with its part, the wave and kind of data."""
    lang = study.language
    made_on = study.generated_on
    origin = (
        "; ".join(study.marks) or words.REAL.get(lang),
        study.wave,
        study.questionnaire,
        None if made_on is None else date_text(made_on, lang),
    )
    heads = (words.NATURE, words.WAVE_CODE, words.QUESTIONNAIRE, words.GENERATED)
    head = [text.get(lang) for text in (*_CSV_HEADS, *heads)]
    return b"".join(
        stream(
            head,
            ((*written_out(row), *origin) for row in _all_rows(study)),
            FOR_EXCEL[lang],
        )
    )


def _all_rows(study: Guidance) -> Iterator[tuple[Cell, ...]]:
    parts = (_SHEET_COMPARED, _SHEET_MOVED, _SHEET_REASONS)
    compared, moved, reasons = (part.get(study.language) for part in parts)
    for row in compared_table(study).rows:
        yield compared, *row
    for title, before, after, value, low, high, finding in moved_table(study).rows:
        yield (
            *(moved, title, "%", None, None, before, None, after, None),
            *(value, low, high, finding),
        )
    for title, unit, rank, code, name, value, n, low, high in reasons_table(study).rows:
        yield (
            *(reasons, title, unit, code, name, value, n, None, None),
            *(None, low, high, rank),
        )


def guidance_xlsx(study: Guidance) -> bytes:
    """The study as a workbook: a sheet for each question, and the method."""
    heading = [f"{entry.name}: {entry.full}" for entry in _heading(study)]
    return tables_xlsx(
        TITLE.get(study.language),
        (compared_table(study), moved_table(study), reasons_table(study)),
        marks=study.marks,
        heading=heading,
        method=method_table(study),
    )


def _heading(study: Guidance) -> Iterator[Entry]:
    lang = study.language
    yield Entry(name=words.AGENCY.get(lang), text=study.agency)
    yield Entry(name=words.WAVE.get(lang), text=f"{study.title} ({study.wave})")
    yield Entry(name=words.QUESTIONNAIRE.get(lang), text=study.questionnaire)
    if study.generated_on is not None:
        day = date_text(study.generated_on, lang)
        yield Entry(name=words.GENERATED.get(lang), text=day)
    yield from study.summary


def _columns(kinds: tuple[tuple[Text, str], ...], language: str) -> tuple[Column, ...]:
    return tuple(Column(text.get(language), kind) for text, kind in kinds)  # type: ignore[arg-type]

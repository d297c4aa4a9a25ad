"""A report as tables of typed cells: what CSV and XLSX both write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from survey.exports import words
from survey.exports.report import Entry, Figure, Report
from survey.formats import date_text, round_half_up

Cell: TypeAlias = str | int | Decimal | None
Kind = Literal["text", "wide", "count", "percent"]


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column and what stands under it."""

    head: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns and rows; every cell is text, a whole number or a rounded decimal."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    strong: frozenset[int] = frozenset()
    """Numbers of the rows, from 0, that sum up others."""


def figures(report: Report) -> Table:
    """The full set: every element with its criteria, then the whole."""
    return _table(report, words.SHEET_REPORT.get(report.language), report.rows)


def core(report: Report) -> Table | None:
    """The core set in a table of its own, so that the two sets never mix."""
    if report.core is None:
        return None
    title = words.SHEET_CORE.get(report.language)
    return _table(report, title, (report.core,))


def sensitivity(report: Report) -> Table:
    """Every figure beside what it is without the flagged responses."""
    lang = report.language
    headline = words.FORMULAS[report.formula].get(lang)
    return Table(
        title=words.SHEET_SENSITIVITY.get(lang),
        columns=(
            Column(words.LEVEL.get(lang), "text"),
            Column(words.CODE.get(lang), "text"),
            Column(words.NAME.get(lang), "wide"),
            Column(words.N.get(lang), "count"),
            Column(f"{headline} (%)", "percent"),
            *unflagged_columns(report),
            Column(words.REMARK.get(lang), "wide"),
        ),
        rows=tuple(
            (
                words.LEVELS[figure.level].get(lang),
                figure.code,
                figure.title,
                figure.n,
                rounded(report.value(figure)),
                *unflagged_cells(report, figure),
                _not_compared(report, figure),
            )
            for figure in report.figures
        ),
        strong=frozenset(
            i for i, one in enumerate(report.figures) if one.level != "criterion"
        ),
    )


def unflagged_columns(report: Report) -> tuple[Column, ...]:
    """The columns of what a figure is without the flagged responses."""
    lang = report.language
    without = words.WITHOUT_FLAGGED.get(lang)
    return (
        Column(f"{words.N.get(lang)}, {without}", "count"),
        *(
            Column(f"{name.get(lang)} (%), {without}", "percent")
            for name in words.FORMULAS.values()
        ),
        Column(words.MOVED.get(lang), "percent"),
    )


def unflagged_cells(report: Report, figure: Figure) -> tuple[Cell, ...]:
    """The cells under `unflagged_columns`, empty where nothing may be shown."""
    without = figure.unflagged
    if without is None:
        return (None,) * (2 + len(words.FORMULAS))
    return (
        without.n,
        *(rounded(without.indices.get(name)) for name in words.FORMULAS),
        rounded(report.moved(figure)),
    )


def _not_compared(report: Report, figure: Figure) -> str | None:
    if figure.unflagged is not None:
        return None
    if not figure.indices:
        return figure.words
    return report.flags_hidden or words.NOT_COMPARED.get(report.language)


def method(report: Report) -> Table:
    """How the figures came about, item by item."""
    lang = report.language
    return Table(
        title=words.SHEET_METHOD.get(lang),
        columns=(
            Column(words.METHOD_ITEM.get(lang), "text"),
            Column(words.METHOD_TEXT.get(lang), "wide"),
        ),
        rows=tuple((entry.name, entry.full) for entry in report.method),
    )


def heading(report: Report) -> tuple[Entry, ...]:
    """What identifies a report: office, wave, scope, headline index, day."""
    lang = report.language
    entries = [
        (words.AGENCY, report.agency),
        (words.WAVE, f"{report.title} ({report.wave})"),
        (words.SELECTION, selection_text(report)),
        (words.QUESTIONNAIRE, report.questionnaire),
        (words.FORMULA, f"{report.formula_title} ({report.formula})"),
    ]
    if report.generated_on is not None:
        entries.append((words.GENERATED, date_text(report.generated_on, lang)))
    return (
        *(Entry(name=name.get(lang), text=text) for name, text in entries),
        *report.participation,
    )


def marks(report: Report) -> tuple[str, ...]:
    """Why these figures must not be taken for results, in capitals; mostly nothing."""
    return marks_of_data(
        is_sample=report.is_sample,
        is_rehearsal=report.is_rehearsal,
        language=report.language,
    )


def marks_of_data(
    *, is_sample: bool, is_rehearsal: bool, language: str
) -> tuple[str, ...]:
    """The marks of data that are no results."""
    marked = ((is_sample, words.SAMPLE), (is_rehearsal, words.REHEARSAL))
    return tuple(text.get(language) for holds, text in marked if holds)


def entries_text(entries: Iterable[Entry]) -> str:
    """Entries in one line."""
    return "; ".join(f"{entry.name}: {entry.full}" for entry in entries)


def selection_text(report: Report) -> str:
    """The filters of a report in one line."""
    return entries_text(report.selection)


def _table(report: Report, title: str, rows: Iterable[Figure]) -> Table:
    rows = tuple(rows)
    return Table(
        title=title,
        columns=_columns(report),
        rows=tuple(_row(report, figure) for figure in rows),
        strong=frozenset(i for i, row in enumerate(rows) if row.level != "criterion"),
    )


def _columns(report: Report) -> tuple[Column, ...]:
    lang = report.language
    indices = {name: _index_head(report, name) for name in words.FORMULAS}
    return (
        Column(words.LEVEL.get(lang), "text"),
        Column(words.CODE.get(lang), "text"),
        Column(words.NAME.get(lang), "wide"),
        Column(words.N.get(lang), "count"),
        Column(words.ANSWERS.get(lang), "count"),
        Column(words.NOT_APPLICABLE.get(lang), "percent"),
        Column(words.CANNOT_JUDGE.get(lang), "count"),
        *(Column(f"{level.code}. {level.label}", "count") for level in report.levels),
        Column(_group_head(report, is_satisfied=True), "count"),
        Column(_group_head(report, is_satisfied=False), "count"),
        Column(indices["satisfied_share"], "percent"),
        Column(words.LOW.get(lang), "percent"),
        Column(words.HIGH.get(lang), "percent"),
        Column(indices["mean_percent"], "percent"),
        Column(indices["normalised_mean"], "percent"),
        Column(words.MEAN.get(lang), "percent"),
        Column(words.MEAN_OF.get(lang), "count"),
        Column(words.REMARK.get(lang), "wide"),
    )


def _index_head(report: Report, name: str) -> str:
    head = f"{words.FORMULAS[name].get(report.language)} (%)"
    if name != report.formula:
        return head
    return f"{head} – {words.HEADLINE.get(report.language)}"


def _group_head(report: Report, *, is_satisfied: bool) -> str:
    codes = [one.code for one in report.levels if one.is_satisfied == is_satisfied]
    name = words.GROUP_SATISFIED if is_satisfied else words.GROUP_OTHERS
    return f"{name.get(report.language)} ({codes[0]}–{codes[-1]})"


def _row(report: Report, figure: Figure) -> tuple[Cell, ...]:
    satisfied, others = figure.groups or (None, None)
    return (
        words.LEVELS[figure.level].get(report.language),
        figure.code,
        figure.title,
        figure.n,
        figure.answers,
        rounded(figure.not_applicable),
        figure.cannot_judge,
        *(figure.counts.get(str(level.code)) for level in report.levels),
        satisfied,
        others,
        rounded(figure.indices.get("satisfied_share")),
        rounded(figure.low),
        rounded(figure.high),
        rounded(figure.indices.get("mean_percent")),
        rounded(figure.indices.get("normalised_mean")),
        rounded(figure.mean),
        figure.mean_of,
        figure.words,
    )


def rounded(value: Fraction | Decimal | None) -> Decimal | None:
    """A figure as it is printed everywhere."""
    return None if value is None else round_half_up(value)

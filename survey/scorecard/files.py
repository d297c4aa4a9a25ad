"""A sheet as tables and files: what the page shows, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from flask_babel import gettext as _

from survey import clock, web
from survey.exports import Cell, Column, Table, stream, words
from survey.exports.csv import written_out
from survey.exports.tables import marks_of_data, rounded
from survey.exports.xlsx import tables_xlsx
from survey.formats import date_text
from survey.indices import APPRAISALS
from survey.models import ScoreRule
from survey.scorecard import basis, rules, sheets, terms
from survey.scorecard.reckoning import Reckoned, Row, Total
from survey.scorecard.terms import STATES, source_words

TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


POINTS: Final = (0, 1, 2, 3, 4, 6, 7, 10, 13, 15, 16, 17)
REASONS: Final = (0, 1, 5, 8, 9, 11, 12, 14)
"""Columns of `criteria` that stand on a sheet of their own in a workbook: all of them
on one would be too wide to read in print."""


def file_name(made: Reckoned, format: str) -> str:
    """The name of a download; of our own making, so that it is safe anywhere."""
    code = "".join(
        one if one.isascii() and one.isalnum() else "-" for one in made.sheet.unit.code
    )
    return f"phieu-cham-diem_{code}_{made.sheet.year}.{format}"


def criteria(made: Reckoned) -> Table:
    """Every line with its points at each stage, then the sums."""
    columns = (
        Column(_("Mã"), "text"),
        Column(_("Tiêu chí, tiêu chí thành phần"), "wide"),
        Column(_("Điểm tối đa"), "percent"),
        Column(_("Áp dụng"), "text"),
        Column(_("Tự chấm"), "percent"),
        Column(_("Nguồn điểm"), "text"),
        Column(percent_of(_("Chỉ số")), "percent"),
        Column(_("Số phiếu trả lời (n)"), "count"),
        Column(_("Quy tắc"), "wide"),
        Column(_("Căn cứ của quy tắc"), "wide"),
        Column(_("Thẩm định lần 1"), "percent"),
        Column(_("Lý do lần 1"), "wide"),
        Column(_("Giải trình"), "wide"),
        Column(_("Thẩm định lần 2"), "percent"),
        Column(_("Lý do lần 2"), "wide"),
        Column(_("Điểm cuối cùng"), "percent"),
        Column(_("Điểm năm trước"), "percent"),
        Column(_("Tài liệu có"), "count"),
    )
    lines = [_line(row) for row in made.rows]
    sums = _sums(made)
    return Table(
        title=str(_("Phiếu tự chấm")),
        columns=tuple(Column(str(one.head), one.kind) for one in columns),
        rows=(*lines, *sums),
        strong=frozenset(
            [place for place, row in enumerate(made.rows) if row.is_group]
            + list(range(len(lines), len(lines) + len(sums)))
        ),
    )


def percent_of(name: object) -> str:
    """A name with its unit; a lone sign of percent would break a translation."""
    return f"{name} (%)"


def version_of(rule: ScoreRule) -> str:
    """A rule with its version."""
    told = _(
        "%(code)s (phiên bản %(n)s): %(title)s",
        code=rule.code,
        n=rule.version,
        title=rule.title,
    )
    return str(told)


def part(table: Table, title: object, places: Sequence[int]) -> Table:
    """Some columns of a table, under a name of its own."""
    return Table(
        title=str(title),
        columns=tuple(table.columns[place] for place in places),
        rows=tuple(tuple(row[place] for place in places) for row in table.rows),
        strong=table.strong,
    )


def _line(row: Row) -> tuple[Cell, ...]:
    line = row.line
    kept = basis.kept_of(line)
    rule = rules.of(line.rule) if line.rule else None
    applies = None
    if not row.is_group:
        applies = str(_("Có")) if line.is_applicable else line.left_out_reason
    value = None if line.value is None else rounded(Fraction(line.value))
    return (
        line.code,
        line.title,
        rounded(row.maximum) if row.is_group else line.maximum,
        applies,
        rounded(row.points["self"]),
        None if row.is_group else str(terms.SOURCES[line.self_source]),
        value,
        kept.n if kept else None,
        _rule_words(row),
        source_words(rule.source) if rule else None,
        rounded(row.points["first"]),
        line.first_reason or None,
        line.explanation or None,
        line.second_points,
        line.second_reason or None,
        rounded(row.points["final"]),
        _earlier(row),
        None if row.is_group else sum(one.state == "present" for one in row.documents),
    )


def _rule_words(row: Row) -> str | None:
    rule = row.line.rule
    if rule is None:
        return None
    return version_of(rule)


def _earlier(row: Row) -> Decimal | None:
    previous = row.previous
    if previous is None:
        return None
    for points in (previous.second_points, previous.first_points, previous.self_points):
        if points is not None:
            return points
    return None


def _sums(made: Reckoned) -> list[tuple[Cell, ...]]:
    self_total, first, final = (
        made.totals["self"],
        made.totals["first"],
        made.totals["final"],
    )

    def row(
        name: str, maximum: Decimal | None, cells: Sequence[Cell]
    ) -> tuple[Cell, ...]:
        own, at_first, at_last = cells
        return (
            None, name, maximum, None, own, None, None, None, None, None,
            at_first, None, None, None, None, at_last, None, None,
        )  # fmt: skip

    totals = (self_total, first, final)
    return [
        row(
            str(_("Cộng, trên điểm tối đa áp dụng")),
            rounded(self_total.maximum),
            [rounded(one.earned) if one.given else None for one in totals],
        ),
        row(
            percent_of(_("Chỉ số trên điểm tối đa áp dụng")),
            None,
            [rounded(one.index) if one.given else None for one in totals],
        ),
        row(str(_("Xếp loại")), None, [_grade(one) for one in totals]),
    ]


def _grade(total: Total) -> str | None:
    """The class; while criteria have no points yet it would only mislead."""
    if total.grade is None or total.missing or not total.given:
        return None
    return total.grade.title.vi


def documents(made: Reckoned) -> Table:
    """The list of evidence, a document a row; criteria without one have a row, too."""
    rows: list[tuple[Cell, ...]] = []
    for row in made.criteria:
        if not row.line.is_applicable:
            continue
        for place, one in enumerate(row.documents, start=1):
            rows.append(
                (
                    row.line.code,
                    row.line.title,
                    place,
                    one.number or None,
                    date_text(one.issued_on, web.language()) if one.issued_on else None,
                    one.issuer or None,
                    one.summary,
                    str(terms.EVIDENCE[one.state][0]),
                    one.link or None,
                )
            )
        if not row.documents:
            missing = str(terms.EVIDENCE["missing"][0])
            rows.append((row.line.code, row.line.title, *[None] * 5, missing, None))
    heads = (
        (_("Mã"), "text"),
        (_("Tiêu chí, tiêu chí thành phần"), "wide"),
        (_("Số thứ tự"), "count"),
        (_("Số, ký hiệu"), "text"),
        (_("Ngày ban hành"), "text"),
        (_("Cơ quan ban hành"), "text"),
        (_("Trích yếu"), "wide"),
        (_("Tình trạng"), "text"),
        (_("Trang của phần mềm"), "text"),
    )
    return Table(
        title=str(_("Tài liệu kiểm chứng")),
        columns=tuple(Column(str(head), kind) for head, kind in heads),  # type: ignore[arg-type]
        rows=tuple(rows),
    )


def method(made: Reckoned) -> Table:
    """How the points came about, and that nothing here claims to be law by itself."""
    sheet = made.sheet
    mode = APPRAISALS[sheet.second_mode].get(web.language())
    grades = "; ".join(f"{name} ≥ {least}" for name, least in sheet.grades)
    no_grades = _("chưa đặt mốc xếp loại")
    entries = [
        (
            _("Chỉ số"),
            _(
                "Điểm đạt được chia cho điểm tối đa của các tiêu chí áp dụng trong "
                "năm; tiêu chí không áp dụng rời cả tử số và mẫu số."
            ),
        ),
        (
            _("Điểm của tiêu chí"),
            _(
                "Làm tròn đến hai chữ số, nửa đơn vị làm tròn lên; chỉ số làm căn cứ "
                "không làm tròn trước, trừ khi quy tắc ghi khác."
            ),
        ),
        (
            _("Thẩm định lần 2"),
            f"{terms.written(sheet.second_factor)} – {mode} "
            f"({source_words(sheet.second_source)})",
        ),
        (
            _("Xếp loại"),
            f"{grades or no_grades} ({source_words(sheet.grades_source)})",
        ),
        (
            _("Nhóm mức độ hài lòng theo Quyết định 766/QĐ-TTg"),
            _("Không cộng vào điểm của phiếu và không trộn với chỉ số khảo sát."),
        ),
    ]
    for row in made.criteria:
        kept = basis.kept_of(row.line)
        if kept is not None:
            entries.append(
                (
                    f"{row.line.code} – {kept.wave_title} ({kept.wave})",
                    f"{basis.formula_title(kept)}; {kept.figure_title}; "
                    f"{kept.selection}; n = {kept.n}; {kept.value}%; "
                    f"SHA-256 {kept.sha256}",
                )
            )
    return Table(
        title=words.SHEET_METHOD.get(web.language()),
        columns=(
            Column(words.METHOD_ITEM.get(web.language()), "text"),
            Column(words.METHOD_TEXT.get(web.language()), "wide"),
        ),
        rows=tuple((str(name), str(text)) for name, text in entries),
    )


def national(made: Reckoned) -> Table | None:
    """The satisfaction group of QĐ 766 in a table of its own; None without counts."""
    points = sheets.national_points(made.sheet)
    if not points:
        return None
    names = {
        "5.2": _("Phản ánh, kiến nghị xử lý đúng hạn"),
        "5.3": _("Hài lòng trong xử lý phản ánh, kiến nghị"),
        "5.4": _("Hài lòng trong tiếp nhận, giải quyết thủ tục"),
        "sum": _("Cộng nhóm, không cộng vào phiếu"),
    }
    return Table(
        title=str(_("Nhóm hài lòng QĐ 766")),
        columns=(
            Column(str(_("Mã")), "text"),
            Column(str(_("Chỉ số")), "wide"),
            Column(str(_("Điểm")), "percent"),
        ),
        rows=tuple(
            (code if code != "sum" else None, str(names[code]), rounded(value))
            for code, value in points.items()
        ),
        strong=frozenset({3}),
    )


def marks(made: Reckoned) -> tuple[str, ...]:
    """Why this sheet must not be taken for a real one; mostly nothing."""
    return marks_of_data(
        is_sample=made.sheet.is_sample, is_rehearsal=False, language=web.language()
    )


def heading(made: Reckoned) -> list[str]:
    """What identifies a sheet: agency, year, step, day."""
    sheet = made.sheet
    entries = (
        (_("Cơ quan"), sheet.unit.name),
        (_("Năm"), sheet.year),
        (_("Bước"), STATES[sheet.state]),
        (_("Ngày xuất"), date_text(clock.today(), web.language())),
    )
    return [f"{name}: {text}" for name, text in entries]


def xlsx(made: Reckoned) -> bytes:
    """The sheet as a workbook: points, then rules and reasons, documents, the group of
    QĐ 766, the method."""
    apart = national(made)
    whole = criteria(made)
    lines = replace(whole, rows=whole.rows[: len(made.rows)])
    return tables_xlsx(
        str(_("PHIẾU TỰ CHẤM ĐIỂM CẢI CÁCH HÀNH CHÍNH")),
        [
            part(whole, whole.title, POINTS),
            part(lines, _("Quy tắc và lý do"), REASONS),
            documents(made),
            *((apart,) if apart else ()),
        ],
        marks=marks(made),
        heading=heading(made),
        method=method(made),
    )


def csv(made: Reckoned) -> bytes:
    """The criteria as one table, each row with what sheet it is of."""
    table = criteria(made)
    nature = "; ".join(marks(made)) or words.REAL.get(web.language())
    origin = [nature, *heading(made)]
    head = [
        *(column.head for column in table.columns),
        words.NATURE.get(web.language()),
        str(_("Cơ quan")),
        str(_("Năm")),
        str(_("Bước")),
        str(_("Ngày xuất")),
    ]
    rows = ((*written_out(row), *origin) for row in table.rows)
    return b"".join(stream(head, rows))

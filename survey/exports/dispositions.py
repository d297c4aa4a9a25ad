"""What became of the dossiers that were invited, as a table: rows, words, formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from survey.exports.report import DispositionRow, LevelOfRow
from survey.exports.tables import Cell, Column, Table, rounded
from survey.formats import decimal_text, integer, number
from survey.questionnaire.schema import Text


def _t(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


NAMES: Final[Mapping[str, Text]] = {
    "complete": _t("Đầy đủ (I)", "Complete (I)"),
    "partial": _t("Một phần (P)", "Partial (P)"),
    "refusal": _t("Từ chối, bỏ dở (R)", "Refusal, break-off (R)"),
    "non_contact": _t("Không liên lạc được (NC)", "Non-contact (NC)"),
    "other": _t("Khác (O)", "Other (O)"),
    "unknown": _t("Chưa rõ (U)", "Unknown (U)"),
}
MEANINGS: Final[Mapping[str, Text]] = {
    "complete": _t(
        "phiếu có ít nhất 80% câu trả lời được hỏi",
        "forms with at least 80% of what was asked",
    ),
    "partial": _t(
        "phiếu có từ 50% đến dưới 80% câu trả lời được hỏi",
        "forms with 50% to below 80% of what was asked",
    ),
    "refusal": _t(
        "phiếu gửi khi mới trả lời dưới 50%; khi đợt đã kết thúc, cả phiếu bắt đầu mà "
        "không gửi",
        "forms sent with less than 50%; once the wave is over, also those begun and "
        "never sent",
    ),
    "non_contact": _t(
        "lời mời bị trả lại hoặc không giao được, và không có phiếu",
        "the invitation came back or could not be handed over, and no form came",
    ),
    "other": _t(
        "luôn là 0: hệ thống không ghi trường hợp nào khác",
        "always 0: no other case is noted",
    ),
    "unknown": _t(
        "chưa có tin gì; khi đợt chưa kết thúc, cả phiếu đang làm dở",
        "nothing heard; while the wave lasts, also forms begun and not sent",
    ),
}
FORMULAS: Final[Mapping[str, Text]] = {
    "RR1": _t("I / (I + P + R + NC + O + U)", "I / (I + P + R + NC + O + U)"),
    "RR2": _t(
        "(I + P) / (I + P + R + NC + O + U)", "(I + P) / (I + P + R + NC + O + U)"
    ),
}
SOURCE: Final = _t(
    "AAPOR, Standard Definitions 2011; ngưỡng 80% và 50% do cơ quan tự đặt",
    "AAPOR, Standard Definitions 2011; the cut-offs of 80% and 50% are our own",
)
BEGUN: Final = _t(
    "Phiếu bắt đầu mà không gửi được đếm bằng số lần bắt đầu trừ số lần gửi, nhiều "
    "nhất bằng số hồ sơ còn lại: phiếu bắt đầu lại hoặc mã thu hồi giữa chừng có thể "
    "làm số này cao hơn thực tế một ít. RR1 và RR2 không vì thế mà đổi.",
    "Forms begun and not sent are counted as beginnings less sendings, at most the "
    "dossiers that are left: forms begun again, or links revoked half-way, may make "
    "this a little higher than it was. RR1 and RR2 do not change with it.",
)
LEVELS: Final[Mapping[str, Text]] = {
    "all": _t("Chung", "All"),
    "unit": _t("Đơn vị", "Unit"),
    "procedure": _t("Thủ tục", "Procedure"),
}
NOTHING: Final = "–"
TITLE: Final = _t("Tỷ lệ trả lời", "Response rates")
ALL: Final = _t("Tất cả hồ sơ được mời", "All dossiers invited")
AND_BELOW: Final = _t("{name} và các đơn vị bên dưới", "{name} and the units below it")
NO_PROCEDURE: Final = _t("Không rõ thủ tục", "Procedure not known")
LEVEL: Final = _t("Cấp", "Level")
CODE: Final = _t("Mã", "Code")
NAME: Final = _t("Tên", "Name")
INVITED: Final = _t("Hồ sơ được mời", "Dossiers invited")
REMARK: Final = _t("Ghi chú", "Remark")
RATE: Final = _t("{name} (%)", "{name} (%)")
FEW: Final = _t("dưới {n} phiếu", "fewer than {n} responses")
COVER: Final = _t("ẩn để bảo vệ nhóm ít phiếu", "hidden to protect a small group")
TOO_MANY: Final = _t(
    "nhiều phiếu hơn số hồ sơ được mời, xin kiểm tra các mã",
    "more forms than dossiers invited, please check the links",
)
BEHIND: Final = _t("thấp hơn các đơn vị khác", "below the other units")
OF_BEHIND: Final = _t(
    "“{remark}”: RR2 của đơn vị thấp hơn của các đơn vị còn lại quá mức ngẫu nhiên "
    "(khoảng tin cậy 95% của hiệu hai tỷ lệ không chứa 0). Điều này không nói gì về "
    "chất lượng phục vụ; nên xem mã đã phát hết chưa và lời mời có tới nơi không.",
    "“{remark}”: RR2 of the unit lies below that of all others by more than chance "
    "(the 95% interval of the difference of the two rates excludes 0). It says nothing "
    "of how well the unit works; see whether all links were handed out and whether "
    "invitations arrive.",
)


def remark(row: DispositionRow, language: str) -> str | None:
    """What is to be said beside the figures of a row, or in their place."""
    return BEHIND.get(language) if row.is_behind else row.words


def columns(language: str) -> tuple[Column, ...]:
    """The heads of the counts and rates of one row."""
    return (
        Column(INVITED.get(language), "count"),
        *(Column(NAMES[name].get(language), "count") for name in NAMES),
        *(Column(RATE.get(language).format(name=name), "percent") for name in FORMULAS),
    )


def cells(row: DispositionRow | None) -> tuple[Cell, ...]:
    """What stands under `columns`, empty where nothing may be shown."""
    if row is None:
        return (None,) * (1 + len(NAMES) + len(FORMULAS))
    return (
        row.invited,
        *(row.counts.get(name) for name in NAMES),
        rounded(row.rr1),
        rounded(row.rr2),
    )


def table(rows: Iterable[DispositionRow], language: str) -> Table:
    """All rows: the whole, then every unit followed by its procedures."""
    rows = tuple(rows)
    return Table(
        title=TITLE.get(language),
        columns=(
            Column(LEVEL.get(language), "text"),
            Column(CODE.get(language), "text"),
            Column(NAME.get(language), "wide"),
            *columns(language),
            Column(REMARK.get(language), "wide"),
        ),
        rows=tuple(
            (
                LEVELS[row.level].get(language),
                row.code,
                row.name,
                *cells(row),
                remark(row, language),
            )
            for row in rows
        ),
        strong=frozenset(i for i, row in enumerate(rows) if row.level != "procedure"),
    )


class Lines(NamedTuple):
    """A table for a page: every cell is finished text, the first heads its row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...] | None
    numeric: tuple[int, ...]


def lines(
    rows: Iterable[DispositionRow], level: LevelOfRow, language: str
) -> Lines | None:
    """The rows of one level as a page shows them, the whole at its foot; None if there
    are none."""
    rows = tuple(rows)
    counted = columns(language)
    shown = tuple(_line(row, language) for row in rows if row.level == level)
    if not shown:
        return None
    whole = next((row for row in rows if row.level == "all"), None)
    return Lines(
        head=(
            LEVELS[level].get(language),
            *(column.head for column in counted),
            REMARK.get(language),
        ),
        rows=shown,
        foot=None if whole is None else _line(whole, language),
        numeric=tuple(range(1, len(counted) + 1)),
    )


def _line(row: DispositionRow, language: str) -> tuple[str, ...]:
    name = f"{row.name} ({row.code})" if row.level == "procedure" else row.name
    return (
        name,
        *(_text(cell, language) for cell in cells(row)),
        remark(row, language) or "",
    )


def _text(cell: Cell, language: str) -> str:
    if cell is None or isinstance(cell, str):
        return NOTHING
    return (integer if isinstance(cell, int) else number)(cell, language)


def formulas(language: str) -> tuple[str, ...]:
    """The two rates, each as a formula."""
    return tuple(f"{name} = {text.get(language)}" for name, text in FORMULAS.items())


def notes(language: str) -> tuple[str, ...]:
    """How the rates are formed, what each disposition is, where that comes from."""
    return (
        *formulas(language),
        *(
            f"{NAMES[name].get(language)}: {MEANINGS[name].get(language)}"
            for name in NAMES
        ),
        BEGUN.get(language),
        OF_BEHIND.get(language).format(remark=BEHIND.get(language)),
        SOURCE.get(language),
    )


def as_json(row: DispositionRow, language: str) -> dict[str, Any]:
    """A row for other programs: counts as numbers, rates as decimal texts."""
    return {
        "level": row.level,
        "code": row.code,
        "name": row.name,
        "invited": row.invited,
        **{name: row.counts.get(name) for name in NAMES},
        "rr1": None if row.rr1 is None else decimal_text(row.rr1),
        "rr2": None if row.rr2 is None else decimal_text(row.rr2),
        "is_behind": row.is_behind,
        "words": remark(row, language),
    }

"""Sentences about figures, right for every case: higher, lower, no difference, too few,
nothing; never an adjective that the figures do not bear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from survey.exports.report import Figure, Report
from survey.formats import integer, percent
from survey.questionnaire.schema import Text

_OVERALL: Final = Text(
    vi="{name} chung của đợt là {value} (khoảng tin cậy 95%: {low} – {high}), tính "
    "trên {n} phiếu với {answers} câu trả lời có mức.",
    en="The overall {name} of the wave is {value} (95% interval: {low} – {high}), on "
    "{n} responses with {answers} rated answers.",
)
_OVERALL_BARE: Final = Text(
    vi="{name} chung của đợt là {value}, tính trên {n} phiếu với {answers} câu trả "
    "lời có mức.",
    en="The overall {name} of the wave is {value}, on {n} responses with {answers} "
    "rated answers.",
)
_NONE: Final = Text(
    vi="Đợt không phát sinh phiếu trả lời nên không có chỉ số.",
    en="There were no responses in this wave, so there is no index.",
)
_FEW: Final = Text(
    vi="Số phiếu chưa đủ để công bố chỉ số chung ({words}).",
    en="There are too few responses for an overall index ({words}).",
)
_HIGHEST: Final = Text(
    vi="Trong {count} {kind} có chỉ số được công bố, cao nhất là {high}; thấp nhất là "
    "{low}.",
    en="Of the {count} {kind} with a published index the highest is {high}; the lowest "
    "is {low}.",
)
_TIED: Final = Text(
    vi="Các khoảng tin cậy của hai {kind} này chồng lên nhau, nên chưa thể nói chúng "
    "khác biệt.",
    en="The intervals of these two {kind} overlap, so they cannot be said to differ.",
)
_APART: Final = Text(
    vi="Các khoảng tin cậy của hai {kind} này không chồng lên nhau.",
    en="The intervals of these two {kind} do not overlap.",
)
_ONE: Final = Text(
    vi="Chỉ một {kind} có chỉ số được công bố: {high}.",
    en="Only one of the {kind} has a published index: {high}.",
)
_NO_INDEX: Final = Text(
    vi="Không {kind} nào có đủ phiếu để công bố chỉ số.",
    en="None of the {kind} has enough responses for a published index.",
)
_SAME: Final = Text(
    vi="{count} {kind} có chỉ số được công bố, đều là {value}.",
    en="All {count} {kind} with a published index have {value}.",
)
_ITEM: Final = Text(vi="{title} ({value})", en="{title} ({value})")
_HIDDEN: Final = Text(
    vi="{count} {kind} không được nêu chỉ số vì ít phiếu, hoặc vì nêu ra thì suy ngược "
    "được nhóm ít phiếu.",
    en="Of {count} {kind} no index is given, because few answered or because a small "
    "group would follow from it.",
)
_CHANGES: Final = {
    "higher": Text(
        vi="So với {before}, chỉ số chung tăng {points} điểm phần trăm, vượt quá "
        "dao động do chọn mẫu.",
        en="Against {before} the overall index rose by {points} percentage points, "
        "more than chance.",
    ),
    "lower": Text(
        vi="So với {before}, chỉ số chung giảm {points} điểm phần trăm, vượt quá "
        "dao động do chọn mẫu.",
        en="Against {before} the overall index fell by {points} percentage points, "
        "more than chance.",
    ),
    "unclear": Text(
        vi="So với {before}, chỉ số chung chênh {points} điểm phần trăm; mức chênh này "
        "nằm trong dao động do chọn mẫu, chưa thể coi là thay đổi.",
        en="Against {before} the overall index differs by {points} percentage points, "
        "which lies within chance and is no change.",
    ),
    "unknown": Text(
        vi="Chưa đủ số liệu để so sánh với {before}.",
        en="There are too few data to compare with {before}.",
    ),
}
KINDS: Final = {
    "element": Text(vi="yếu tố", en="elements"),
    "criterion": Text(vi="tiêu chí", en="criteria"),
    "unit": Text(vi="đơn vị", en="units"),
    "procedure": Text(vi="thủ tục", en="procedures"),
}


def overall(report: Report) -> str:
    """What the overall index is, or why there is none."""
    figure, lang = report.overall, report.language
    value = report.value(figure)
    if value is None:
        if figure.display == "none":
            return _NONE.get(lang)
        return _FEW.get(lang).format(words=figure.words or "")
    interval = report.interval(figure)
    values = {
        "name": report.formula_title,
        "value": percent(value, lang),
        "n": integer(figure.n or 0, lang),
        "answers": integer(figure.answers or 0, lang),
    }
    if interval is None:
        return _OVERALL_BARE.get(lang).format(**values)
    low, high = (percent(one, lang) for one in interval)
    return _OVERALL.get(lang).format(low=low, high=high, **values)


def extremes(report: Report, some: Sequence[tuple[str, Figure]], kind: str) -> str:
    """Which of several named figures is the highest and the lowest, and whether they
    differ; how many are not told.

    Args:
        kind: a key of KINDS.
    """
    lang = report.language
    word = KINDS[kind].get(lang)
    told = [
        (value, title, figure)
        for title, figure in some
        for value in [report.value(figure)]
        if value is not None
    ]
    parts = [_of_told(report, told, word)]
    if told and (silent := len(some) - len(told)):
        text = _HIDDEN.get(lang).format(count=integer(silent, lang), kind=word)
        parts.append(text)
    return " ".join(parts)


def _of_told(
    report: Report, told: Sequence[tuple[object, str, Figure]], word: str
) -> str:
    lang = report.language
    if not told:
        return _NO_INDEX.get(lang).format(kind=word)
    low = min(told, key=lambda one: one[0])  # type: ignore[arg-type,return-value]
    high = max(told, key=lambda one: one[0])  # type: ignore[arg-type,return-value]

    def item(one: tuple[object, str, Figure]) -> str:
        value = report.value(one[2])
        text = "" if value is None else percent(value, lang)
        return _ITEM.get(lang).format(title=one[1], value=text)

    if len(told) == 1:
        return _ONE.get(lang).format(kind=word, high=item(high))
    if low[0] == high[0]:
        value = percent(low[0], lang)  # type: ignore[arg-type]
        count = integer(len(told), lang)
        return _SAME.get(lang).format(count=count, kind=word, value=value)
    sentence = _HIGHEST.get(lang).format(
        count=integer(len(told), lang), kind=word, high=item(high), low=item(low)
    )
    first, second = (report.interval(one[2]) for one in (high, low))
    if first is None or second is None:
        return sentence
    apart = _APART if first[0] > second[1] else _TIED
    return f"{sentence} {apart.get(lang).format(kind=word)}"


def change(verdict: str, points: str, before: str, language: str) -> str:
    """How the overall index moved since an earlier period.

    Args:
        verdict: of `indices.Difference`: "higher", "lower", "unclear" or "unknown".
        points: the size of the difference, ready to print, without a sign.
    """
    return _CHANGES[verdict].get(language).format(points=points, before=before)

"""Which facts a page of results tells, in which part, and which follow from others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from survey.exports import words
from survey.questionnaire.conditions import NOT_SURE
from survey.questionnaire.counted import ANSWERED, countable
from survey.questionnaire.schema import Questionnaire, Text

Counter = tuple[str, str]
"""A counter of the tallies: a question and one of its choices."""


def _t(vi: str, en: str) -> Text:
    return Text(vi=vi, en=en)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChoice:
    """One answer as it is told, and the counters that add up to it."""

    code: str
    label: Text
    counters: tuple[Counter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question as it is told.

    `needs` names items and those of their choices from which its n, or one of its
    choices, would follow: it is told only while those that anyone made are.
    """

    part: str
    code: str
    title: Text
    choices: tuple[ItemChoice, ...]
    not_sure: tuple[Counter, ...] = ()
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_several: bool = False
    only_in_total: bool = False


PARTS: Final[Mapping[str, Text]] = {
    "tre-hen": _t("Thời hạn và trễ hẹn", "Time limits and late results"),
    "bo-sung": _t("Bổ sung hồ sơ", "Supplements"),
    "phi": _t("Phí, lệ phí", "Fees"),
    "truc-tuyen": _t("Nộp hồ sơ trực tuyến", "Filing online"),
    "thanh-toan": _t("Thanh toán trực tuyến", "Paying online"),
    "buu-chinh": _t("Bưu chính công ích", "Public postal service"),
    "gop-y": _t("Góp ý, phản ánh, kiến nghị", "Comments, complaints, proposals"),
    "lien-he": _t(
        "Đi lại, liên hệ, kiểm tra thực tế", "Visits, contacts and inspections"
    ),
    "tinh-trang": _t("Tình trạng hồ sơ", "State of the dossier"),
    "nguoi-tra-loi": _t("Ai trả lời", "Who answers"),
    "danh-gia-chung": _t("Đánh giá chung và mong muốn", "Overall rating and wishes"),
    "ngoai-quy-dinh": _t("Khoản chi ngoài quy định", "Payments outside the rules"),
    "khac": _t("Thực tế khác", "Other facts"),
}
"""The parts of the page in order; `khac` takes what a later version asks besides."""

TIMELY: Final = "dung_hen"
LATE_BY: Final = "so_ngay_tre"
_LISTED: Final[Mapping[str, tuple[str, ...]]] = {
    "tre-hen": (TIMELY, LATE_BY, "promised_vs_published", "F16"),
    "bo-sung": ("F10", "F11", "F11b"),
    "phi": ("F13", "F13b", "F13c"),
    "truc-tuyen": ("F04", "F04b"),
    "thanh-toan": ("F14", "F14c", "online_payment_trouble"),
    "buu-chinh": ("F05", "F05b", "used_postal"),
    "gop-y": ("F17", "F17b"),
    "lien-he": ("F12", "F12b", "F12c", "F12d", "F15"),
    "tinh-trang": ("F09", "F09b"),
    "nguoi-tra-loi": ("F02", "F03"),
    "danh-gia-chung": ("G1", "G2"),
    "ngoai-quy-dinh": ("F18",),
}
_NOT_TOLD: Final = frozenset({"F01", "F06", "F07", "F08", "F10b", "F14b"})
"""Dates and the procedure say nothing as counts; F14b is within
`online_payment_trouble`."""
_ONLY_IN_TOTAL: Final = frozenset({"F18"})
_OF_DAYS: Final[Mapping[str, tuple[Text, tuple[str, ...]]]] = {
    "early": (_t("Trước hẹn", "Early"), ("early_over_5", "early_1_5")),
    "on_time": (_t("Đúng hẹn", "On time"), ("on_time",)),
    "late": (
        _t("Trễ hẹn", "Late"),
        ("late_1_2", "late_3_5", "late_6_10", "late_over_10"),
    ),
}
_BANDS: Final[Mapping[str, Text]] = {
    "late_1_2": _t("1–2 ngày làm việc", "1–2 working days"),
    "late_3_5": _t("3–5 ngày làm việc", "3–5 working days"),
    "late_6_10": _t("6–10 ngày làm việc", "6–10 working days"),
    "late_over_10": _t("trên 10 ngày làm việc", "over 10 working days"),
}
_TITLES: Final[Mapping[str, Text]] = {
    TIMELY: _t(
        "Kết quả so với ngày hẹn (hồ sơ biết cả hai ngày)",
        "The result against the appointed date, where both dates are known",
    ),
    LATE_BY: _t("Trễ bao nhiêu ngày làm việc", "Late by how many working days"),
}
_NEEDS: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "online_payment_trouble": {
        "F14": frozenset({"portal_online"}),
        "F14c": frozenset({"tried_failed"}),
    },
    "used_postal": {
        "F04": frozenset({"postal", "online_then_postal"}),
        "F05": frozenset({"postal", "electronic_and_postal"}),
    },
    LATE_BY: {TIMELY: frozenset({"late"})},
}
_LATE: Final[Mapping[str, frozenset[str]]] = {"yes": frozenset({"late"})}


_TOLD_AS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("late", "early", "result_due"), (TIMELY,)),
    **dict.fromkeys(("F07", "F08", "F10b"), (TIMELY,)),
    **dict.fromkeys(("days_late", "days_early"), (LATE_BY,)),
    **dict.fromkeys(
        ("F06", "promised_days", "published_days", "immediate"),
        ("promised_vs_published",),
    ),
    "visited": ("F12",),
    "tried_online": ("F04", "F04b"),
    "supplement_new_points": ("F11b",),
    "F14b": ("online_payment_trouble",),
    "tried_online_payment": ("F14",),
}
"""As which items facts are told that have no counts of their own on the page."""


def told_as(names: Iterable[str]) -> tuple[str, ...]:
    """The codes of the items that tell these facts, in the same order."""
    return tuple(
        dict.fromkeys(code for name in names for code in _TOLD_AS.get(name, (name,)))
    )


def items(questionnaire: Questionnaire) -> Iterator[Item]:
    """Everything that is told of a questionnaire's facts, in the order of the page; an
    item comes after those it needs."""
    known = countable(questionnaire)
    listed = {code for codes in _LISTED.values() for code in codes}
    more = tuple(
        fact.code
        for fact in questionnaire.facts
        if fact.code not in listed and fact.code not in _NOT_TOLD
    )
    for part, codes in {**_LISTED, "khac": more}.items():
        for code in codes:
            if code in (TIMELY, LATE_BY):
                yield _of_days(part, code)
            elif code in known:
                yield _item(questionnaire, part, code, known[code])


def _of_days(part: str, code: str) -> Item:
    if code == LATE_BY:
        choices = tuple(
            ItemChoice(code=band, label=label, counters=(("days_late", band),))
            for band, label in _BANDS.items()
        )
    else:
        choices = tuple(
            ItemChoice(
                code=name,
                label=label,
                counters=tuple(("days_late", band) for band in bands),
            )
            for name, (label, bands) in _OF_DAYS.items()
        )
    return Item(
        part=part,
        code=code,
        title=_TITLES[code],
        choices=choices,
        needs=_NEEDS.get(code, {}),
    )


def _item(
    questionnaire: Questionnaire, part: str, code: str, known: tuple[str, ...]
) -> Item:
    labels = _labels(questionnaire, code)
    told = [one for one in known if one in labels and one != NOT_SURE]
    return Item(
        part=part,
        code=code,
        title=_title(questionnaire, code),
        choices=tuple(
            ItemChoice(code=one, label=labels[one], counters=((code, one),))
            for one in told
        ),
        not_sure=((code, NOT_SURE),) if NOT_SURE in known else (),
        needs=_needs(questionnaire, code),
        is_several=ANSWERED in known,
        only_in_total=code in _ONLY_IN_TOTAL,
    )


def _labels(questionnaire: Questionnaire, code: str) -> dict[str, Text]:
    for fact in questionnaire.facts:
        if fact.code == code:
            return {choice.code: choice.label for choice in fact.choices}
    for general in questionnaire.generals:
        if general.code != code:
            continue
        if general.type == "scale":
            return {
                str(level.code): Text(
                    vi=f"{level.code}. {level.label.vi}",
                    en=f"{level.code}. {level.label.en}",
                )
                for level in questionnaire.scale.levels
            }
        return {choice.code: choice.label for choice in general.choices}
    return dict(words.PROMISES if code == "promised_vs_published" else words.YES_NO)


def _title(questionnaire: Questionnaire, code: str) -> Text:
    titles = {
        **{one.code: one.title for one in questionnaire.facts},
        **{one.code: one.title for one in questionnaire.generals},
    }
    return titles.get(code) or words.DERIVED[code]


def _needs(questionnaire: Questionnaire, code: str) -> Mapping[str, frozenset[str]]:
    """The facts that decide who is asked this one, with the answers that do."""
    if code in _NEEDS:
        return _NEEDS[code]
    for fact in questionnaire.facts:
        if fact.code == code:
            return {
                TIMELY if test.name == "late" else test.name: (
                    _LATE["yes"] if test.name == "late" else test.values
                )
                for test in fact.ask.tests
            }
    return {}

"""What must hold between the parts of a questionnaire, beyond each field by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from survey.questionnaire import routing
from survey.questionnaire.checks_of_conditions import check_conditions, check_needs
from survey.questionnaire.faults import Faults
from survey.questionnaire.reading import is_readable
from survey.questionnaire.schema import (
    LANGUAGES,
    WITHOUT_LEVEL,
    Choice,
    Criterion,
    Questionnaire,
    Scale,
    Text,
)

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CHOICE = re.compile(r"[a-z][a-z0-9_]*")
_CODES = {
    "fact": re.compile(r"F\d{2}[a-z]?"),
    # F, G and P begin the codes of facts, general questions and prompts.
    "element": re.compile(r"[A-EH-OQ-Z]"),
    "general": re.compile(r"G\d{1,2}"),
    "prompt": re.compile(r"P\d{1,2}"),
}


def check(q: Questionnaire, faults: Faults) -> None:
    """Note every fault between the parts of a questionnaire."""
    _check_codes(q, faults)
    _check_scale(q.scale, faults)
    _check_choices(q, faults)
    for criterion in q.criteria:
        _check_criterion(q, criterion, faults)
    check_conditions(q, faults)
    _check_sets(q, faults)
    _check_references(q, faults)
    check_needs(q, faults)
    _check_terms(q, faults)


def _check_codes(q: Questionnaire, faults: Faults) -> None:
    if q.id and _ID.fullmatch(q.id) is None:
        faults.add(
            "",
            "id",
            "chỉ gồm chữ thường không dấu, chữ số và gạch nối",
            "takes only lower case letters, digits and hyphens",
        )
    _check_kind("fact", (fact.code for fact in q.facts), faults)
    _check_kind("element", (element.code for element in q.elements), faults)
    _check_kind("general", (general.code for general in q.generals), faults)
    _check_kind("prompt", (prompt.code for prompt in q.prompts), faults)
    seen: set[str] = set()
    for criterion in q.criteria:
        code = criterion.code
        if code and re.fullmatch(rf"{criterion.element}\d{{1,2}}", code) is None:
            faults.add(
                code,
                "code",
                f"mã phải gồm {criterion.element} và số thứ tự",
                f"the code must be {criterion.element} and a number",
            )
        _check_twice(code, seen, faults)


def _check_kind(kind: str, codes: Iterable[str], faults: Faults) -> None:
    seen: set[str] = set()
    for code in codes:
        if code and _CODES[kind].fullmatch(code) is None:
            faults.add(code, "code", "mã sai cách viết", "the code is not well formed")
        _check_twice(code, seen, faults)


def _check_twice(code: str, seen: set[str], faults: Faults) -> None:
    if code and code in seen:
        faults.add(code, "code", "mã bị trùng", "the code stands twice")
    seen.add(code)


def _check_scale(scale: Scale, faults: Faults) -> None:
    codes = scale.codes
    if len(codes) < 2 or any(a >= b for a, b in pairwise(codes)):
        faults.add(
            "scale",
            "level",
            "cần ít nhất hai mức, số tăng dần",
            "needs at least two levels, in ascending order",
        )
    if scale.satisfied_from not in codes[1:]:
        faults.add(
            "scale",
            "satisfied_from",
            "phải là một mức của thang, không phải mức thấp nhất",
            "must be a level of the scale other than the lowest",
        )


def _check_choices(q: Questionnaire, faults: Faults) -> None:
    lists: list[tuple[str, tuple[Choice, ...], int]] = [
        (fact.code, fact.choices, 2 if fact.type == "single" else 1) for fact in q.facts
    ]
    lists += [(one.code, one.choices, 2) for one in q.generals if one.choices]
    for item, choices, fewest in lists:
        if 0 < len(choices) < fewest:
            faults.add(
                item, "choice", "cần ít nhất hai lựa chọn", "needs at least two choices"
            )
        seen: set[str] = set()
        for choice in choices:
            code = choice.code
            if not code:
                continue
            if _CHOICE.fullmatch(code) is None or code in WITHOUT_LEVEL:
                faults.add(
                    item,
                    "choice",
                    f"mã lựa chọn {code} không dùng được",
                    f"{code} cannot be the code of a choice",
                )
            if code in seen:
                faults.add(
                    item,
                    "choice",
                    f"mã lựa chọn {code} bị trùng",
                    f"the choice {code} stands twice",
                )
            seen.add(code)


def _check_criterion(q: Questionnaire, one: Criterion, faults: Faults) -> None:
    if q.scale.codes:
        _check_anchors(q.scale, one, faults)
    if not one.responsible:
        faults.add(one.code, "responsible", "để trống", "is empty")
    for unit in one.responsible:
        if unit not in q.responsible:
            faults.add(
                one.code,
                "responsible",
                f"không có đơn vị {unit} trong [[responsible]]",
                f"{unit} is not in [[responsible]]",
            )
    if one.when.is_never:
        faults.add(one.code, "when", "không bao giờ được hỏi", "is never asked")
    can_be_left_out = not (one.when.is_always and one.na_offer.is_never)
    readable = is_readable(one.when) and is_readable(one.na_offer)
    if can_be_left_out and not one.not_applicable and readable:
        faults.add(
            one.code,
            "not_applicable",
            "cần một lý do, vì có lúc tiêu chí không áp dụng",
            "needs a reason, for the criterion does not always apply",
        )


def _check_anchors(scale: Scale, one: Criterion, faults: Faults) -> None:
    for level in scale.codes:
        if level not in one.anchors:
            faults.add(one.code, f"anchor.{level}", "còn thiếu", "is missing")
    for level in one.anchors:
        if level not in scale.codes:
            faults.add(
                one.code,
                f"anchor.{level}",
                "thang không có mức này",
                "the scale has no such level",
            )
    for language in LANGUAGES:
        seen: set[str] = set()
        for level, text in one.anchors.items():
            words = text.get(language)
            if words and words in seen:
                faults.add(
                    one.code,
                    f"anchor.{level}.{language}",
                    "trùng với mô tả của mức khác",
                    "is the same as that of another level",
                )
            seen.add(words)


def _check_sets(q: Questionnaire, faults: Faults) -> None:
    codes = [one.code for one in q.criteria]
    for code in q.sets["core"]:
        if code not in codes:
            faults.add(
                "", "core", f"không có tiêu chí {code}", f"there is no criterion {code}"
            )
    ordered = [code for code in codes if code in q.sets["core"]]
    known = [code for code in dict.fromkeys(q.sets["core"]) if code in codes]
    if ordered != known:
        faults.add(
            "",
            "core",
            "không theo thứ tự của phiếu",
            "is not in the order of the questionnaire",
        )


def _check_references(q: Questionnaire, faults: Faults) -> None:
    codes = {
        *(fact.code for fact in q.facts),
        *(one.code for one in q.criteria),
        *(one.code for one in q.generals),
    }
    for item, field, text in _texts(q):
        for language in LANGUAGES:
            for code in sorted(routing.references(text.get(language)) - codes):
                faults.add(
                    item,
                    f"{field}.{language}",
                    f"nhắc đến câu {code}, mà phiếu này không hỏi",
                    f"points to {code}, which this questionnaire does not ask",
                )


def _texts(q: Questionnaire) -> Iterator[tuple[str, str, Text]]:
    for fact in q.facts:
        yield fact.code, "text", fact.text
        yield fact.code, "look_up", fact.look_up
        if fact.hint is not None:
            yield fact.code, "hint", fact.hint
    for one in q.criteria:
        yield one.code, "text", one.text
        yield one.code, "who", one.who
        yield one.code, "consider", one.consider
        yield one.code, "leave_out", one.leave_out
        yield one.code, "look_up", one.look_up
    for general in q.generals:
        yield general.code, "text", general.text
        if general.hint is not None:
            yield general.code, "hint", general.hint


def _check_terms(q: Questionnaire, faults: Faults) -> None:
    codes: set[str] = set()
    for term in q.terms:
        if term.code and _CHOICE.fullmatch(term.code) is None:
            faults.add(
                term.code, "code", "mã sai cách viết", "the code is not well formed"
            )
        _check_twice(term.code, codes, faults)
    for language in LANGUAGES:
        owners: dict[str, str] = {}
        for term in q.terms:
            for form in term.forms[language]:
                owner = owners.setdefault(form.casefold(), term.code)
                if owner != term.code:
                    faults.add(
                        term.code,
                        f"forms.{language}",
                        f"“{form}” đã được giải thích ở {owner}",
                        f"“{form}” is explained by {owner} already",
                    )

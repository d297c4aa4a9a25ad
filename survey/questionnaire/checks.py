"""What must hold between the parts of a questionnaire, beyond each field by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from survey.questionnaire import derived, routing
from survey.questionnaire.conditions import Condition
from survey.questionnaire.faults import Faults
from survey.questionnaire.reading import is_readable
from survey.questionnaire.schema import (
    LANGUAGES,
    WITHOUT_LEVEL,
    Choice,
    Criterion,
    Fact,
    Prompt,
    Questionnaire,
    Scale,
    Text,
    Wording,
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
_AFTER_RATINGS = frozenset({"all_rated_low", "all_rated_high"})


def check(q: Questionnaire, faults: Faults) -> None:
    """Note every fault between the parts of a questionnaire."""
    _check_codes(q, faults)
    _check_scale(q.scale, faults)
    _check_choices(q, faults)
    for criterion in q.criteria:
        _check_criterion(q, criterion, faults)
    known = _Known(q)
    _check_asks(q, known, faults)
    _check_routing(q, known, faults)
    for prompt in q.prompts:
        _check_prompt(q, prompt, known, faults)
    _check_sets(q, faults)
    _check_references(q, faults)
    if all(is_readable(one) for one in _all_conditions(q)):
        _check_needs(q, faults)


def _all_conditions(q: Questionnaire) -> Iterator[Condition]:
    for fact in q.facts:
        yield fact.ask
    for criterion in q.criteria:
        for _, condition in routing.conditions_of(criterion):
            yield condition
    for prompt in q.prompts:
        yield prompt.high
        yield prompt.low
        for wording in (*prompt.fact_high, *prompt.fact_low):
            yield wording.when


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


class _Known:
    """The names that conditions may use, and the values each may take."""

    def __init__(self, q: Questionnaire) -> None:
        self.facts: Mapping[str, frozenset[str]] = {
            fact.code: frozenset(fact.codes) for fact in q.facts
        }
        self.ratings: dict[str, frozenset[str]] = {
            code: q.scale.values | {"not_applicable", "cannot_judge"}
            for code in (
                *(one.code for one in q.criteria),
                *(one.code for one in q.generals if one.type == "scale"),
            )
        }

    def values(self, name: str, *, in_prompt: bool) -> frozenset[str] | None:
        """The values of a name, or None when a condition may not use it here."""
        if name in self.facts:
            return self.facts[name]
        if in_prompt and name in self.ratings:
            return self.ratings[name]
        if name in _AFTER_RATINGS and not in_prompt:
            return None
        return derived.VALUES.get(name)


def _check_condition(
    known: _Known,
    item: str,
    field: str,
    condition: Condition,
    faults: Faults,
    *,
    in_prompt: bool = False,
) -> None:
    for test in condition.tests:
        values = known.values(test.name, in_prompt=in_prompt)
        if values is None:
            faults.add(
                item,
                field,
                f"không có {test.name} để xét trong điều kiện này",
                f"there is no {test.name} that this condition could look at",
            )
            continue
        for value in sorted(test.values - values):
            faults.add(
                item,
                field,
                f"{test.name} không có giá trị {value}",
                f"{test.name} has no value {value}",
            )


def _check_asks(q: Questionnaire, known: _Known, faults: Faults) -> None:
    earlier: set[str] = set()
    for fact in q.facts:
        _check_condition(known, fact.code, "ask", fact.ask, faults)
        if fact.ask.is_never:
            faults.add(fact.code, "ask", "không bao giờ được hỏi", "is never asked")
        inputs = {
            code
            for name in fact.ask.names
            for code in derived.INPUTS.get(name, frozenset({name}))
            if code in known.facts
        }
        for code in sorted(inputs - earlier):
            faults.add(
                fact.code,
                "ask",
                f"cần câu trả lời của {code}, mà {code} không đứng trước",
                f"needs the answer to {code}, which does not stand before it",
            )
        earlier.add(fact.code)


def _check_routing(q: Questionnaire, known: _Known, faults: Faults) -> None:
    for criterion in q.criteria:
        for field, condition in routing.conditions_of(criterion):
            _check_condition(known, criterion.code, field, condition, faults)


def _check_prompt(
    q: Questionnaire, prompt: Prompt, known: _Known, faults: Faults
) -> None:
    if prompt.criterion and prompt.criterion not in known.ratings:
        faults.add(
            prompt.code,
            "criterion",
            f"không có tiêu chí {prompt.criterion}",
            f"there is no criterion {prompt.criterion}",
        )
        return
    for field, condition in (("high", prompt.high), ("low", prompt.low)):
        _check_condition(known, prompt.code, field, condition, faults, in_prompt=True)
    for field, wordings in (
        ("fact_high", prompt.fact_high),
        ("fact_low", prompt.fact_low),
    ):
        _check_wordings(prompt, field, wordings, known, faults)
    if is_readable(prompt.high) and is_readable(prompt.low):
        _check_mirror(q.scale, prompt, faults)


def _check_wordings(
    prompt: Prompt,
    field: str,
    wordings: tuple[Wording, ...],
    known: _Known,
    faults: Faults,
) -> None:
    for wording in wordings:
        _check_condition(
            known, prompt.code, field, wording.when, faults, in_prompt=True
        )
    unconditional = [one.when.is_always for one in wordings if is_readable(one.when)]
    if wordings and unconditional != [False] * (len(unconditional) - 1) + [True]:
        faults.add(
            prompt.code,
            field,
            "chỉ dòng cuối, và dòng cuối, không có điều kiện",
            "the last line, and only the last, has no condition",
        )


def _check_mirror(scale: Scale, prompt: Prompt, faults: Faults) -> None:
    high = _rated(prompt.high, prompt.criterion)
    low = _rated(prompt.low, prompt.criterion)
    opposite = dict(zip(scale.codes, reversed(scale.codes), strict=True))
    mirrored = {opposite.get(code) for code in high}
    if not high or not high <= scale.high or mirrored != low:
        faults.add(
            prompt.code,
            "low",
            "không đối xứng với high: hai điều kiện phải xét các mức đối nhau",
            "does not mirror high: the two must look at opposite levels",
        )
    for field, condition in (("high", prompt.high), ("low", prompt.low)):
        if condition.names <= {prompt.criterion}:
            faults.add(
                prompt.code,
                field,
                "không đối chiếu với câu hỏi thực tế nào",
                "compares with no fact",
            )


def _rated(condition: Condition, criterion: str) -> set[int]:
    return {
        int(value)
        for test in condition.tests
        if test.name == criterion
        for value in test.values
        if value.isdecimal()
    }


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


def _check_needs(q: Questionnaire, faults: Faults) -> None:
    asked = {fact.code: fact for fact in q.facts}
    for code in q.tables:
        if code not in asked:
            faults.add("", "tables", f"phiếu không hỏi {code}", f"{code} is not asked")
    needed = routing.needed_facts(q)
    for code in sorted(needed - asked.keys() - set(q.tables)):
        faults.add(
            code,
            "",
            "cần cho điều kiện hoặc lời nhắc, nhưng phiếu không hỏi",
            "is needed by a condition or a prompt, but is not asked",
        )
    for code in sorted(asked.keys() - needed):
        faults.add(
            code,
            "",
            "không điều kiện, lời nhắc hay bảng nào cần; bỏ đi hoặc thêm vào tables",
            "no condition, prompt or table needs it; remove it or add it to tables",
        )
    for code in sorted(_read_by_derived(q) & asked.keys()):
        _check_understood(asked[code], faults)


def _read_by_derived(q: Questionnaire) -> set[str]:
    """The facts that a derived fact in use is worked out from."""
    names = {name for one in _all_conditions(q) for name in one.names}
    names |= routing.names_of_prompts(q)
    return {code for name in names for code in derived.INPUTS.get(name, ())}


def _check_understood(fact: Fact, faults: Faults) -> None:
    """Refuse choices that the derived facts were not written for."""
    for code in sorted(derived.CODES[fact.code] ^ set(fact.codes)):
        faults.add(
            fact.code,
            "choice",
            f"lựa chọn {code}: các quy tắc suy ra cần đúng bộ lựa chọn đã định",
            f"choice {code}: the derived facts need exactly the choices they know",
        )
    if (fact.code in derived.DATES) != (fact.type == "date"):
        faults.add(
            fact.code,
            "type",
            "các quy tắc suy ra cần kiểu khác (ngày hay lựa chọn)",
            "the derived facts need the other type (date or choice)",
        )

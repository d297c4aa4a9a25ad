"""What must hold of conditions: their names, values, mirrors, and what they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from survey.questionnaire import derived, routing
from survey.questionnaire.conditions import Condition
from survey.questionnaire.faults import Faults
from survey.questionnaire.prompts import facts_of, levels_of
from survey.questionnaire.reading import is_readable
from survey.questionnaire.schema import (
    Criterion,
    Fact,
    Prompt,
    Questionnaire,
    Scale,
    Wording,
    placeholders,
)

_AFTER_RATINGS = frozenset({"all_rated_low", "all_rated_high"})
_MIRRORED = {"all_rated_low": "all_rated_high", "all_rated_high": "all_rated_low"}


def check_conditions(q: Questionnaire, faults: Faults) -> None:
    """Note every fault of the conditions that ask, route, prompt and state facts."""
    known = _Known(q)
    _check_asks(q, known, faults)
    _check_routing(q, known, faults)
    for criterion in q.criteria:
        _check_strip(criterion, known, faults)
    for prompt in q.prompts:
        _check_prompt(q, prompt, known, faults)


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


def _check_strip(criterion: Criterion, known: _Known, faults: Faults) -> None:
    """A strip states only what is asked, or follows from it, before the ratings."""
    for number, wording in enumerate(criterion.strip, start=1):
        field = f"strip[{number}].when"
        _check_condition(known, criterion.code, field, wording.when, faults)
        for name in sorted(wording.when.names | placeholders(wording.text.vi)):
            missing = sorted(derived.INPUTS.get(name, frozenset()) - known.facts.keys())
            if missing:
                codes = ", ".join(missing)
                faults.add(
                    criterion.code,
                    f"strip[{number}]",
                    f"{name} cần {codes}, mà phiếu này không hỏi",
                    f"{name} needs {codes}, which this questionnaire does not ask",
                )


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
    high = levels_of(prompt.high, prompt.criterion)
    low = levels_of(prompt.low, prompt.criterion)
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
    facts = [facts_of(one, prompt.criterion) for one in (prompt.high, prompt.low)]
    if all(one.tests for one in facts) and not _exclude_each_other(*facts):
        faults.add(
            prompt.code,
            "low",
            "không đối xứng với high: hai điều kiện phải xét cùng một câu hỏi thực tế, "
            "với các giá trị loại trừ nhau",
            "does not mirror high: the two must look at the same fact, with values "
            "that exclude each other",
        )


def _exclude_each_other(high: Condition, low: Condition) -> bool:
    """Whether no facts can raise both sides: one name decides, or a pair of mirrors."""
    other = {test.name: test.values for test in low.tests}
    return any(
        test.values.isdisjoint(other.get(test.name, test.values))
        or test.values == other.get(_MIRRORED.get(test.name, ""))
        for test in high.tests
    )


def check_needs(q: Questionnaire, faults: Faults) -> None:
    """Note facts that are asked without need, or needed and not asked."""
    if not all(is_readable(one) for one in _all_conditions(q)):
        return
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
    names |= {name for one in q.criteria for name in _names_of_strip(one)}
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


def _names_of_strip(criterion: Criterion) -> Iterator[str]:
    for wording in criterion.strip:
        yield from wording.when.names
        yield from placeholders(wording.text.vi)

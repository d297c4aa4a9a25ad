"""The facts in one sentence before the ratings, and where facts do not fit together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from survey.questionnaire.derived import day
from survey.questionnaire.schema import NOT_ASKED, Questionnaire, fill, placeholders

FUTURE, BEFORE_RECEIPT = "future", "before_receipt"
"""Why a date cannot be."""

DateText = Callable[[date, str], str]

_IN_PERSON = {
    "F04": frozenset({"in_person", "online_then_in_person"}),
    "F05": frozenset({"in_person", "electronic_and_in_person"}),
}


def summarise(
    q: Questionnaire,
    facts: Mapping[str, str],
    derived: Mapping[str, str],
    *,
    language: str,
    date_text: DateText,
) -> str:
    """Repeat the facts as they were entered.

    Args:
        facts, derived: as `routing.current` returns them.
        date_text: writes a date in a language.
    Returns:
        The parts that are known, or "" when there is none. A date without its day
        (not known, not yet) leaves its part out.
    Source: questionnaire.md, section 2, fact summary.
    """
    values = {
        "F06": _date(facts.get("F06"), language, date_text),
        "due": _date(_due(facts), language, date_text),
        "F08": _date(facts.get("F08"), language, date_text),
        "lateness": _lateness(q, derived, language),
        "F10": _choice(q, "F10", facts, language),
        "F14": _choice(q, "F14", facts, language),
    }
    known = {name: words for name, words in values.items() if words}
    parts = []
    for part in q.summary.text.get(language).removesuffix(".").split("; "):
        # The lateness explains a date: without it the date still stands.
        words = part if "lateness" in known else part.replace(" ({lateness})", "")
        if placeholders(words) <= known.keys():
            parts.append(fill(words, known))
    if not parts:
        return ""
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def contradictions(facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pairs of facts that do not fit together, for a soft warning that never blocks.

    Source: questionnaire.md, section 2, soft warnings.
    """
    received = day(facts.get("F06"))
    state, result = facts.get("F09"), facts.get("F08")
    pairs = [
        (code, "F06")
        for code in ("F07", "F08", "F10b")
        if received is not None
        and (later := day(facts.get(code))) is not None
        and later < received
    ]
    if day(result) is not None and state == "in_progress":
        pairs.append(("F08", "F09"))
    if result == "not_yet" and state in {"granted", "refused", "returned"}:
        pairs.append(("F08", "F09"))
    if facts.get("F12") == "none":
        pairs += [
            ("F12", code)
            for code, in_person in _IN_PERSON.items()
            if facts.get(code) in in_person
        ]
    return tuple(pairs)


def impossible(facts: Mapping[str, str], today: date) -> dict[str, str]:
    """Dates that cannot be: of what has happened after today, or before the receipt.

    Returns:
        FUTURE or BEFORE_RECEIPT by the code of the fact.
    """
    found = {
        code: FUTURE
        for code in ("F06", "F08")
        if (on := day(facts.get(code))) is not None and on > today
    }
    received = day(facts.get("F06"))
    for code in ("F07", "F08", "F10b"):
        later = day(facts.get(code))
        if received is not None and later is not None and later < received:
            found.setdefault(code, BEFORE_RECEIPT)
    return found


def lacks_due_date(facts: Mapping[str, str]) -> bool:
    """Whether a supplement leaves open which date the result was due on.

    The first date is known then, and does not count: the summary names none.
    """
    return day(facts.get("F07")) is not None and _due(facts) is None


def _due(facts: Mapping[str, str]) -> str | None:
    """The due date as entered: the one after a supplement, else the first."""
    later = facts.get("F10b", NOT_ASKED)
    if day(later) is not None:
        return later
    supplemented = facts.get("F10") in {"one", "two", "three_plus"}
    return None if supplemented and later != "unchanged" else facts.get("F07")


def _date(value: str | None, language: str, date_text: DateText) -> str:
    found = day(value)
    return "" if found is None else date_text(found, language)


def _choice(
    q: Questionnaire, code: str, facts: Mapping[str, str], language: str
) -> str:
    value = facts.get(code, "")
    known = any(fact.code == code for fact in q.facts)
    label = q.fact(code).label(value) if known and value != "not_sure" else None
    if label is None:
        return ""
    words = label.get(language)
    return f"{words[0].lower()}{words[1:]}"


def _lateness(q: Questionnaire, derived: Mapping[str, str], language: str) -> str:
    if "days_late" not in derived:
        return ""
    late = int(derived["days_late"])
    text = q.summary.lateness_on_time
    if late > 0:
        text = q.summary.lateness_late
    elif late < 0:
        text = q.summary.lateness_early
    return fill(text.get(language), {"n": abs(late)})

"""The facts in neutral words, to stand in sight above the criterion they bear on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from survey.questionnaire.conditions import BLANK, NOT_SURE, Condition
from survey.questionnaire.derived import day
from survey.questionnaire.schema import (
    Questionnaire,
    Wording,
    fill,
    placeholders,
)
from survey.questionnaire.summary import DateText

_UNKNOWN = BLANK | {NOT_SURE}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One wording in one language, with what its gaps wait for."""

    when: Condition
    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strips:
    """The wordings of a version in one language, and the words of its choices."""

    lines: Mapping[str, tuple[_Line, ...]]
    labels: Mapping[str, Mapping[str, str]]
    dates: frozenset[str]


def strips(
    q: Questionnaire,
    facts_and_derived: Mapping[str, str],
    *,
    language: str,
    date_text: DateText,
    codes: Collection[str] | None = None,
) -> dict[str, str]:
    """State the facts that bear on each criterion, without a judgement.

    Args:
        facts_and_derived: as `routing.Current.values` holds them; dates in ISO form.
        date_text: writes a date in a language.
        codes: the criteria of a page, to leave the others out; all when None.
    Returns:
        One sentence per criterion that has anything to state. A wording stands when
        its condition is true and every fact it names is known; "not sure" is not.
    """
    made = _made(q, language)
    found = {}
    for code, lines in made.lines.items():
        if codes is not None and code not in codes:
            continue
        parts = [
            words
            for line in lines
            if line.when.evaluate(facts_and_derived) is True
            and (words := _words(made, line, facts_and_derived, language, date_text))
        ]
        if parts:
            sentence = "; ".join(parts)
            found[code] = f"{sentence[0].upper()}{sentence[1:]}."
    return found


@lru_cache(maxsize=64)
def facts_told(q: Questionnaire) -> Mapping[str, tuple[str, ...]]:
    """The facts that the strip of each criterion can tell, in the order it does."""
    known = {fact.code for fact in q.facts}
    return {
        one.code: tuple(
            dict.fromkeys(
                name
                for wording in one.strip
                for name in (
                    *sorted(placeholders(wording.text.vi)),
                    *wording.when.names,
                )
                if name in known
            )
        )
        for one in q.criteria
        if one.strip
    }


def _words(
    made: _Strips,
    line: _Line,
    values: Mapping[str, str],
    language: str,
    date_text: DateText,
) -> str:
    """A wording with its gaps filled, or "" when a fact it names is not known."""
    if not line.names:
        return line.text
    known = {}
    for name in line.names:
        value = values.get(name)
        if value is None or value in _UNKNOWN:
            return ""
        words: str | None = value
        if name in made.dates:
            on = day(value)
            words = None if on is None else date_text(on, language)
        elif name in made.labels:
            words = made.labels[name].get(value)
        if words is None:
            return ""
        known[name] = words
    return fill(line.text, known)


@lru_cache(maxsize=64)
def _made(q: Questionnaire, language: str) -> _Strips:
    return _Strips(
        lines={
            one.code: tuple(_line(wording, language) for wording in one.strip)
            for one in q.criteria
            if one.strip
        },
        labels={
            fact.code: {
                choice.code: _in_sentence(choice.label.get(language))
                for choice in fact.choices
            }
            for fact in q.facts
            if fact.type == "single"
        },
        dates=frozenset(fact.code for fact in q.facts if fact.type == "date"),
    )


def _line(wording: Wording, language: str) -> _Line:
    text = wording.text.get(language)
    return _Line(when=wording.when, text=text, names=tuple(sorted(placeholders(text))))


def _in_sentence(label: str) -> str:
    """The words of a choice as they stand within a sentence."""
    return f"{label[0].lower()}{label[1:]}"

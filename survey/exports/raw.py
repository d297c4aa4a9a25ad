"""Raw answers, one row per response: their columns, their cells, and the codebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from survey.exports import words
from survey.exports.tables import Column, Table
from survey.questionnaire.derived import VALUES
from survey.questionnaire.schema import Questionnaire, Text

LEADING: Final = tuple(words.RAW_COLUMNS)
"""The columns before the criteria, in their fixed order."""

_NUMBERS: Final = frozenset(name for name, values in VALUES.items() if values is None)


def head(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The columns: origin, then criteria, then facts, then derived facts."""
    return (
        *LEADING,
        *(criterion.code for criterion in questionnaire.criteria),
        *(fact.code for fact in questionnaire.facts),
        *VALUES,
    )


def _number(value: str | None) -> str | int | None:
    try:
        return None if value is None else int(value)
    except ValueError:
        return value


class _Numbers(dict[str | None, str | int | None]):
    """A text of digits as a number, any other as it is; remembered."""

    def __missing__(self, value: str | None) -> str | int | None:
        found = self[value] = _number(value)
        return found


def row_maker(
    questionnaire: Questionnaire,
) -> Callable[
    [Sequence[str | None], Mapping[str, str], Mapping[str, str]],
    list[str | int | None],
]:
    """A function that makes the row of one response.

    Returns:
        Takes the leading cells, the answers and the facts. A date is never exported:
        of a date question only its choices are, since a date points to a dossier.
    """
    criteria = tuple(criterion.code for criterion in questionnaire.criteria)
    facts = (*(fact.code for fact in questionnaire.facts), *VALUES)
    dates = tuple(
        (at, frozenset(fact.codes))
        for at, fact in enumerate(questionnaire.facts)
        if fact.type == "date"
    )
    numbers = tuple(at for at, name in enumerate(facts) if name in _NUMBERS)
    # Called for every cell of a million rows: no Python between the dictionaries.
    level = _Numbers().__getitem__

    def row(
        leading: Sequence[str | None],
        answers: Mapping[str, str],
        given: Mapping[str, str],
    ) -> list[str | int | None]:
        known: list[str | int | None] = list(map(given.get, facts))
        for at, choices in dates:
            if known[at] not in choices:
                known[at] = None
        for at in numbers:
            if known[at] is not None:
                known[at] = _number(given[facts[at]])
        return [*leading, *map(level, map(answers.get, criteria)), *known]

    return row


def codebook(questionnaire: Questionnaire, language: str) -> Table:
    """What every column and every code of the raw answers means, in one language."""
    heads = (words.COLUMN, words.MEANING, words.VALUE, words.VALUE_MEANING)
    rows = tuple(
        (
            column,
            questionnaire.filled(meaning, language),
            value if value or not says.vi else words.EMPTY_VALUE.get(language),
            says.get(language),
        )
        for column, meaning, value, says in _entries(questionnaire)
    )
    return Table(
        title=words.SHEET_CODES.get(language),
        columns=tuple(Column(one.get(language), "wide") for one in heads),
        rows=rows,
    )


_NOTHING: Final = Text(vi="", en="")
_Entry = tuple[str, Text, str, Text]


def _entries(questionnaire: Questionnaire) -> Iterator[_Entry]:
    listed = {
        "channel": words.CHANNELS,
        "origin": words.ORIGINS,
        "language": words.LANGUAGES,
        "status": words.STATUSES,
    }
    for name, meaning in words.RAW_COLUMNS.items():
        yield from _listed(name, meaning, listed.get(name, {}))
    scale = questionnaire.scale
    levels = {str(level.code): level.label for level in scale.levels}
    for criterion in questionnaire.criteria:
        values = {**levels, **words.WITHOUT_LEVEL}
        yield from _listed(criterion.code, criterion.text, values)
    for fact in questionnaire.facts:
        choices = {choice.code: choice.label for choice in fact.choices}
        empty = words.EMPTY_DATE if fact.type == "date" else words.EMPTY_FACT
        meanings = {**choices, "": empty}
        yield from _listed(fact.code, fact.text, meanings)
    for name in VALUES:
        yield from _listed(name, words.DERIVED[name], _derived_values(name))


def _derived_values(name: str) -> dict[str, Text]:
    if name in _NUMBERS:
        return {"": words.EMPTY_FACT}
    known = words.PROMISES if name == "promised_vs_published" else words.YES_NO
    return {**known, "": words.EMPTY_FACT}


def _listed(name: str, meaning: Text, values: Mapping[str, Text]) -> Iterator[_Entry]:
    if not values:
        yield name, meaning, "", _NOTHING
    for value, value_meaning in values.items():
        yield name, meaning, value, value_meaning

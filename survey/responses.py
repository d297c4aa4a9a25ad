"""A form that was sent becomes one counted response, whichever way it came in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from survey import tallies
from survey.db import AnyConnection, Base, Statement
from survey.indices import careless as careless_answers
from survey.indices.careless import Rules, flags, pattern_of
from survey.models import Response
from survey.questionnaire import Questionnaire, completeness

CHANNEL_OF: Final = {
    "in_person": "in_person",
    "online": "online",
    "postal": "postal",
    "online_then_in_person": "mixed",
    "online_then_postal": "mixed",
    "mixed_other": "mixed",
}
"""How a dossier was filed (F04), as tallies group it."""

_RESPONSE: Final = Base.metadata.tables[Response.__tablename__]
_STORE: Final = Statement(
    sa.insert(_RESPONSE).inline(), *(column.name for column in _RESPONSE.columns)
)
_EQUALS: Final = Statement(
    sa.select(sa.func.count()).where(
        _RESPONSE.c.wave_id == sa.bindparam("in_wave"),
        _RESPONSE.c.pattern == sa.bindparam("same"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What one respondent sent, settled: nothing that names the person or a date.

    `settled` and `prompts` are as questionnaire.routing.settle and .prompts return
    them; `facts` hold the derived ones too; `seconds` and `words` are per page.
    """

    settled: Mapping[str, str]
    facts: Mapping[str, Any]
    generals: Mapping[str, Any] = field(default_factory=dict)
    comment: str | None = None
    prompts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    seconds: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    language: str = "vi"
    arm: str = "guided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a response is counted, and by which proof it is found again."""

    wave_id: str
    unit_id: int
    procedure_id: int | None
    origin: str
    month: str
    receipt_hash: str
    is_sample: bool


def store(
    connection: AnyConnection,
    questionnaire: Questionnaire,
    place: Place,
    form: Form,
    *,
    careless: Mapping[str, Any],
) -> None:
    """Store one response and count it, in the transaction that is under way.

    Args:
        careless: the thresholds of the wave; empty for the packaged ones.
    """
    rules = rules_of(careless)
    pattern = pattern_of(form.settled, rules)
    equals = 0
    if pattern is not None:
        values = {"in_wave": place.wave_id, "same": pattern}
        ((equals,),) = _EQUALS.all(connection, values)
    row = row_of(questionnaire, place, form, rules=rules, equals=equals)
    _STORE.run(connection, row)
    counts = tallies.counts_of(
        questionnaire,
        row["status"],
        row["answers"],
        seconds=row["seconds"],
        prompts=row["prompts"],
        flags=row["flags"],
        facts=row["facts"],
        generals=row["generals"],
    )
    tallies.add(connection, tallies.cell_of(row), counts)


def rules_of(careless: Mapping[str, Any]) -> Rules:
    """The thresholds that a wave keeps, or the packaged ones."""
    return _rules(tuple(sorted(careless.items())))


@lru_cache(maxsize=64)
def _rules(kept: tuple[tuple[str, Any], ...]) -> Rules:
    return Rules.from_dict(dict(kept)) if kept else Rules()


def row_of(
    questionnaire: Questionnaire,
    place: Place,
    form: Form,
    *,
    rules: Rules,
    equals: int,
) -> dict[str, Any]:
    """The columns of one response.

    Args:
        equals: responses of the wave with the same pattern that came before.
    """
    status = completeness(form.settled)
    return {
        "id": secrets.token_hex(8),
        "receipt_hash": place.receipt_hash,
        "wave_id": place.wave_id,
        "questionnaire_id": questionnaire.id,
        "unit_id": place.unit_id,
        "procedure_id": place.procedure_id,
        "channel": CHANNEL_OF.get(form.facts.get("F04", ""), "unknown"),
        "origin": place.origin,
        "month": place.month,
        "language": form.language,
        "status": status,
        "flags": " ".join(
            flags(rules, _looked_at(questionnaire, form, equals))
            if status != "break_off"  # in no index anyway
            else ()
        ),
        "arm": form.arm,
        "pattern": pattern_of(form.settled, rules),
        "answers": form.settled,
        "facts": form.facts,
        "generals": form.generals,
        "comment": form.comment,
        "prompts": form.prompts,
        "seconds": form.seconds,
        "is_sample": place.is_sample,
    }


def _looked_at(
    questionnaire: Questionnaire, form: Form, equals: int
) -> careless_answers.Form:
    return careless_answers.Form(
        elements=_elements_of(questionnaire),
        levels=questionnaire.scale.codes,
        answers=form.settled,
        seconds=form.seconds,
        words=form.words,
        prompts=form.prompts,
        equals=equals,
    )


@lru_cache(maxsize=64)
def _elements_of(questionnaire: Questionnaire) -> Mapping[str, tuple[str, ...]]:
    return {
        element.code: tuple(one.code for one in element.criteria)
        for element in questionnaire.elements
    }

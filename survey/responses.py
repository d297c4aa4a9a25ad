"""A form that was sent becomes one counted response, whichever way it came in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from survey import tallies
from survey.db import AnyConnection, Base, Statement
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
    connection: AnyConnection, questionnaire: Questionnaire, place: Place, form: Form
) -> None:
    """Store one response and count it, in the transaction that is under way."""
    row = row_of(questionnaire, place, form)
    _STORE.run(connection, row)
    counts = tallies.counts_of(questionnaire, row["status"], row["answers"])
    tallies.add(connection, tallies.cell_of(row), counts)


def row_of(questionnaire: Questionnaire, place: Place, form: Form) -> dict[str, Any]:
    """The columns of one response."""
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
        "status": completeness(form.settled),
        "flags": "",
        "arm": form.arm,
        "pattern": None,
        "answers": form.settled,
        "facts": form.facts,
        "generals": form.generals,
        "comment": form.comment,
        "prompts": form.prompts,
        "seconds": form.seconds,
        "is_sample": place.is_sample,
    }

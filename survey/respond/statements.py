"""What this room sends to the database at every page of every form, built once."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from survey.db import Base, Statement
from survey.models import (
    Contact,
    Dossier,
    Draft,
    Procedure,
    PublishedQuestionnaire,
    Response,
    Unit,
    Wave,
)

# Plain tables instead of entities, which cost the bookkeeping of a unit of work.
_DRAFT, _DOSSIER, _RESPONSE, _PROCEDURE, _UNIT, _TEXT, _CONTACT, _WAVE = (
    Base.metadata.tables[noun.__tablename__]
    for noun in (
        Draft, Dossier, Response, Procedure, Unit, PublishedQuestionnaire,
        Contact, Wave,
    )
)  # fmt: skip

_IS_DRAFT: Final = _DRAFT.c.id == sa.bindparam("draft_id")
_IS_PROCEDURE: Final = _PROCEDURE.c.code == sa.bindparam("procedure_code")
_IS_COUNTED: Final = _RESPONSE.c.receipt_hash == sa.bindparam("hash_of_receipt")

_IS_IDLE: Final = _DRAFT.c.touched_at <= sa.bindparam("idle_since")
FORGET_IDLE: Final = Statement(sa.delete(_DRAFT).where(_IS_IDLE))
FORGET_OWN: Final = Statement(
    sa.delete(_DRAFT).where(_DRAFT.c.link_id == sa.bindparam("of_link"), _IS_IDLE)
)
BEGIN: Final = Statement(
    sa.insert(_DRAFT).inline(),
    "key",
    "link_id",
    "sole_link_id",
    "language",
    "facts",
    "supplied",
    "answers",
    "next_page",
    "arm",
    "checks",
    "touched_at",
)
SUPPLIED: Final = Statement(
    sa.select(_DOSSIER.c.facts).where(_DOSSIER.c.id == sa.bindparam("dossier_id"))
)
KEEP_LANGUAGE: Final = Statement(sa.update(_DRAFT).where(_IS_DRAFT), "language")
KEEP_FACTS: Final = Statement(
    sa.update(_DRAFT).where(_IS_DRAFT),
    "facts",
    "answered_on",
    "next_page",
    "checks",
    "touched_at",
)
KEEP_ANSWERS: Final = Statement(
    sa.update(_DRAFT).where(_IS_DRAFT), "answers", "next_page", "checks", "touched_at"
)
END: Final = Statement(sa.delete(_DRAFT).where(_IS_DRAFT))
COUNTED: Final = Statement(
    sa.select(_RESPONSE.c.wave_id, _WAVE.c.state, _RESPONSE.c.origin)
    .join(_WAVE, _WAVE.c.id == _RESPONSE.c.wave_id)
    .where(_IS_COUNTED)
)
CALLBACK: Final = Statement(
    sa.select(
        _RESPONSE.c.wave_id,
        _RESPONSE.c.unit_id,
        _RESPONSE.c.generals,
        _RESPONSE.c.questionnaire_id,
        _TEXT.c.sha256,
    )
    .join(_TEXT, _TEXT.c.id == _RESPONSE.c.questionnaire_id)
    .where(_IS_COUNTED)
)
PUBLISHED_DAYS: Final = Statement(
    sa.select(
        _PROCEDURE.c.working_days,
        _PROCEDURE.c.days_verified,
        _PROCEDURE.c.is_immediate,
    ).where(_IS_PROCEDURE)
)
NAME_OF_PROCEDURE: Final = Statement(sa.select(_PROCEDURE.c.name).where(_IS_PROCEDURE))

WISH: Final = Statement(
    sa.select(_CONTACT.c.id).where(_CONTACT.c.id == sa.bindparam("contact_id"))
)
LEAVE_WISH: Final = Statement(
    sa.insert(_CONTACT).inline(), *(column.name for column in _CONTACT.columns)
)

_TREE = (
    sa.select(_UNIT.c.id)
    .where(_UNIT.c.id == sa.bindparam("top"))
    .cte("tree", recursive=True)
)
_BELOW = sa.select(
    _TREE.union(sa.select(_UNIT.c.id).where(_UNIT.c.parent_id == _TREE.c.id)).c.id
)
PROCEDURES_BELOW: Final = Statement(
    sa.select(_PROCEDURE.c.code, _PROCEDURE.c.name)
    .where(_PROCEDURE.c.unit_id.in_(_BELOW))
    .order_by(_PROCEDURE.c.code)
)
OWNER: Final = Statement(
    sa.select(
        _PROCEDURE.c.id, _PROCEDURE.c.unit_id, _PROCEDURE.c.unit_id.in_(_BELOW)
    ).where(_IS_PROCEDURE)
)

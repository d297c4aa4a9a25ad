"""Whom the pages let in, object by object: the whole office, or an agency for its own
sheets; an account of a division has no business here."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import abort
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from survey import accounts
from survey.db import db
from survey.models import ScoreEvidence, ScoreLine, ScoreRule, ScoreSheet, Unit
from survey.scorecard import sheets
from survey.scorecard.terms import ScorecardError

MOST_ID = 2**31 - 1
"""Of either database; a larger number in an address would be a fault to it."""
READERS = ("admin", "analyst", "auditor")
SCORERS = ("admin", "analyst")


def enter() -> None:
    """End the request of an account that belongs to a division."""
    unit_id = accounts.current().unit_id
    if unit_id is None:
        return
    unit = db.session.get(Unit, unit_id)
    if unit is None or unit.kind == "division":
        abort(403)


def is_whole() -> bool:
    """Whether the account reaches the whole office, whose rules all sheets share."""
    return accounts.current().unit_id is None


def sheets_in_reach(session: Session) -> list[ScoreSheet]:
    """The sheets the account may see, the latest year first."""
    query = sa.select(ScoreSheet).join(Unit, Unit.id == ScoreSheet.unit_id)
    reach = accounts.scope(session)
    if reach is not None:
        query = query.where(ScoreSheet.unit_id.in_(reach))
    return list(session.scalars(query.order_by(ScoreSheet.year.desc(), Unit.name)))


def _possible(number: int) -> None:
    if number > MOST_ID:
        abort(404)


def sheet(sheet_id: int, *, locks: bool = False) -> ScoreSheet:
    """The sheet, or a 404 if there is none or not for this account."""
    enter()
    _possible(sheet_id)
    found = sheets.of(db.session, sheet_id, locks=locks)
    if found is None or not accounts.may_read(db.session, found.unit_id):
        abort(404)
    return found


def line(of: ScoreSheet, line_id: int) -> ScoreLine:
    """A line of this sheet, or a 404."""
    _possible(line_id)
    found = db.session.get(ScoreLine, line_id)
    if found is None or found.sheet_id != of.id:
        abort(404)
    return found


def document(of: ScoreLine, evidence_id: int) -> ScoreEvidence:
    """A document of this line, or a 404."""
    _possible(evidence_id)
    found = db.session.get(ScoreEvidence, evidence_id)
    if found is None or found.line_id != of.id:
        abort(404)
    return found


def rule(rule_id: int) -> ScoreRule:
    """A version of a rule, or a 404."""
    enter()
    _possible(rule_id)
    found = db.session.get(ScoreRule, rule_id)
    if found is None:
        abort(404)
    return found


def done(form: FlaskForm, act: Callable[[], object]) -> bool:
    """Act and commit; what is refused is told in the form, and nothing is kept."""
    try:
        act()
    except ScorecardError as error:
        db.session.rollback()
        form.tell(error.field, str(error))
        return False
    db.session.commit()
    return True

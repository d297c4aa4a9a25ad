"""The sample score sheets: marked, whole, and gone without a trace of real ones."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey import catalogue, demo, scorecard
from survey.models import ScoreEvent, ScoreRule, ScoreSheet, Unit
from survey.scorecard import reckoning
from tests import cast


def test_sample_sheets_are_marked_and_go_and_a_real_one_stays(
    app: Flask, session: Session
) -> None:
    today, now = cast.NOW.date(), cast.NOW
    with app.app_context():
        catalogue.publish_packaged(session, now=now)
        wave = demo.furnish(session, today=today)
        demo.score_sheets(session, wave, today=today, now=now)
        demo.score_sheets(session, wave, today=today, now=now)  # the same again
        session.commit()
        made = session.scalars(sa.select(ScoreSheet).order_by(ScoreSheet.year)).all()
        assert [(one.year, one.state) for one in made] == [
            (2025, "published"),
            (2026, "self"),
        ]
        assert all(one.is_sample for one in made)
        assert set(session.scalars(sa.select(ScoreRule.is_sample))) == {True}
        last = reckoning.reckon(session, made[0])
        assert (last.total.missing, last.total.grade.title.vi) == (0, "Tốt")
        assert reckoning.reckon(session, made[1]).stake.now > 0

        # The office begins a sheet of its own for the sample unit: it is not sample.
        unit = session.get_one(Unit, wave.unit_id)
        own = scorecard.create(session, unit, 2027, by=None, now=now)
        session.commit()
        own_id = own.id
        removed = demo.remove(session)
        session.commit()
        assert removed.rows["score_sheets"] == 2
        assert session.scalars(sa.select(ScoreSheet.id)).all() == [own_id]
        assert session.scalars(sa.select(ScoreRule.id)).all() == []
        assert set(session.scalars(sa.select(ScoreEvent.sheet_id))) == {own_id}
        assert "SCT" in [kept.code for kept in removed.kept_units]

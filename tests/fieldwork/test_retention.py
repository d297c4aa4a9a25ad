"""What has served is erased: keys in time, a business's traces after its wave."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from survey.fieldwork import retention
from survey.models import Batch, Dossier, Reach, Wave
from tests import cast
from tests.fieldwork.office import rows

TODAY = cast.NOW.date()
CLOSES_ON = TODAY - timedelta(days=2)


@pytest.fixture
def dossiers(session, world):
    """A dossier in each wave, one of which ended two days ago."""
    session.get(Wave, world.wave).closes_on = CLOSES_ON
    for wave_id in (world.wave, world.short_wave):
        made = Dossier(
            wave_id=wave_id,
            code="H1",
            procedure_id=world.petrol,
            channel="online",
            outcome="granted",
            facts={"F04": "2026-08-01"},
        )
        session.add(made)
        session.flush()
        session.add(Reach(dossier_id=made.id, phone="0905000111"))
    session.commit()


def erase(session, late_days):
    erased = retention.erase(session, late_days=late_days, now=cast.NOW, today=TODAY)
    session.commit()
    return erased.facts, erased.reaches


def kept(session):
    facts = rows(session, sa.select(Dossier.wave_id, Dossier.facts))
    assert len(facts) == 2  # the frame itself stays
    reached = rows(session, sa.select(Dossier.wave_id).join(Reach))
    return {wave for wave, known in facts if known}, {wave for (wave,) in reached}


def test_traces_stay_while_a_form_begun_in_time_may_still_come(
    session, world, dossiers
):
    assert erase(session, late_days=2) == (0, 0)
    assert erase(session, late_days=1) == (1, 1)
    assert kept(session) == ({world.short_wave}, {world.short_wave})
    assert erase(session, late_days=1) == (0, 0)


def test_traces_of_a_closed_wave_go_at_once(session, world, dossiers):
    session.get(Wave, world.short_wave).state = "closed"
    session.commit()
    assert erase(session, late_days=2) == (1, 1)
    assert kept(session) == ({world.wave}, {world.wave})


def test_a_key_is_erased_at_the_moment_it_ends(session, world):
    for key, until in (("due", cast.NOW), ("kept", cast.NOW + timedelta(seconds=1))):
        session.add(
            Batch(
                wave_id=world.wave,
                kind="dossier",
                size=1,
                made_at=cast.NOW,
                key=key,
                key_until=until,
            )
        )
    session.commit()
    erased = retention.erase(session, late_days=2, now=cast.NOW, today=TODAY)
    session.commit()
    assert erased.keys == 1
    assert set(rows(session, sa.select(Batch.key))) == {(None,), ("kept",)}

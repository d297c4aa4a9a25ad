"""The shelf: published questionnaires are frozen, units a tree, days a calendar."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from survey import catalogue, workdays
from survey.catalogue import CatalogueError
from survey.models import Holiday, PublishedQuestionnaire, Unit
from survey.questionnaire import QuestionnaireError, digest, packaged
from tests import cast


def test_the_packaged_questionnaires_are_published_once(session):
    for _ in range(2):
        ids = catalogue.publish_packaged(session, now=cast.NOW)
        session.commit()
        assert ids == ["dn-2026-1", "loi-2026-1"]
    rows = session.execute(
        sa.select(PublishedQuestionnaire.id, PublishedQuestionnaire.sha256)
    ).all()
    assert {row.id: row.sha256 for row in rows} == {
        name: digest(text) for name, text in packaged().items()
    }


def test_a_published_id_never_takes_another_text(session):
    catalogue.publish_packaged(session, now=cast.NOW)
    text = packaged()["loi-2026-1"].replace("minutes = 12", "minutes = 5")
    with pytest.raises(CatalogueError, match="đặt id mới"):
        catalogue.publish(session, text, source="my.toml", now=cast.NOW)
    kept = session.get(PublishedQuestionnaire, "loi-2026-1")
    assert kept.text == packaged()["loi-2026-1"]


def test_a_text_with_faults_is_not_published(session):
    text = packaged()["loi-2026-1"].replace("minutes = 12", "minutes = 'four'")
    with pytest.raises(QuestionnaireError):
        catalogue.publish(session, text, source="my.toml", now=cast.NOW)
    assert session.get(PublishedQuestionnaire, "loi-2026-1") is None


def test_a_new_id_stands_beside_the_old_one(session):
    catalogue.publish_packaged(session, now=cast.NOW)
    text = (
        packaged()["loi-2026-1"]
        .replace('id = "loi-2026-1"', 'id = "loi-2026-2"', 1)
        .replace("minutes = 12", "minutes = 5")
    )
    catalogue.publish(session, text, source="my.toml", now=cast.NOW)
    assert catalogue.questionnaire(session, "loi-2026-2").minutes == 5
    assert catalogue.questionnaire(session, "loi-2026-1").minutes == 12


def test_a_questionnaire_is_read_once_per_text(session, monkeypatch):
    catalogue.publish_packaged(session, now=cast.NOW)
    first = catalogue.questionnaire(session, "dn-2026-1")
    monkeypatch.setattr(catalogue, "load", None)
    assert catalogue.questionnaire(session, "dn-2026-1") is first
    sha256 = digest(packaged()["dn-2026-1"])
    assert catalogue.questionnaire(session, "dn-2026-1", sha256=sha256) is first


def test_an_unknown_questionnaire_is_named(session):
    with pytest.raises(CatalogueError, match="'dn-1999-1'"):
        catalogue.questionnaire(session, "dn-1999-1")


def test_a_unit_reaches_everything_below_it(session, world):
    def below(*units):
        return set(catalogue.subtree(session, units))

    division, deep = (
        Unit(code="X", name="Tổ X", kind="division", parent_id=world.trade),
        Unit(code="Y", name="Tổ Y", kind="division"),
    )
    session.add(division)
    session.flush()
    deep.parent_id = division.id
    session.add(deep)
    session.flush()
    assert below(world.province) == {
        *(world.province, world.department, world.trade, world.energy),
        *(division.id, deep.id),
    }
    assert below(world.trade) == {world.trade, division.id, deep.id}
    assert below(world.energy) == {world.energy}
    assert below(world.energy, deep.id) == {world.energy, deep.id}
    assert below() == set()
    assert below(999) == set()


def test_a_tree_bent_into_a_ring_still_ends(session, world):
    province = session.get(Unit, world.province)
    province.parent_id = world.trade
    session.flush()
    assert len(catalogue.subtree(session, [world.trade])) == 4


def test_the_office_may_keep_its_own_calendar(session):
    assert catalogue.calendar(session) is workdays.packaged()
    session.add_all(
        [
            Holiday(day=date(2026, 8, 27), is_working=False, name="Mất điện"),
            Holiday(day=date(2026, 8, 29), is_working=True, name="Làm bù"),
        ]
    )
    session.flush()
    calendar = catalogue.calendar(session)
    assert not calendar.is_working(date(2026, 8, 27))
    assert calendar.is_working(date(2026, 8, 28))
    assert calendar.is_working(date(2026, 8, 29))
    # Only what the office wrote down: it took over the whole calendar.
    assert calendar.is_working(date(2026, 9, 2))

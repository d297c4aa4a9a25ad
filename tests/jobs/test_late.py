"""Long work looks without holding anybody up, and what it writes is one piece."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, keyholes
from survey.db import LateSession, db
from survey.models import Holiday, Unit
from tests import cast
from tests.fieldwork.office import count


@pytest.fixture
def late(app, world) -> Iterator[LateSession]:
    with (
        app.app_context(),
        LateSession(db.engine, app.extensions["writer"][1]) as session,
    ):
        yield session


def write(session, code):
    session.rollback()
    session.add(Unit(code=code, name=code, kind="division"))
    session.commit()


def units(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count(Unit.id))) or 0


def test_who_only_looks_lets_others_write_and_sees_it(late, session):
    before = units(late)
    write(session, "A")
    assert units(late) == before + 1
    late.add(Unit(code="B", name="B", kind="division"))
    late.commit()
    assert count(session, Unit) == before + 2


@pytest.mark.parametrize(
    "statement",
    [
        sa.insert(Unit).values(code="B", name="B", kind="division"),
        sa.text("INSERT INTO units (code, name, kind, is_sample) "
                "VALUES ('B', 'B', 'division', false)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["execute", "flush", "savepoint", "bulk"])
def test_what_is_written_and_not_committed_is_undone(late, session, statement, way):
    before = units(late)
    if way == "flush":
        late.add(Unit(code="B", name="B", kind="division"))
        late.flush()
    elif way == "bulk":
        late.bulk_insert_mappings(
            sa.inspect(Unit), [{"code": "B", "name": "B", "kind": "division"}]
        )
    elif way == "savepoint":
        with late.begin_nested():
            late.execute(statement)
    else:
        late.execute(statement)
    assert units(late) == before + 1
    assert count(session, Unit) == before
    late.rollback()
    assert count(session, Unit) == before


def test_statements_past_sqlalchemy_are_part_of_the_transaction(late, session, world):
    cast.link(session, world.wave, world.trade, kind="dossier")
    assert units(late) > 0
    assert keyholes.claim(late, 1)
    late.rollback()
    assert keyholes.claim(late, 1)
    late.commit()
    assert not keyholes.claim(late, 1)


def test_it_says_whether_it_holds_the_only_lock_of_sqlite(late, session):
    is_sqlite = db.engine.dialect.name == "sqlite"
    assert not late.is_locking
    units(late)
    catalogue.questionnaire(late, "dn-2026-1")  # past SQLAlchemy's execution
    assert not late.is_locking
    for statement in (
        sa.delete(Holiday),
        sa.select(Unit.id).with_for_update(),
        sa.select(Unit).with_for_update(key_share=True),
    ):
        late.execute(statement).all() if statement.is_select else late.execute(
            statement
        )
        assert late.is_locking is is_sqlite
        late.commit()
    assert not late.is_locking
    write(session, "A")  # the lock is really gone

"""Taking the sample away knows everything that may hold on to it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.cli.installation import USES
from survey.db import Base
from survey.demo import stage
from survey.models import Subtotal, Unit, Wave
from tests import cast
from tests.terminal import Terminal


def _pointing_at(table: str) -> set[str]:
    """Every column with a foreign key to a table, as "table.column"."""
    return {
        f"{key.parent.table.name}.{key.parent.name}"
        for one in Base.metadata.tables.values()
        for key in one.foreign_keys
        if key.column.table.name == table
    }


@pytest.mark.parametrize(
    ("table", "uses", "goes_along"),
    [
        ("units", stage._USES_OF_UNITS, set()),
        ("procedures", stage._USES_OF_PROCEDURES, set()),
        ("accounts", stage._USES_OF_ACCOUNTS, {"sign_ins.account_id"}),
    ],
)
def test_whatever_points_at_a_sample_row_keeps_it(
    table: str, uses: tuple[object, ...], goes_along: set[str]
) -> None:
    known = {f"{one.class_.__tablename__}.{one.key}" for one in uses}  # type: ignore[attr-defined]
    assert _pointing_at(table) <= known | goes_along


def test_whatever_points_at_a_sample_wave_goes_with_it() -> None:
    told = {f"{noun.__tablename__}.wave_id" for noun in stage._OF_WAVES}
    assert _pointing_at("waves") - {"responses.wave_id"} == told


def test_every_use_has_words() -> None:
    every = (*stage._USES_OF_UNITS, *stage._USES_OF_PROCEDURES)
    assert {use.class_.__tablename__ for use in every} <= set(USES)


def test_a_real_wave_on_sample_units_is_told_and_the_lost_administrator_too(
    terminal: Terminal, session: Session
) -> None:
    """What a real wave's counts hold on to stays, and the command says so."""
    assert terminal("init", "--sample").code == 0
    unit = session.scalars(sa.select(Unit).where(Unit.code == "SCT")).one()
    session.add(
        Wave(
            id="that",
            title="Đợt thật",
            questionnaire_id=stage.QUESTIONNAIRE,
            unit_id=unit.id,
            opens_on=cast.NOW.date(),
            closes_on=cast.NOW.date(),
        )
    )
    session.flush()
    session.add(
        Subtotal(
            wave_id="that",
            kind="unit",
            procedure_id=0,
            channel="",
            unit_id=unit.id,
            origin="counter",
            month="2026-08",
            is_flagged=False,
            arm="guided",
            counts=0,
        )
    )
    session.commit()

    said = terminal("demo", "--remove")

    assert (said.code, said.err) == (0, "")
    assert "SCT" in said.out
    assert "tổng phụ / subtotals" in said.out
    assert "survey account add EMAIL --role admin" in said.out


def test_nobody_is_sent_to_add_an_administrator_who_is_there(
    terminal: Terminal, session: Session
) -> None:
    assert terminal("init").code == 0
    cast.account(session, "admin")
    assert "account add" not in terminal("demo", "--remove").out

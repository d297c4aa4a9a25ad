"""Where selections are read: few rows, and the same sums as from single cells."""

from __future__ import annotations

import random
from datetime import date

import pytest
import sqlalchemy as sa

from survey import tallies
from survey.models import ARMS, CHANNELS, NO_PROCEDURE, ORIGINS, Subtotal, Tally, Wave
from survey.tallies import Cell, Selection
from survey.tallies.keys import KINDS

MONTHS = ("2026-07", "2026-08", "2026-09")
COLUMNS = Cell._fields[1:]


@pytest.fixture
def crowd(session, world) -> dict[Cell, int]:
    """Cells all over a wave, and what each counts."""
    chance = random.Random(5)  # noqa: S311 - a sample
    found = {
        Cell(
            wave_id=world.wave,
            unit_id=chance.choice((world.trade, world.energy)),
            procedure_id=chance.choice((world.petrol, world.power, NO_PROCEDURE)),
            channel=chance.choice(CHANNELS),
            origin=chance.choice(ORIGINS),
            month=chance.choice(MONTHS),
            is_flagged=chance.random() < 0.2,
            arm=chance.choice(ARMS),
        ): 1 + place**3
        for place in range(150)
    }
    tallies.add_all(session, found)
    session.commit()
    return found


def selections(world):
    """Selections by every set of columns, and how to tell their cells."""
    chance = random.Random(7)  # noqa: S311 - a sample
    values = {
        "unit_ids": [[world.trade], [world.trade, world.energy]],
        "procedure_ids": [[world.petrol], [world.power, NO_PROCEDURE]],
        "channel": CHANNELS,
        "origin": ORIGINS,
        "month": MONTHS,
        "is_flagged": [True, False],
        "arm": ARMS,
        "origins": [["counter", "kiosk"]],
        "first_month": ["2026-08"],
        "last_month": ["2026-08"],
    }
    for bits in range(1 << len(values)):
        chosen = {
            name: chance.choice(several)
            for place, (name, several) in enumerate(values.items())
            if bits >> place & 1
        }
        yield Selection(**chosen)


def holds(selection: Selection, cell: Cell) -> bool:
    """The meaning of a selection, once more and slowly."""
    plain = ("channel", "origin", "month", "is_flagged", "arm")
    return (
        (selection.unit_ids is None or cell.unit_id in selection.unit_ids)
        and (
            selection.procedure_ids is None
            or cell.procedure_id in selection.procedure_ids
        )
        and all(
            getattr(selection, name) in (None, getattr(cell, name)) for name in plain
        )
        and (selection.origins is None or cell.origin in selection.origins)
        and (selection.first_month or "0") <= cell.month
        and cell.month <= (selection.last_month or "9")
    )


@pytest.mark.parametrize("is_gathered", [False, True])
def test_every_selection_has_the_sum_of_its_cells(session, world, crowd, is_gathered):
    if is_gathered:
        tallies.gather(session, world.wave)
        session.commit()
    chance = random.Random(11)  # noqa: S311 - a sample
    for selection in chance.sample([*selections(world)], 150):
        right = {cell: n for cell, n in crowd.items() if holds(selection, cell)}
        assert tallies.total(session, world.wave, selection) == sum(right.values())
        column = chance.choice(COLUMNS)
        by_value: dict[object, int] = {}
        for cell, n in right.items():
            value = getattr(cell, column)
            by_value[value] = by_value.get(value, 0) + n
        assert tallies.totals_by(session, world.wave, selection, column) == by_value


@pytest.mark.parametrize(
    ("selection", "columns", "kinds"),
    [
        (Selection(), ("month",), {"whole", "unit"}),
        (Selection(channel="online"), ("origin", "month"), {"whole", "channel"}),
        (Selection(unit_ids=[3]), ("origin", "month", "is_flagged"), {"unit"}),
        (Selection(unit_ids=[3], arm="guided"), (), {"unit"}),
        (Selection(procedure_ids=[3]), ("origin", "month"), {"procedure"}),
        (Selection(), ("procedure_id",), {"procedure"}),
        (Selection(unit_ids=[3], channel="online"), ("origin",), {"channel"}),
        (Selection(procedure_ids=[3], channel="online"), (), {"tallies"}),
        (Selection(procedure_ids=[3], arm="guided"), (), {"tallies"}),
        (Selection(channel="online", arm="guided"), (), {"whole", "tallies"}),
    ],
)
def test_a_selection_is_read_where_there_are_the_fewest_rows(selection, columns, kinds):
    rows = tallies.cells("w", selection, *columns)
    query = str(rows.element.compile(compile_kwargs={"literal_binds": True}))
    named = {kind for kind in KINDS if f"kind = '{kind}'" in query}
    named |= {"tallies"} if "FROM tallies" in query else set()
    assert named == kinds


def test_the_sums_of_the_whole_go_with_the_next_answer(session, world, crowd):
    of_whole = sa.select(sa.func.count()).where(Subtotal.kind == "whole")
    assert session.scalar(of_whole) == 0
    tallies.gather(session, world.wave)
    session.commit()
    kept = session.scalar(of_whole)
    assert 0 < kept < session.scalar(sa.select(sa.func.count()).select_from(Tally))
    tallies.gather(session, world.wave)
    assert session.scalar(of_whole) == kept

    before = tallies.total(session, world.wave, Selection())
    tallies.add(session, next(iter(crowd)), 1 << 200)
    assert session.scalar(of_whole) == 0
    assert tallies.total(session, world.wave, Selection()) == before + (1 << 200)


def test_a_wrong_sum_of_the_whole_is_found_and_put_right(session, world):
    wave = session.get_one(Wave, world.wave)
    session.add(
        Subtotal(
            wave_id=wave.id,
            kind="whole",
            procedure_id=0,
            channel="online",
            origin="counter",
            unit_id=0,
            month="2026-08",
            is_flagged=False,
            arm="guided",
            counts=7,
        )
    )
    session.commit()
    found = tallies.check(session, wave)
    assert [(key.kind, key.channel) for key in found.sums] == [("whole", "online")]
    assert tallies.rebuild(session, wave) == 1
    assert tallies.check(session, wave).count == 0


def test_the_months_of_a_wave_are_in_order(session, world, crowd):
    months = tallies.totals_by(session, world.wave, Selection(), "month")
    assert [date.fromisoformat(f"{month}-01").month for month in sorted(months)] == [
        7,
        8,
        9,
    ]

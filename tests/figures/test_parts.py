"""A selection split by one dimension: each part is what its own selection counts."""

from __future__ import annotations

from datetime import date

import pytest

from survey.figures import Filters, parted, series
from survey.models import Procedure, Unit, Wave
from tests.figures import crowd


@pytest.fixture
def wave(session, world) -> Wave:
    places = [(world.trade, world.petrol), (world.energy, world.power)]
    crowd.fill(session, world.wave, 400, [*places, (world.trade, None)])
    return session.get_one(Wave, world.wave)


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("unit", ["NL", "TM"]),
        ("procedure", ["2.000648", "2.001249", "khong-ro"]),
        ("field", ["Điện", "Lưu thông hàng hóa", "khong-ro"]),
        ("channel", ["in_person", "online", "postal", "mixed", "unknown"]),
        ("origin", ["dossier", "counter"]),
        ("month", ["2026-07", "2026-08", "2026-09"]),
    ],
)
def test_a_selection_is_split_into_parts_that_add_up(session, wave, by, keys):
    parts = parted(session, wave, Filters(), by, language="vi")
    assert [part.key for part in parts] == keys
    assert all(part.name for part in parts)
    criteria = [one.code for one in parts[0].figures.rows if one.level == "criterion"]
    (whole,) = series(session, [wave], Filters(), "wave", language="vi")

    def n_of(figures, code):
        return next(one.n for one in figures.rows if one.code == code)

    for code in criteria:
        some = [n_of(part.figures, code) for part in parts]
        if None not in some:
            assert sum(some) == n_of(whole.figures, code)


def test_a_part_is_what_its_own_filter_counts(session, wave, world):
    trade = session.get_one(Unit, world.trade)
    petrol = session.get_one(Procedure, world.petrol)
    of_unit = parted(session, wave, Filters(unit=trade), "procedure", language="vi")
    of_procedure = parted(
        session, wave, Filters(procedure=petrol), "unit", language="vi"
    )
    assert of_unit[0].key == petrol.code
    assert [part.key for part in of_procedure] == [trade.code]
    assert of_unit[0].figures.rows[-1].n == of_procedure[0].figures.rows[-1].n


def test_who_reads_one_division_has_no_parts_of_another(session, wave, world):
    reach = [world.trade]
    assert [
        part.key
        for part in parted(session, wave, Filters(), "unit", language="vi", reach=reach)
    ] == ["TM"]


def test_a_small_part_and_the_one_beside_it_are_hidden_together(session, world):
    crowd.fill(session, world.wave, 60, [(world.trade, None)], rare=1)
    crowd.fill(session, world.wave, 3, [(world.energy, None)], seed=2, rare=1)
    wave = session.get_one(Wave, world.wave)
    for part in parted(session, wave, Filters(), "unit", language="vi"):
        assert not any(one.indices for one in part.figures.rows)
        assert {one.display for one in part.figures.rows} <= {"hidden", "cover", "none"}


def test_a_series_joins_what_several_waves_heard_in_one_period(session, world, wave):
    later = Wave(
        id="dn-quy-4",
        title="Quý IV",
        questionnaire_id=wave.questionnaire_id,
        unit_id=wave.unit_id,
        opens_on=date(2026, 9, 16),
        closes_on=date(2026, 12, 31),
        state="open",
    )
    session.add(later)
    session.commit()
    months = ("2026-09", "2026-10", "2026-12")
    crowd.fill(session, later.id, 200, [(world.trade, None)], months=months, seed=3)
    waves = [later, wave]

    def keys(by):
        found = series(session, waves, Filters(), by, language="vi")
        return [part.key for part in found]

    assert keys("wave") == [wave.id, later.id]
    assert keys("quarter") == ["2026-Q3", "2026-Q4"]
    assert keys("year") == ["2026"]
    assert keys("month") == [
        *("2026-07", "2026-08", "2026-09", "2026-10", "2026-12"),
    ]
    by_wave = series(session, waves, Filters(), "wave", language="en")
    (year,) = series(session, waves, Filters(), "year", language="en")
    totals = [part.figures.rows[-1].answers for part in by_wave]
    assert sum(totals) == year.figures.rows[-1].answers


def test_a_series_of_nothing_is_empty(session, world, wave):
    assert series(session, [], Filters(), "month", language="vi") == ()

"""Tallies are the responses counted: nothing lost under load, every slip found."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, tallies, upgrades
from survey.indices import IndicesError, Sums
from survey.models import NO_PROCEDURE, Response, Subtotal, Tally, Wave
from survey.questionnaire import routing
from survey.tallies import Cell, Selection

WRITERS, TIMES = 8, 25


@pytest.fixture
def engine(app) -> sa.Engine:
    with app.app_context():
        return app.extensions["sqlalchemy"].engine


@pytest.fixture
def q(session, world):
    found = catalogue.questionnaire(session, "dn-2026-1")
    session.rollback()
    return found


def cell(world, **other) -> Cell:
    usual = {
        "wave_id": world.wave,
        "unit_id": world.trade,
        "procedure_id": world.petrol,
        "channel": "online",
        "origin": "dossier",
        "month": "2026-08",
        "is_flagged": False,
        "arm": "guided",
    }
    return Cell(**{**usual, **other})


def answers_of(q, place: int) -> dict[str, str]:
    """One form's answers, of every kind, the same at every call."""
    chance = random.Random(place)  # noqa: S311 - sample data
    values = (*"12345", "not_applicable", "cannot_judge", "blank", "not_asked")
    return {
        one.code: chance.choices(values, (3, 3, 5, 9, 9, 2, 2, 2, 2))[0]
        for one in q.criteria
    }


def store(session: Session, q, place: int, **other) -> None:
    """A response and its counts, as sending a form leaves them."""
    answers = answers_of(q, place)
    row = {
        "id": f"{place:016x}",
        "receipt_hash": f"{place:064x}",
        "wave_id": "dn-quy-3",
        "questionnaire_id": q.id,
        "unit_id": 3,
        "procedure_id": None,
        "channel": "unknown",
        "origin": "counter",
        "month": "2026-08",
        "language": "vi",
        "status": routing.completeness(answers),
        "flags": "",
        "arm": "guided",
        "answers": answers,
        "facts": {},
        "generals": {},
        "is_sample": False,
        **other,
    }
    session.execute(sa.insert(Response.__table__), row)
    counts = tallies.counts_of(
        q,
        row["status"],
        answers,
        **{name: row[name] for name in ("flags", "facts", "generals")},
    )
    tallies.add(session, tallies.cell_of(row), counts)


def wave_of(session, world) -> Wave:
    session.rollback()
    return session.get(Wave, world.wave)


def test_writers_at_once_lose_no_count(engine, session, world, q):
    """Eight writers, two cells, each one transaction a form."""
    cells = [cell(world), cell(world, unit_id=world.energy)]
    counts = [
        tallies.counts_of(q, "complete", answers_of(q, place)) for place in range(TIMES)
    ]
    gate = threading.Barrier(WRITERS)

    def write(writer: int) -> None:
        gate.wait()
        for place in range(TIMES):
            with Session(engine) as own, own.begin():
                tallies.add(own, cells[(writer + place) % 2], counts[place])

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    both = tallies.total(session, world.wave, Selection())
    assert both == WRITERS * sum(counts)
    statuses = tallies.layout_of(q).unpack(both).statuses
    assert statuses["complete"] == WRITERS * TIMES
    by_unit = tallies.totals_by(session, world.wave, Selection(), "unit_id")
    assert set(by_unit) == {world.trade, world.energy}
    assert sum(by_unit.values()) == both


def test_a_response_that_is_undone_takes_its_counts_back(engine, session, world, q):
    with Session(engine) as own:
        store(own, q, 1, unit_id=world.trade)
        own.rollback()
    assert tallies.total(session, world.wave, Selection()) == 0


def test_tallies_of_responses_are_right_whatever_was_answered(session, world, q):
    for place in range(60):
        store(
            session,
            q,
            place,
            unit_id=(world.trade, world.energy)[place % 2],
            procedure_id=(world.petrol, None)[place % 3 == 0],
            flags=("", "fast")[place % 5 == 0],
            facts={"F04": ("online", "postal")[place % 4 == 0], "days_late": "3"},
            generals={"G1": str(1 + place % 5), "G2": ["forms"]},
        )
    session.commit()
    wave = wave_of(session, world)
    assert tallies.differences(session, wave) == []
    found = tallies.layout_of(q).unpack(tallies.total(session, wave.id, Selection()))
    rows = session.execute(sa.select(Response.status, Response.answers)).all()
    counted = [answers for status, answers in rows if status != "break_off"]
    assert found.faults() == ()
    assert found.chosen["days_late"]["late_3_5"] == len(counted)
    assert sum(found.chosen["F04"].values()) == len(counted)
    assert found.chosen["G2"] == {
        choice: len(counted) if choice in ("answered", "forms") else 0
        for choice in found.chosen["G2"]
    }
    assert found.counted == len(counted)
    for one in q.criteria:
        for value, count in found.counts[one.code].items():
            assert count == sum(answers[one.code] == value for answers in counted)


def test_a_form_broken_off_counts_as_nothing_but_broken_off(session, world, q):
    answers = {one.code: "5" for one in q.criteria}
    counts = tallies.counts_of(q, "break_off", answers)
    found = tallies.layout_of(q).unpack(counts)
    assert found.statuses == {"complete": 0, "partial": 0, "break_off": 1}
    assert sum(sum(one.values()) for one in found.counts.values()) == 0
    assert set(found.sums.values()) == {Sums()}


def test_an_answer_the_questionnaire_does_not_know_is_not_counted(q):
    for answers in ({"A1": "6"}, {"Z9": "5"}, {"A1": ""}):
        with pytest.raises(IndicesError):
            tallies.counts_of(q, "complete", answers)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda: sa.update(Tally).values(counts=1), 2),
        (lambda: sa.delete(Tally), 2),
        (lambda: sa.update(Tally).values(month="2026-07"), 4),
        (lambda: sa.update(Response).values(flags="fast"), 4),
        (lambda: sa.delete(Response).where(Response.id < f"{10:016x}"), 2),
    ],
)
def test_every_manipulated_counter_is_found_and_put_right(
    session, world, q, change, wrong
):
    for place in range(20):
        store(session, q, place, unit_id=(world.trade, world.energy)[place % 2])
    session.commit()
    session.execute(change())
    session.commit()
    wave = wave_of(session, world)
    found = tallies.differences(session, wave)
    assert len(found) == wrong
    assert found == sorted(found)
    count = tallies.check(session, wave).count
    assert count >= wrong
    assert tallies.rebuild(session, wave) == count
    session.commit()
    wave = wave_of(session, world)
    assert tallies.check(session, wave).count == 0
    assert tallies.rebuild(session, wave) == 0


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        # Two units, twice: of all, and of all procedures; and each with two channels.
        (lambda: sa.update(Subtotal).values(counts=1), 8),
        (lambda: sa.delete(Subtotal), 8),
        (lambda: sa.update(Subtotal).values(arm="folded"), 16),
        (lambda: sa.delete(Subtotal).where(Subtotal.kind == "procedure"), 2),
    ],
)
def test_every_manipulated_subtotal_is_found_and_put_right(
    session, world, q, change, wrong
):
    for place in range(20):
        unit_id = (world.trade, world.energy)[place % 2]
        channel = ("postal", "online")[place % 3 == 0]
        store(session, q, place, unit_id=unit_id, channel=channel)
    session.commit()
    session.execute(change())
    session.commit()
    wave = wave_of(session, world)
    found = tallies.check(session, wave)
    assert (len(found.cells), len(found.sums)) == (0, wrong)
    assert tallies.rebuild(session, wave) == wrong
    session.commit()
    assert tallies.check(session, wave_of(session, world)).count == 0


def test_writers_of_many_cells_at_once_wait_for_nobody_in_vain(engine, session, world):
    """Whatever the order in which they name cells that share a subtotal."""
    names = [
        cell(world, unit_id=unit_id, channel=channel, month=month)
        for unit_id in (world.trade, world.energy)
        for channel in ("postal", "online", "mixed")
        for month in ("2026-07", "2026-08")
    ]
    gate = threading.Barrier(WRITERS)

    def write(writer: int) -> None:
        chance = random.Random(writer)  # noqa: S311 - an order
        gate.wait()
        for _ in range(10):
            some = chance.sample(names, 5)
            with Session(engine) as own, own.begin():
                tallies.add_all(own, dict.fromkeys(some, 1))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    session.rollback()
    everything = tallies.total(session, world.wave, Selection())
    by_channel = tallies.totals_by(session, world.wave, Selection(), "channel")
    assert everything == sum(by_channel.values()) == WRITERS * 10 * 5


def test_an_older_database_gets_its_subtotals_from_its_tallies(
    app, engine, session, world, q
):
    for place in range(12):
        unit_id = (world.trade, world.energy)[place % 2]
        store(session, q, place, unit_id=unit_id, procedure_id=world.petrol)
        store(session, q, 100 + place, unit_id=unit_id, channel="online")
    session.commit()
    before = tallies.total(session, world.wave, Selection())
    session.rollback()
    session.close()
    with app.app_context():
        upgrades.alembic(app).downgrade("0002")
        upgrades.alembic(app).upgrade()
    assert tallies.total(session, world.wave, Selection()) == before
    assert tallies.check(session, wave_of(session, world)).count == 0


def test_one_count_moved_from_one_level_to_the_next_is_found(session, world, q):
    """The smallest manipulation: a 1 on A1 becomes a 5."""
    answers = {one.code: "4" for one in q.criteria}
    store(session, q, 1, unit_id=world.trade, answers=answers, status="complete")
    low = tallies.counts_of(q, "complete", {**answers, "A1": "1"})
    session.execute(sa.delete(Tally))
    key = cell(world, procedure_id=NO_PROCEDURE, channel="unknown", origin="counter")
    tallies.add(session, key, low)
    session.commit()
    assert tallies.differences(session, wave_of(session, world)) == [key]


def test_a_wave_is_rebuilt_and_the_others_left_alone(session, world, q):
    other = cell(world, wave_id=world.short_wave)
    tallies.add(session, other, 7)
    session.commit()
    assert tallies.rebuild(session, wave_of(session, world)) == 0
    session.commit()
    assert tallies.total(session, world.short_wave, Selection()) == 7


def test_a_selection_sums_the_cells_it_names(session, world):
    places = {
        cell(world): 1,
        cell(world, unit_id=world.energy, procedure_id=world.power): 10,
        cell(world, procedure_id=NO_PROCEDURE): 100,
        cell(world, channel="postal"): 1_000,
        cell(world, origin="counter"): 10_000,
        cell(world, month="2026-09"): 100_000,
        cell(world, is_flagged=True): 1_000_000,
        cell(world, wave_id=world.short_wave): 10_000_000,
    }
    for key, counts in places.items():
        tallies.add(session, key, counts)

    def total(**chosen) -> int:
        return tallies.total(session, world.wave, Selection(**chosen))

    assert total() == 1_111_111
    assert total(unit_ids=[world.energy]) == 10
    assert total(unit_ids=[world.trade, world.energy]) == 1_111_111
    assert total(unit_ids=[]) == 0
    assert total(procedure_ids=[world.power, NO_PROCEDURE]) == 110
    assert total(channel="postal") == 1_000
    assert total(origin="counter") == 10_000
    assert total(month="2026-09") == 100_000
    assert total(is_flagged=True) == 1_000_000
    assert total(is_flagged=False) == 111_111
    assert total(unit_ids=[world.energy], channel="postal") == 0
    months = tallies.totals_by(session, world.wave, Selection(), "month")
    assert months == {"2026-08": 1_011_111, "2026-09": 100_000}
    assert tallies.total(session, "no such wave", Selection()) == 0


def test_counters_of_a_very_full_cell_do_not_run_into_one_another(session, world, q):
    """Fifty million forms, whose squares fill forty bits almost."""
    one = tallies.counts_of(q, "complete", {code.code: "5" for code in q.criteria})
    tallies.add(session, cell(world), one * 50_000_000)
    tallies.add(session, cell(world), one)
    found = tallies.layout_of(q).unpack(tallies.total(session, world.wave, Selection()))
    assert found.counts["A1"]["5"] == 50_000_001
    assert found.counts["A1"]["4"] == 0
    assert found.faults() == ()


def test_tallies_of_an_earlier_version_are_counted_anew(session, world, q):
    for place in range(20):
        store(session, q, place, unit_id=world.trade, facts={"F18": "no"})
    session.commit()
    wave = wave_of(session, world)
    right = tallies.total(session, wave.id, Selection())
    old = tallies.layout_of(q).pack("complete", answers_of(q, 1), 4)
    session.execute(sa.update(Tally).values(counts=old))
    session.execute(sa.update(Subtotal).values(counts=old))
    wave.tally_layout = 1
    session.commit()

    (found,) = tallies.outdated(session)
    tallies.renew(session, found)
    session.commit()

    assert tallies.outdated(session) == []
    assert tallies.check(session, found).count == 0
    assert tallies.total(session, found.id, Selection()) == right

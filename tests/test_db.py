"""The few rules by which either database loses nothing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, datetime, timedelta, timezone
from decimal import localcontext

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from survey import create_app
from survey.db import (
    Counts,
    Statement,
    add_counts,
    columns,
    in_chunks,
    reading,
    sum_counts,
    writing,
)
from survey.db import engine as database
from survey.indices.entries import joined
from survey.models import (
    Account,
    Draft,
    Holiday,
    Link,
    Response,
    Tally,
    Unit,
    Wave,
)
from tests import cast
from tests.conftest import dispose


@pytest.fixture
def engine(app) -> sa.Engine:
    with app.app_context():
        return app.extensions["sqlalchemy"].engine


@pytest.fixture
def is_sqlite(engine) -> bool:
    return engine.dialect.name == "sqlite"


@pytest.fixture
def commands(engine, is_sqlite) -> list[str]:
    """Every command sent to SQLite from now on."""
    sent: list[str] = []
    if is_sqlite:
        event.listen(
            engine,
            "connect",
            lambda connection, record: connection.set_trace_callback(sent.append),
        )
        engine.dispose()
    return sent


def begins(commands: list[str]) -> list[str]:
    found = [one for one in commands if one.startswith("BEGIN")]
    commands.clear()
    return found


def test_a_post_takes_the_write_lock_before_it_reads(
    client, session, world, commands, is_sqlite
):
    if not is_sqlite:
        return  # PostgreSQL locks rows when they are written
    with time_machine.travel(cast.NOW):
        token = cast.link(session, world.wave, world.trade)
        commands.clear()
        client.get(f"/p/{token}")
        assert begins(commands) == []  # one SELECT is a snapshot of its own
        client.get("/readyz")
        assert begins(commands) == ["BEGIN"]
        fields = {"csrf_token": cast.csrf(client), "consent": "yes"}
        client.post(f"/p/{token}/gioi-thieu", data=fields)
        assert set(begins(commands)) == {"BEGIN IMMEDIATE"}


def test_outside_a_request_work_may_write_from_the_start(
    engine, commands, is_sqlite, app
):
    if not is_sqlite:
        return
    with Session(engine) as own:
        own.execute(sa.select(Wave.id))
        assert begins(commands) == ["BEGIN IMMEDIATE"]
    with Session(engine.execution_options(is_deferred=True)) as own:
        own.execute(sa.select(Wave.id))
        assert begins(commands) == ["BEGIN"]


def test_sqlite_is_durable_strict_and_forgets_what_is_deleted(engine, is_sqlite):
    if not is_sqlite:
        return
    with engine.connect() as connection:

        def pragma(name: str) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert pragma("synchronous") == 2  # FULL
        assert pragma("foreign_keys") == 1
        assert pragma("secure_delete") == 1
        is_safe = database.pysqlite3.sqlite_version_info >= database.SAFE_WAL_VERSION
        assert pragma("journal_mode") == ("wal" if is_safe else "delete")


def test_a_savepoint_undone_leaves_what_came_before(engine):
    with Session(engine) as own, own.begin():
        own.add(Holiday(day=date(2026, 1, 1), is_working=False, name="Tết dương lịch"))
        own.flush()
        with pytest.raises(sa.exc.IntegrityError), own.begin_nested():
            own.execute(
                sa.insert(Holiday).values(
                    day=date(2026, 1, 1), is_working=True, name="x"
                )
            )
    with Session(engine) as own:
        assert own.scalars(sa.select(Holiday.name)).all() == ["Tết dương lịch"]


def test_a_savepoint_that_is_released_is_undone_with_the_whole(engine):
    with Session(engine) as own:
        with own.begin_nested():
            own.add(Holiday(day=date(2026, 1, 1), is_working=False, name="x"))
        own.rollback()
        assert own.scalars(sa.select(Holiday.name)).all() == []


def test_writers_that_read_first_never_meet_a_locked_database(engine, settings, world):
    """Read a number, write it plus one: four at a time in each of two workers."""
    gate = threading.Barrier(8)
    other = create_app(settings)
    with other.app_context():
        engines = (engine, other.extensions["sqlalchemy"].engine)

    def add_one(writer: int) -> None:
        gate.wait()
        for _ in range(10):
            with Session(engines[writer % 2]) as own, own.begin():
                wave = own.get(Wave, world.wave, with_for_update=True)
                wave.rank_from += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(8)))
    dispose(other)
    with Session(engine) as own:
        assert own.get(Wave, world.wave).rank_from == 30 + 80


def test_a_writer_that_gave_up_leaves_no_lock_behind(app, engine, world, is_sqlite):
    if not is_sqlite:
        return
    for _ in range(20):  # more than there are connections
        with Session(engine) as own:
            own.get(Wave, world.wave).title = "half done"
            own.flush()
    with Session(engine) as own, own.begin():
        own.get(Wave, world.wave).title = "done"


# ---------- types

whole = st.integers(min_value=0, max_value=2**9000)


def test_counts_of_any_length_are_kept_added_and_summed(engine, world):
    low, high = 2**39 - 9, 2**8000 + 2**41 + 5
    key = {
        "wave_id": world.wave,
        "unit_id": world.trade,
        "procedure_id": 0,
        "channel": "online",
        "origin": "dossier",
        "is_flagged": False,
    }
    with Session(engine) as own:
        own.add_all(
            [
                Tally(**key, month="2026-07", counts=low),
                Tally(**key, month="2026-08", counts=high),
                Tally(**key, month="2026-09", counts=0),
            ]
        )
        own.flush()
        own.expire_all()
        stored = own.scalars(sa.select(Tally.counts).order_by(Tally.month)).all()
        assert stored == [low, high, 0]
        assert own.scalar(sa.select(sum_counts(Tally.counts))) == low + high
        nothing = sa.select(sum_counts(Tally.counts)).where(Tally.month == "x")
        assert own.scalar(nothing) is None
        both = sa.select(add_counts(Tally.counts, Tally.counts))
        assert own.scalar(both.where(Tally.month == "2026-08")) == 2 * high


@given(whole, whole)
def test_adding_bytes_is_adding_numbers(left, right):
    added = columns.added(columns._bytes(left), columns._bytes(right))
    assert int.from_bytes(added, "big") == left + right
    column = Counts()
    dialect = sa.dialects.sqlite.dialect()
    kept = column.process_bind_param(left, dialect)
    assert column.process_result_value(kept, dialect) == left


counters = st.lists(st.integers(min_value=0, max_value=2**39 - 1), max_size=700)


@given(counters, counters)
def test_counters_written_in_digits_are_those_that_were_packed(left, right):
    one, other = joined(left), joined(right)
    assert columns.integer_of(columns.decimal_of(one)) == one
    with localcontext() as context:
        context.prec = 10_000
        both = columns.decimal_of(one) + columns.decimal_of(other)
    if all(a + b < 10**12 for a, b in zip(left, right, strict=False)):
        assert columns.integer_of(both) == one + other


def test_a_counter_that_ran_over_is_not_written_into_its_neighbour():
    with pytest.raises(ValueError, match="ran over"):
        columns.decimal_of(10**12)


def test_a_moment_without_a_time_zone_is_refused(session, world):
    with pytest.raises(sa.exc.StatementError, match="needs a time zone"):
        session.execute(
            sa.insert(Account).values(
                email="a@b",
                role="admin",
                password_hash="x",
                made_at=datetime(2026, 1, 1),  # noqa: DTZ001 - that is the fault
            )
        )


def test_a_moment_comes_back_aware_and_in_utc(engine):
    hanoi = timezone(timedelta(hours=7))
    given_at = datetime(2026, 8, 27, 10, 30, 15, 123456, tzinfo=hanoi)
    with Session(engine) as own:
        own.add(Account(email="a@b", role="admin", password_hash="x", made_at=given_at))
        own.flush()
        own.expire_all()
        kept = own.scalars(sa.select(Account.made_at)).one()
    assert kept == given_at
    assert kept.utcoffset() == timedelta(0)


# ---------- statements past SQLAlchemy


def test_a_statement_reads_what_sqlalchemy_reads(engine, session, world):
    table = Wave.__table__
    select = sa.select(*table.c).where(table.c.id == sa.bindparam("wave"))
    statement = Statement(select)
    with engine.connect() as connection:
        expected = connection.execute(select, {"wave": world.wave}).one()
        assert statement.one_or_none(connection, {"wave": world.wave}) == list(expected)
        assert statement.all(connection, {"wave": world.wave}) == [list(expected)]
        assert statement.one_or_none(connection, {"wave": "x"}) is None
        assert statement.all(connection, {"wave": "' OR 1=1 --"}) == []
    assert isinstance(expected.opens_on, date)


def test_a_statement_writes_what_sqlalchemy_writes(engine, session, world):
    cast.link(session, world.wave, world.trade)
    (link_id,) = session.scalars(sa.select(Link.id)).all()
    session.rollback()
    names = [column.name for column in Draft.__table__.c if column.name != "id"]
    insert = Statement(sa.insert(Draft.__table__), *names)
    row = {
        "key": "k'; --",
        "link_id": link_id,
        "sole_link_id": None,
        "language": "vi",
        "facts": {"F04": "Đ\"'"},
        "supplied": {},
        "answers": {"G2": ["a", "b"]},
        "next_page": "A",
        "answered_on": date(2026, 8, 27),
        "arm": "folded",
        "checks": {"seconds": {"A": 61}},
        "touched_at": cast.NOW,
    }
    with Session(engine) as own, own.begin():
        insert.run(own.connection(), row)
    with Session(engine) as own:
        draft = own.scalars(sa.select(Draft)).one()
        assert {name: getattr(draft, name) for name in names} == row
    del row["arm"]
    with Session(engine) as own, pytest.raises(KeyError):
        insert.run(own.connection(), row)


def test_what_a_statement_began_is_undone_with_its_session(engine, world):
    insert = Statement(sa.insert(Holiday.__table__), "day", "is_working", "name")
    row = {"day": date(2026, 1, 1), "is_working": False, "name": "x"}
    for _ in range(3):  # what was prepared outlives what is undone
        with Session(engine) as own:
            insert.run(own.connection(), row)
            own.rollback()
            assert own.scalars(sa.select(Holiday)).all() == []


def test_what_a_request_did_not_commit_is_undone_and_locks_nobody(app, engine, world):
    insert = Statement(sa.insert(Holiday.__table__), "day", "is_working", "name")
    row = {"day": date(2026, 1, 1), "is_working": False, "name": "x"}
    for _ in range(20):  # more than there are connections
        with app.test_request_context(method="POST"):
            insert.run(writing().connection(), row)
    with app.test_request_context(method="POST"):
        writing().connection()
        with pytest.raises(sa.exc.IntegrityError):
            insert.run(writing().connection(), {**row, "name": None})
    with app.test_request_context(method="POST"):
        insert.run(writing().connection(), row)
        writing().commit()
    with Session(engine) as own, own.begin():
        own.scalars(sa.select(Holiday)).one().name = "done"


def test_more_readers_at_once_than_are_kept_each_get_a_connection(app, world):
    statement = Statement(sa.select(Wave.__table__.c.id))
    with app.app_context(), ExitStack() as stack:
        found = [stack.enter_context(reading()) for _ in range(5)]
        assert len({id(one.driver) for one in found}) == 5
        assert all(len(statement.all(one, {})) == 2 for one in found)
    with app.app_context(), reading() as again:
        assert again.driver in [one.driver for one in found]


def test_a_statement_fails_as_sqlalchemy_fails(engine, session, world):
    insert = Statement(sa.insert(Holiday.__table__), "day", "is_working", "name")
    row = {"day": date(2026, 1, 1), "is_working": False, "name": "x"}
    gone = Statement(sa.select(sa.table("no_such_table", sa.column("id")).c.id))
    with Session(engine) as own:
        insert.run(own.connection(), row)
        with pytest.raises(sa.exc.IntegrityError):
            insert.run(own.connection(), row)
        own.rollback()
        with pytest.raises(sa.exc.DBAPIError):
            gone.all(own.connection(), {})


def test_an_error_does_not_name_what_was_answered(engine, world):
    with pytest.raises(sa.exc.IntegrityError) as refused, Session(engine) as own:
        own.execute(
            sa.insert(Unit).values(code="TM", name="một bí mật", kind="division")
        )
    assert "bí mật" not in str(refused.value).partition("DETAIL")[0]


# ---------- what must always hold

RESPONSE = {
    "id": "0" * 16,
    "receipt_hash": "0" * 64,
    "wave_id": "dn-quy-3",
    "questionnaire_id": "dn-2026-1",
    "unit_id": 3,
    "channel": "online",
    "origin": "counter",
    "month": "2026-08",
    "language": "vi",
    "status": "complete",
    "flags": "",
    "arm": "guided",
    "answers": {},
    "facts": {},
    "generals": {},
    "is_sample": False,
}
WAVE = {
    "id": "x",
    "title": "x",
    "questionnaire_id": "dn-2026-1",
    "unit_id": 2,
    "opens_on": date(2026, 1, 1),
    "closes_on": date(2026, 1, 1),
    "state": "draft",
    "formula": "mean_percent",
    "hide_below": 5,
    "index_from": 10,
    "rank_from": 30,
    "folded_percent": 0,
    "is_sample": False,
}
LINK = {
    "wave_id": "dn-quy-3",
    "kind": "counter",
    "token_hash": "0" * 64,
    "token": "2" * 20,
    "unit_id": 3,
    "state": "active",
    "made_on": date(2026, 1, 1),
    "is_sample": False,
}


@pytest.mark.parametrize(
    ("noun", "row", "wrong"),
    [
        (Response, RESPONSE, {"status": "fine"}),
        (Response, RESPONSE, {"channel": "pigeon"}),
        (Response, RESPONSE, {"origin": ""}),
        (Response, RESPONSE, {"language": "fr"}),
        (Response, RESPONSE, {"month": "2026-8"}),
        (Response, RESPONSE, {"arm": "open"}),
        (Response, RESPONSE, {"receipt_hash": "short"}),
        (Response, RESPONSE, {"receipt_hash": None}),
        (Response, RESPONSE, {"wave_id": "none"}),
        (Response, RESPONSE, {"unit_id": 99}),
        (Wave, WAVE, {"closes_on": date(2025, 12, 31)}),
        (Wave, WAVE, {"state": "ajar"}),
        (Wave, WAVE, {"formula": "my_own"}),
        (Wave, WAVE, {"hide_below": 0}),
        (Wave, WAVE, {"index_from": 4}),
        (Wave, WAVE, {"rank_from": 9}),
        (Wave, WAVE, {"folded_percent": 101}),
        (Link, LINK, {"kind": "dossier"}),
        (Link, LINK, {"token": None}),
        (Link, LINK, {"state": "spent"}),
        (Link, LINK, {"kind": "door"}),
    ],
)
def test_what_must_hold_holds_in_the_database_too(session, world, noun, row, wrong):
    session.execute(sa.insert(noun.__table__).values(**row))
    session.rollback()
    with pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.insert(noun.__table__).values(**{**row, **wrong}))
    session.rollback()


def test_two_responses_never_share_a_receipt(session, world):
    session.execute(sa.insert(Response.__table__).values(**RESPONSE))
    again = {**RESPONSE, "id": "1" * 16}
    with pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.insert(Response.__table__).values(**again))
    session.rollback()


@given(st.lists(st.integers(), max_size=30), st.integers(min_value=1, max_value=7))
def test_chunks_hold_every_item_once_and_in_order(items, size):
    chunks = list(in_chunks(iter(items), size))
    assert [item for chunk in chunks for item in chunk] == items
    assert all(0 < len(chunk) <= size for chunk in chunks)

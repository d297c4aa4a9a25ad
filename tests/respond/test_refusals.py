"""When something fails, nothing typed is lost and sending it again works."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pysqlite3
import pytest
import sqlalchemy as sa
from sqlalchemy import event

import survey.db.engine
from survey import create_app
from tests import cast
from tests.conftest import dispose, settings_for
from tests.respond import office
from tests.respond.respondent import ON_PAPER, Respondent

AWAY = "Chưa lưu được, xin gửi lại"
OVER = "Phiên làm việc đã hết hạn, chưa lưu được"


@pytest.fixture
def token(session, world):
    return cast.link(session, world.wave, world.trade)


@pytest.fixture
def away(app, session) -> Callable[[], AbstractContextManager[None]]:
    """Takes the database away while a block runs, without the application's help."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    if engine.dialect.name == "sqlite":
        return lambda: _file_gone(engine, session)
    return lambda: _server_closed(engine, session)


@contextmanager
def _file_gone(engine: sa.Engine, session: sa.orm.Session) -> Iterator[None]:
    path = Path(engine.url.database)
    session.close()
    engine.dispose()
    aside = path.with_suffix(".aside")
    path.rename(aside)
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        aside.rename(path)


@contextmanager
def _server_closed(engine: sa.Engine, session: sa.orm.Session) -> Iterator[None]:
    session.close()
    name = engine.url.database
    admin = sa.create_engine(
        engine.url.set(database="postgres"),
        isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
    )
    end = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute(end, {"name": name})
        try:
            yield
        finally:
            connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def carried(page):
    """What a page of refusal sends again."""
    fields = page.fields.to_dict(flat=False)
    assert fields.pop("csrf_token") != [""]
    return {name: sorted(values) for name, values in fields.items()}


@pytest.mark.parametrize("csrf_token", [None, "", "forged"])
def test_a_session_that_ran_out_gives_back_what_was_typed(
    business, session, token, csrf_token
):
    business.start(token)
    answers = {"F02": "employee", "F04": "online", "F06": "2026-07-01"}
    fields = business.filled(answers)
    sent = fields.to_dict(flat=False)
    del fields["csrf_token"], sent["csrf_token"]
    if csrf_token is not None:
        fields["csrf_token"] = csrf_token
    business.client.delete_cookie("survey")
    page = business.send(fields)
    assert (page.status, page.heading) == (400, OVER)
    assert carried(page) == {name: sorted(values) for name, values in sent.items()}
    assert office.drafts(session)[0]["facts"] == {}
    business.press()
    kept = office.drafts(session)[0]["facts"]
    assert {code: kept[code] for code in answers} == answers


def test_the_token_of_another_browser_is_no_token(business, browser, session, token):
    other = browser()
    other.start(token)
    business.start(token)
    fields = business.filled({"F02": "employee"})
    fields["csrf_token"] = other.page.fields["csrf_token"]
    assert business.send(fields).status == 400


def test_a_long_comment_comes_back_letter_for_letter(business, session, token):
    business.start(token)
    business.tell(ON_PAPER)
    business.rate({})
    comment = "Dòng một\r\n\r\n\"dòng\" <ba> & 'bốn' {{ x }}\t😀"
    fields = business.filled({"G3": comment, "G2": ["forms", "guidance"]})
    business.client.delete_cookie("survey")
    page = business.send(fields)
    assert page.fields.getlist("G2") == ["forms", "guidance"]
    business.press()
    assert business.page.name == "xem-lai"
    (draft,) = office.drafts(session)
    assert draft["answers"]["G3"] == "Dòng một\n\n\"dòng\" <ba> & 'bốn' {{ x }} 😀"


def test_without_a_database_typed_answers_come_back_and_can_be_sent_again(
    business, session, token, away
):
    business.start(token)
    business.tell(ON_PAPER)
    with away():
        for _ in range(20):  # more than there are connections
            page = business.press(A1="5", A2="cannot_judge")
            assert (page.status, page.heading) == (503, AWAY)
            assert page.typed == {"A1": ["5"], "A2": ["cannot_judge"]}
        assert business.client.get("/healthz").status_code == 200
        assert business.client.get("/readyz").status_code == 503
    assert business.client.get("/readyz").status_code == 200
    assert business.press().name == "B"
    assert office.drafts(session)[0]["answers"] == {"A1": "5", "A2": "cannot_judge"}


def test_without_a_database_a_page_says_so_and_later_opens(business, token, away):
    business.start(token)
    with away():
        for address in (f"/p/{token}", f"/p/{token}/thong-tin"):
            page = business.open(address)
            assert (page.status, page.heading) == (
                503,
                "Hệ thống tạm thời chưa sẵn sàng",
            )
        assert business.open("/").status == 200
        assert business.open("/tro-nang").status == 200
    assert business.scan(token).name == "thong-tin"


def test_the_last_click_survives_a_database_that_is_away(
    business, session, token, away
):
    business.answer(token, ON_PAPER, lambda code: "4")
    with away():
        assert business.press().status == 503
        assert business.press().status == 503
    assert business.press().name == "cam-on"
    assert len(office.responses(session)) == 1
    assert office.miscounted(session) == []


@pytest.fixture
def broken(session) -> Callable[..., AbstractContextManager[None]]:
    """Makes the database fail at a table while a block runs."""

    @contextmanager
    def breaking(table: str, verb: str, then: str) -> Iterator[None]:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        begin, end = (
            (
                [f"ALTER TABLE {table} RENAME TO aside"],
                [f"ALTER TABLE aside RENAME TO {table}"],
            )
            if is_sqlite
            else (
                [
                    "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
                    f" $$ BEGIN {then}; RETURN NEW; END $$",
                    f"CREATE TRIGGER fail BEFORE {verb} ON {table}"
                    " FOR EACH ROW EXECUTE FUNCTION fail()",
                ],
                ["DROP FUNCTION fail CASCADE"],
            )
        )
        for statements in (begin, end):
            session.rollback()
            for statement in statements:
                session.execute(sa.text(statement))
            session.commit()
            if statements is begin:
                yield

    return breaking


@pytest.mark.parametrize("table", ["responses", "tallies"])
def test_a_failure_halfway_stores_nothing_of_the_form(
    business, session, token, broken, table
):
    """The disk is full just where the last click writes."""
    business.answer(token, ON_PAPER, lambda code: "4")
    before = office.dump(session)
    with broken(table, "INSERT", "RAISE 'full' USING ERRCODE = '53100'"):
        page = business.press()
        assert (page.status, page.heading) == (503, AWAY)
    assert office.dump(session) == before
    assert business.press().name == "cam-on"
    assert len(office.responses(session)) == 1
    assert office.miscounted(session) == []


def test_a_connection_that_breaks_in_the_middle_is_replaced(
    business, session, token, broken
):
    business.start(token)
    business.tell(ON_PAPER)
    business.open(f"/p/{token}/A")
    with broken("drafts", "UPDATE", "PERFORM pg_terminate_backend(pg_backend_pid())"):
        for _ in range(3):
            page = business.press(A1="5")
            assert (page.status, page.heading) == (503, AWAY)
    assert business.press().name == "B"
    assert office.drafts(session)[0]["answers"] == {"A1": "5"}


def test_a_full_disk_refuses_and_is_left_behind_without_a_restart(
    app, business, session, token
):
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    if engine.dialect.name != "sqlite":
        return  # PostgreSQL on a full disk is an OperationalError like any other
    business.start(token)
    business.tell(ON_PAPER)
    business.rate(lambda code: "4")
    beside = Respondent(app.test_client())
    beside.answer(token, ON_PAPER, {}, {"G3": "😡" * 1200})
    session.close()
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("VACUUM").fetchall()
        ((limit,),) = driver.execute("PRAGMA page_count").fetchall()

    def narrow(connection, record):
        connection.execute(f"PRAGMA max_page_count={limit}").fetchall()

    event.listen(engine, "connect", narrow)
    engine.dispose()
    comment = "😡" * 1200  # two of them do not fit into a page of the file
    for _ in range(20):
        page = business.press(G3=comment)
        assert (page.status, page.heading) == (503, AWAY)
        assert page.fields["G3"] == comment
    event.remove(engine, "connect", narrow)
    engine.dispose()
    assert business.press().name == "xem-lai"
    business.press()
    assert office.response(session)["comment"] == comment


def test_a_database_that_stays_locked_refuses_instead_of_waiting_forever(
    tmp_path, database_url, session, token, monkeypatch
):
    if not database_url.startswith("sqlite"):
        return
    monkeypatch.setattr(survey.db.engine, "BUSY_TIMEOUT_SECONDS", 0.3)
    app = create_app(settings_for(tmp_path, database_url))
    business = Respondent(app.test_client())
    business.start(token)
    path = sa.make_url(database_url).database
    with closing(pysqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            page = business.press(F02="employee")
            assert (page.status, page.heading) == (503, AWAY)
    assert business.press().name == "A"
    dispose(app)


def test_an_unforeseen_failure_is_a_page_without_a_trace(
    app, business, token, monkeypatch
):
    def fail(*more):
        raise ZeroDivisionError("the inner life of the program")

    business.start(token)
    app.config["TESTING"] = False
    monkeypatch.setattr("survey.respond.drafts.keep_facts", fail)
    page = business.press(F02="employee")
    assert (page.status, page.heading) == (500, "Hệ thống gặp lỗi")
    assert "Zero" not in page.html
    assert "inner life" not in page.html
    assert "Traceback" not in page.html

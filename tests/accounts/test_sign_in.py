"""Signing in and out: what a cookie is worth, for how long, and to whom."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from survey import accounts
from survey.accounts import passwords, sign_ins
from survey.models import Account, FailedSignIn, SignIn
from tests import cast

NOW = datetime(2026, 8, 27, 3, 0, tzinfo=UTC)
HOME = "/quan-tri/mat-khau"  # a page every role may see


def post_sign_in(client, email, password=cast.PASSWORD, **more):
    return client.post(
        "/dang-nhap",
        data={
            "csrf_token": cast.csrf(client),
            "email": email,
            "password": password,
            **more,
        },
    )


def is_in(client):
    return client.get(HOME).status_code == 200


def cookie_of(client):
    return client.get_cookie("survey").value


def test_the_right_password_opens_the_first_page_of_the_role(client, session):
    for role, home in (
        ("admin", "/dot-khao-sat/"),
        ("fieldworker", "/dot-khao-sat/"),
        ("auditor", "/dot-khao-sat/"),
        ("analyst", "/ket-qua/"),
    ):
        made = cast.account(session, role)
        answer = post_sign_in(client, made.email)
        assert (answer.status_code, answer.location) == (303, home)
        assert is_in(client)


def test_the_address_may_be_typed_in_capitals_and_with_blanks(client, session):
    cast.account(session, "admin", email="lan.tran@example.gov.vn")
    assert post_sign_in(client, " Lan.Tran@Example.gov.vn ").status_code == 303


def test_a_password_typed_in_decomposed_unicode_is_the_same_password(client, session):
    made = cast.account(session, "admin")
    typed = unicodedata.normalize("NFD", cast.PASSWORD)
    assert typed != cast.PASSWORD
    assert post_sign_in(client, made.email, typed).status_code == 303


def test_wrong_unknown_and_disabled_look_alike(client, session):
    cast.account(session, "admin", email="a@example.gov.vn")
    cast.account(session, "analyst", email="c@example.gov.vn")
    session.execute(
        sa.update(Account).values(is_active=False).where(Account.email.like("c@%"))
    )
    session.commit()
    answers = [
        post_sign_in(client, "a@example.gov.vn", "Một mật khẩu khác hẳn"),
        post_sign_in(client, "b@example.gov.vn", cast.PASSWORD),
        post_sign_in(client, "c@example.gov.vn", cast.PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {422}
    bodies = {
        answer.text.replace(f'value="{letter}@', 'value="x@').partition("csrf_token")[0]
        for answer, letter in zip(answers, "abc", strict=True)
    }
    assert len(bodies) == 1
    assert "Thư điện tử hoặc mật khẩu chưa đúng. Xin nhập lại." in answers[0].text


def test_an_unknown_account_costs_a_hash_with_todays_parameters(monkeypatch, session):
    assert not passwords.is_outdated(passwords.NOBODY)
    assert not passwords.is_outdated(cast.PASSWORD_HASH)
    checked = []
    monkeypatch.setattr(
        passwords,
        "_HASHER",
        type("Spy", (), {"verify": lambda _, kept, typed: checked.append(kept)})(),
    )
    passwords.matches(None, "x" * 20)
    passwords.matches(cast.PASSWORD_HASH, "x" * 20)
    assert checked == [passwords.NOBODY, cast.PASSWORD_HASH]


def test_the_password_never_comes_back_in_the_page(client, session):
    answer = post_sign_in(client, "x@example.gov.vn", "bi-mat-cua-rieng-toi")
    assert "bi-mat-cua-rieng-toi" not in answer.text


def test_the_table_of_sign_ins_holds_no_cookie(client, session):
    made = cast.account(session, "admin")
    post_sign_in(client, made.email)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert token not in session.scalars(sa.select(SignIn.id)).all()
    assert str(made.id) != token


def test_a_copied_cookie_is_refused_after_sign_out(app, client, session):
    made = cast.account(session, "admin")
    post_sign_in(client, made.email)
    copy = app.test_client()
    copy.set_cookie("survey", cookie_of(client))
    assert is_in(copy)

    token = cast.csrf(client)
    answer = client.post("/dang-xuat", data={"csrf_token": token})

    assert answer.location == "/dang-nhap"
    assert not is_in(client)
    copy.set_cookie("survey", cookie_of(copy))
    assert not is_in(copy)


def test_a_session_planted_before_sign_in_is_worth_nothing_after(app, client, session):
    client.get("/dang-nhap")
    with client.session_transaction() as cookie:
        cookie["planted"] = "yes"
        before = dict(cookie)
    planted = cookie_of(client)
    made = cast.account(session, "admin")

    post_sign_in(client, made.email)

    thief = app.test_client()
    thief.set_cookie("survey", planted)
    assert not is_in(thief)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != before["csrf_token"]


def test_every_sign_in_gets_a_new_id(client, session):
    made = cast.account(session, "admin")
    seen = set()
    for _ in range(3):
        post_sign_in(client, made.email)
        with client.session_transaction() as cookie:
            seen.add(cookie["_user_id"])
    assert len(seen) == 3


def test_a_disabled_account_is_out_at_once(app, client, session):
    made = cast.sign_in(client, session, "fieldworker")
    admin = app.test_client()
    cast.sign_in(admin, session, "admin")
    assert is_in(client)

    admin.post(
        f"/quan-tri/tai-khoan/{made.id}/khoa", data={"csrf_token": cast.csrf(admin)}
    )

    assert not is_in(client)
    assert post_sign_in(client, made.email).status_code == 422


def test_fifteen_idle_minutes_end_a_sign_in_and_a_page_in_between_keeps_it(
    client, session
):
    with time_machine.travel(NOW, tick=False) as clock:
        cast.sign_in(client, session, "admin")
        clock.shift(timedelta(minutes=14, seconds=59))
        assert is_in(client)
        clock.shift(timedelta(minutes=14, seconds=59))
        assert is_in(client)
        clock.shift(timedelta(minutes=15))
        assert not is_in(client)


def test_an_old_copy_of_the_cookie_ages_by_itself(app, client, session):
    with time_machine.travel(NOW, tick=False) as clock:
        cast.sign_in(client, session, "admin")
        client.get(HOME)
        thief = app.test_client()
        old = cookie_of(client)
        clock.shift(timedelta(minutes=10))
        assert is_in(client)
        clock.shift(timedelta(minutes=10))
        thief.set_cookie("survey", old)
        assert not is_in(thief)
        assert is_in(client)


def test_twelve_hours_end_a_sign_in_however_busy(client, session):
    with time_machine.travel(NOW, tick=False) as clock:
        cast.sign_in(client, session, "admin")
        for _ in range(71):
            clock.shift(timedelta(minutes=10))
            assert is_in(client)
        clock.shift(timedelta(minutes=10))
        assert not is_in(client)


def test_reading_a_page_writes_nothing(app, client, session):
    cast.sign_in(client, session, "admin")
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    written = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def watch(connection, cursor, statement, *rest):
        if not statement.lstrip().upper().startswith(("SELECT", "WITH", "BEGIN")):
            written.append(statement)

    assert is_in(client)
    assert written == []


def test_a_page_for_staff_sends_a_visitor_to_sign_in_and_back(client, session):
    answer = client.get("/quan-tri/tai-khoan?x=1")
    assert answer.status_code == 303
    assert answer.location == "/dang-nhap?next=/quan-tri/tai-khoan?x%3D1"
    made = cast.account(session, "admin")
    answer = post_sign_in(client, made.email, next="/quan-tri/tai-khoan?x=1")
    assert answer.location == "/quan-tri/tai-khoan?x=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://example.com/",
        "//example.com",
        "/\\example.com",
        "\\\\example.com",
        "/\t/example.com",
        "javascript:alert(1)",
        "example.com",
        "https:example.com",
        " //example.com",
    ],
)
def test_next_never_leads_to_another_house(client, session, target):
    made = cast.account(session, "admin")
    assert post_sign_in(client, made.email, next=target).location == "/dot-khao-sat/"
    answer = client.get("/dang-nhap", query_string={"next": target})
    assert answer.location == "/dot-khao-sat/"
    answer = client.post(
        "/ngon-ngu",
        query_string={"next": target},
        data={"csrf_token": cast.csrf(client), "language": "en"},
    )
    assert answer.location == "/"


def test_a_form_sent_after_the_sign_in_ended_is_given_back(client, session):
    with time_machine.travel(NOW, tick=False) as clock:
        cast.sign_in(client, session, "admin")
        token = cast.csrf(client)
        clock.shift(timedelta(minutes=20))
        answer = client.post(
            "/quan-tri/tai-khoan/them",
            data={
                "csrf_token": token,
                "email": "moi@example.gov.vn",
                "new_password": "khong-duoc-hien-lai",
            },
        )
    assert answer.status_code == 401
    assert 'value="moi@example.gov.vn"' in answer.text
    assert "khong-duoc-hien-lai" not in answer.text
    assert session.scalar(sa.select(sa.func.count(Account.id))) == 1


def test_every_post_without_its_token_is_refused(app, client, session):
    cast.sign_in(client, session, "admin")
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or not rule.endpoint.startswith("accounts."):
            continue
        path = rule.rule.replace("<int:account_id>", "1")
        assert client.post(path, data={"email": "x"}).status_code == 400, path


def test_staff_pages_are_kept_by_no_cache(client, session):
    cast.sign_in(client, session, "admin")
    answer = client.get("/quan-tri/tai-khoan")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]


def test_the_cookie_is_closed_to_scripts_and_other_sites(client, session):
    made = cast.account(session, "admin")
    plain = post_sign_in(client, made.email).headers["Set-Cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain


def test_outdated_sign_ins_and_failures_are_deleted(session):
    made = cast.account(session, "admin")
    sign_ins.begin(session, made, NOW - timedelta(hours=12))
    sign_ins.begin(session, made, NOW - timedelta(hours=11))
    session.add(
        FailedSignIn(subject="x", failures=9, last_at=NOW - timedelta(hours=24))
    )
    assert accounts.delete_outdated(session, NOW) == 2
    assert session.scalar(sa.select(sa.func.count(SignIn.id))) == 1

"""Accounts: who may make, shut and change them, and what a password must be."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from survey import accounts
from survey.accounts import passwords
from survey.models import Account
from tests import cast
from tests.accounts.test_sign_in import is_in, post_sign_in

GOOD = "Mưa rơi trên mái ngói cũ"


def post(client, path, **data):
    return client.post(path, data={"csrf_token": cast.csrf(client), **data})


def stored(session, email):
    session.rollback()
    found = session.scalar(sa.select(Account).where(Account.email == email))
    session.expunge_all()
    session.rollback()
    return found


@pytest.fixture
def admin(client, session):
    return cast.sign_in(client, session, "admin")


def test_an_administrator_makes_an_account_that_can_sign_in(
    app, client, session, world, admin
):
    answer = post(
        client,
        "/quan-tri/tai-khoan/them",
        email="Hoa@Example.gov.vn",
        role="analyst",
        unit=str(world.trade),
        new_password=GOOD,
    )
    assert answer.status_code == 303
    made = stored(session, "hoa@example.gov.vn")
    assert (made.role, made.unit_id) == ("analyst", world.trade)
    assert made.password_hash.startswith("$argon2id$")
    assert post_sign_in(app.test_client(), "hoa@example.gov.vn", GOOD).location == (
        "/phong/"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"email": "khong-phai-thu"}, "địa chỉ thư điện tử đầy đủ"),
        ({"email": ""}, "Xin nhập thư điện tử."),
        ({"email": "admin-all@example.gov.vn"}, "đã có tài khoản"),
        ({"role": ""}, "Xin chọn vai trò."),
        ({"role": "root"}, "Xin chọn một mục trong danh sách."),
        ({"unit": "999999"}, "Xin chọn một mục trong danh sách."),
        ({"new_password": "ngắn"}, "ít nhất 14 ký tự"),
        ({"new_password": "matkhau12345678"}, "quá dễ đoán"),
    ],
)
def test_a_bad_account_is_refused_beside_its_field(
    client, session, world, admin, change, message
):
    good = {
        "email": "hoa@example.gov.vn",
        "role": "analyst",
        "unit": "",
        "new_password": GOOD,
    }
    answer = post(client, "/quan-tri/tai-khoan/them", **{**good, **change})
    assert answer.status_code == 422
    assert message in answer.text
    assert 'id="error-summary"' in answer.text
    assert session.scalar(sa.select(sa.func.count(Account.id))) == 1


@pytest.mark.parametrize(
    "password",
    [
        "12345678901234",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "Password12345678",
        "matkhau-matkhau",
        "Mật khẩu của tôi",
        "qwertyuiop123456",
        "khanhhoa20262026",
        "lan.tran.2026!!",
        "13 ký tự thôi",
        "x" * 300,
    ],
)
def test_a_password_that_guessers_try_first_is_refused(app, password):
    with app.test_request_context():
        assert passwords.fault(password, "lan.tran@example.gov.vn")


@pytest.mark.parametrize(
    "password", [GOOD, "v7#Kp2!wQz9$Lm", "correct ngựa pin ghim bấm", cast.PASSWORD]
)
def test_a_long_sentence_or_a_random_text_is_taken(app, password):
    with app.test_request_context():
        assert passwords.fault(password, "lan.tran@example.gov.vn") is None


def test_a_new_password_ends_the_sign_ins_of_the_old_one(app, client, session, admin):
    other = app.test_client()
    made = cast.sign_in(other, session, "fieldworker")
    answer = post(client, f"/quan-tri/tai-khoan/{made.id}/mat-khau", new_password=GOOD)
    assert answer.status_code == 303
    assert not is_in(other)
    assert post_sign_in(other, made.email).status_code == 422
    assert post_sign_in(other, made.email, GOOD).status_code == 303


def test_changing_ones_own_password_needs_the_old_one_and_keeps_only_this_place(
    app, client, session
):
    made = cast.sign_in(client, session, "auditor")
    elsewhere = app.test_client()
    cast.enter_as(elsewhere, session, made)
    with client.session_transaction() as cookie:
        before = cookie["_user_id"]
    new = {"new_password": GOOD, "new_password_again": GOOD}
    path = "/quan-tri/mat-khau"

    wrong = post(client, path, current_password="Không phải mật khẩu", **new)
    differing = post(
        client,
        path,
        current_password=cast.PASSWORD,
        new_password=GOOD,
        new_password_again=GOOD + "!",
    )
    same = post(
        client,
        path,
        current_password=cast.PASSWORD,
        new_password=cast.PASSWORD,
        new_password_again=cast.PASSWORD,
    )
    assert "Mật khẩu đang dùng chưa đúng. Xin nhập lại." in wrong.text
    assert "chưa khớp. Xin nhập lại cả hai." in differing.text
    assert "phải khác" in same.text
    assert {wrong.status_code, differing.status_code, same.status_code} == {422}
    assert is_in(elsewhere)

    right = post(client, path, current_password=cast.PASSWORD, **new)

    assert right.status_code == 303
    assert is_in(client)
    assert not is_in(elsewhere)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != before


def test_guessing_the_old_password_is_braked_too(client, session):
    cast.sign_in(client, session, "auditor")
    new = {"new_password": GOOD, "new_password_again": GOOD}
    seen = [
        post(client, "/quan-tri/mat-khau", current_password="sai", **new).status_code
        for _ in range(6)
    ]
    assert seen == [422] * 5 + [429]


def test_nobody_shuts_oneself_out(client, session, admin):
    post(client, f"/quan-tri/tai-khoan/{admin.id}/khoa")
    assert is_in(client)


def test_the_last_one_who_rules_all_cannot_be_disabled(session, app):
    cast.account(session, "admin", email="a@example.gov.vn")
    only = accounts.find_account(session, "a@example.gov.vn")
    with app.test_request_context(), pytest.raises(accounts.AccountsError):
        accounts.disable(session, only)


def test_a_disabled_account_can_be_let_in_again(app, client, session, admin):
    made = cast.account(session, "analyst")
    post(client, f"/quan-tri/tai-khoan/{made.id}/khoa")
    assert not stored(session, made.email).is_active
    post(client, f"/quan-tri/tai-khoan/{made.id}/mo-khoa")
    assert post_sign_in(app.test_client(), made.email).status_code == 303


def test_an_administrator_of_a_unit_sees_and_makes_accounts_of_that_unit_only(
    client, session, world
):
    cast.sign_in(client, session, "admin", world.trade)
    near = cast.account(session, "fieldworker", world.trade)
    far = cast.account(session, "fieldworker", world.energy)
    above = cast.account(session, "analyst")

    listed = client.get("/quan-tri/tai-khoan").text
    assert near.email in listed
    assert far.email not in listed
    assert above.email not in listed
    for other in (far, above):
        assert client.get(f"/quan-tri/tai-khoan/{other.id}").status_code == 404
        for act in ("khoa", "mo-khoa", "mat-khau"):
            path = f"/quan-tri/tai-khoan/{other.id}/{act}"
            assert post(client, path, new_password=GOOD).status_code == 404
    for unit in ("", str(world.energy), str(world.department)):
        answer = post(
            client,
            "/quan-tri/tai-khoan/them",
            email="moi@example.gov.vn",
            role="admin",
            unit=unit,
            new_password=GOOD,
        )
        assert answer.status_code == 422
    assert stored(session, above.email).is_active


@pytest.mark.parametrize("number", [0, 12345, 2**31, 10**30])
def test_an_account_that_is_not_there_is_not_found(client, session, admin, number):
    assert client.get(f"/quan-tri/tai-khoan/{number}").status_code == 404


def test_verbs_work_without_a_request(app, session):
    with app.app_context(), pytest.raises(accounts.AccountsError, match="14 ký tự"):
        accounts.add_account(
            session, "a@b.vn", role="admin", password="ngắn", now=cast.NOW
        )

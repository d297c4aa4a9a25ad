"""Guessing passwords gets slow, for a name and for a network, and for nobody else."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from survey.models import FailedSignIn
from tests import cast
from tests.accounts.test_sign_in import post_sign_in

NOW = datetime(2026, 8, 27, 3, 0, tzinfo=UTC)
WRONG = "Không phải mật khẩu này đâu"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def made(session):
    return cast.account(session, "admin")


def fail(client, email, times=1):
    return [post_sign_in(client, email, WRONG).status_code for _ in range(times)]


def test_five_failures_are_looked_at_and_the_sixth_is_not(client, made, clock):
    assert fail(client, made.email, 6) == [422] * 5 + [429]


def test_not_even_the_right_password_counts_while_one_must_wait(client, made, clock):
    fail(client, made.email, 5)
    answer = post_sign_in(client, made.email)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) in (30, 31)
    assert "Xin thử lại sau 31 giây" in answer.text
    clock.shift(timedelta(seconds=31))
    assert post_sign_in(client, made.email).status_code == 303


def test_the_wait_doubles_and_ends_at_fifteen_minutes(client, made, clock):
    fail(client, made.email, 5)
    waits = []
    for _ in range(7):
        answer = post_sign_in(client, made.email, WRONG)
        assert answer.status_code == 429
        waits.append(int(answer.headers["Retry-After"]) - 1)
        clock.shift(timedelta(seconds=waits[-1] + 1))
        assert fail(client, made.email) == [422]
    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_an_unknown_name_is_braked_just_as_a_known_one(client, made, clock):
    assert fail(client, "nobody@example.gov.vn", 6) == [422] * 5 + [429]
    assert fail(client, made.email, 6) == [422] * 5 + [429]


def test_a_colleague_behind_the_same_address_still_gets_in(client, session, clock):
    made = cast.account(session, "admin")
    fail(client, "other@example.gov.vn", 6)
    assert post_sign_in(client, made.email).status_code == 303


def test_one_password_tried_on_many_names_is_braked_by_its_network(client, made, clock):
    seen = [fail(client, f"n{i}@example.gov.vn")[0] for i in range(21)]
    assert seen == [422] * 20 + [429]
    assert post_sign_in(client, made.email).status_code == 429


def test_another_network_is_not_held_back(client, made, clock):
    for i in range(21):
        fail(client, f"n{i}@example.gov.vn")
    answer = client.post(
        "/dang-nhap",
        data={
            "csrf_token": cast.csrf(client),
            "email": made.email,
            "password": cast.PASSWORD,
        },
        environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert answer.status_code == 303


def test_signing_in_forgets_the_failures_of_the_name(client, made, clock):
    fail(client, made.email, 4)
    assert post_sign_in(client, made.email).status_code == 303
    assert fail(client, made.email, 6) == [422] * 5 + [429]


def test_a_hundred_right_sign_ins_never_brake_an_office(client, made, session, clock):
    for _ in range(25):
        assert post_sign_in(client, made.email).status_code == 303
    assert session.scalar(sa.select(sa.func.count()).select_from(FailedSignIn)) == 0


def test_failures_are_forgotten_after_a_day(client, made, clock):
    fail(client, made.email, 5)
    clock.shift(timedelta(hours=24))
    assert fail(client, made.email, 6) == [422] * 5 + [429]


def test_neither_name_nor_address_can_be_read_from_the_table(
    client, session, made, clock
):
    fail(client, made.email)
    kept = set(session.scalars(sa.select(FailedSignIn.subject)))
    assert len(kept) == 2
    for text in (made.email, "127.0.0.1"):
        assert hashlib.sha256(text.encode()).hexdigest() not in kept
        assert not any(text in subject for subject in kept)

"""Who is written to today: invitations by working days, one reminder a week on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from survey import workdays
from survey.config import Settings
from survey.fieldwork.messages import schedule
from survey.models import Link, Wave
from tests import cast
from tests.fieldwork import office
from tests.fieldwork.messages import post
from tests.fieldwork.messages.conftest import SITE

THURSDAY = date(2026, 8, 27)


@pytest.mark.parametrize(
    ("result_on", "standing"),
    [
        ("2026-08-27", "waiting"),  # today
        ("2026-08-28", "waiting"),  # not yet there
        ("2026-08-26", "due"),  # 1 working day
        ("2026-08-24", "due"),  # 3
        ("2026-08-22", "overdue"),  # a Saturday: 4, from Monday to Thursday
        (None, "undated"),
        ("not_yet", "undated"),
    ],
)
def test_standing_by_working_days(result_on, standing):
    calendar = workdays.packaged()

    assert schedule.standing(result_on, THURSDAY, calendar, Settings()) == standing


def test_a_holiday_does_not_count():
    calendar = workdays.Calendar(
        holidays=frozenset({date(2026, 8, 26)}), swapped_working_days=frozenset()
    )

    assert schedule.standing("2026-08-26", THURSDAY, calendar, Settings()) == "due"
    assert schedule.standing("2026-08-21", THURSDAY, calendar, Settings()) == "due"


def due_of(app, session, world, settings, now):
    session.rollback()
    with app.test_request_context():
        wave = session.get(Wave, world.wave)
        return schedule.due(session, settings, wave, now)


@time_machine.travel(cast.NOW)
def test_the_page_counts_what_is_due_and_its_button_invites_just_those(
    app, session, world, settings, client
):
    post.dossiers(session, world, 2, result_on=date(2026, 8, 25))
    post.dossiers(session, world, 1, first=3, result_on=date(2026, 8, 3))
    post.dossiers(session, world, 1, first=4, result_on=None)
    post.dossiers(session, world, 1, first=5, result_on=date(2026, 8, 27))
    due = due_of(app, session, world, settings, cast.NOW)
    assert (due.due, due.overdue, due.undated, due.waiting) == (2, 1, 1, 1)

    cast.sign_in(client, session, "fieldworker")
    path = post.page(world, "gui-loi-moi")
    assert "Tạo mã mời cho 4 hồ sơ" in client.get(path).text
    first = office.post(client, f"{path}/tao-ma")
    again = office.post(client, f"{path}/tao-ma", follow=True)

    assert first.location.endswith("/tin-nhan")
    assert "Không còn hồ sơ nào đến hạn mời." in again.text
    assert office.count(session, Link) == 4
    left = due_of(app, session, world, settings, cast.NOW)
    assert (left.invitations, left.waiting) == (0, 1)


@time_machine.travel(cast.NOW)
def test_a_reminder_is_due_after_seven_days_to_who_has_not_answered_and_was_reached(
    app, session, world, settings
):
    post.dossiers(session, world, 4)
    post.batch(app, session, world)
    post.answered(session, "H1")
    session.execute(
        sa.update(Link)
        .where(Link.id == sa.select(sa.func.max(Link.id)).scalar_subquery())
        .values(undelivered_on=THURSDAY)
    )
    session.commit()
    days = [
        due_of(app, session, world, settings, cast.NOW + timedelta(days=day)).reminders
        for day in (0, 6, 7, 21, 22)
    ]

    assert days == [0, 0, 2, 2, 0], "from the 7th day to the last of 21"


@time_machine.travel(cast.NOW)
def test_new_codes_for_a_reminder_end_the_old_ones_and_keep_what_was_begun(
    app, session, world, client
):
    post.dossiers(session, world, 2)
    made = post.batch(app, session, world)
    cast.sign_in(client, session, "fieldworker")
    old = [row["Đường dẫn"] for row in post.rows_of(post.file_of(client, world, made))]
    post.answered(session, "H1")
    path = post.page(world, "gui-loi-moi", "ma-moi")
    with time_machine.travel(cast.NOW + timedelta(days=7)):
        cast.sign_in(client, session, "fieldworker", world.department)
        assert "Tạo mã mới cho 1 hồ sơ" in client.get(path).text
        answer = office.post(client, path)
        new = int(answer.location.split("/lo/")[1].split("/")[0])
        shown = client.get(answer.location).text
        assert 'value="reminder" checked' in shown
        (row,) = post.rows_of(post.file_of(client, world, new, "reminder"))
        opened = client.get(row["Đường dẫn"].removeprefix(SITE))
        ended = client.get(old[1].removeprefix(SITE))

    assert row["Mã hồ sơ"] == "H2"
    assert row["Tiêu đề thư"].startswith("Nhắc: ")
    assert row["Đường dẫn"] not in old
    assert opened.status_code in (200, 303)
    assert ended.status_code == 410

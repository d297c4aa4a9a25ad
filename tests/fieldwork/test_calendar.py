"""The calendar: an office keeps its own holidays, and loses none silently."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.orm import Session

from survey import catalogue, workdays
from survey.fieldwork import FieldworkError, holidays
from survey.models import Holiday
from survey.workdays import Mark
from tests import cast
from tests.fieldwork.office import count, post, rows

PAGE = "/quan-tri/lich-nghi"
PACKAGED = len(workdays.packaged_marks())
CULTURE = date(2026, 11, 24)  # a Tuesday
NATIONAL = date(2026, 9, 2)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def admin(client, session, world):
    return cast.sign_in(client, session, "admin")


@pytest.fixture
def texts(app):
    """A request, for the words of refusals."""
    with app.test_request_context():
        yield


def add(client, first, last="", kind="off", name="Ngày Văn hóa", follow=True):
    return post(
        client,
        f"{PAGE}?nam=2026",
        follow,
        first=str(first),
        last=str(last),
        kind=kind,
        name=name,
    )


def remove(client, day):
    return post(client, f"{PAGE}/xoa", True, day=str(day))


def days(session):
    return [row[0] for row in rows(session, sa.select(Holiday.day).order_by(Holiday.day))]  # fmt: skip # noqa: E501


def is_working(session, day):
    session.rollback()
    found = catalogue.calendar(session).is_working(day)
    session.rollback()
    return found


def test_looking_copies_nothing_and_says_whose_calendar_it_is(client, session, admin):
    page = client.get(PAGE).text
    assert "lịch có sẵn của phần mềm" in page
    assert "Quốc khánh" in page
    assert "Thứ Tư" in page
    assert count(session, Holiday) == 0


def test_the_first_change_begins_with_a_copy_of_the_packaged_days(
    client, session, admin
):
    page = add(client, CULTURE).text
    assert f"{PACKAGED} ngày của lịch có sẵn đã được chép" in page
    assert count(session, Holiday) == PACKAGED + 1
    assert not is_working(session, CULTURE)
    assert not is_working(session, NATIONAL)
    assert "lịch có sẵn của phần mềm" not in page


def test_a_removed_day_is_worked_and_no_other_changes(client, session, admin):
    remove(client, NATIONAL)
    assert count(session, Holiday) == PACKAGED - 1
    assert is_working(session, NATIONAL)
    assert not is_working(session, date(2026, 9, 1))


def test_a_range_off_leaves_its_weekend_out(client, session, admin):
    page = add(client, "2028-01-24", "2028-01-31", name="Tết Mậu Thân").text
    assert "Đã thêm 6 ngày." in page
    found = [day.day for day in days(session) if day.year == 2028]
    assert found == [24, 25, 26, 27, 28, 31]


def test_a_holiday_at_the_weekend_is_noted_and_said_to_change_nothing(
    client, session, admin
):
    page = add(client, "2026-11-22").text
    assert "Ngày 22/11/2026 là thứ Bảy hoặc Chủ nhật, vốn đã nghỉ" in page
    assert "cuối tuần, không thay đổi gì" in page
    assert date(2026, 11, 22) in days(session)


def test_a_swapped_saturday_is_worked(client, session, admin):
    add(client, "2026-11-21", kind="working", name="Làm bù cho 23/11")
    assert is_working(session, date(2026, 11, 21))


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"first": ""}, "first", "Xin nhập ngày."),
        ({"first": "2026-02-30"}, "first", "Xin nhập ngày có thật"),
        ({"first": "1999-12-31"}, "first", "từ năm 2000 đến năm 2100"),
        ({"name": " "}, "name", "Xin nhập tên"),
        ({"name": "x" * 121}, "name", "tối đa 120 ký tự"),
        ({"last": "2026-11-23"}, "last", "Ngày cuối không được trước ngày đầu"),
        ({"last": "2026-12-25"}, "last", "nhiều nhất 31 ngày"),
        ({"kind": "working"}, "first", "Ngày 24/11/2026 không phải thứ Bảy, Chủ nhật"),
        (
            {"first": "2026-11-21", "last": "2026-11-23", "kind": "working"},
            "first",
            "Ngày 23/11/2026 không phải thứ Bảy, Chủ nhật",
        ),
        (
            {"first": "2026-11-21", "last": "2026-11-22"},
            "first",
            "chỉ có thứ Bảy, Chủ nhật",
        ),
        (
            {"first": NATIONAL},
            "first",
            "Ngày 02/09/2026 đã có trong lịch: Quốc khánh. Xin xóa",
        ),
        (
            {"first": "2026-08-24", "last": "2026-09-04"},
            "first",
            "Ngày 31/08/2026 đã có trong lịch",
        ),
        ({"kind": "sometimes"}, "kind-0", "Xin chọn một mục trong danh sách."),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_nothing_is_copied(
    client, session, admin, typed, field, told
):
    answer = add(client, **{"first": CULTURE, **typed})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert told in answer.text
    assert count(session, Holiday) == 0


def undo_button(page):
    return f'action="{PAGE}/hoan-tac"' in page


def test_the_last_change_can_be_undone_and_done_again(client, session, admin):
    assert not undo_button(client.get(PAGE).text)
    page = add(client, "2028-01-24", "2028-01-31", name="Tết Mậu Thân").text
    assert "Vừa thêm: 24/01/2028 – 31/01/2028." in page
    assert undo_button(page)
    kept = days(session)

    page = post(client, f"{PAGE}/hoan-tac", True).text
    assert "Vừa xóa: 24/01/2028 – 31/01/2028." in page
    assert count(session, Holiday) == PACKAGED
    post(client, f"{PAGE}/hoan-tac")
    assert days(session) == kept
    names = sa.select(Holiday.name).where(Holiday.day >= date(2028, 1, 1)).distinct()
    assert rows(session, names) == [("Tết Mậu Thân",)]


def test_a_removed_day_comes_back_as_it_was(client, session, admin):
    saturday = date(2026, 8, 22)
    remove(client, saturday)
    assert not is_working(session, saturday)
    post(client, f"{PAGE}/hoan-tac")
    kept = session.get_one(Holiday, saturday)
    assert (kept.is_working, kept.name) == (True, "Làm bù cho 31/8")


def test_what_changed_meanwhile_is_not_undone_over(app, client, session, admin):
    remove(client, NATIONAL)
    other = app.test_client()
    cast.enter_as(other, session, admin)
    add(other, NATIONAL, name="Quốc khánh, sửa")
    page = post(client, f"{PAGE}/hoan-tac", True).text
    assert "đã có trong lịch: Quốc khánh, sửa" in page
    assert count(session, Holiday) == PACKAGED


def test_the_last_day_stays_because_the_packaged_ones_would_come_back(
    client, session, admin
):
    session.add(Holiday(day=CULTURE, is_working=False, name="Ngày Văn hóa"))
    session.commit()
    page = remove(client, CULTURE).text
    assert "Lịch phải còn ít nhất một ngày" in page
    assert days(session) == [CULTURE]


def test_a_year_without_a_day_is_said_to_be_unpublished(client, session, admin):
    page = client.get(f"{PAGE}?nam=2027").text
    assert "chưa công bố" not in page
    session.add(Holiday(day=NATIONAL, is_working=False, name="Quốc khánh"))
    session.commit()
    page = client.get(f"{PAGE}?nam=2027").text
    assert "Năm 2027: chưa công bố" in page
    assert "đang được đếm là ngày làm việc" in page


def test_packaged_days_of_a_year_are_shown_before_they_are_added(
    client, session, admin
):
    session.add(Holiday(day=NATIONAL, is_working=False, name="Của cơ quan"))
    session.commit()
    shown = client.get(f"{PAGE}?nam=2026").text
    assert "Ngày chưa ghi" in shown or "ngày chưa ghi ở trên" in shown
    in_2026 = [mark for mark in workdays.packaged_marks() if mark.day.year == 2026]
    page = post(client, f"{PAGE}/nap", True, year="2026").text
    assert f"Đã thêm {len(in_2026) - 1} ngày." in page
    assert {day.year for day in days(session)} == {2026}
    assert session.get_one(Holiday, NATIONAL).name == "Của cơ quan"
    again = post(client, f"{PAGE}/nap", True, year="2026").text
    assert "không có thêm ngày nào" in again


def test_two_first_changes_at_once_copy_the_packaged_days_once(app, session, world):
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine

    def change(day):
        with app.test_request_context(method="POST"), Session(engine) as own:
            holidays.add(own, day, day, is_working=False, name="Ngày")
            own.commit()

    wanted = [date(2028, 1, day) for day in range(3, 8)]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(change, wanted))
    assert count(session, Holiday) == PACKAGED + 5


@pytest.mark.parametrize(
    ("role", "unit", "shown", "edited"),
    [
        ("admin", None, 200, 303),
        ("admin", "trade", 200, 403),
        ("auditor", None, 200, 403),
        ("fieldworker", None, 403, 403),
        ("analyst", None, 403, 403),
    ],
)
def test_an_administrator_of_the_whole_office_keeps_the_calendar(
    client, session, world, role, unit, shown, edited
):
    cast.sign_in(client, session, role, getattr(world, unit) if unit else None)
    page = client.get(PAGE)
    assert page.status_code == shown
    assert ("Thêm vào lịch" in page.text) == (edited == 303)
    assert add(client, CULTURE, follow=False).status_code == edited
    for act, data in (("xoa", {"day": "2026-09-02"}), ("nap", {"year": "2026"})):
        answer = post(client, f"{PAGE}/{act}", **data)
        assert answer.status_code == edited
    if edited != 303:
        assert count(session, Holiday) == 0


@pytest.mark.parametrize("day", ["", "x", "2026-13-01", "\0"])
def test_a_day_that_no_page_sends_is_refused(client, admin, day):
    assert post(client, f"{PAGE}/xoa", day=day).status_code == 400


@pytest.mark.parametrize("year", ["", "x", "99999", "-1"])
def test_a_year_that_no_page_leads_to_shows_this_year(client, admin, year):
    page = client.get(f"{PAGE}?nam={year}").text
    current = re.search(r'<a href="[^"]+" aria-current="page">([^<]+)', page)[1]
    assert current == "Năm 2026"


def test_names_are_shown_as_text(client, session, admin):
    page = add(client, CULTURE, name="<script>alert(1)</script>").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_file_replaces_the_years_it_names(session, texts):
    given = [Mark(date(2027, 9, 2), False, "Quốc khánh")]
    change = holidays.replace(session, given)
    session.commit()
    assert change.copied == PACKAGED
    assert [day for day in days(session) if day.year == 2027] == [date(2027, 9, 2)]
    assert NATIONAL in days(session)


def test_adding_nothing_of_a_year_adds_nothing(session, texts):
    assert holidays.add_packaged(session, 1999).marks == ()
    with pytest.raises(FieldworkError):
        holidays.remove(session, days(session) + list(_all_packaged()))


def _all_packaged():
    return (mark.day for mark in workdays.packaged_marks())

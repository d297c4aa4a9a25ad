"""The calendar address: secret, revocable, and RFC 5545 to the octet."""

from __future__ import annotations

from datetime import date, timedelta

import icalendar
import pytest
import time_machine
from sqlalchemy.orm import Session

from survey.actions import feed, reports
from survey.models import Account, CalendarFeed
from tests import cast
from tests.actions.plans import post, set_action
from tests.actions.test_reports import add


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(cast.NOW):
        yield


def address(client) -> str:
    page = post(client, "/to-cong-tac/bao-cao/lich").text
    found = page.partition('<code class="address">')[2].partition("</code>")[0]
    return found.removeprefix("http://127.0.0.1:8000")


def events(content: bytes) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(content.decode())
    return {str(one["UID"]): one for one in calendar.walk("VEVENT")}


def test_an_address_opens_without_signing_in_until_it_is_renewed_or_revoked(
    app, client, session, world
):
    cast.sign_in(client, session, "auditor")
    first = address(client)
    assert first.startswith("/lich/")
    other = app.test_client()
    answer = other.get(first)
    assert (answer.status_code, answer.content_type) == (200, feed.TYPE)
    assert "no-store" in answer.headers["Cache-Control"]

    second = address(client)
    assert [other.get(one).status_code for one in (first, second)] == [404, 200]
    kept = session.query(CalendarFeed).one()
    token = second.removeprefix("/lich/").removesuffix(".ics")
    assert token not in (kept.token_hash, str(kept.account_id))
    session.rollback()
    post(client, "/to-cong-tac/bao-cao/lich/thu-hoi")
    assert other.get(second).status_code == 404


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "fieldworker"}])
def test_an_account_that_may_no_longer_look_has_no_calendar(
    client, session, world, change
):
    account = cast.sign_in(client, session, "analyst")
    secret = address(client)
    session.query(Account).filter_by(id=account.id).update(change)
    session.commit()
    assert client.get(secret).status_code == 404


def test_a_link_of_a_form_opens_no_calendar(client, session, world):
    token = cast.link(session, world.wave, world.trade)
    assert client.get(f"/lich/{token}.ics").status_code == 404


@pytest.fixture
def filled(session: Session, world) -> Account:
    """Reports, one sent, one of a very long name; an action of each division."""
    head = cast.account(session, "analyst", world.trade)
    set_action(session, world, head.id)
    set_action(session, world, head.id, unit_id=world.energy)
    add(session, "monthly", name="Báo cáo; tháng, “dài”\\ " + "rất dài ẫ😀 " * 15)
    add(session, "yearly", is_confirmed=True)
    due = reports.due_of(
        session, add(session, "quarterly", starts_on=date(2026, 4, 1)), "2026-06"
    )
    reports.note_sent(
        session,
        due,
        sent_on=date(2026, 6, 20),
        document="9/BC",
        account_id=head.id,
        now=cast.NOW,
        today=cast.NOW.date(),
    )
    session.commit()
    return head


def made(session: Session, account: Account) -> bytes:
    return feed.calendar_of(session, account, host="ks.example", language="vi")


def test_every_line_is_as_the_standard_has_it(session, filled):
    content = made(session, filled)
    lines = content.split(b"\r\n")
    assert lines.pop() == b""
    assert not any(b"\n" in one or b"\r" in one for one in lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # nothing is cut within a letter
    assert (lines[0], lines[-1]) == (b"BEGIN:VCALENDAR", b"END:VCALENDAR")
    assert b"VERSION:2.0" in lines
    unfolded = content.replace(b"\r\n ", b"").decode()
    assert "Báo cáo\\; tháng\\, “dài”\\\\" in unfolded
    assert unfolded.count("BEGIN:VEVENT") == unfolded.count("\r\nUID:") > 5
    assert unfolded.count("BEGIN:VEVENT") == unfolded.count("\r\nDTSTAMP:")
    assert "DTSTART;VALUE=DATE:20260921" in unfolded


def test_another_program_reads_names_days_and_alarms(session, filled):
    found = events(made(session, filled))
    event = found["bao-cao-1-2026-09@ks.example"]
    # 20 September 2026 is a Sunday.
    assert event["DTSTART"].dt == date(2026, 9, 21)
    assert event["DTEND"].dt == date(2026, 9, 22)
    assert str(event["SUMMARY"]).startswith("Hạn gửi: Báo cáo; tháng, “dài”\\")
    assert "20/09/2026 là ngày nghỉ" in event["DESCRIPTION"]
    assert "Cần cơ quan xác nhận" in event["DESCRIPTION"]
    assert event.walk("VALARM")[0]["TRIGGER"].dt == timedelta(days=-3)
    sent = found["bao-cao-3-2026-06@ks.example"]
    assert str(sent["SUMMARY"]).startswith("Đã gửi")
    assert sent.walk("VALARM") == []


def test_the_same_data_are_the_same_calendar_and_ids_stay(session, filled):
    before = made(session, filled)
    assert made(session, filled) == before
    with time_machine.travel(cast.NOW + timedelta(hours=3)):
        assert made(session, filled) == before


def test_a_division_sees_its_own_actions_without_their_words(session, filled):
    content = made(session, filled)
    assert {one for one in events(content) if one.startswith("viec")} == {
        "viec-1@ks.example"
    }
    office = cast.account(session, "admin")
    assert "viec-2@ks.example" in events(made(session, office))
    text = content.replace(b"\r\n ", b"").decode()
    assert "Soạn tờ hướng dẫn" not in text
    assert "%" not in text

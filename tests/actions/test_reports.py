"""Periodic reports: lists read whole or not at all, what is due, what was sent."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from sqlalchemy.orm import Session

from survey.actions import reports
from survey.actions.reports import ListError, Wanted
from survey.actions.terms import ActionsError
from survey.models import PeriodicReport, SentReport
from tests import cast
from tests.terminal import Terminal

TODAY = cast.NOW.date()  # Thursday 27 August 2026
GOOD = """
[[report]]
name = "Báo cáo quý"
kind = "quarterly"
cut_day = 14
due_day = 20
recipients = "Sở Nội vụ"
legal_basis = "NĐ 09/2019/NĐ-CP"
"""


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(cast.NOW):
        yield


@pytest.fixture
def within(app):
    """Refusals are said in the reader's language."""
    with app.test_request_context():
        yield


def add(session: Session, kind: str = "monthly", **more) -> PeriodicReport:
    given = {
        "name": f"Báo cáo {kind}",
        "kind": kind,
        "cut_day": 14,
        "due_day": 20,
        "recipients": "Sở Nội vụ",
        "legal_basis": "NĐ 09/2019/NĐ-CP",
        "starts_on": date(2026, 6, 1),
    }
    number = reports.add(
        session, Wanted(**{**given, **more}), now=cast.NOW, today=TODAY
    )
    return session.get_one(PeriodicReport, number)


def told(found: list[reports.Due]) -> list[tuple[str, str, str]]:
    return [(one.report.kind, one.period.key, one.due_on.isoformat()) for one in found]


def test_the_packaged_reports_are_read_and_none_is_shown_as_confirmed():
    found = reports.packaged()
    assert {one.kind for one in found} == set(reports.REPORT_KINDS)
    assert {one.cut_day for one in found} == {14}
    assert not any(one.is_confirmed for one in found)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("[[report]]", "[[reports]]"), "[[report]]"),
        (('name = "Báo cáo quý"', ""), "name, kind"),
        (("cut_day = 14", 'cut_day = "14"'), "cut_day"),
        (("cut_day = 14", "cut_day = true"), "cut_day"),
        (("cut_day = 14", "cut_day = 32"), "cut_day"),
        (("due_day = 20", "due_day = 13"), "due_day"),
        (("quarterly", "weekly"), "kind"),
        (("cut_day", "cutday"), "cutday"),
        (('"Báo cáo quý"', '"  "'), "name"),
        (('"Báo cáo quý"', f'"{"x" * 201}"'), "name"),
        (("kind =", "kind"), "cannot be read"),
        (("legal_basis", "starts_on = 1999-01-01\nlegal_basis"), "starts_on"),
        (("legal_basis", 'day_off_rule = "never"\nlegal_basis'), "day_off_rule"),
    ],
)
def test_a_wrong_list_is_refused_with_the_place(change, words):
    with pytest.raises(ListError) as refused:
        reports.read(GOOD.replace(*change), "lich.toml")
    assert "lich.toml" in str(refused.value)
    assert words in str(refused.value)


def test_a_name_stands_once_in_a_list():
    with pytest.raises(ListError, match="Báo cáo quý"):
        reports.read(GOOD + GOOD, "lich.toml")


def test_what_is_due_between_two_days_and_what_is_overdue(session, world):
    add(session, "monthly")
    add(session, "quarterly", due_day=10, due_months=1)
    first, last = date(2026, 8, 1), date(2026, 10, 31)
    assert told(reports.dues(session, first, last)) == [
        ("monthly", "2026-08", "2026-08-20"),
        ("monthly", "2026-09", "2026-09-21"),
        ("quarterly", "2026-09", "2026-10-12"),
        ("monthly", "2026-10", "2026-10-20"),
    ]
    # The second quarter's, due in July, was not sent; nor those of June and July.
    found = reports.dues(session, TODAY, date(2026, 9, 30), unsent_before=True)
    assert told(found) == [
        ("monthly", "2026-06", "2026-06-22"),
        ("quarterly", "2026-06", "2026-07-10"),
        ("monthly", "2026-07", "2026-07-20"),
        ("monthly", "2026-08", "2026-08-20"),
        ("monthly", "2026-09", "2026-09-21"),
    ]
    assert [one.state(TODAY) for one in found] == [*["overdue"] * 4, "waiting"]


def test_a_stopped_report_is_asked_about_no_more_but_keeps_what_was_sent(
    session, world, within
):
    report = add(session)
    due = reports.due_of(session, report, "2026-07")
    account = cast.account(session, "admin")
    reports.note_sent(
        session,
        due,
        sent_on=date(2026, 7, 17),
        document="12/BC-SCT",
        account_id=account.id,
        now=cast.NOW,
        today=TODAY,
    )
    reports.stop(session, report, is_stopped=True, now=cast.NOW)
    year = date(2026, 1, 1), date(2026, 12, 31)
    found = reports.dues(session, *year)
    assert told(found) == [("monthly", "2026-07", "2026-07-20")]
    assert found[0].state(TODAY) == "early"
    reports.stop(session, report, is_stopped=False, now=cast.NOW)
    assert len(reports.dues(session, *year)) == 7


def test_a_sent_report_keeps_the_day_it_was_due_when_the_rule_changes(
    session, world, within
):
    report = add(session)
    account = cast.account(session, "admin")
    sent = {"document": "", "account_id": account.id, "now": cast.NOW, "today": TODAY}
    due = reports.due_of(session, report, "2026-08")
    reports.note_sent(session, due, sent_on=date(2026, 8, 20), **sent)
    wanted = Wanted(
        name=report.name,
        kind="monthly",
        cut_day=14,
        due_day=16,
        recipients="UBND tỉnh",
        legal_basis="Văn bản mới",
        is_confirmed=True,
    )
    reports.change(session, report, wanted, now=cast.NOW)

    kept = reports.due_of(session, report, "2026-08")
    assert (kept.due_on, kept.state(TODAY)) == (date(2026, 8, 20), "on_time")
    assert reports.due_of(session, report, "2026-09").due_on == date(2026, 9, 16)
    reports.forget_sent(session, kept)
    assert reports.due_of(session, report, "2026-08").state(TODAY) == "overdue"
    assert session.query(SentReport).count() == 0


@pytest.mark.parametrize("day", [date(2026, 8, 28), date(2026, 7, 14)])
def test_a_report_is_not_sent_tomorrow_nor_before_its_data_begin(
    session, world, within, day
):
    due = reports.due_of(session, add(session), "2026-08")
    with pytest.raises(ActionsError) as refused:
        reports.note_sent(
            session,
            due,
            sent_on=day,
            document=None,
            account_id=1,
            now=cast.NOW,
            today=TODAY,
        )
    assert refused.value.field == "sent_on"


def test_a_period_before_the_watch_began_is_not_there(session, world):
    report = add(session)
    assert reports.due_of(session, report, "2026-05") is None
    assert reports.due_of(session, report, "2026-13") is None


def test_two_reports_have_two_names(session, world, within):
    add(session)
    with pytest.raises(ActionsError) as refused:
        add(session)
    assert refused.value.field == "name"


def test_a_list_is_loaded_from_the_command_line_twice(terminal: Terminal, tmp_path):
    assert terminal("init").code == 0
    path = tmp_path / "lich.toml"
    path.write_text(GOOD)
    assert "added 1, sửa / changed 0" in terminal("reports", "load", str(path)).out
    path.write_text(GOOD.replace("due_day = 20", "due_day = 25\nis_confirmed = true"))
    assert "added 0, sửa / changed 1" in terminal("reports", "load", str(path)).out
    said = terminal("reports", "show").out
    assert said.split("\t")[:2] == ["quarterly", "14 → 25+0"]
    path.write_text(GOOD.replace("quarterly", "weekly"))
    said = terminal("reports", "load", str(path))
    assert said.code == 2
    assert len(said.err.splitlines()) == 1

"""Actions: every change is kept with who made it, and the last can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.actions import evidence_files, improvements
from survey.actions.terms import ActionsError
from survey.models import Account, Action, ActionFile
from tests import cast
from tests.actions.plans import PDF, PNG, TODAY, WANTED, set_action


@pytest.fixture(autouse=True)
def within(app):
    with time_machine.travel(cast.NOW), app.test_request_context():
        yield


@pytest.fixture
def head(session: Session, world) -> Account:
    return cast.account(session, "analyst", world.trade)


@pytest.fixture
def action(session: Session, world, head) -> Action:
    return set_action(session, world, head.id)


def turn(session, action, state, account, **more):
    return improvements.turn(
        session,
        action,
        state,
        account_id=account.id,
        now=cast.NOW,
        today=TODAY,
        **more,
    )


def kinds(session, action):
    return [one.kind for one in improvements.history(session, action)]


def test_the_history_says_who_changed_what(session, action, head):
    seen = improvements.last_event(session, action).id
    wanted = replace(WANTED, title="Soạn sổ tay", due_on=date(2026, 10, 15))
    changed = {"account_id": head.id, "now": cast.NOW}
    assert improvements.edit(session, action, wanted, seen=seen, **changed)
    seen = improvements.last_event(session, action).id
    assert not improvements.edit(session, action, wanted, seen=seen, **changed)

    last = improvements.last_event(session, action)
    assert (last.kind, last.account_id) == ("edited", head.id)
    assert last.changes == {
        "title": ["Soạn tờ hướng dẫn", "Soạn sổ tay"],
        "due_on": ["2026-09-30", "2026-10-15"],
    }


def test_two_people_do_not_overwrite_each_other(session, action, head):
    seen = improvements.last_event(session, action).id
    turn(session, action, "in_progress", head)
    with pytest.raises(ActionsError, match="Người khác"):
        improvements.edit(
            session, action, WANTED, seen=seen, account_id=head.id, now=cast.NOW
        )


def test_a_state_needs_what_belongs_to_it(session, action, head):
    for state, more, field in (
        ("dropped", {}, "reason"),
        ("finished", {}, "state"),
        ("done", {"done_on": TODAY + timedelta(1)}, "done_on"),
        ("done", {"done_on": TODAY - timedelta(1)}, "done_on"),
    ):
        with pytest.raises(ActionsError) as refused:
            turn(session, action, state, head, **more)
        assert refused.value.field == field
    assert turn(session, action, "dropped", head, reason="Đã có phòng khác làm")
    assert turn(session, action, "done", head, reason="thừa")
    assert (action.state, action.reason, action.done_on) == ("done", None, TODAY)
    assert not turn(session, action, "done", head)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "dropped"},
        {"state": "done"},
        {"reason": "x"},
        {"state": "paused"},
    ],
)
def test_the_database_holds_states_to_their_words(session, action, values):
    with pytest.raises(IntegrityError):
        session.execute(sa.update(Action).values(**values))


def test_the_last_change_can_be_taken_back_by_who_made_it(session, world, action, head):
    other = cast.account(session, "admin")
    turn(session, action, "dropped", head, reason="Nhầm")
    with pytest.raises(ActionsError):
        improvements.take_back(session, action, account_id=other.id, now=cast.NOW)
    assert improvements.take_back(session, action, account_id=head.id, now=cast.NOW)
    assert (action.state, action.reason) == ("planned", None)
    assert kinds(session, action) == ["taken_back", "turned", "made"]
    assert not improvements.can_take_back(session, action, head.id)
    with pytest.raises(ActionsError):
        improvements.take_back(session, action, account_id=head.id, now=cast.NOW)


def test_days_come_back_as_days(session, action, head):
    turn(session, action, "done", head)
    improvements.take_back(session, action, account_id=head.id, now=cast.NOW)
    assert action.done_on is None
    session.flush()
    seen = improvements.last_event(session, action).id
    wanted = replace(WANTED, due_on=date(2027, 1, 4))
    improvements.edit(
        session, action, wanted, seen=seen, account_id=head.id, now=cast.NOW
    )
    improvements.take_back(session, action, account_id=head.id, now=cast.NOW)
    assert action.due_on == WANTED.due_on


def test_an_action_just_set_is_taken_away_whole(session, action, head):
    stays = improvements.take_back(session, action, account_id=head.id, now=cast.NOW)
    assert not stays
    assert session.scalar(sa.select(sa.func.count(Action.id))) == 0


def test_a_deadline_lies_ahead_and_within_reason(session, world, head):
    for day in (TODAY - timedelta(1), date(9999, 1, 1)):
        with pytest.raises(ActionsError) as refused:
            improvements.propose(
                session,
                replace(WANTED, due_on=day),
                unit_id=world.trade,
                wave_id=world.wave,
                criterion="B2",
                baseline={},
                account_id=head.id,
                now=cast.NOW,
                today=TODAY,
            )
        assert refused.value.field == "due_on"


def test_open_actions_past_their_day_are_overdue(session, action, head):
    day = WANTED.due_on
    assert not improvements.is_overdue(action, day)
    assert improvements.is_overdue(action, day + timedelta(1))
    turn(session, action, "done", head)
    assert not improvements.is_overdue(action, day + timedelta(1))


def attach(session, action, head, name, content):
    return evidence_files.attach(
        session, action, name, content, account_id=head.id, now=cast.NOW
    )


def test_a_file_is_kept_removed_put_back_and_swept(session, action, head):
    file = attach(session, action, head, "C:\\ho so\\Tờ hướng dẫn.PDF\u202e", PDF)
    assert (file.name, file.kind, file.size) == ("Tờ hướng dẫn.PDF", "pdf", len(PDF))
    assert evidence_files.own_name(file) == f"minh-chung-{action.id}-{file.id}.pdf"
    with pytest.raises(ActionsError, match="đã có"):
        attach(session, action, head, "khac.pdf", PDF)

    evidence_files.remove(session, file, account_id=head.id, now=cast.NOW)
    assert evidence_files.find(session, action, file.id) is None
    improvements.take_back(session, action, account_id=head.id, now=cast.NOW)
    assert evidence_files.find(session, action, file.id) is file

    evidence_files.remove(session, file, account_id=head.id, now=cast.NOW)
    month = timedelta(days=30)
    assert evidence_files.sweep(session, cast.NOW + month) == 0
    assert evidence_files.sweep(session, cast.NOW + month + timedelta(1)) == 1
    session.expire_all()
    assert session.query(ActionFile).count() == 0
    sha256 = improvements.last_event(session, action).changes["sha256"]
    assert len(sha256) == 64
    with pytest.raises(ActionsError, match="xóa hẳn"):
        improvements.take_back(session, action, account_id=head.id, now=cast.NOW)


def test_files_are_few_and_not_large(session, action, head, monkeypatch):
    with pytest.raises(ActionsError, match="trống"):
        attach(session, action, head, "a.pdf", b"")
    with pytest.raises(ActionsError, match="10 MB"):
        attach(session, action, head, "a.pdf", PDF + bytes(10 * 1024 * 1024))
    monkeypatch.setattr(evidence_files, "MOST_FILES", 1)
    attach(session, action, head, "", PDF)
    assert evidence_files.of_action(session, action)[0].name == "minh-chung.pdf"
    with pytest.raises(ActionsError, match="nhiều nhất 1"):
        attach(session, action, head, "b.png", PNG)


def test_who_may_edit(session, world):
    def account(role, unit_id=None):
        return Account(role=role, unit_id=unit_id)

    trade, reach = world.trade, [world.department, world.trade, world.energy]
    assert improvements.may_edit(account("admin"), trade, None)
    assert improvements.may_edit(account("analyst", trade), trade, [trade])
    assert improvements.may_edit(account("admin", world.department), trade, reach)
    for other in (
        account("analyst"),
        account("auditor"),
        account("fieldworker"),
        account("analyst", world.department),
    ):
        assert not improvements.may_edit(other, trade, None)
    energy = [world.energy]
    assert not improvements.may_edit(account("admin", world.energy), trade, energy)
    assert not improvements.may_edit(account("analyst", world.energy), trade, energy)

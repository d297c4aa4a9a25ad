"""What a division says it will do about a criterion, and everything done to that since.

Each change is an event that holds what was before and after, so that the last one can
be taken back and anybody can read who changed what.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey.actions.terms import ActionsError
from survey.models import ACTION_STATES, Account, Action, ActionEvent, ActionFile

OPEN: Final = ("planned", "in_progress")
EDITABLE: Final = ("title", "task", "owner", "due_on")
UNDOABLE: Final = ("edited", "turned", "file_added", "file_removed")
MOST_TASK: Final = 2000
MOST_SYMBOLS: Final = {"title": 200, "task": MOST_TASK, "owner": 120}
MOST_PER_UNIT: Final = 500
YEARS: Final = range(2000, 2101)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a person typed of an action."""

    title: str
    task: str
    owner: str
    due_on: date


def may_edit(account: Account, unit_id: int, reach: Collection[int] | None) -> bool:
    """Whether an account may set and change actions of a division: its own account,
    and administrators above it.

    Args:
        reach: ids of the units the account sees; None for all.
    """
    if reach is not None and unit_id not in reach:
        return False
    if account.role == "admin":
        return True
    return account.role == "analyst" and account.unit_id == unit_id


def propose(
    session: Session,
    wanted: Wanted,
    *,
    unit_id: int,
    wave_id: str,
    criterion: str,
    baseline: Mapping[str, str],
    account_id: int,
    now: datetime,
    today: date,
) -> Action:
    """Set an action.

    Args:
        baseline: the figure it starts from, as `baselines.text_of` writes it.
    Raises:
        ActionsError: its day is past, or the division has very many.
    """
    _check(wanted)
    if wanted.due_on < today:
        raise ActionsError(_("Thời hạn phải từ hôm nay trở đi."), "due_on")
    kept = session.scalar(
        sa.select(sa.func.count(Action.id)).where(Action.unit_id == unit_id)
    )
    if (kept or 0) >= MOST_PER_UNIT:
        raise ActionsError(_("Phòng đã có %(n)s việc, không thêm được.", n=kept))
    made = Action(
        unit_id=unit_id,
        wave_id=wave_id,
        criterion=criterion,
        baseline=dict(baseline),
        set_on=today,
        **_values(wanted),
    )
    session.add(made)
    session.flush()
    _note(session, made, "made", {}, account_id, now)
    return made


def edit(
    session: Session,
    action: Action,
    wanted: Wanted,
    *,
    seen: int,
    account_id: int,
    now: datetime,
) -> bool:
    """Change the words or the day of an action; whether anything differed.

    Args:
        seen: the last event the person knew of.
    Raises:
        ActionsError: somebody else changed it meanwhile, or the day cannot be.
    """
    _check(wanted)
    if seen != last_event(session, action).id:
        raise ActionsError(
            _(
                "Người khác vừa sửa việc này. Nội dung vừa nhập vẫn còn ở đây; xin mở "
                "lại trang của việc để xem rồi sửa tiếp."
            )
        )
    return _change(session, action, _values(wanted), "edited", account_id, now)


def turn(
    session: Session,
    action: Action,
    state: str,
    *,
    reason: str = "",
    done_on: date | None = None,
    account_id: int,
    now: datetime,
    today: date,
) -> bool:
    """Say how far an action is; whether that is news.

    Args:
        reason: needed when it is dropped, else not kept.
        done_on: when it was done; today if not said.
    Raises:
        ActionsError: no such state, no reason, or a day that cannot be.
    """
    if state not in ACTION_STATES:
        raise ActionsError(_("Xin chọn một trạng thái."), "state")
    if state == "dropped" and not reason:
        raise ActionsError(_("Xin ghi lý do dừng việc."), "reason")
    done = (done_on or today) if state == "done" else None
    if done is not None and not action.set_on <= done <= today:
        raise ActionsError(_("Ngày xong phải từ ngày đặt việc đến hôm nay."), "done_on")
    values = {
        "state": state,
        "reason": reason if state == "dropped" else None,
        "done_on": done,
    }
    return _change(session, action, values, "turned", account_id, now)


def take_back(
    session: Session, action: Action, *, account_id: int, now: datetime
) -> bool:
    """Undo this person's last change; an action just set is taken away whole.

    Returns:
        Whether the action is still there.
    Raises:
        ActionsError: the last change is somebody else's, or was an undoing.
    """
    lock(session, action)
    last = last_event(session, action)
    if last.account_id != account_id or last.kind not in (*UNDOABLE, "made"):
        raise ActionsError(_("Không có gì để hoàn tác."))
    if last.kind == "made":
        session.delete(action)
        session.flush()
        return False
    if last.kind in ("file_added", "file_removed"):
        file = session.get(ActionFile, last.changes["id"])
        if file is None:
            raise ActionsError(_("Tệp đã bị xóa hẳn, không lấy lại được."))
        file.removed_at = now if last.kind == "file_added" else None
        changes = dict(last.changes)
    else:
        changes = {name: [new, old] for name, (old, new) in last.changes.items()}
        for name, (_old, new) in changes.items():
            setattr(action, name, _read(name, new))
    _note(session, action, "taken_back", changes, account_id, now)
    return True


def history(session: Session, action: Action) -> Sequence[ActionEvent]:
    """Everything done to an action, the latest first."""
    return session.scalars(
        sa.select(ActionEvent)
        .where(ActionEvent.action_id == action.id)
        .order_by(ActionEvent.id.desc())
    ).all()


def last_event(session: Session, action: Action) -> ActionEvent:
    """The last thing done to an action; being set is the first."""
    return history(session, action)[0]


def can_take_back(session: Session, action: Action, account_id: int) -> bool:
    """Whether the last change is this person's and can be undone."""
    last = last_event(session, action)
    return last.account_id == account_id and last.kind in (*UNDOABLE, "made")


def is_overdue(action: Action, today: date) -> bool:
    """Whether its day has passed and it is neither done nor dropped."""
    return action.state in OPEN and action.due_on < today


def of_units(
    session: Session, unit_ids: Collection[int] | None = None
) -> Sequence[Action]:
    """The actions of units, or of all, the next day to come first; settled ones last.

    Args:
        unit_ids: None for every unit.
    """
    query = sa.select(Action).order_by(
        Action.state.not_in(OPEN), Action.due_on, Action.id
    )
    if unit_ids is not None:
        query = query.where(Action.unit_id.in_(unit_ids))
    return session.scalars(query).all()


def lock(session: Session, action: Action) -> None:
    """Let nobody else change this action until the transaction ends."""
    session.refresh(action, with_for_update=True)


def note_file(
    session: Session, file: ActionFile, kind: str, *, account_id: int, now: datetime
) -> None:
    """Keep in the history that a file came or went."""
    action = session.get_one(Action, file.action_id)
    changes = {"id": file.id, "name": file.name, "sha256": file.sha256}
    _note(session, action, kind, changes, account_id, now)


def _values(wanted: Wanted) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in EDITABLE}


def _check(wanted: Wanted) -> None:
    for name, most in MOST_SYMBOLS.items():
        if not 1 <= len(getattr(wanted, name)) <= most:
            raise ActionsError(_("Xin điền ô này, tối đa %(n)s ký tự.", n=most), name)
    if wanted.due_on.year not in YEARS:
        raise ActionsError(_("Xin nhập ngày từ năm 2000 đến năm 2100."), "due_on")


def _change(
    session: Session,
    action: Action,
    values: Mapping[str, Any],
    kind: str,
    account_id: int,
    now: datetime,
) -> bool:
    lock(session, action)
    changes = {
        name: [_written(getattr(action, name)), _written(value)]
        for name, value in values.items()
        if getattr(action, name) != value
    }
    if not changes:
        return False
    for name in changes:
        setattr(action, name, values[name])
    _note(session, action, kind, changes, account_id, now)
    return True


def _written(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: str | None) -> Any:
    if value is None or not name.endswith("_on"):
        return value
    return date.fromisoformat(value)


def _note(
    session: Session,
    action: Action,
    kind: str,
    changes: Mapping[str, Any],
    account_id: int,
    now: datetime,
) -> None:
    session.add(
        ActionEvent(
            action_id=action.id,
            kind=kind,
            changes=dict(changes),
            happened_at=now,
            account_id=account_id,
        )
    )
    session.flush()

"""Files that show what was done: told by their content, kept in the database.

In the database, because a backup has them then and a restore brings them back; ten
megabytes at most, a few for each action.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import filetypes
from survey.actions import improvements
from survey.actions.terms import ActionsError
from survey.formats import nfc
from survey.models import MOST_FILE_BYTES, Action, ActionFile

MOST_FILES: Final = 10
"""Of one action."""
KEPT_AFTER_REMOVAL: Final = timedelta(days=30)


def attach(
    session: Session,
    action: Action,
    name: str,
    content: bytes,
    *,
    account_id: int,
    now: datetime,
) -> ActionFile:
    """Keep a file with an action.

    Args:
        name: as the person's device calls it.
    Raises:
        ActionsError: empty, too large, of no kind that is taken, there already, or one
            more than an action may have.
    """
    if not content:
        raise ActionsError(_("Tệp này trống. Xin chọn tệp khác."), "file")
    if len(content) > MOST_FILE_BYTES:
        raise ActionsError(_("Tệp lớn hơn 10 MB. Xin chọn tệp nhỏ hơn."), "file")
    kind = filetypes.kind_of(content)
    if kind is None:
        raise ActionsError(
            _(
                "Nội dung tệp không phải PDF, Word (.docx), Excel (.xlsx), JPG hoặc "
                "PNG. Xin lưu lại theo một trong các dạng này, không có macro."
            ),
            "file",
        )
    improvements.lock(session, action)
    sha256 = hashlib.sha256(content).hexdigest()
    kept = of_action(session, action)
    if any(one.sha256 == sha256 for one in kept):
        raise ActionsError(_("Tệp này đã có ở việc này."), "file")
    if len(kept) >= MOST_FILES:
        raise ActionsError(
            _("Mỗi việc có nhiều nhất %(n)s tệp. Xin gỡ bớt.", n=MOST_FILES), "file"
        )
    file = ActionFile(
        action_id=action.id,
        name=_legible(name) or f"minh-chung.{kind}",
        kind=kind,
        size=len(content),
        sha256=sha256,
        content=content,
        added_at=now,
        added_by=account_id,
    )
    session.add(file)
    session.flush()
    improvements.note_file(session, file, "file_added", account_id=account_id, now=now)
    return file


def remove(
    session: Session, file: ActionFile, *, account_id: int, now: datetime
) -> None:
    """Take a file away; it can be put back until it is swept."""
    if file.removed_at is None:
        file.removed_at = now
        session.flush()
        improvements.note_file(
            session, file, "file_removed", account_id=account_id, now=now
        )


def of_action(session: Session, action: Action) -> Sequence[ActionFile]:
    """The files of an action that were not taken away, without their content."""
    return session.scalars(
        sa.select(ActionFile)
        .where(ActionFile.action_id == action.id, ActionFile.removed_at.is_(None))
        .order_by(ActionFile.id)
    ).all()


def find(session: Session, action: Action, file_id: int) -> ActionFile | None:
    """A file of an action that was not taken away."""
    file = session.get(ActionFile, file_id) if file_id < 2**31 else None
    if file is None or file.action_id != action.id or file.removed_at is not None:
        return None
    return file


def own_name(file: ActionFile) -> str:
    """The name under which it is handed out: of our own making, safe anywhere."""
    return f"minh-chung-{file.action_id}-{file.id}.{file.kind}"


def sweep(session: Session, now: datetime) -> int:
    """Delete files for good that were taken away some time ago; how many.

    That they were there, and their SHA-256, stays in the history.
    """
    gone = session.execute(
        sa.delete(ActionFile).where(ActionFile.removed_at < now - KEPT_AFTER_REMOVAL),
        execution_options={"synchronize_session": False},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _legible(name: str) -> str:
    """A file's name as a line of text, without any folder before it."""
    last = nfc(name).replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(one for one in last if one.isprintable()).strip()[-200:]

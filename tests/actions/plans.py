"""An action, a division's account, files: what tests of this room begin with."""

from __future__ import annotations

import io
import zipfile
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.actions import feed, improvements
from survey.actions.improvements import Wanted
from survey.models import Action, ActionEvent, ActionFile, PeriodicReport
from tests import cast

TODAY = cast.NOW.date()
DUE = date(2026, 9, 30)
WANTED = Wanted(
    title="Soạn tờ hướng dẫn",
    task="Mỗi thủ tục một trang.",
    owner="Trưởng phòng",
    due_on=DUE,
)
TYPED = {
    "criterion": "B2",
    "title": "Soạn tờ hướng dẫn",
    "task": "Mỗi thủ tục một trang.\r\nĐăng trên Cổng.",
    "owner": "Trưởng phòng",
    "due_on": DUE.isoformat(),
}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n" + b"x" * 40


ADMIN = frozenset({"admin"})
ACTS = frozenset({"admin", "analyst"})
READS = ACTS | {"auditor"}
EVERYONE = frozenset({"everyone"})
ACTION = "/viec-cai-thien/<int:action_id>"
REPORTS = "/to-cong-tac/bao-cao"
REPORT = f"{REPORTS}/<int:report_id>"
ROUTES = (
    ("/phong/", "GET", "actions", READS),
    ("/phong/<int:unit_id>", "GET", "actions", READS),
    ("/phong/<int:unit_id>/viec", "GET POST", "actions", ACTS),
    (ACTION, "GET", "actions", READS),
    (f"{ACTION}/sua", "GET POST", "actions", ACTS),
    (f"{ACTION}/trang-thai", "POST", "actions", ACTS),
    (f"{ACTION}/tep", "POST", "actions", ACTS),
    (f"{ACTION}/tep/<int:file_id>", "GET", "actions", READS),
    (f"{ACTION}/tep/<int:file_id>/go", "POST", "actions", ACTS),
    (f"{ACTION}/hoan-tac", "POST", "actions", ACTS),
    ("/to-cong-tac/", "GET", "actions", READS),
    ("/to-cong-tac/in.pdf", "GET", "actions", READS),
    (REPORTS, "GET", "actions", READS),
    (f"{REPORTS}/them", "GET POST", "actions", ADMIN),
    (f"{REPORTS}/nap", "POST", "actions", ADMIN),
    (REPORT, "GET POST", "actions", ADMIN),
    (f"{REPORT}/dung", "POST", "actions", ADMIN),
    (f"{REPORT}/ky/<period>", "GET POST", "actions", ACTS),
    (f"{REPORT}/ky/<period>/bo", "POST", "actions", ACTS),
    (f"{REPORTS}/lich", "POST", "actions", READS),
    (f"{REPORTS}/lich/thu-hoi", "POST", "actions", READS),
    ("/lich/<feed_token>.ics", "GET", "actions", EVERYONE),
)
"""Every address of the room, its methods, the room, and whom it lets in."""
OF_THE_DIVISION = {"/phong/<int:unit_id>/viec", f"{ACTION}/sua"}
"""What of analysts only the account of the division itself may open."""


def package(*names: str) -> bytes:
    """An Office file with these parts in it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return held.getvalue()


DOCX = package("[Content_Types].xml", "word/document.xml")
XLSX = package("[Content_Types].xml", "xl/workbook.xml")


def set_action(
    session: Session, world: cast.World, account_id: int, **more: object
) -> Action:
    """Set an action of the trade division and commit."""
    given = {
        "unit_id": world.trade,
        "wave_id": world.wave,
        "criterion": "B2",
        "baseline": {"formula": "satisfied_share", "through": "2026-08-27"},
        "account_id": account_id,
        "now": cast.NOW,
        "today": TODAY,
    }
    made = improvements.propose(session, WANTED, **{**given, **more})  # type: ignore[arg-type]
    session.commit()
    return made


def post(client: FlaskClient, address: str, /, **fields: object):
    """Press a button."""
    return client.post(address, data={"csrf_token": cast.csrf(client), **fields})


def act(session: Session, world: cast.World, account_id: int) -> dict[str, str]:
    """What a division does, a file, a report that is due: values for addresses."""
    action = Action(
        unit_id=world.trade,
        wave_id=world.wave,
        criterion="B2",
        title="Việc",
        task="Làm",
        owner="Trưởng phòng",
        due_on=cast.NOW.date(),
        baseline={"formula": "satisfied_share", "through": "2026-08-27"},
        set_on=cast.NOW.date(),
    )
    session.add(action)
    session.flush()
    of_it = {"action_id": action.id}
    session.add(ActionEvent(kind="made", happened_at=cast.NOW, **of_it))
    session.add(
        ActionFile(
            name="a.pdf",
            kind="pdf",
            size=1,
            sha256="0" * 64,
            content=b"a",
            added_at=cast.NOW,
            **of_it,
        )
    )
    session.add(
        PeriodicReport(
            name="Báo cáo tháng",
            kind="monthly",
            cut_day=14,
            due_day=20,
            recipients="Sở Nội vụ",
            legal_basis="Văn bản",
            starts_on=cast.NOW.date(),
            changed_at=cast.NOW,
        )
    )
    return {
        "<int:action_id>": "1",
        "<int:file_id>": "1",
        "<int:report_id>": "1",
        "<int:unit_id>": str(world.trade),
        "<period>": "2026-08",
        "<feed_token>": feed.renew(session, account_id, cast.NOW),
    }

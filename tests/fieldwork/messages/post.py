"""What the tests of messages share: dossiers with addresses, a batch, its files."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import sqlalchemy as sa
from flask import Flask

from survey.fieldwork import links, messages
from survey.fieldwork.messages import queueing
from survey.models import Batch, Dossier, Keyhole, Link, Message, Reach, Wave
from tests import cast
from tests.fieldwork import office

RESULT_ON = date(2026, 8, 25)
"""Two working days before the cast's day."""


def page(world: cast.World, *parts: object) -> str:
    return "/".join((f"/dot-khao-sat/{world.wave}", *map(str, parts)))


def dossiers(session, world, count, *, first=1, result_on=RESULT_ON, **more) -> None:
    """Petrol dossiers H1, H2 …, each with a telephone and an address."""
    session.rollback()
    made = [
        Dossier(
            wave_id=world.wave,
            code=f"H{number}",
            procedure_id=more.get("procedure", world.petrol),
            channel="in_person",
            outcome="granted",
            facts={"F08": result_on.isoformat()} if result_on else {},
        )
        for number in range(first, first + count)
    ]
    session.add_all(made)
    session.flush()
    session.add_all(
        Reach(
            dossier_id=one.id,
            phone=f"0905{one.code[1:]:0>6}",
            email=f"{one.code.lower()}@example.com",
        )
        for one in made
    )
    session.commit()


def batch(app: Flask, session, world, count: int | None = None) -> int:
    """Links for all dossiers that have none; the id of their batch."""
    session.commit()
    with app.test_request_context(method="POST"):
        wave = session.get(Wave, world.wave)
        wanted = links.wanted_dossiers(session, wave, None, count or 1000)
        made = links.make_links(
            session, wave, wanted, batch=links.new_tokens(), now=cast.NOW, keep_key=True
        )
        made_id = made.id
        session.commit()
    return made_id


def file_of(client, world, batch_id, kind="invitation", suffix="xlsx", **more):
    return office.post(
        client, page(world, "lo", batch_id, "tin-nhan"),
        kind=kind, format=suffix, **more,
    )  # fmt: skip


def rows_of(answer) -> list[dict[str, Any]]:
    """The rows of a file that was handed out, by the heads of their columns."""
    assert answer.status_code == 200, answer.text
    if answer.data[:2] == b"PK":
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
        head, *rows = sheet.iter_rows(values_only=True)
    else:
        head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    return [dict(zip(head, row, strict=True)) for row in rows]


def remind(client, world, content: bytes, suffix="xlsx"):
    """Give a file of invitations back, to get that of the reminders."""
    return office.post(
        client, page(world, "gui-loi-moi", "tep-nhac"),
        file=(io.BytesIO(content), f"loi-moi.{suffix}"), format=suffix,
    )  # fmt: skip


def answered(session, code: str) -> None:
    """Somebody sends the form of this dossier."""
    session.rollback()
    of = sa.select(Link.id).join(Dossier).where(Dossier.code == code)
    session.execute(sa.delete(Keyhole).where(Keyhole.link_id.in_(of)))
    session.commit()


def queue(app, session, world, settings, batch_id, *, kind="invitation", now=cast.NOW):
    """Queue e-mails as the page does; what came of it."""
    session.rollback()
    with app.test_request_context(method="POST"):
        queued = queueing.queue(
            session,
            settings,
            session.get(Wave, world.wave),
            session.get(Batch, batch_id),
            kind,
            by=None,
            now=now,
        )
        session.commit()
    return queued


def send(app, session, settings, now=cast.NOW, **more) -> messages.Sent:
    """Send what is due at a moment."""
    session.rollback()
    with app.test_request_context(method="POST"):
        return messages.send_due(
            session, settings, now=lambda: now, pause=lambda seconds: None, **more
        )


def states(session) -> dict[str, str]:
    """State of every message, by the code of its dossier."""
    return dict(
        office.rows(
            session,
            sa.select(Dossier.code, Message.state)
            .join(Link, Link.dossier_id == Dossier.id)
            .join(Message, Message.link_id == Link.id),
        )
    )


def undelivered(session) -> set[str]:
    """Codes of the dossiers whose links are marked as not delivered."""
    found = office.rows(
        session,
        sa.select(Dossier.code)
        .join(Link, Link.dossier_id == Dossier.id)
        .where(Link.undelivered_on.is_not(None)),
    )
    return {code for (code,) in found}

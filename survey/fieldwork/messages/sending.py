"""Sending as long work: a minute's worth at a time, so that others get their turn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey import clock, jobs, web
from survey.fieldwork.messages import mail
from survey.fieldwork.messages.words import mail_title
from survey.models import Wave


def start(session: Session, wave: Wave, now: datetime) -> None:
    """Queue the work of sending; commit, then wake."""
    jobs.enqueue(
        session,
        mail.JOB,
        {"wave": wave.id},
        title=mail_title(wave),
        wave_id=wave.id,
        now=now,
        keep=mail.JOB_KEPT,
    )


@jobs.kind(mail.JOB)
def send(work: jobs.Work) -> None:
    """Send what is due; queue itself again behind the others while something is."""
    done = mail.send_due(work.session, web.settings())
    work.tell(sent=done.sent, failed=done.failed, later=done.later, fault=done.fault)
    # Who sent nothing has met a full minute of another sender, or a server away.
    if done.waiting and done.sent:
        wave = work.session.get_one(Wave, work.params["wave"])
        start(work.session, wave, clock.now())

"""The seal of a closed wave as long work: what was counted is written down beside the
request that closed it."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock, closings, jobs
from survey.models import Closing, Job, Wave

ROLES = ("admin", "fieldworker", "auditor")


def seal_later(session: Session, closing: Closing, *, now: datetime) -> Job:
    """Have a closing sealed by a job; asked twice, the second one finds it done."""
    return jobs.enqueue(
        session,
        closings.SEAL,
        {"closing": closing.id},
        title=_("Niêm phong đợt đã đóng"),
        wave_id=closing.wave_id,
        now=now,
    )


@jobs.kind(closings.SEAL, roles=ROLES)
def _seal(work: jobs.Work) -> None:
    session = work.session
    closing = session.get(Closing, work.params["closing"])
    if closing is None:
        raise jobs.JobError(_("Đợt khảo sát này không còn."))
    try:
        made = closings.seal(session, closing, now=clock.now(), progress=work.progress)
    except closings.ClosingError as error:
        raise jobs.JobError(str(error)) from error
    wave = session.get_one(Wave, made.wave_id)
    work.tell(wave=wave.id, title=wave.title, sha256=made.sha256)


@jobs.done_page(closings.SEAL)
def _done(job: Job) -> jobs.Told:
    rows = [(_("Đợt"), job.result["title"]), ("SHA-256", job.result["sha256"])]
    links = [
        (
            _("Mở hồ sơ kiểm chứng của đợt"),
            url_for("evidence.show", wave_id=job.result["wave"]),
        )
    ]
    return _("Đã niêm phong"), rows, links

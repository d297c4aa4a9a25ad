"""Long work on a closed wave: its seal, and its evidence file, made beside the request
that asked for them and kept to be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock, closings, jobs, web
from survey.evidence import keys, making
from survey.models import Closing, Job, Wave

MAKE: Final = "evidence-make"
ROLES: Final = ("admin", "analyst", "auditor")
KEPT: Final = timedelta(days=7)


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


def make_later(session: Session, wave: Wave, *, now: datetime) -> Job:
    """Have the evidence file made by a job."""
    return jobs.enqueue(
        session,
        MAKE,
        {"wave": wave.id},
        title=_("Tạo hồ sơ kiểm chứng"),
        wave_id=wave.id,
        now=now,
        keep=KEPT,
    )


@jobs.kind(closings.SEAL, roles=("admin", "fieldworker", "auditor"))
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


@jobs.kind(MAKE, roles=ROLES)
def _make(work: jobs.Work) -> None:
    with work.reading() as session:
        wave = session.get(Wave, work.params["wave"])
        if wave is None:
            raise jobs.JobError(_("Đợt khảo sát này không còn."))
        try:
            key = keys.load(web.settings().instance)
            with work.file(f"ho-so-kiem-chung_{wave.id}.zip").open("wb") as target:
                sealed = making.make(
                    session,
                    wave,
                    target,
                    sign=key.sign if key else None,
                    progress=work.progress,
                )
        except (making.EvidenceError, keys.KeyFault) as error:
            vietnamese, _slash, english = str(error).partition(" / ")
            told = vietnamese if work.language == "vi" else english or vietnamese
            raise jobs.JobError(told) from error
        work.tell(wave=wave.id, title=wave.title, sha256=sealed)


@jobs.done_page(closings.SEAL)
def _sealed(job: Job) -> jobs.Told:
    return _("Đã niêm phong"), _rows(job), _links(job)


@jobs.done_page(MAKE)
def _made(job: Job) -> jobs.Told:
    return _("Đã tạo xong hồ sơ kiểm chứng"), _rows(job), _links(job)


def _rows(job: Job) -> Sequence[tuple[str, object]]:
    return [(_("Đợt"), job.result["title"]), ("SHA-256", job.result["sha256"])]


def _links(job: Job) -> Sequence[tuple[str, str]]:
    address = url_for("evidence.show", wave_id=job.result["wave"])
    return [(_("Mở hồ sơ kiểm chứng của đợt"), address)]

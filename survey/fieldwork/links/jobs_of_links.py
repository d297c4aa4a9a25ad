"""Many links at once, made or replaced outside a request, with their progress."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import accounts, clock, jobs
from survey.fieldwork.links import acts, making, parts
from survey.fieldwork.terms import FieldworkError
from survey.models import Batch, Job, Wave

MAKE, REPLACE = "links-make", "links-replace"


def _mark(form_key: str) -> str:
    """Tells a form that was sent twice; nothing follows from it."""
    return hashlib.sha256(f"survey:form-of-links:{form_key}".encode()).hexdigest()


def make_later(
    session: Session,
    wave: Wave,
    unit_ids: Sequence[int] | None,
    count: int,
    *,
    note: str | None,
    form_key: str,
) -> str:
    """Have dossiers' links made by a job; the address of its page.

    The same form sent twice gets the job that was made for it.
    """
    mark = _mark(form_key)
    # Of two clicks at once the second one waits, and then finds the job of the first.
    session.execute(
        sa.select(Wave.id).where(Wave.id == wave.id).with_for_update(key_share=True)
    )
    same = session.scalars(
        sa.select(Job).where(Job.kind == MAKE, Job.wave_id == wave.id)
    )
    found = next((job for job in same if job.params.get("form") == mark), None)
    if found is None:
        found = jobs.enqueue(
            session,
            MAKE,
            {
                "wave": wave.id,
                "units": list(unit_ids) if unit_ids is not None else None,
                "count": count,
                "note": note,
                "form": mark,
                "by": accounts.current().id,
            },
            title=_("Tạo mã cho hồ sơ"),
            wave_id=wave.id,
            now=clock.now(),
        )
    return url_for("jobs.show", job_id=found.id)


def replace_later(session: Session, batch: Batch, reason: str) -> str:
    """Have the links of a large batch replaced by a job; the address of its page."""
    job = jobs.enqueue(
        session,
        REPLACE,
        {"batch": batch.id, "reason": reason, "by": accounts.current().id},
        title=_("Thay mã mới cho cả lô"),
        wave_id=batch.wave_id,
        now=clock.now(),
    )
    return url_for("jobs.show", job_id=job.id)


@jobs.kind(MAKE)
def _make(work: jobs.Work) -> None:
    session, params = work.session, work.params
    wave = session.get(Wave, params["wave"])
    if wave is None:
        raise jobs.JobError(_("Đợt khảo sát này không còn."))
    try:
        made = parts.make_in_parts(
            session,
            wave,
            lambda: making.bare_wanted(session, wave, params["units"], params["count"]),
            batch=making.new_tokens(),
            now=clock.now(),
            by=params["by"],
            note=params["note"],
            keep_key=True,
            progress=work.progress,
        )
    except FieldworkError as error:
        raise jobs.JobError(str(error)) from error
    work.tell(batch=made.id, wave=wave.id, size=made.size)


@jobs.kind(REPLACE)
def _replace(work: jobs.Work) -> None:
    session, params = work.session, work.params
    batch = session.get_one(Batch, params["batch"])
    try:
        made = acts.replace_links(
            session,
            acts.open_links(session, batch),
            reason=params["reason"],
            now=clock.now(),
            by=params["by"],
            progress=work.progress,
        )
    except FieldworkError as error:
        raise jobs.JobError(str(error)) from error
    work.tell(batch=made.id, wave=made.wave_id, size=made.size)


@jobs.done_page(MAKE)
@jobs.done_page(REPLACE)
def _done(
    job: Job,
) -> tuple[str, list[tuple[str, object]], list[tuple[str, str]]]:
    address = url_for(
        "fieldwork.show_batch",
        wave_id=job.result["wave"],
        batch_id=job.result["batch"],
    )
    rows: list[tuple[str, object]] = [(_("Số mã"), job.result["size"])]
    return _("Đã tạo xong mã"), rows, [(_("Mở lô mã để in và gửi"), address)]

"""Kinds of long work that do what the tests of the queue need, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock, jobs
from survey.jobs import Work
from survey.models import Job, Unit
from tests.fieldwork.office import count

IN_A_PROCESS = "import tests.jobs.acts; from survey.cli import main; main(['work'])"


def leave_a_mark(session: Session) -> None:
    """Something that shows how often the work was done."""
    session.add(Unit(code=f"M-{uuid4().hex[:12]}", name="Dấu vết", kind="division"))
    session.flush()


def marks(session: Session) -> int:
    return count(session, Unit, Unit.code.like("M-%"))


@jobs.kind("test-mark")
def mark(work: Work) -> None:
    total = work.params.get("total", 10)
    for done in range(total):
        work.progress(done, total)
    leave_a_mark(work.session)
    work.file("ket-qua.csv").write_text("a;b\r\n", encoding="utf-8")
    work.tell(rows=total)


@jobs.done_page("test-mark")
def told(job: Job) -> jobs.Told:
    return "Đã để lại dấu", [("Số dòng", job.result["rows"])], [("Xem", "/viec/")]


@jobs.kind("test-refuse")
def refuse(work: Work) -> None:
    leave_a_mark(work.session)
    work.file("nua-chung.csv").write_text("a;", encoding="utf-8")
    raise jobs.JobError(_("Xin chờ ít phút rồi thử lại."))


@jobs.kind("test-break")
def break_down(work: Work) -> None:
    leave_a_mark(work.session)
    raise RuntimeError("a bug")


@jobs.kind("test-analysis", roles=("analyst",))
def analyse(work: Work) -> None:
    work.tell(rows=0)


@jobs.kind("test-stay")
def stay(work: Work) -> None:
    """Write, say so, and stay for ever: the first try alone."""
    sign = Path(work.params["sign"])
    if not sign.exists():
        leave_a_mark(work.session)
        work.file("ket-qua.csv").write_text("a;", encoding="utf-8")
        sign.touch()
        while True:
            time.sleep(0.05)
    mark(work)


def queue(session: Session, kind: str = "test-mark", **params: object) -> str:
    """A job in the queue, of nobody; its id."""
    now = clock.now()
    job_id = uuid4().hex
    job = Job(
        id=job_id,
        kind=kind,
        title="Một việc dài",
        params=params,
        made_at=now,
        delete_at=now + jobs.KEPT,
    )
    session.rollback()
    session.add(job)
    session.commit()
    return job_id


def state(session: Session, job_id: str) -> str:
    session.rollback()
    found = session.scalar(sa.select(Job.state).where(Job.id == job_id))
    session.rollback()
    return str(found)


def look(session: Session, job_id: str) -> Job:
    """The job as it stands now, apart from the session."""
    session.rollback()
    job = session.scalars(
        sa.select(Job).where(Job.id == job_id),
        execution_options={"populate_existing": True},
    ).one()
    session.expunge(job)
    session.rollback()
    return job

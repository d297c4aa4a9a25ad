"""Pages of long work: how far it is, what it made, and the button that ends it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from fractions import Fraction

import sqlalchemy as sa
from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from survey import accounts, clock, formats, web
from survey.accounts.forms import StaffForm
from survey.db import db
from survey.jobs import kinds, queue, runner
from survey.models import ROLES, Job, Wave

bp = Blueprint("jobs", __name__)
MOST_LISTED = 50
SIZES = ("byte", "kB", "MB", "GB")
STATES = {
    "queued": _l("Đang chờ"),
    "running": _l("Đang làm"),
    "done": _l("Đã xong"),
    "failed": _l("Không làm được"),
    "cancelled": _l("Đã hủy"),
}
COLOURS = {
    "queued": "grey",
    "running": "blue",
    "done": "green",
    "failed": "red",
    "cancelled": "yellow",
}


@bp.get("/viec/")
@accounts.requires(*ROLES)
def list_jobs() -> ResponseReturnValue:
    """Show the long work the account started lately, the latest first."""
    now = clock.now()
    mine = sa.select(Job).where(
        Job.account_id == accounts.current().id,
        Job.delete_at > now,
        Job.kind.in_(_kinds_of_role()),
    )
    found = db.session.scalars(
        mine.order_by(Job.made_at.desc(), Job.id).limit(MOST_LISTED)
    ).all()
    return render_template(
        "jobs/list.html",
        jobs=[(job, _moment(job.made_at)) for job in found],
        states=STATES,
        colours=COLOURS,
    )


def _kinds_of_role() -> list[str]:
    role = accounts.current().role
    return [one.name for one in kinds.every() if role in one.roles]


@bp.get("/viec/<job_id>")
@accounts.requires(*ROLES)
def show(job_id: str) -> ResponseReturnValue:
    """Show how far a job is or what became of it."""
    job = _job(job_id)
    now = clock.now()
    is_over = job.state not in queue.UNFINISHED
    if is_over and job.delete_at <= now:
        return _gone()
    wave = db.session.get(Wave, job.wave_id) if job.wave_id else None
    heading, rows, links = _told(job)
    page = render_template(
        "jobs/show.html",
        job=job,
        wave=wave,
        states=STATES,
        colours=COLOURS,
        is_over=is_over,
        # The clock of another machine may be a moment ahead.
        elapsed=_span(max((job.ended_at or now) - job.made_at, timedelta(0))),
        begun=_moment(job.made_at),
        is_silent=_is_silent(job, now),
        percent=100 * job.done // job.total if job.total else None,
        heading=heading,
        rows=rows,
        links=links,
        files=[
            (name, _size(size)) for name, size in job.result.get("files", {}).items()
        ],
        kept_until=_moment(job.delete_at),
    )
    if not is_over:
        # Who waits here sees to it that somebody works.
        db.session.rollback()
        runner.wake()
    return page


def _told(job: Job) -> kinds.Told:
    told = kinds.told(job) if job.state == "done" else None
    return told or (str(_("Việc đã xong")), (), ())


def _is_silent(job: Job, now: datetime) -> bool:
    if job.state != "running" or job.beat_at is None:
        return False
    return job.beat_at < now - queue.STALE


@bp.get("/viec/<job_id>/tep/<name>")
@accounts.requires(*ROLES)
def download(job_id: str, name: str) -> ResponseReturnValue:
    """Hand over a file that a job made."""
    job = _job(job_id)
    if job.state != "done" or name not in job.result.get("files", {}):
        abort(404)
    path = queue.folder(web.settings(), job.id).resolve() / name
    if job.delete_at <= clock.now() or not path.is_file():
        return _gone()
    web.log.info("job file", job=job.id, file=name, by=accounts.current().id)
    answer = send_file(
        path, as_attachment=True, download_name=name, conditional=False, etag=False
    )
    # It may hold addresses that open a form.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/viec/<job_id>/huy")
@accounts.requires(*ROLES)
def cancel(job_id: str) -> ResponseReturnValue:
    """End a job."""
    job = _job(job_id)
    if StaffForm().validate_on_submit():
        if not queue.cancel(db.session, job, clock.now()):
            flash(_("Việc này đã kết thúc trước khi hủy."))
        db.session.commit()
    return redirect(url_for(".show", job_id=job_id), code=303)


@bp.post("/viec/<job_id>/lai")
@accounts.requires(*ROLES)
def repeat(job_id: str) -> ResponseReturnValue:
    """Queue a job once more that failed or was cancelled."""
    job = _job(job_id)
    if StaffForm().validate_on_submit():
        if not queue.begin_again(db.session, job, clock.now()):
            flash(_("Việc này đang được làm hoặc đã xong."))
        db.session.commit()
        runner.wake()
    return redirect(url_for(".show", job_id=job_id), code=303)


def _job(job_id: str) -> Job:
    """The job of this id if the account may see it, else a 404."""
    if not re.fullmatch("[0-9a-f]{32}", job_id):
        abort(404)
    job = db.session.get(Job, job_id)
    if job is None or not queue.may_see(job):
        abort(404)
    found = kinds.find(job.kind)
    if accounts.current().role not in (found.roles if found else kinds.USUAL_ROLES):
        abort(404)
    if job.wave_id is not None:
        accounts.wave_in_reach(db.session, job.wave_id)
    return job


def _gone() -> ResponseReturnValue:
    return web.refusal(
        410,
        _("Kết quả này đã hết hạn lưu"),
        _("Tệp và kết quả chỉ được giữ một thời gian rồi xóa. Xin làm lại việc này."),
    )


def _moment(moment: datetime) -> str:
    return formats.moment_text(clock.local(moment), web.language())


def _span(span: timedelta) -> str:
    """A time as people say it: "2 phút 5 giây"."""
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return str(_("%(hours)s giờ %(minutes)s phút", hours=hours, minutes=minutes))
    if minutes:
        return str(
            _("%(minutes)s phút %(seconds)s giây", minutes=minutes, seconds=seconds)
        )
    return str(_("%(seconds)s giây", seconds=seconds))


def _size(size: int) -> str:
    power = 0
    while size >= 1000 ** (power + 1) and power < len(SIZES) - 1:
        power += 1
    amount = Fraction(size, 1000**power)
    places = 1 if power and amount < 10 else 0
    return f"{formats.number(amount, web.language(), places)} {SIZES[power]}"

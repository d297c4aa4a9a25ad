"""The pages of a closed wave: what was sealed, and how it is opened again."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, closings, jobs, web
from survey.db import db
from survey.evidence import documents, keys
from survey.evidence.documents import DocumentError, Paper
from survey.evidence.forms import AnswerForm, DocumentForm, ReopeningForm
from survey.evidence.sealing import make_later, seal_later
from survey.filetypes import TYPES
from survey.models import Account, Closing, Reopening, Wave, WaveDocument

bp = Blueprint("evidence", __name__)

READERS = ("admin", "fieldworker", "analyst", "auditor")
MAKERS = ("admin", "analyst", "auditor")
WRITERS = ("admin", "analyst")
PLACE = "/dot-khao-sat/<wave_id>/kiem-chung"


def _whole(wave_id: str) -> Wave:
    """The wave of this id, for who reads all of it; else a 404."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    if not accounts.may_read(db.session, wave.unit_id):
        abort(404)
    return wave


@bp.get(PLACE)
@accounts.requires(*READERS)
def show(wave_id: str) -> ResponseReturnValue:
    """Show what was sealed of a wave, and who asked to open it again."""
    wave = _whole(wave_id)
    session = db.session
    closing = closings.latest(session, wave.id)
    wish = closings.asked(session, wave.id)
    return render_template(
        "evidence/wave.html",
        wave=wave,
        closing=closing,
        closer=closing and _name(closing.closed_by),
        wish=wish,
        wisher=wish and _name(wish.asked_by),
        is_own_wish=wish is not None and wish.asked_by == accounts.current().id,
        past=[
            (one, _name(one.asked_by), _name(one.answered_by))
            for one in closings.reopenings(session, wave.id)
        ],
        form=AnswerForm(),
        items=documents.checklist(session, wave, today=clock.today()),
        papers=documents.of_wave(session, wave.id),
        kinds=documents.KINDS,
        key=_public_key(),
        may_decide=accounts.current().role == "admin",
        may_make=accounts.current().role in MAKERS,
        may_add=accounts.current().role in WRITERS,
    )


def _public_key() -> str | None:
    try:
        key = keys.load(web.settings().instance)
    except keys.KeyFault:
        return None
    return key.public if key else None


def _name(account_id: int | None) -> str:
    if account_id is None:
        return str(_("dòng lệnh"))
    return db.session.get_one(Account, account_id).email


@bp.post(f"{PLACE}/niem-phong")
@accounts.requires("admin")
def seal(wave_id: str) -> ResponseReturnValue:
    """Have a wave sealed that was closed without a seal."""
    wave = _whole(wave_id)
    now = clock.now()
    closing = closings.latest(db.session, wave.id)
    if wave.state != "closed" or closing is None:
        flash(_("Đợt chưa đóng nên chưa niêm phong được."), "error")
        return redirect(url_for(".show", wave_id=wave.id), code=303)
    job = seal_later(db.session, closing, now=now)
    db.session.commit()
    jobs.wake()
    return redirect(url_for("jobs.show", job_id=job.id), code=303)


@bp.get(f"{PLACE}/ban-niem-phong-<int:number>.json")
@accounts.requires(*READERS)
def manifest(wave_id: str, number: int) -> ResponseReturnValue:
    """Hand over what was sealed, letter by letter."""
    wave = _whole(wave_id)
    found = db.session.query(Closing).filter_by(wave_id=wave.id, number=number)
    closing = found.one_or_none()
    if closing is None or closing.manifest is None:
        abort(404)
    answer = Response(closing.manifest, content_type="application/json")
    name = f"ban-niem-phong_{wave.id}_{number}.json"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.route(f"{PLACE}/mo-lai", methods=["GET", "POST"])
@accounts.requires("admin")
def ask(wave_id: str) -> ResponseReturnValue:
    """Take the wish to open a closed wave again."""
    wave = _whole(wave_id)
    form = ReopeningForm()
    if form.validate_on_submit():
        try:
            closings.ask_to_reopen(
                db.session,
                wave,
                reason=form.text("reason"),
                closes_on=form["closes_on"].data,
                by=accounts.current().id,
                now=clock.now(),
            )
        except closings.ClosingError as error:
            form.tell(error.field, str(error))
        else:
            web.log.info("reopening asked", wave=wave.id, by=accounts.current().id)
            flash(_("Đã ghi đề nghị; cần một quản trị viên khác đồng ý."), "success")
            db.session.commit()
            return redirect(url_for(".show", wave_id=wave.id), code=303)
    html = render_template("evidence/reopen.html", wave=wave, form=form)
    return html, 422 if form.errors else 200


@bp.post(f"{PLACE}/mo-lai/<int:wish_id>")
@accounts.requires("admin")
def answer(wave_id: str, wish_id: int) -> ResponseReturnValue:
    """Take what another administrator, or who asked, says to the wish."""
    wave = _whole(wave_id)
    wish = db.session.get(Reopening, wish_id)
    if wish is None or db.session.get_one(Closing, wish.closing_id).wave_id != wave.id:
        abort(404)
    form, here = AnswerForm(), url_for(".show", wave_id=wave.id)
    if not form.validate_on_submit():
        flash(_("Xin chọn đồng ý hay không đồng ý."), "error")
        return redirect(here, code=303)
    try:
        closings.answer(
            db.session,
            wish,
            agrees=form.text("answer") == "agree",
            by=accounts.current().id,
            now=clock.now(),
        )
    except closings.ClosingError as error:
        flash(str(error), "error")
        return redirect(here, code=303)
    web.log.info("reopening answered", wave=wave.id, by=accounts.current().id)
    words = {
        "agreed": _("Đợt khảo sát đã được mở lại; mọi báo cáo về sau sẽ ghi điều này."),
        "refused": _("Đã ghi là không đồng ý; đợt vẫn đóng."),
        "withdrawn": _("Đã rút đề nghị; đợt vẫn đóng."),
    }
    flash(words[wish.state], "success")
    db.session.commit()
    return redirect(here, code=303)


@bp.post(f"{PLACE}/tao")
@accounts.requires(*MAKERS)
def make(wave_id: str) -> ResponseReturnValue:
    """Have the evidence file made; its job's page tells how far it is."""
    wave = _whole(wave_id)
    closing = closings.latest(db.session, wave.id)
    if wave.state != "closed" or closing is None or closing.sealed_at is None:
        flash(_("Đợt chưa đóng và niêm phong nên chưa tạo được hồ sơ."), "error")
        return redirect(url_for(".show", wave_id=wave.id), code=303)
    job = make_later(db.session, wave, now=clock.now())
    web.log.info("evidence asked", wave=wave.id, by=accounts.current().id)
    db.session.commit()
    jobs.wake()
    return redirect(url_for("jobs.show", job_id=job.id), code=303)


@bp.route(f"{PLACE}/tai-lieu", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def add_paper(wave_id: str) -> ResponseReturnValue:
    """Take a paper of the office: plan, decision, signed report."""
    wave = _whole(wave_id)
    form = DocumentForm()
    if form.validate_on_submit():
        try:
            documents.add(
                db.session,
                wave,
                Paper(
                    kind=form.text("kind"),
                    number=form.text("number"),
                    issued_on=form["issued_on"].data,
                    issuer=form.text("issuer"),
                    summary=form.text("summary"),
                ),
                form["file"].data.read(),
                by=accounts.current().id,
                now=clock.now(),
            )
        except DocumentError as error:
            form.tell(error.field, str(error))
        else:
            web.log.info("paper added", wave=wave.id, by=accounts.current().id)
            flash(_("Đã lưu tài liệu vào hồ sơ của đợt."), "success")
            db.session.commit()
            return redirect(url_for(".show", wave_id=wave.id), code=303)
    html = render_template("evidence/paper.html", wave=wave, form=form)
    return html, 422 if form.errors else 200


def _paper(wave: Wave, paper_id: int) -> WaveDocument:
    found = db.session.get(WaveDocument, paper_id) if paper_id < 2**31 else None
    if found is None or found.wave_id != wave.id:
        abort(404)
    return found


@bp.get(f"{PLACE}/tai-lieu/<int:paper_id>")
@accounts.requires(*READERS)
def paper(wave_id: str, paper_id: int) -> ResponseReturnValue:
    """Hand over the file of a paper, under a name of our own."""
    wave = _whole(wave_id)
    found = _paper(wave, paper_id)
    handed = Response(found.content, content_type=TYPES[found.media])
    name = f"tai-lieu_{wave.id}_{found.id}.{found.media}"
    handed.headers.set("Content-Disposition", "attachment", filename=name)
    return handed


@bp.post(f"{PLACE}/tai-lieu/<int:paper_id>/xoa")
@accounts.requires(*WRITERS)
def remove_paper(wave_id: str, paper_id: int) -> ResponseReturnValue:
    """Take a paper out of the wave's file."""
    wave = _whole(wave_id)
    found = _paper(wave, paper_id)
    web.log.info(
        "paper removed", wave=wave.id, sha256=found.sha256, by=accounts.current().id
    )
    db.session.delete(found)
    flash(_("Đã gỡ tài liệu khỏi hồ sơ của đợt."), "success")
    db.session.commit()
    return redirect(url_for(".show", wave_id=wave.id), code=303)

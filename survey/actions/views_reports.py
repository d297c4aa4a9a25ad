"""The calendar of periodic reports, and the address for calendar programs."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlsplit

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, web
from survey.actions import divisions, feed, reports, terms
from survey.actions.blueprint import bp
from survey.actions.feed import READERS
from survey.actions.forms import ReportForm, SentForm
from survey.actions.reports import Due, Wanted
from survey.actions.terms import ActionsError
from survey.db import db
from survey.models import PeriodicReport

REPORTS = "/to-cong-tac/bao-cao"
REPORT = f"{REPORTS}/<int:report_id>"
PERIOD = f"{REPORT}/ky/<period>"
_AHEAD = timedelta(days=62)


def _notes_what_is_sent() -> bool:
    """Whether the account may note what was sent: staff of the whole office."""
    account = accounts.current()
    return (
        account.role in ("admin", "analyst")
        and divisions.own(db.session, account) is None
    )


@bp.get(REPORTS)
@accounts.requires(*READERS)
def show_reports() -> ResponseReturnValue:
    """Show what is due, the year, and the reports themselves."""
    return render_template("actions/reports.html", **_shown(token=None))


def _shown(token: str | None) -> dict[str, object]:
    session, today = db.session, clock.today()
    account = accounts.current()
    every = reports.every(session)
    first = min((one.starts_on.year for one in every), default=today.year)
    years = range(min(first, today.year), today.year + 2)
    asked = request.args.get("nam", type=int)
    year = asked if asked is not None and asked in years else today.year
    coming = reports.dues(session, today, today + _AHEAD, unsent_before=True)
    return {
        "coming": [_line(one, today) for one in coming if one.sent is None],
        "year": year,
        "years": years,
        "lines": [
            _line(one, today)
            for one in reports.dues(session, date(year, 1, 1), date(year, 12, 31))
        ],
        "reports": every,
        "unconfirmed": sum(not (one.is_confirmed or one.is_stopped) for one in every),
        "sees_others": divisions.own(session, account) is None,
        "terms": terms,
        "may_edit": account.role == "admin" and account.unit_id is None,
        "may_note": _notes_what_is_sent(),
        "feed_made_at": feed.made_at(session, account.id),
        "feed_address": (
            web.settings().public_origin + url_for(".give_feed", feed_token=token)
            if token
            else None
        ),
    }


def _line(due: Due, today: date) -> dict[str, object]:
    state = due.state(today)
    return {
        "due": due,
        "period": due.period.name(web.language()),
        "state": terms.DUE_STATES[state],
        "weekday": terms.WEEKDAYS[due.due_on.weekday()],
        "nominal_weekday": terms.WEEKDAYS[due.days.nominal_on.weekday()],
    }


@bp.route(f"{REPORTS}/them", methods=["GET", "POST"])
@accounts.requires("admin")
def add_report() -> ResponseReturnValue:
    """Add a periodic report."""
    _refuse_unless_office()
    form = ReportForm(starts_on=clock.today())
    if form.validate_on_submit():
        try:
            reports.add(db.session, _wanted(form), now=clock.now(), today=clock.today())
        except ActionsError as error:
            db.session.rollback()
            form.tell(error.field, str(error))
        else:
            return _done(_("Đã thêm báo cáo."))
    page = render_template("actions/report.html", form=form, report=None)
    return page, 422 if form.errors else 200


@bp.route(REPORT, methods=["GET", "POST"])
@accounts.requires("admin")
def edit_report(report_id: int) -> ResponseReturnValue:
    """Change a periodic report."""
    _refuse_unless_office()
    report = _report(report_id)
    form = ReportForm(obj=report)
    if form.validate_on_submit():
        try:
            reports.change(db.session, report, _wanted(form), now=clock.now())
        except ActionsError as error:
            db.session.rollback()
            form.tell(error.field, str(error))
        else:
            return _done(_("Đã lưu. Báo cáo đã gửi giữ hạn cũ của nó."))
    page = render_template("actions/report.html", form=form, report=report)
    return page, 422 if form.errors else 200


def _wanted(form: ReportForm) -> Wanted:
    return Wanted(
        **{
            name: form[name].data
            for name in (
                "name",
                "kind",
                "cut_day",
                "due_day",
                "due_months",
                "day_off_rule",
                "recipients",
                "legal_basis",
                "is_confirmed",
                "starts_on",
            )
        }
    )


@bp.post(f"{REPORT}/dung")
@accounts.requires("admin")
def stop_report(report_id: int) -> ResponseReturnValue:
    """Stop asking about a report, or ask again."""
    _refuse_unless_office()
    report = _report(report_id)
    stops = not report.is_stopped
    reports.stop(db.session, report, is_stopped=stops, now=clock.now())
    return _done(_("Đã ngừng theo dõi.") if stops else _("Đã theo dõi lại."))


@bp.post(f"{REPORTS}/nap")
@accounts.requires("admin")
def load_packaged() -> ResponseReturnValue:
    """Add the packaged reports that are not there yet."""
    _refuse_unless_office()
    count = reports.add_packaged(db.session, now=clock.now(), today=clock.today())
    return _done(
        _(
            "Đã thêm %(n)s báo cáo theo lịch có sẵn. Xin xem lại từng ngày rồi xác "
            "nhận.",
            n=count,
        )
    )


@bp.route(PERIOD, methods=["GET", "POST"])
@accounts.requires("admin", "analyst")
def note_sent(report_id: int, period: str) -> ResponseReturnValue:
    """Note when the report of a period was sent."""
    due = _due(report_id, period)
    kept = due.sent
    form = SentForm(
        sent_on=kept.sent_on if kept else clock.today(),
        document=kept.document if kept else None,
    )
    if form.validate_on_submit():
        try:
            reports.note_sent(
                db.session,
                due,
                sent_on=form["sent_on"].data,
                document=form.text("document"),
                account_id=accounts.current().id,
                now=clock.now(),
                today=clock.today(),
            )
        except ActionsError as error:
            db.session.rollback()
            form.tell(error.field, str(error))
        else:
            return _done(_("Đã ghi nhận ngày gửi."))
    page = render_template(
        "actions/sent.html", form=form, line=_line(due, clock.today()), due=due
    )
    return page, 422 if form.errors else 200


@bp.post(f"{PERIOD}/bo")
@accounts.requires("admin", "analyst")
def forget_sent(report_id: int, period: str) -> ResponseReturnValue:
    """Take back that a report was sent."""
    due = _due(report_id, period)
    reports.forget_sent(db.session, due)
    web.log.info(
        "report not sent after all",
        report=report_id,
        period=due.period.key,
        by=accounts.current().id,
    )
    return _done(_("Đã bỏ ghi nhận ngày gửi."))


@bp.post(f"{REPORTS}/lich")
@accounts.requires(*READERS)
def make_feed() -> ResponseReturnValue:
    """Make this person's calendar address, and show it this once."""
    token = feed.renew(db.session, accounts.current().id, clock.now())
    db.session.commit()
    # Shown, not led to another page: the address stands nowhere else.
    return render_template("actions/reports.html", **_shown(token=token))


@bp.post(f"{REPORTS}/lich/thu-hoi")
@accounts.requires(*READERS)
def revoke_feed() -> ResponseReturnValue:
    """Let this person's calendar address open no more."""
    feed.revoke(db.session, accounts.current().id)
    return _done(_("Đã thu hồi địa chỉ lịch; lịch ở các máy sẽ không cập nhật nữa."))


@bp.get("/lich/<feed_token>.ics")
@accounts.public
def give_feed(feed_token: str) -> ResponseReturnValue:
    """Give a calendar program the dates of the person whose address this is."""
    account = feed.owner_of(db.session, feed_token)
    if account is None:
        abort(404)
    made = feed.calendar_of(
        db.session,
        account,
        host=urlsplit(web.settings().public_url).hostname or "localhost",
        language="en" if request.args.get("lang") == "en" else "vi",
    )
    answer = Response(made, content_type=feed.TYPE)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers.set("Content-Disposition", "attachment", filename="lich-bao-cao.ics")
    return answer


def _done(words: str) -> ResponseReturnValue:
    db.session.commit()
    flash(words, "success")
    return redirect(url_for(".show_reports"), code=303)


def _report(report_id: int) -> PeriodicReport:
    report = reports.find(db.session, report_id)
    if report is None:
        abort(404)
    return report


def _due(report_id: int, period: str) -> Due:
    if not _notes_what_is_sent():
        abort(403)
    due = reports.due_of(db.session, _report(report_id), period)
    if due is None:
        abort(404)
    return due


def _refuse_unless_office() -> None:
    if accounts.current().unit_id is not None:
        abort(403)

"""The page of holidays and swapped working days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, clock, web
from survey.db import db
from survey.fieldwork import holidays
from survey.fieldwork.blueprint import bp
from survey.fieldwork.forms import HolidayForm
from survey.fieldwork.holidays import Change
from survey.fieldwork.terms import FieldworkError
from survey.formats import date_text
from survey.workdays import Mark

LAST = "last_change_of_calendar"
"""In the signed cookie: what the last change of this person can be undone by."""


def _may_edit() -> bool:
    """Whether the account may change the calendar, which is everyone's."""
    account = accounts.current()
    return account.role == "admin" and account.unit_id is None


@bp.get("/quan-tri/lich-nghi")
@accounts.requires("admin", "auditor")
def calendar() -> ResponseReturnValue:
    """Show the days of one year."""
    return _page(HolidayForm(formdata=None)), 200


def _page(form: HolidayForm) -> str:
    kept = holidays.marks(db.session)
    this = clock.today().year
    known = {mark.day.year for mark in kept}
    years = range(min(*known, this), max(*known, this + 1) + 1)
    asked = request.args.get("nam", type=int)
    year = asked if asked is not None and asked in years else this
    return render_template(
        "fieldwork/calendar.html",
        form=form,
        year=year,
        years=years,
        days=[mark for mark in kept if mark.day.year == year],
        missing=holidays.missing(db.session, year),
        is_own=holidays.is_own(db.session),
        may_edit=_may_edit(),
        undo=_undo_words() if _may_edit() else None,
    )


@bp.post("/quan-tri/lich-nghi")
@accounts.requires("admin")
def add_holidays() -> ResponseReturnValue:
    """Add a day or a range."""
    form = HolidayForm()
    if not _may_edit():
        abort(403)
    if form.validate_on_submit():
        first = form["first"].data
        try:
            change = holidays.add(
                db.session,
                first,
                form["last"].data or first,
                is_working=form.text("kind") == "working",
                name=form.text("name"),
            )
        except FieldworkError as error:
            db.session.rollback()
            form.tell(error.field, str(error))
        else:
            flash(_added_words(change), "success")
            return _done(change, first.year, added=True)
    return _page(form), 422


def _added_words(change: Change) -> str:
    words = [_("Đã thêm %(n)s ngày.", n=len(change.marks))]
    idle = [mark for mark in change.marks if mark.changes_nothing]
    if idle:
        words.append(
            _(
                "Ngày %(day)s là thứ Bảy hoặc Chủ nhật, vốn đã nghỉ, nên số ngày làm "
                "việc không thay đổi.",
                day=date_text(idle[0].day, web.language()),
            )
        )
    return " ".join(words)


@bp.post("/quan-tri/lich-nghi/xoa")
@accounts.requires("admin")
def remove_holiday() -> ResponseReturnValue:
    """Remove one day."""
    day = _day_sent()
    return _changed(
        lambda: holidays.remove(db.session, [day]),
        day.year,
        added=False,
        none=_("Ngày này không còn trong lịch."),
    )


@bp.post("/quan-tri/lich-nghi/nap")
@accounts.requires("admin")
def load_packaged() -> ResponseReturnValue:
    """Add the packaged days of a year that are not there yet."""
    year = request.form.get("year", type=int) or 0
    return _changed(
        lambda: holidays.add_packaged(db.session, year),
        year,
        added=True,
        none=_("Lịch có sẵn không có thêm ngày nào của năm này."),
    )


@bp.post("/quan-tri/lich-nghi/hoan-tac")
@accounts.requires("admin")
def undo_calendar() -> ResponseReturnValue:
    """Take this person's last change of the calendar back."""
    added, marks = _last()
    if not marks:
        flash(_("Không có gì để hoàn tác."), "error")
        return redirect(url_for(".calendar"), code=303)
    session.pop(LAST)
    days = [mark.day for mark in marks]
    return _changed(
        lambda: (
            holidays.remove(db.session, days)
            if added
            else holidays.put_back(db.session, marks)
        ),
        days[0].year,
        added=not added,
        none=_("Các ngày này không còn trong lịch."),
    )


def _day_sent() -> date:
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        abort(400)


def _changed(
    change: Callable[[], Change], year: int, *, added: bool, none: str
) -> ResponseReturnValue:
    """Do a change and show the year; `none` is said when there was nothing to do."""
    if not _may_edit():
        abort(403)
    try:
        done = change()
    except FieldworkError as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(url_for(".calendar", nam=year), code=303)
    if not done.marks:
        db.session.rollback()
        flash(none, "error")
        return redirect(url_for(".calendar", nam=year), code=303)
    words = _added_words(done) if added else _("Đã xóa %(n)s ngày.", n=len(done.marks))
    flash(words, "success")
    return _done(done, year, added=added)


def _done(change: Change, year: int, *, added: bool) -> ResponseReturnValue:
    if change.copied:
        flash(
            _(
                "Từ nay cơ quan dùng lịch của mình: %(n)s ngày của lịch có sẵn đã được "
                "chép vào.",
                n=change.copied,
            )
        )
    web.log.info(
        "calendar changed",
        added=added,
        days=[mark.day.isoformat() for mark in change.marks],
        by=accounts.current().id,
    )
    db.session.commit()
    session[LAST] = [
        added,
        [[one.day.isoformat(), one.is_working, one.name] for one in change.marks],
    ]
    return redirect(url_for(".calendar", nam=year), code=303)


def _last() -> tuple[bool, list[Mark]]:
    """Whether this person's last change added days, and which; none without one."""
    added, rows = session.get(LAST) or (False, [])
    return added, [Mark(date.fromisoformat(day), *rest) for day, *rest in rows]


def _undo_words() -> str | None:
    added, marks = _last()
    if not marks:
        return None
    language = web.language()
    first, last = (date_text(marks[at].day, language) for at in (0, -1))
    days = first if first == last else f"{first} – {last}"
    if added:
        return str(_("Vừa thêm: %(days)s.", days=days))
    return str(_("Vừa xóa: %(days)s.", days=days))

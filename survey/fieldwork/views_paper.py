"""Pages of paper forms: the form to print, the list, both entries, what is settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from survey import accounts, clock, printing, web
from survey.accounts.forms import StaffForm, clean
from survey.db import db
from survey.exports import pdf
from survey.fieldwork import links, paper, paper_reading, prints
from survey.fieldwork.blueprint import bp
from survey.fieldwork.links.views_registry import units_of
from survey.fieldwork.paging import Pages
from survey.fieldwork.paper import Entry
from survey.fieldwork.paper_cells import CellError, Value
from survey.fieldwork.paper_reading import Desk, Typed
from survey.fieldwork.terms import PAPER_STATES, FieldworkError
from survey.fieldwork.views_waves import READERS, WRITERS, own_units
from survey.models import LANGUAGES, PaperForm, Wave

ROWS_ON_PAGE = 100
FIRST, SECOND, TYPED = "first", "second", "typed"
_FORM = "/dot-khao-sat/<wave_id>/phieu-giay/<int:form_id>"


@bp.get("/dot-khao-sat/<wave_id>/phieu-giay.pdf")
@accounts.requires(*READERS)
def paper_pdf(wave_id: str) -> ResponseReturnValue:
    """Hand out the questionnaire of a wave as a form to print."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    language = request.args.get("ngon-ngu", "vi")
    if language not in LANGUAGES:
        abort(404)
    html = printing.paper_html(
        db.session,
        web.settings(),
        wave.questionnaire_id,
        language=language,
        wave=wave,
    )
    name = f"{prints.file_stem(wave)}-phieu-giay-{language}.pdf"
    # Layout takes seconds: nobody waits for the database meanwhile.
    db.session.close()
    try:
        made = printing.paper_pdf(html)
    except pdf.PdfError as error:
        web.log.error("no paper form", reason=str(error))
        flash(
            _(
                "Máy chủ chưa tạo được tệp PDF. Xin báo người quản trị máy chủ chạy "
                "lệnh survey doctor."
            ),
            "error",
        )
        return redirect(url_for(".list_paper", wave_id=wave_id), code=303)
    response = Response(made, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.get("/dot-khao-sat/<wave_id>/phieu-giay")
@accounts.requires(*READERS)
def list_paper(wave_id: str) -> ResponseReturnValue:
    """Show the paper forms of a wave, those that wait for somebody first."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    units = own_units(wave)
    ordered = paper.listed(wave, units).order_by(
        PaperForm.state == "counted", PaperForm.number
    )
    pages = Pages.of(db.session, ordered, ROWS_ON_PAGE, request.args)
    forms = db.session.scalars(pages.part.options(paper.WITH_UNIT)).all()
    return render_template(
        "fieldwork/paper_list.html",
        wave=wave,
        forms=forms,
        people=paper.people(db.session, forms),
        counts=paper.counts_by_state(db.session, wave, units),
        states=PAPER_STATES,
        pages=pages,
        mine=accounts.current().id,
        may_write=accounts.current().role in WRITERS,
        is_admin=accounts.current().role == "admin",
    )


def _desk(wave: Wave) -> Desk:
    return Desk.of(db.session, wave, units_of(wave), web.language())


@bp.route("/dot-khao-sat/<wave_id>/phieu-giay/nhap", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def enter_paper(wave_id: str) -> ResponseReturnValue:
    """Type in a paper form for the first time."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    desk = _desk(wave)
    number = str(clean(request.form.get("number", "")))
    form = StaffForm()
    if not form.is_submitted():
        return _entry_page(wave, desk, _untouched(desk)), 200
    typed = desk.take(request.form)
    if not form.validate_on_submit() or request.form.get("do") != "save":
        return _entry_page(wave, desk, typed, number=number), 200
    if typed.errors:
        return _entry_page(wave, desk, typed, number=number, is_refused=True), 422
    try:
        paper.enter_first(
            db.session,
            wave,
            number=number,
            entry=typed.entry(),
            account_id=accounts.current().id,
        )
        next_one = _next_entry(wave, typed)
        db.session.commit()
    except FieldworkError as error:
        refused = _refused(typed, error)
        return _entry_page(wave, desk, refused, number=number, is_refused=True), 422
    except IntegrityError:
        # Another person gave another sheet this number at the same moment.
        db.session.rollback()
        wave = accounts.wave_in_reach(db.session, wave_id)
        taken = FieldworkError(_("Phiếu số này vừa được người khác nhập."), "number")
        refused = _refused(typed, taken)
        return _entry_page(wave, desk, refused, number=number, is_refused=True), 422
    flash(_("Đã ghi lần một của phiếu %(number)s.", number=number), "success")
    return redirect(next_one, code=303)


def _next_entry(wave: Wave, typed: Typed) -> str:
    """A fresh page for the next sheet of the same pile."""
    pile = urlencode({name: typed.raw[name] for name in paper.HEAD})
    return f"{url_for('.enter_paper', wave_id=wave.id)}?{pile}"


def _untouched(desk: Desk) -> Typed:
    """A page on which only what the sheets of a pile share stands already."""
    raw = {name: request.args.get(name, "")[:40] for name in paper.HEAD}
    raw["language"] = raw["language"] or "vi"
    return Typed(raw=raw)


def _refused(typed: Typed, error: FieldworkError) -> Typed:
    errors = {**typed.errors, error.field or "": str(error)}
    return Typed(raw=typed.raw, values=typed.values, errors=errors)


def _entry_page(
    wave: Wave,
    desk: Desk,
    typed: Typed,
    *,
    number: str = "",
    second: PaperForm | None = None,
    is_refused: bool = False,
) -> str:
    return render_template(
        "fieldwork/paper_entry.html",
        wave=wave,
        desk=desk,
        typed=typed,
        rows=desk.rows(typed),
        number=number,
        second=second,
        is_refused=is_refused,
    )


def _form_in_reach(wave: Wave, form_id: int) -> PaperForm:
    found = None
    if form_id <= links.MAX_ID:
        found = paper.locked(db.session, wave, own_units(wave), form_id)
    if found is None:
        abort(404)
    return found


def _back(wave_id: str, message: str, category: str) -> ResponseReturnValue:
    flash(message, category)
    return redirect(url_for(".list_paper", wave_id=wave_id), code=303)


@bp.route(f"{_FORM}/nhap-lai", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def enter_paper_again(wave_id: str, form_id: int) -> ResponseReturnValue:
    """Type in a paper form for the second time, without seeing the first."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    known = _form_in_reach(wave, form_id)
    number, me = known.number, accounts.current().id
    try:
        paper.check_second(known, me)
    except FieldworkError as error:
        return _back(wave_id, str(error), "error")
    desk = _desk(wave)
    form = StaffForm()
    if not form.is_submitted():
        return _entry_page(wave, desk, _untouched(desk), second=known), 200
    typed = desk.take(request.form)
    if not form.validate_on_submit() or request.form.get("do") != "save":
        return _entry_page(wave, desk, typed, second=known), 200
    if typed.errors:
        return _entry_page(wave, desk, typed, second=known, is_refused=True), 422
    try:
        is_counted = paper.enter_second(
            db.session, wave, known, typed.entry(), account_id=me, now=clock.now()
        )
    except FieldworkError as error:
        refused = _refused(typed, error)
        return _entry_page(wave, desk, refused, second=known, is_refused=True), 422
    db.session.commit()
    web.log.info("paper form entered twice", wave=wave_id, form=form_id, by=me)
    if is_counted:
        return _back(
            wave_id,
            _("Hai lần nhập khớp nhau: phiếu %(n)s đã được tính.", n=number),
            "success",
        )
    flash(_("Hai lần nhập có chỗ phải đối chiếu. Xin xem lại trên phiếu giấy."))
    address = url_for(".settle_paper", wave_id=wave_id, form_id=form_id)
    return redirect(address, code=303)


@bp.route(f"{_FORM}/doi-chieu", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def settle_paper(wave_id: str, form_id: int) -> ResponseReturnValue:
    """Settle what two entries say differently, one by one; then count the form."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    known = _form_in_reach(wave, form_id)
    if known.state != "twice":
        message = _("Phiếu này không còn chỗ nào phải đối chiếu.")
        return _back(wave_id, message, "error")
    desk = _desk(wave)
    form = StaffForm()
    differing = paper.mismatches(desk.q, known)
    if not form.validate_on_submit():
        # While the two differ nobody knows yet what the facts rule out.
        ruled_out = (
            ()
            if differing
            else paper.routed(db.session, desk.q, Entry.of(known.first)).ruled_out
        )
        return _settle_page(wave, desk, known, (*differing, *ruled_out), ruled_out), 200
    entry, errors = _settled(desk, known, differing)
    confirmed = _posted("c-")
    asked = (*differing, *_posted("t-"))
    if errors:
        return _settle_page(wave, desk, known, asked, confirmed, errors), 422
    number = known.number
    try:
        open_ones = paper.settle(
            db.session, wave, known, entry, confirmed=confirmed, now=clock.now()
        )
    except FieldworkError as error:
        told = {error.field or "": str(error)}
        # What the message is about stands on the page too, to be typed again there.
        asked = (*asked, error.field or "")
        return _settle_page(wave, desk, known, asked, confirmed, told), 422
    if open_ones:
        told = dict.fromkeys(open_ones, _("Xin xác nhận như trên phiếu, hoặc gõ lại."))
        ruled_out = (*confirmed, *open_ones)
        asked = (*asked, *open_ones)
        return _settle_page(wave, desk, known, asked, ruled_out, told), 422
    db.session.commit()
    web.log.info("paper form settled", wave=wave_id, form=form_id)
    return _back(wave_id, _("Phiếu %(n)s đã được tính.", n=number), "success")


def _posted(mark: str) -> tuple[str, ...]:
    """The names of the cells for which a field of this mark was sent."""
    return tuple(name[2:] for name in request.form if name.startswith(mark))


def _settled(
    desk: Desk, known: PaperForm, differing: list[str]
) -> tuple[Entry, dict[str, str]]:
    """The entry as it was settled, and what is still to be decided."""
    first, second = Entry.of(known.first), Entry.of(known.second)
    entry, errors = first, {}
    for name in desk.names:
        retyped = request.form.get(f"t-{name}", "")
        if name not in differing and not retyped.strip():
            continue
        side = request.form.get(f"s-{name}", "")
        try:
            value = _chosen(desk, name, side, retyped, first, second)
        except CellError as error:
            errors[name] = str(error)
        else:
            entry = entry.put(name, value)
    return entry, errors


def _chosen(
    desk: Desk, name: str, side: str, retyped: str, first: Entry, second: Entry
) -> Value:
    if retyped.strip() and side in (FIRST, SECOND):
        raise CellError(_("Xin chọn một lần nhập hoặc gõ lại, không làm cả hai."))
    if side == TYPED or retyped.strip():
        return desk.read(name, retyped)
    if side == FIRST:
        return first.get(name)
    if side == SECOND:
        return second.get(name)
    raise CellError(_("Xin chọn một bên hoặc gõ lại theo phiếu giấy."))


def _settle_page(
    wave: Wave,
    desk: Desk,
    known: PaperForm,
    asked: Iterable[str],
    ruled_out: Iterable[str],
    errors: Mapping[str, str] | None = None,
) -> str:
    found = paper_reading.points(desk, known, set(asked), set(ruled_out), request.form)
    return render_template(
        "fieldwork/paper_settle.html",
        wave=wave,
        form=known,
        desk=desk,
        points=found,
        errors=errors or {},
        is_mixed_up=len(found) > len(desk.cells) // 3,
    )


@bp.post(f"{_FORM}/bo-lan-hai")
@accounts.requires(*WRITERS)
def drop_second(wave_id: str, form_id: int) -> ResponseReturnValue:
    """Take a second entry back, for example one of another sheet."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    known = _form_in_reach(wave, form_id)
    number = known.number
    try:
        paper.drop_second(db.session, known)
    except FieldworkError as error:
        return _back(wave_id, str(error), "error")
    db.session.commit()
    web.log.info("second entry dropped", wave=wave_id, by=accounts.current().id)
    return _back(wave_id, _("Đã bỏ lần nhập hai của phiếu %(n)s.", n=number), "success")


@bp.post(f"{_FORM}/xoa")
@accounts.requires(*WRITERS)
def delete_paper(wave_id: str, form_id: int) -> ResponseReturnValue:
    """Take away a form that was typed in once."""
    wave = accounts.wave_in_reach(db.session, wave_id)
    known = _form_in_reach(wave, form_id)
    number, person = known.number, accounts.current()
    try:
        paper.delete(db.session, known, account_id=person.id, role=person.role)
    except FieldworkError as error:
        return _back(wave_id, str(error), "error")
    db.session.commit()
    web.log.info("paper form deleted", wave=wave_id, number=number, by=person.id)
    return _back(wave_id, _("Đã xóa lần nhập của phiếu %(n)s.", n=number), "success")

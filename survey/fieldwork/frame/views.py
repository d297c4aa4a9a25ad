"""Pages of the import: a file handed in, looked at, checked, loaded."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from itertools import islice

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, catalogue, clock, formats, jobs, web
from survey.db import db
from survey.fieldwork import links
from survey.fieldwork.blueprint import bp
from survey.fieldwork.forms import UploadForm
from survey.fieldwork.frame import columns, heads, rows, uploads, work
from survey.fieldwork.frame.checking import Checker
from survey.fieldwork.frame.days import Days
from survey.fieldwork.frame.faults import MOST_FAULTS, Fault, LoadError
from survey.fieldwork.frame.forms import MappingForm
from survey.fieldwork.frame.heads import Table
from survey.fieldwork.frame.sheets import PROBED, open_book
from survey.fieldwork.frame.uploads import Upload
from survey.fieldwork.frame.work import Choice
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.views_waves import WRITERS, managed
from survey.models import Dossier, HeadMap, Wave
from survey.questionnaire import Questionnaire

SHOWN_ROWS = 5
HO_SO = "/dot-khao-sat/<wave_id>/ho-so"


@bp.route(HO_SO, methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def dossiers(wave_id: str) -> ResponseReturnValue:
    """Show what the frame holds; take a file that is to be added to it."""
    wave = managed(wave_id)
    form = UploadForm()
    form["file"].label.text = _("Tệp CSV hoặc XLSX")
    if wave.state == "closed" and form.is_submitted():
        form.tell(None, _("Đợt đã đóng, không nạp thêm hồ sơ được."))
    elif form.validate_on_submit():
        upload = _hand_in(wave, form)
        if upload is not None:
            address = url_for(".preview", wave_id=wave.id, upload_id=upload.id)
            return redirect(address, code=303)
    page = render_template(
        "fieldwork/frame/dossiers.html",
        wave=wave,
        form=form,
        columns=(*columns.DOSSIERS, *columns.REACHES),
        total=db.session.scalar(
            sa.select(sa.func.count(Dossier.id)).where(Dossier.wave_id == wave.id)
        ),
        without_link=links.dossiers_without_link(db.session, wave, None),
    )
    return page, 422 if form.errors else 200


def _hand_in(wave: Wave, form: UploadForm) -> Upload | None:
    """Keep the file of a form if it can be read at all; else say why it cannot."""
    sent = form["file"].data
    upload = uploads.keep(
        web.settings(),
        sent.read(),
        name=sent.filename or "",
        wave_id=wave.id,
        account_id=accounts.current().id,
        now=clock.now(),
    )
    try:
        table = heads.find_table(open_book(upload.content), columns.DOSSIERS)
    except LoadError as error:
        upload.drop()
        form.tell("file", str(error))
        return None
    upload.note(sheet=table.sheet)
    return upload


def own_upload(wave_id: str, upload_id: str) -> Upload:
    """The file of this id if the account handed it in for this wave, else a 404."""
    upload = uploads.find(
        web.settings(),
        upload_id,
        wave_id=wave_id,
        account_id=accounts.current().id,
        now=clock.now(),
    )
    if upload is None:
        abort(404)
    return upload


@bp.route(f"{HO_SO}/<upload_id>", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def preview(wave_id: str, upload_id: str) -> ResponseReturnValue:
    """Show how a file is read, and let a person say how it should be."""
    wave = managed(wave_id)
    upload = own_upload(wave.id, upload_id)
    form = MappingForm()
    table, is_there = _table(upload, form)
    form.offer(table, web.language())
    is_stale = form.is_submitted() and form.text("heads") != table.heads_sha256
    if is_stale or not form.is_submitted():
        form.fill(_choice(upload, table), table)
    choice = form.chosen(table)
    if form.is_submitted() and not is_stale:
        form.validate()
        form.tell_faults(choice)
        if not is_there:
            form.tell("row", _("Dòng này trống hoặc không có; xin xem lại trong tệp."))
        if not form.errors and request.form.get("do") == "check":
            return _begin_check(wave, upload, table, choice)
    page = render_template(
        "fieldwork/frame/preview.html",
        wave=wave,
        upload=upload,
        name=upload.about()["name"],
        form=form,
        table=table,
        read_as=_read_as(table),
        shown=_first_rows(wave, table, choice),
        unread=_unread(table, choice),
        is_stale=is_stale,
    )
    return page, 422 if form.errors else 200


def _table(upload: Upload, form: MappingForm) -> tuple[Table, bool]:
    """Where the table of a file is, and whether it is where the form says: there, or as
    was said before, or as found."""
    book = open_book(upload.content)
    about = upload.about()
    before = about.get("choice", {})
    sheet, row = before.get("sheet", about.get("sheet")), before.get("row")
    if form.is_submitted():
        typed, old = request.form.get("row", ""), request.form.get("old_row")
        if typed.isascii() and typed.isdigit() and 0 < int(typed[:4]) <= PROBED:
            row = int(typed)
        chosen = request.form.get("sheet")
        if chosen in book.names and chosen != sheet:
            sheet, row = chosen, None if typed == old else row
    try:
        return heads.find_table(book, columns.DOSSIERS, sheet=sheet, row=row), True
    except LoadError:
        return heads.find_table(book, columns.DOSSIERS, sheet=sheet), False


def _choice(upload: Upload, table: Table) -> Choice:
    """Which columns are proposed: as chosen for this file, else by this office before
    for such a file, else by their heads."""
    before = upload.about().get("choice")
    if before and (before["sheet"], before["row"]) == (table.sheet, table.row):
        return Choice(**before)
    every = (*columns.DOSSIERS, *columns.REACHES)
    kept = db.session.get(HeadMap, (_office(), table.heads_sha256))
    places = {**table.known(every), **(kept.places if kept else {})}
    return Choice(
        sheet=table.sheet,
        row=table.row,
        places={name: place for name, place in places.items() if place is not None},
    )


def _office() -> int:
    return accounts.current().unit_id or 0


def _begin_check(
    wave: Wave, upload: Upload, table: Table, choice: Choice
) -> ResponseReturnValue:
    upload.note(choice=asdict(choice))
    key = (_office(), table.heads_sha256)
    kept = db.session.get(HeadMap, key) or HeadMap(
        unit_id=key[0], heads_sha256=key[1], places={}
    )
    # What is not in the file is remembered, too; of phones and addresses only where
    # they stand: whether they are read is said each time.
    said = {column.field: choice.places.get(column.field) for column in choice.columns}
    kept.places = {**kept.places, **said}
    db.session.add(kept)
    address = url_for(".show_check", wave_id=wave.id, upload_id=upload.id)
    if work.is_long(upload):
        address = _enqueue("frame-check", wave, upload, _("Kiểm tra danh sách hồ sơ"))
    else:
        work.check(db.session, wave, upload)
        db.session.commit()
    return redirect(address, code=303)


def _enqueue(kind: str, wave: Wave, upload: Upload, title: str) -> str:
    job = jobs.enqueue(
        db.session,
        kind,
        {"wave": wave.id, "upload": upload.id},
        title=title,
        wave_id=wave.id,
        now=clock.now(),
    )
    address = url_for("jobs.show", job_id=job.id)
    upload.note(job=job.id)
    db.session.commit()
    jobs.wake()
    return address


def _read_as(table: Table) -> list[tuple[str, str]]:
    """How the file was read, as labels and words."""
    book = table.book
    delimiters = {
        ";": _("dấu chấm phẩy"),
        ",": _("dấu phẩy"),
        "\t": _("dấu tab"),
        "|": _("dấu gạch đứng"),
    }
    told = []
    if book.encoding:
        told.append((_("Bảng mã"), book.encoding))
        told.append((_("Dấu ngăn cột"), delimiters.get(book.delimiter, book.delimiter)))
    else:
        told.append((_("Loại tệp"), _("Excel (.xlsx)")))
        told.append((_("Trang tính"), table.sheet))
    told.append((_("Dòng tiêu đề"), str(table.row)))
    return [(str(label), str(words)) for label, words in told]


def _unread(table: Table, choice: Choice) -> list[str]:
    """The heads of the columns whose cells are not read."""
    read = set(choice.places.values())
    return [
        head for place, head in enumerate(table.heads) if head and place not in read
    ]


def _first_rows(
    wave: Wave, table: Table, choice: Choice
) -> tuple[list[str], list[list[str]], list[str]]:
    """The heads, the first rows as they will be read, and what to know of the file."""
    language = web.language()
    asked = catalogue.questionnaire(db.session, wave.questionnaire_id)
    chosen = [column for column in choice.columns if column.field in choice.places]
    data = rows.data_of(table, choice.columns, choice.places)
    checker = Checker(
        db.session, wave, Days(today=clock.today(), epoch=table.book.epoch), data
    )
    lines = []
    try:
        for row in islice(rows.rows_of(data, chosen), SHOWN_ROWS):
            known = dict(row.values)
            checked = checker.check(row)
            read = checked.facts if checked else {}
            cells = [
                _words(asked, column.field, read.get(column.field), language)
                or known.get(column.field, "")
                for column in chosen
            ]
            reasons = "; ".join(fault.message for fault in row.faults)
            if checked is None and not row.faults:
                reasons = _("Chưa giải quyết xong, không nạp")
            lines.append([str(row.number), reasons, *cells])
    except LoadError as error:
        return [], [], [str(error)]
    # First what is wrong: the last columns of a wide table are out of sight.
    head = [_("Dòng"), _("Ghi chú"), *(column.head(language) for column in chosen)]
    if not any(line[1] for line in lines):
        head, lines = [head[0], *head[2:]], [[one[0], *one[2:]] for one in lines]
    return list(map(str, head)), lines, rows.notices(table.book, heads.Passed())


def _words(
    asked: Questionnaire, code: str, value: str | None, language: str
) -> str | None:
    """A value of the form as a person reads it."""
    if value is None:
        return None
    fact = next((one for one in asked.facts if one.code == code), None)
    label = fact.label(value) if fact else None
    if label is not None:
        return label.get(language)
    try:
        return formats.date_text(date.fromisoformat(value), language)
    except ValueError:
        return value


@bp.route(f"{HO_SO}/<upload_id>/kiem-tra", methods=["GET", "POST"])
@accounts.requires(*WRITERS)
def show_check(wave_id: str, upload_id: str) -> ResponseReturnValue:
    """Show what the check of a file found; on POST load it."""
    wave = managed(wave_id)
    upload = own_upload(wave.id, upload_id)
    about = upload.about()
    found = about.get("checked")
    if found is None:
        job_id = about.get("job")
        if job_id:
            return redirect(url_for("jobs.show", job_id=job_id), code=303)
        address = url_for(".preview", wave_id=wave_id, upload_id=upload_id)
        return redirect(address, code=303)
    if request.method == "POST":
        return _load(wave, upload)
    language = web.language()
    return render_template(
        "fieldwork/frame/check.html",
        wave=wave,
        upload=upload,
        name=about["name"],
        found=found,
        faults=[Fault(*fault) for fault in found["faults"][:MOST_FAULTS]],
        most=MOST_FAULTS,
        has_file=any(row for row, _message in found["faults"]),
        forecast=work.loaded_rows(
            {**found.get("forecast", {}), **work.seen(found)}, language
        ),
        is_new=any(
            found.get("forecast", {}).get(name)
            for name in ("added", "changed", "is_undrawn")
        ),
    )


def _load(wave: Wave, upload: Upload) -> ResponseReturnValue:
    address = url_for(".dossiers", wave_id=wave.id)
    found = upload.about()["checked"]
    if not found["bad"] and found["good"] > work.INLINE_ROWS:
        title = _("Nạp danh sách hồ sơ")
        return redirect(_enqueue("frame-load", wave, upload, title), code=303)
    try:
        loaded = work.load(db.session, wave, upload)
    except FieldworkError as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(address, code=303)
    words = "; ".join(
        f"{label}: {number}"
        for label, number in work.loaded_rows(
            {**asdict(loaded), **work.seen(found)}, web.language()
        )
    )
    flash(_("Đã nạp danh sách. %(words)s.", words=words), "success")
    if loaded.is_undrawn:
        flash(_("Thủ tục, cách nộp của hồ sơ đã đổi: phải chọn lại hồ sơ được mời."))
    web.log.info(
        "dossiers loaded",
        wave=wave.id,
        added=loaded.added,
        changed=loaded.changed,
        by=accounts.current().id,
    )
    db.session.commit()
    upload.drop()
    return redirect(address, code=303)


@bp.get(f"{HO_SO}/<upload_id>/dong-sai.csv")
@accounts.requires(*WRITERS)
def bad_rows(wave_id: str, upload_id: str) -> ResponseReturnValue:
    """Hand out the bad rows of a file with what is wrong with each."""
    upload = own_upload(managed(wave_id).id, upload_id)
    if not upload.bad_rows.exists():
        abort(404)
    answer = send_file(
        upload.bad_rows.resolve(),
        mimetype="text/csv; charset=utf-8",
        as_attachment=True,
        download_name="dong-sai.csv",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post(f"{HO_SO}/<upload_id>/bo")
@accounts.requires(*WRITERS)
def drop_upload(wave_id: str, upload_id: str) -> ResponseReturnValue:
    """Delete a file that was handed in and is not to be loaded."""
    own_upload(managed(wave_id).id, upload_id).drop()
    flash(_("Đã bỏ tệp, không nạp dòng nào."), "success")
    return redirect(url_for(".dossiers", wave_id=wave_id), code=303)

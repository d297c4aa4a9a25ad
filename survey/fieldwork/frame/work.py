"""What is done with a file that was handed in: checked whole, then loaded whole; long
ones as jobs."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import event
from sqlalchemy.orm import Session

from survey import clock, formats, jobs, web
from survey.exports.guard import neutralised
from survey.fieldwork.frame import columns, heads, loading, rows, uploads
from survey.fieldwork.frame.checking import Checked, Checker
from survey.fieldwork.frame.days import Days
from survey.fieldwork.frame.faults import MOST_FAULTS, Fault, LoadError
from survey.fieldwork.frame.heads import Column
from survey.fieldwork.frame.loading import Loaded
from survey.fieldwork.frame.sheets import DELIMITERS, open_book
from survey.fieldwork.frame.uploads import Upload
from survey.fieldwork.terms import FieldworkError
from survey.models import Job, Wave

INLINE_BYTES: Final = {True: 100_000, False: 400_000}
"""Larger workbooks, and other files, are checked by a job: some thousand rows."""
INLINE_ROWS: Final = 3_000
TOLD_EVERY: Final = 500


@dataclass(frozen=True, kw_only=True)
class Choice:
    """How a person says that a file is to be read."""

    sheet: str
    row: int
    places: Mapping[str, int]
    """Which column of theirs holds which field of ours."""
    with_reaches: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are read; those of persons only when asked for."""
        return columns.DOSSIERS + (columns.REACHES if self.with_reaches else ())

    @classmethod
    def of(cls, upload: Upload) -> Choice:
        """What was chosen for this file."""
        return cls(**upload.about()["choice"])


def is_long(upload: Upload) -> bool:
    """Whether checking this file is work for a job."""
    with (upload.place / "content").open("rb") as file:
        is_packed = file.read(2) == b"PK"
    return upload.size > INLINE_BYTES[is_packed]


def check(
    session: Session,
    wave: Wave,
    upload: Upload,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Check every row of a file; what was found is noted with it.

    Its good rows wait in a file to be loaded, the bad ones in another to be looked at.
    """
    choice = Choice.of(upload)
    # What an earlier check found no longer holds.
    upload.note(checked=None, job=None)
    checking = _Checking(session, wave, choice, progress)
    try:
        checking.begin(upload)
        kept = os.fdopen(uploads.opened(upload.rows), "w", encoding="utf-8")
        bad = os.fdopen(
            uploads.opened(upload.bad_rows), "w", encoding="utf-8-sig", newline=""
        )
        with kept, bad:
            checking.keep = kept.write
            written = csv.writer(bad, delimiter=checking.delimiter)
            written.writerow(map(neutralised, checking.bad_head()))
            for number, *texts in checking.bad_rows():
                written.writerow([number, *map(neutralised, texts)])
    except LoadError as error:
        checking.faults = list(error.faults)
        checking.bad_count = len(error.faults)
    found = checking.found()
    if not checking.bad_count:
        with upload.rows.open(encoding="utf-8") as lines:
            found["forecast"] = asdict(
                loading.compared(session, wave, map(Checked.of_line, lines))
            )
    upload.note(checked=found)


class _Checking:
    """The check of one file, as it goes on."""

    def __init__(
        self,
        session: Session,
        wave: Wave,
        choice: Choice,
        progress: Callable[[int, int], None],
    ) -> None:
        self.session, self.wave, self.choice = session, wave, choice
        self.progress = progress
        self.keep: Callable[[str], object] = lambda line: None
        self.faults: list[Fault] = []
        self.bad_count = self.good_count = self.fault_count = self.unfinished = 0
        self.phones = self.emails = 0
        self.notices: list[str] = []

    def begin(self, upload: Upload) -> None:
        """Open the file, and look whether it is still what was chosen for."""
        self.book = open_book(upload.content)
        table = heads.find_table(
            self.book,
            self.choice.columns,
            sheet=self.choice.sheet,
            row=self.choice.row,
        )
        self.table = table
        self.data = rows.data_of(table, self.choice.columns, self.choice.places)
        days = Days(today=clock.today(), epoch=self.book.epoch)
        self.checker = Checker(self.session, self.wave, days, self.data)
        self.chosen = [
            column
            for column in self.choice.columns
            if column.field in self.choice.places
        ]

    @property
    def delimiter(self) -> str:
        """Of the file that came in, so that the same program opens what goes out."""
        told = self.book.delimiter
        return told if told in DELIMITERS else DELIMITERS[0]

    def bad_head(self) -> list[str]:
        """The heads of the file of bad rows: theirs, between its number and reasons."""
        theirs = [
            self.table.heads[self.choice.places[column.field]] for column in self.chosen
        ]
        return [str(_("Dòng")), *theirs, str(_("Lý do"))]

    def bad_rows(self) -> Iterator[list[str]]:
        """The bad rows with what is wrong; the good ones are kept on the way."""
        total = self.book.count(self.table.sheet)
        found = rows.rows_of(self.data, self.choice.columns)
        for done, row in enumerate(found, start=1):
            checked = self.checker.check(row)
            if done % TOLD_EVERY == 0:
                self.progress(done, max(done, total))
            if row.faults:
                self.bad_count += 1
                self.fault_count += len(row.faults)
                if len(self.faults) < MOST_FAULTS:
                    self.faults += row.faults
                reasons = "; ".join(fault.message for fault in row.faults)
                texts = [row.get(column.field) for column in self.chosen]
                yield [str(row.number), *texts, reasons]
            elif checked is not None:
                self.good_count += 1
                self.phones += checked.phone is not None
                self.emails += checked.email is not None
                self.keep(checked.line())
        self.notices = [
            *rows.notices(self.book, self.data.passed),
            *loading.days_told(self.checker.days),
        ]
        self.unfinished = self.checker.unfinished

    def found(self) -> dict[str, Any]:
        """What the check found, as it is noted."""
        reaches = {"phones": self.phones, "emails": self.emails}
        return {
            **(reaches if self.choice.with_reaches else {}),
            "good": self.good_count,
            "bad": self.bad_count,
            "unfinished": self.unfinished,
            "faults": [[fault.row, fault.message] for fault in self.faults],
            "fault_count": max(self.fault_count, len(self.faults)),
            "notices": self.notices,
            "language": web.language(),
        }


def load(
    session: Session,
    wave: Wave,
    upload: Upload,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Loaded:
    """Load what was checked.

    Raises:
        FieldworkError: the wave is closed, or the file was not checked or has faults.
    """
    found = upload.about().get("checked")
    if not found or found["bad"]:
        raise FieldworkError(
            _("Tệp này chưa kiểm tra xong hoặc còn dòng sai; xin kiểm tra lại.")
        )
    total = found["good"]
    with upload.rows.open(encoding="utf-8") as lines:
        return loading.load_checked(
            session,
            wave,
            map(Checked.of_line, lines),
            progress=lambda done: progress(done, total),
        )


def seen(found: Mapping[str, Any]) -> dict[str, int]:
    """What a check counted and a load does not: to be told with what was loaded."""
    return {
        name: found[name]
        for name in ("unfinished", "phones", "emails")
        if name in found
    }


def loaded_rows(loaded: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """What a list did, as rows of a label and a number."""
    named = (
        (_("Hồ sơ mới"), "added"),
        (_("Hồ sơ được cập nhật"), "changed"),
        (_("Hồ sơ không đổi"), "unchanged"),
        (_("Giữ thủ tục, cách nộp cũ vì đã phát mã"), "kept"),
        (_("Chưa giải quyết xong, không nạp"), "unfinished"),
        (_("Số điện thoại đã đọc"), "phones"),
        (_("Địa chỉ thư điện tử đã đọc"), "emails"),
    )
    # Who asked for phones and addresses is told of none, too.
    always = {"added", "changed", "unchanged", *(loaded.keys() & {"phones", "emails"})}
    return [
        (str(label), formats.integer(loaded.get(name, 0), language))
        for label, name in named
        if loaded.get(name, 0) or name in always
    ]


def _given(work: jobs.Work, session: Session) -> tuple[Wave, Upload]:
    wave = session.get(Wave, work.params["wave"])
    upload = uploads.find(
        web.settings(),
        work.params["upload"],
        wave_id=work.params["wave"],
        account_id=None,
        now=clock.now(),
    )
    if wave is None or upload is None:
        raise jobs.JobError(
            _("Tệp đã hết hạn lưu hoặc đã bỏ. Xin chọn lại tệp trên trang hồ sơ.")
        )
    return wave, upload


@jobs.kind("frame-check")
def check_by_job(work: jobs.Work) -> None:
    """Check a long file."""
    with work.reading() as session:
        wave, upload = _given(work, session)
        check(session, wave, upload, work.progress)
    work.tell(upload=upload.id)


@jobs.kind("frame-load")
def load_by_job(work: jobs.Work) -> None:
    """Load a long file."""
    wave, upload = _given(work, work.session)
    found = upload.about().get("checked", {})
    try:
        loaded = load(work.session, wave, upload, work.progress)
    except FieldworkError as error:
        raise jobs.JobError(str(error)) from error
    work.tell(**{**asdict(loaded), **seen(found)})
    # Only then is it certain that the file is not needed again.
    event.listen(work.session, "after_commit", lambda session: upload.drop(), once=True)


@jobs.done_page("frame-check")
def checked_words(job: Job) -> jobs.Told:
    """Lead on to what the check found."""
    address = url_for(
        "fieldwork.show_check",
        wave_id=job.params["wave"],
        upload_id=job.params["upload"],
    )
    return str(_("Đã kiểm tra xong")), [], [(str(_("Xem kết quả kiểm tra")), address)]


@jobs.done_page("frame-load")
def loaded_words(job: Job) -> jobs.Told:
    """Say what the list did."""
    wave_id = job.params["wave"]
    links = [
        (str(_("Danh sách hồ sơ")), url_for("fieldwork.dossiers", wave_id=wave_id)),
    ]
    with suppress(KeyError):
        if job.result["is_undrawn"] or job.result["added"]:
            address = url_for("fieldwork.show_draw", wave_id=wave_id)
            links.insert(0, (str(_("Chọn hồ sơ được mời")), address))
    return (
        str(_("Đã nạp danh sách hồ sơ")),
        loaded_rows(job.result, web.language()),
        links,
    )

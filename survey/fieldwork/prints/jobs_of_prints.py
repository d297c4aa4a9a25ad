"""Long prints, drawn outside a request; their files go when the codes in them can no
longer be told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import accounts, clock, jobs, web
from survey.exports import prints as drawing
from survey.fieldwork import links
from survey.fieldwork.links import Made
from survey.fieldwork.prints import kit
from survey.fieldwork.prints.lists import file_stem
from survey.models import Batch, Job, Link, Wave

PRINT: Final = "prints"


def too_long_words() -> str:
    """What to do when the public address does not fit into a code of that size."""
    words: str = _(
        "Địa chỉ của hệ thống (SURVEY_PUBLIC_URL) dài quá nên mã QR ở khổ này không "
        "đọc được. Xin chọn khổ lớn hơn, hoặc báo người quản trị dùng tên miền ngắn "
        "hơn."
    )
    return words


def key_gone_words() -> str:
    """What to do when the codes of a batch can no longer be told."""
    words: str = _("Lô này đã khóa nên không in lại được. Cần mã mới, xin thay mã.")
    return words


def nothing_left_words() -> str:
    """What is said when no link is left to print."""
    words: str = _("Không còn mã nào để in: mọi mã đã thu hồi hoặc thay.")
    return words


def print_batch_later(session: Session, batch: Batch, which: kit.Print) -> str:
    """Have a batch printed by a job; the address of its page."""
    now = clock.now()
    keep = jobs.KEPT
    if batch.key_until is not None:
        keep = min(keep, batch.key_until - now)
    params = {"batch": batch.id, "size": batch.size}
    return _enqueue(session, batch.wave_id, which, params, now=now, keep=keep)


def print_walls_later(
    session: Session,
    wave: Wave,
    unit_ids: list[int] | None,
    size: int,
    which: kit.Print,
) -> str:
    """Have all links on walls printed by a job; the address of its page."""
    params = {"units": unit_ids, "size": size}
    return _enqueue(session, wave.id, which, params, now=clock.now(), keep=jobs.KEPT)


def _enqueue(
    session: Session,
    wave_id: str,
    which: kit.Print,
    params: dict[str, Any],
    **more: Any,
) -> str:
    job = jobs.enqueue(
        session,
        PRINT,
        {
            **params,
            "wave": wave_id,
            "print": which.kind,
            "by": accounts.current().id,
        },
        title=_("In: %(name)s", name=which.name),
        wave_id=wave_id,
        **more,
    )
    address: str = url_for("jobs.show", job_id=job.id)
    return address


def forget_files(session: Session, batch: Batch, now: datetime) -> None:
    """End the prints that were drawn of a batch, when its codes are to be unknown."""
    drawn = session.scalars(
        sa.select(Job).where(Job.kind == PRINT, Job.wave_id == batch.wave_id)
    )
    for job in drawn:
        if job.params.get("batch") == batch.id:
            job.delete_at = min(job.delete_at, now)
    session.flush()


@jobs.kind(PRINT)
def _print(work: jobs.Work) -> None:
    params, settings = work.params, web.settings()
    which = kit.BY_KIND[params["print"]]
    with work.reading() as session:
        wave = session.get(Wave, params["wave"])
        if wave is None:
            raise jobs.JobError(_("Đợt khảo sát này không còn."))
        asker = kit.asker_of(session, settings, wave)
        made = _counted(work, _made_of(session, wave, params))
        said = kit.said_of(settings, wave, made)
        pages = drawing.pages(which.drawn, asker, said)
        path = work.file(f"{file_stem(wave)}-{which.kind}{_part(params)}.pdf")
        try:
            with (
                path.open("wb") as out,
                closing(
                    drawing.write_pdf(out, pages, title=str(which.name))
                ) as written,
            ):
                number = sum(1 for _page in written)
        except drawing.PrintError as error:
            raise jobs.JobError(too_long_words()) from error
        except links.KeyGone as error:
            raise jobs.JobError(key_gone_words()) from error
    if number == 0:
        raise jobs.JobError(nothing_left_words())
    work.tell(pages=number, size=params["size"])
    _note(work, which)


def _note(work: jobs.Work, which: kit.Print) -> None:
    """Write down who printed a batch, or each link on a wall."""
    session, params = work.session, work.params
    known: dict[str, Any] = {
        "action": "printed",
        "reason": str(which.name),
        "by": params["by"],
        "now": clock.now(),
    }
    if "batch" in params:
        batch = session.get_one(Batch, params["batch"])
        links.log_event(session, batch=batch, **known)
        return
    wave = session.get_one(Wave, params["wave"])
    for link in session.scalars(walls_of(wave, params["units"])).all():
        links.log_event(session, link=link, **known)


def _part(params: dict[str, Any]) -> str:
    return f"-lo-{params['batch']}" if "batch" in params else ""


def _made_of(session: Session, wave: Wave, params: dict[str, Any]) -> Iterator[Made]:
    if "batch" not in params:
        return walls(session, wave, params["units"])
    batch = session.get(Batch, params["batch"])
    if batch is None or not links.has_key(batch, clock.now()):
        raise jobs.JobError(key_gone_words())
    return links.made_of(session, batch)


def walls(
    session: Session,
    wave: Wave,
    unit_ids: list[int] | None,
    *,
    link_id: int | None = None,
) -> Iterator[Made]:
    """The links that hang on walls and still stand, read as they are needed."""
    found = walls_of(wave, unit_ids, link_id).options(*links.WITH_PLACES)
    for link in session.scalars(found.execution_options(yield_per=200)):
        yield Made(link, link.token or "")


def walls_of(
    wave: Wave, unit_ids: list[int] | None, link_id: int | None = None
) -> sa.Select[Link]:
    """Select the links that hang on walls and still stand."""
    found = links.listed(wave, unit_ids, links.Filter(state="active")).where(
        Link.kind.in_(kit.ON_WALLS)
    )
    if link_id is not None:
        found = found.where(Link.id == min(link_id, links.MAX_ID))
    return found


def _counted(work: jobs.Work, made: Iterator[Made]) -> Iterator[Made]:
    for number, one in enumerate(made):
        work.progress(number, work.params["size"])
        yield one


@jobs.done_page(PRINT)
def _done(
    job: Job,
) -> tuple[str, list[tuple[str, object]], list[tuple[str, str]]]:
    wave_id = job.params["wave"]
    if "batch" in job.params:
        address = url_for(
            "fieldwork.show_batch", wave_id=wave_id, batch_id=job.params["batch"]
        )
        back = (_("Về lô mã"), address)
    else:
        back = (_("Về trang in"), url_for("fieldwork.print_cards", wave_id=wave_id))
    rows: list[tuple[str, object]] = [(_("Số trang"), job.result["pages"])]
    return _("Bản in đã xong"), rows, [back]

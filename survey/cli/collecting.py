"""Collection from the command line: waves."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import clock, closings, fieldwork
from survey.cli.faults import Refusal
from survey.cli.office import reading, unit_of, wave_of, work
from survey.models import FORMULAS, Unit, Wave

QUARTER = timedelta(days=90)
_DAY = click.DateTime(formats=("%Y-%m-%d", "%d/%m/%Y"))


@click.group()
def wave() -> None:
    """Đợt khảo sát. / Waves."""


@wave.command(name="open")
@click.argument("wave_id", metavar="[ID]", required=False)
@click.option("--title", help="Tên đợt / title.")
@click.option(
    "--questionnaire",
    "questionnaire_id",
    default="dn-2026-1",
    show_default=True,
    metavar="ID",
)
@click.option(
    "--unit",
    "unit_code",
    metavar="CODE",
    help="Đơn vị được khảo sát; mặc định là sở / unit; the department if absent.",
)
@click.option("--opens", type=_DAY, help="Từ ngày; mặc định hôm nay / from; today.")
@click.option("--closes", type=_DAY, help="Đến ngày; mặc định 90 ngày / to; 90 days.")
@click.option(
    "--formula", default=FORMULAS[0], show_default=True, type=click.Choice(FORMULAS)
)
def open_wave(
    wave_id: str | None,
    title: str | None,
    questionnaire_id: str,
    unit_code: str | None,
    opens: datetime | None,
    closes: datetime | None,
    formula: str,
) -> None:
    """Tạo và mở một đợt, hoặc mở đợt đã tạo. / Make and open a wave, or open one.

    In mã đợt ở dòng cuối. / The last line printed is the id of the wave.
    """
    with work() as session:
        found = session.get(Wave, wave_id) if wave_id else None
        if found is None:
            first = opens.date() if opens else clock.today()
            last = closes.date() if closes else first + QUARTER
            found = fieldwork.create_wave(
                session,
                title=title or f"Khảo sát {first:%d/%m/%Y} – {last:%d/%m/%Y}",
                questionnaire_id=questionnaire_id,
                unit_id=_surveyed(session, unit_code).id,
                opens_on=first,
                closes_on=last,
                formula=formula,
                wave_id=wave_id,
            )
        gone = fieldwork.open_wave(session, found, now=clock.now())
        opened = found.id
    if gone:
        click.echo(_gone(gone), err=True)
    click.echo(opened)


def _surveyed(session: Session, code: str | None) -> Unit:
    if code is not None:
        return unit_of(session, code)
    departments = session.scalars(
        sa.select(Unit).where(Unit.kind == "department").limit(2)
    ).all()
    if len(departments) != 1:
        raise Refusal("cần --unit CODE: đơn vị được khảo sát / which unit is surveyed")
    return departments[0]


@wave.command(name="rehearse")
@click.argument("wave_id", metavar="ID")
@click.option(
    "--end", "after", flag_value="end", help="Kết thúc, xóa phiếu thử / end, remove."
)
@click.option(
    "--empty", "after", flag_value="empty", help="Chỉ xóa phiếu thử / only remove."
)
def rehearse_wave(wave_id: str, after: str | None) -> None:
    """Diễn tập trước khi mở: phiếu thử không được tính. / Try before opening.

    Mở đợt thì mọi phiếu thử bị xóa, mã QR giữ nguyên. / Opening removes what was
    tried; the links stay.
    """
    with work() as session:
        found = wave_of(session, wave_id)
        if after is None:
            fieldwork.begin_rehearsal(session, found, now=clock.now())
            words = f"Đang diễn tập / rehearsing: {wave_id}"
        elif after == "end":
            gone = fieldwork.end_rehearsal(session, found)
            words = f"{wave_id}: {_gone(gone)}"
        else:
            gone = fieldwork.empty_rehearsal(session, found)
            words = f"{wave_id}: {_gone(gone)}"
    click.echo(words)


def _gone(gone: fieldwork.Filled) -> str:
    return (
        f"đã xóa / removed {gone.responses} phiếu thử / forms tried, {gone.drafts} "
        f"phiếu dở dang / drafts, {gone.contacts} liên hệ / contacts, "
        f"{gone.paper_forms} phiếu giấy / on paper"
    )


@wave.command(name="close")
@click.argument("wave_id", metavar="ID")
def close_wave(wave_id: str) -> None:
    """Đóng và niêm phong một đợt. / Close and seal a wave."""
    with work() as session:
        now = clock.now()
        try:
            made = closings.close(session, wave_of(session, wave_id), by=None, now=now)
            sealed = closings.seal(session, made, now=now).sha256
        except closings.ClosingError as error:
            raise Refusal(str(error)) from error
    click.echo(f"Đã đóng / closed: {wave_id}\tSHA-256 {sealed}")


@wave.command(name="list")
def list_waves() -> None:
    """Mỗi đợt một dòng, mã đứng đầu. / One wave a line, its id first."""
    with reading() as session:
        for one in session.scalars(sa.select(Wave).order_by(Wave.opens_on, Wave.id)):
            sample = "\tmẫu / sample" if one.is_sample else ""
            click.echo(
                f"{one.id}\t{one.state}\t{one.opens_on}\t{one.closes_on}\t"
                f"{one.questionnaire_id}\t{one.unit.code}\t{one.title}{sample}"
            )

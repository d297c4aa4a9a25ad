"""Collection from the command line: waves, their dossiers and their links."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, clock, fieldwork, web
from survey.cli.faults import Refusal
from survey.cli.files import writing
from survey.cli.office import procedure_of, reading, unit_of, wave_of, work
from survey.cli.shelf import FILE, say_loaded
from survey.fieldwork import Made, Wanted
from survey.models import FORMULAS, LINK_KINDS, Unit, Wave

QUARTER = timedelta(days=90)
CSV_HEAD = ("link", "url", "kind", "unit", "procedure", "dossier")
MOST_LINKS = 100_000
BATCH = 1000
_DAY = click.DateTime(formats=("%Y-%m-%d", "%d/%m/%Y"))


@click.group()
def dossiers() -> None:
    """Hồ sơ đã giải quyết: khung mẫu của một đợt. / The sampling frame of a wave."""


@dossiers.command()
@click.argument("file", type=FILE)
@click.option("--wave", "wave_id", required=True, metavar="ID")
def load(file: Path, wave_id: str) -> None:
    """Nạp từ CSV hoặc XLSX: tất cả hoặc không gì cả. / Load, all or nothing."""
    with work() as session:
        loaded = fieldwork.load_dossiers(
            session, wave_of(session, wave_id), file.read_bytes()
        )
    say_loaded(loaded)


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
    """Đóng một đợt; không mở lại được. / Close a wave for good."""
    with work() as session:
        fieldwork.close_wave(session, wave_of(session, wave_id))
    click.echo(f"Đã đóng / closed: {wave_id}")


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


@click.group()
def links() -> None:
    """Đường dẫn và mã QR. / Links."""


@links.command()
@click.option("--wave", "wave_id", required=True, metavar="ID")
@click.option("--kind", required=True, type=click.Choice(LINK_KINDS))
@click.option("--unit", "unit_code", metavar="CODE", help="Mặc định: của đợt / wave's.")
@click.option("--procedure", "procedure_code", metavar="CODE")
@click.option(
    "--count",
    type=click.IntRange(1, MOST_LINKS),
    help="Số đường dẫn; hồ sơ đã nạp: mặc định là tất cả / how many; imported "
    "dossiers: all of them if absent.",
)
@click.option(
    "--csv",
    "target",
    default="-",
    metavar="FILE",
    help="Tệp CSV; mặc định in ra màn hình / CSV file; standard output if absent.",
)
def make(
    wave_id: str,
    kind: str,
    unit_code: str | None,
    procedure_code: str | None,
    count: int | None,
    target: str,
) -> None:
    """Tạo đường dẫn; mã của hồ sơ chỉ hiện một lần này. / Make links.

    Với --kind dossier, hồ sơ đã nạp mà chưa có đường dẫn được dùng trước; không còn
    hồ sơ nào thì --count N tạo N đường dẫn trống. / Imported dossiers without a link
    come first; when there is none, --count N makes N links without a dossier.
    """
    if target != "-" and Path(target).exists():
        # It may hold the only copy of codes that are shown once.
        raise Refusal(f"{target} đã có; hãy đặt tên khác / the file exists already")
    with work() as session:
        found = wave_of(session, wave_id)
        wanted = _wanted(session, found, kind, unit_code, procedure_code, count)
        made = _made(session, found, wanted)
        content = _csv(made)
        # Written before the commit: a link whose token nobody saw is of no use.
        with writing(target) as file:
            file.write(content)
            session.commit()
        settings = web.settings()
    click.echo(f"Đã tạo / made {len(made)} đường dẫn / links", err=True)
    if fieldwork.works_here_only(settings):
        click.echo(_only_here(settings.public_origin), err=True)


def _only_here(address: str) -> str:
    return (
        f"Lưu ý: đường dẫn chứa {address}, chỉ mở được trên máy này; hãy đặt "
        "SURVEY_PUBLIC_URL trước khi tạo mã / warning: these links open on this "
        "machine only; set SURVEY_PUBLIC_URL before making links"
    )


def _wanted(
    session: Session,
    wave: Wave,
    kind: str,
    unit_code: str | None,
    procedure_code: str | None,
    count: int | None,
) -> list[Wanted]:
    unit = unit_of(session, unit_code) if unit_code else None
    procedure = procedure_of(session, procedure_code) if procedure_code else None
    if kind == "dossier":
        units = catalogue.subtree(session, [unit.id]) if unit else None
        framed = fieldwork.wanted_dossiers(
            session,
            wave,
            units,
            count or MOST_LINKS,
            procedure_id=procedure.id if procedure else None,
        )
        if framed:
            return framed
        if count is None:
            raise Refusal(
                "không có hồ sơ nào chưa có đường dẫn; hãy nạp hồ sơ (survey dossiers "
                "load) hoặc thêm --count N để tạo N đường dẫn trống / no dossier "
                "without a link: load dossiers, or add --count N for N blank links"
            )
    unit_id = unit.id if unit else procedure.unit_id if procedure else wave.unit_id
    one = Wanted(
        kind=kind,
        unit_id=unit_id,
        procedure_id=procedure.id if procedure else None,
    )
    return [one] * (count or 1)


def _made(session: Session, wave: Wave, wanted: Sequence[Wanted]) -> list[Made]:
    secret = web.settings().secret()
    made: list[Made] = []
    for start in range(0, len(wanted), BATCH):
        made += fieldwork.make_links(
            session,
            wave,
            wanted[start : start + BATCH],
            batch=fieldwork.new_batch(secret),
            now=clock.now(),
        )
    return made


def _csv(made: Sequence[Made]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_HEAD)
    writer.writerows(fieldwork.link_rows(web.settings(), made))
    return text.getvalue().encode("utf-8")

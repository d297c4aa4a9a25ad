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
        fieldwork.open_wave(session, found, now=clock.now())
        opened = found.id
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

    Với --kind dossier, hồ sơ đã nạp mà chưa có đường dẫn được dùng trước; không có
    hồ sơ nào thì tạo đường dẫn trống. / Imported dossiers without a link come first.
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
    click.echo(f"Đã tạo / made {len(made)} đường dẫn / links", err=True)


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
    if kind == "dossier" and procedure is None:
        units = catalogue.subtree(session, [unit.id]) if unit else None
        framed = fieldwork.wanted_dossiers(session, wave, units, count or MOST_LINKS)
        if framed:
            return framed
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

"""The calendar from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from survey import fieldwork, workdays
from survey.cli.office import reading, work
from survey.cli.shelf import FILE

KINDS = {False: "nghỉ / off", True: "làm bù / worked"}


@click.group(name="calendar")
def calendar_group() -> None:
    """Lịch nghỉ và ngày làm bù. / Holidays and swapped working days."""


@calendar_group.command()
@click.argument("year", metavar="[YEAR]", required=False, type=int)
def show(year: int | None) -> None:
    """Mỗi ngày một dòng. / One day a line."""
    with reading() as session:
        for mark in fieldwork.calendar_marks(session):
            if year in (None, mark.day.year):
                click.echo(f"{mark.day}\t{KINDS[mark.is_working]}\t{mark.name}")


@calendar_group.command()
@click.argument("file", type=FILE)
def load(file: Path) -> None:
    """Thay mọi ngày của các năm có trong tệp TOML. / Replace the years in the file.

    \b
    [2027.holidays]
    2027-09-02 = "Quốc khánh"
    [2027.swapped_working_days]
    2027-08-28 = "Làm bù cho 03/9"
    """
    marks = workdays.read(file.read_text(encoding="utf-8-sig"), file.name)
    with work() as session:
        change = fieldwork.replace_calendar(session, marks)
    if change.copied:
        click.echo(
            f"Chép {change.copied} ngày của lịch có sẵn / copied from the packaged one"
        )
    years = ", ".join(str(one) for one in sorted({mark.day.year for mark in marks}))
    click.echo(f"Đã ghi / written: {len(marks)} ngày / days, {years or '–'}")

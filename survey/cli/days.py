"""The calendar from the command line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from survey import fieldwork, workdays
from survey.cli.faults import Refusal
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
@click.option(
    "--yes",
    is_flag=True,
    help="Thay cả khi năm còn ít ngày hơn / replace though a year has fewer days then.",
)
def load(file: Path, *, yes: bool) -> None:
    """Thay mọi ngày của các năm có trong tệp TOML. / Replace the years in the file.

    \b
    [2027.holidays]
    2027-09-02 = "Quốc khánh"
    [2027.swapped_working_days]
    2027-08-28 = "Làm bù cho 03/9"
    """
    marks = workdays.read(file.read_text(encoding="utf-8-sig"), file.name)
    with work() as session:
        before = Counter(one.day.year for one in fieldwork.calendar_marks(session))
        after = Counter(mark.day.year for mark in marks)
        shrinking = [year for year in sorted(after) if after[year] < before[year]]
        if shrinking and not yes:
            told = "; ".join(
                f"{year}: thay {before[year]} ngày bằng {after[year]} ngày / "
                f"{after[year]} days for {before[year]}"
                for year in shrinking
            )
            raise Refusal(
                f"{told}. Tệp phải có đủ mọi ngày của năm; nếu đúng là vậy, thêm --yes "
                "/ the file must hold every day of a year: add --yes if it does"
            )
        change = fieldwork.replace_calendar(session, marks)
    if change.copied:
        click.echo(
            f"Chép {change.copied} ngày của lịch có sẵn / copied from the packaged one"
        )
    years = ", ".join(
        f"{year} ({before[year]} → {count})" for year, count in sorted(after.items())
    )
    click.echo(f"Đã ghi / written: {len(marks)} ngày / days, {years or '–'}")

"""Periodic reports from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from survey import actions, clock
from survey.cli.office import reading, work
from survey.cli.shelf import FILE


@click.group(name="reports")
def reports_group() -> None:
    """Báo cáo định kỳ phải gửi. / Periodic reports that are due."""


@reports_group.command()
def show() -> None:
    """Mỗi báo cáo một dòng. / One report a line."""
    with reading() as session:
        for one in actions.periodic_reports(session):
            due = f"{one.cut_day} → {one.due_day}+{one.due_months}"
            marks = [
                words
                for holds, words in (
                    (not one.is_confirmed, "cần xác nhận / to be confirmed"),
                    (one.is_stopped, "ngừng / stopped"),
                )
                if holds
            ]
            click.echo("\t".join((one.kind, due, one.name, *marks)))


@reports_group.command()
@click.argument("file", type=FILE)
def load(file: Path) -> None:
    """Nạp từ tệp TOML; báo cáo trùng tên được sửa. / Load; same names are changed.

    \b
    [[report]]
    name = "Báo cáo cải cách hành chính (quý)"
    kind = "quarterly"          # monthly, quarterly, half_year, yearly
    cut_day = 14                # chốt số liệu / data are cut
    due_day = 20                # gửi / due; 31: ngày cuối tháng / last of the month
    due_months = 0              # 1: tháng sau kỳ / the month after
    day_off_rule = "next"       # next, before, same
    recipients = "Sở Nội vụ"
    legal_basis = "NĐ 09/2019/NĐ-CP"
    is_confirmed = true
    """
    with work() as session:
        given = actions.read_reports(file.read_text(encoding="utf-8-sig"), file.name)
        added, changed = actions.load_reports(
            session, given, now=clock.now(), today=clock.today()
        )
    click.echo(f"Thêm / added {added}, sửa / changed {changed}")

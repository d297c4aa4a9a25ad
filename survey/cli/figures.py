"""Figures: tallies against responses, and results as files."""

from __future__ import annotations

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import clock, figures, tallies, web
from survey.cli.faults import Refusal
from survey.cli.files import writing
from survey.cli.office import reading, wave_of, work
from survey.models import Wave


@click.group()
def tally() -> None:
    """Bảng đếm so với phiếu trả lời. / Tallies against responses."""


_WAVE = click.option(
    "--wave", "wave_id", metavar="ID", help="Chỉ một đợt / one wave only."
)


def _waves(session: Session, wave_id: str | None) -> list[Wave]:
    if wave_id is not None:
        return [wave_of(session, wave_id)]
    return list(session.scalars(sa.select(Wave).order_by(Wave.id)))


@tally.command(name="check")
@_WAVE
def check_tallies(wave_id: str | None) -> None:
    """Đếm lại và so sánh; mã thoát 1 nếu lệch. / Recount; exit 1 on a difference."""
    wrong = 0
    with reading() as session:
        for wave in _waves(session, wave_id):
            cells = tallies.check(session, wave).count
            wrong += cells
            state = f"lệch / wrong: {cells} ô" if cells else "đúng / right"
            click.echo(f"{wave.id}\t{state}")
    if wrong:
        click.echo("Sửa bằng / mend with: survey tally rebuild", err=True)
        raise click.exceptions.Exit(1)


@tally.command()
@_WAVE
def rebuild(wave_id: str | None) -> None:
    """Lập lại bảng đếm từ phiếu trả lời. / Rebuild the tallies from the responses."""
    with work() as session:
        for wave in _waves(session, wave_id):
            wrong = tallies.rebuild(session, wave)
            session.commit()
            click.echo(f"{wave.id}\tđã sửa / mended {wrong} ô / cells")


@click.group(name="results")
def results_group() -> None:
    """Kết quả khảo sát. / Results."""


@results_group.command()
@click.option("--wave", "wave_id", required=True, metavar="ID")
@click.option(
    "--format",
    "file_format",
    required=True,
    type=click.Choice(
        sorted({one for some in figures.FORMATS.values() for one in some})
    ),
)
@click.option(
    "--kind",
    default="report",
    show_default=True,
    type=click.Choice(sorted(figures.FORMATS)),
    help="Báo cáo, tỷ lệ trả lời, phiếu trả lời thô, hoặc bảng mã / report, response "
    "rates, raw answers, code book.",
)
@click.option(
    "--language", default="vi", show_default=True, type=click.Choice(("vi", "en"))
)
@click.option(
    "--output",
    "-o",
    required=True,
    metavar="FILE",
    help="Tên tệp; - là đầu ra chuẩn / - is standard output.",
)
def export(
    wave_id: str, file_format: str, kind: str, language: str, output: str
) -> None:
    """Ghi kết quả một đợt ra tệp. / Write the results of a wave into a file."""
    if file_format not in figures.FORMATS[kind]:
        raise Refusal(
            f"--kind {kind} chỉ có ở dạng / comes only as: "
            f"{', '.join(figures.FORMATS[kind])}"
        )
    with reading() as session:
        wave_of(session, wave_id)
        with writing(output) as target:
            figures.write(
                session,
                wave_id,
                target,
                format=file_format,
                kind=kind,
                language=language,
                agency=web.agency(language),
                superior=web.superior(language),
                on=clock.today(),
                late_days=web.settings().late_days,
            )

"""What stands on the shelf: questionnaires, units and procedures."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa

from survey import catalogue, clock, fieldwork
from survey.cli.faults import Refusal
from survey.cli.office import reading, work
from survey.models import PublishedQuestionnaire
from survey.questionnaire import digest, load

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group()
def questionnaire() -> None:
    """Bộ phiếu khảo sát dạng TOML. / Questionnaires as TOML."""


@questionnaire.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Kiểm tra tệp; mỗi lỗi một dòng. / Check a file; one fault a line."""
    text = file.read_text(encoding="utf-8-sig")
    found = load(text, file.name)
    click.echo(
        f"{found.id}: {len(found.criteria)} tiêu chí / criteria, "
        f"{len(found.facts)} câu hỏi thực tế / facts, sha256 {digest(text)}"
    )


@questionnaire.command()
@click.argument("file", type=FILE)
def publish(file: Path) -> None:
    """Công bố; nội dung đã công bố không đổi được. / Freeze a version."""
    text = file.read_text(encoding="utf-8-sig")
    with work() as session:
        made = catalogue.publish(session, text, source=file.name, now=clock.now())
        click.echo(f"Đã công bố / published: {made.id} sha256 {made.sha256}")


@questionnaire.command()
@click.argument("questionnaire_id", metavar="[ID]", required=False)
def show(questionnaire_id: str | None) -> None:
    """In một phiếu đã công bố; không có ID thì liệt kê. / Print one, or list."""
    with reading() as session:
        if questionnaire_id is None:
            for one in session.scalars(
                sa.select(PublishedQuestionnaire).order_by(PublishedQuestionnaire.id)
            ):
                day = clock.local(one.published_at).date()
                click.echo(f"{one.id}\t{day:%d/%m/%Y}\t{one.sha256}")
            return
        found = session.get(PublishedQuestionnaire, questionnaire_id)
        if found is None:
            raise Refusal(
                f"chưa công bố phiếu {questionnaire_id!r} / not published; "
                "xem danh sách / list: survey questionnaire show"
            )
        click.echo(found.text, nl=not found.text.endswith("\n"))


@click.group()
def units() -> None:
    """Cơ quan, phòng, đơn vị. / Units of the office."""


@units.command(name="load")
@click.argument("file", type=FILE)
def load_units(file: Path) -> None:
    """Nạp từ CSV hoặc XLSX: tất cả hoặc không gì cả. / Load, all or nothing."""
    with work() as session:
        loaded = fieldwork.load_units(session, file.read_bytes())
    say_loaded(loaded)


@click.group()
def procedures() -> None:
    """Danh mục thủ tục hành chính. / Procedures."""


@procedures.command(name="load")
@click.argument("file", type=FILE)
def load_procedures(file: Path) -> None:
    """Nạp từ CSV hoặc XLSX: tất cả hoặc không gì cả. / Load, all or nothing."""
    with work() as session:
        loaded = fieldwork.load_procedures(session, file.read_bytes())
    say_loaded(loaded)


def say_loaded(loaded: fieldwork.Loaded) -> None:
    """What loading a list did."""
    click.echo(f"Thêm / added {loaded.added}, đã có, ghi lại / known {loaded.changed}")

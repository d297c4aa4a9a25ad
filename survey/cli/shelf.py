"""What stands on the shelf: questionnaires, units and procedures."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa

from survey import catalogue, clock, fieldwork
from survey.cli.faults import Refusal, in_both, say
from survey.cli.office import reading, work
from survey.cli.reading_times import reading_lines
from survey.models import PublishedQuestionnaire
from survey.questionnaire import (
    LANGUAGES,
    QuestionnaireError,
    digest,
    lint,
    load,
    places,
)
from survey.questionnaire.lint import ADVICE

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group()
def questionnaire() -> None:
    """Bộ phiếu khảo sát dạng TOML. / Questionnaires as TOML."""


@questionnaire.command()
@click.argument("file", type=FILE)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help="Chỉ in lỗi, cảnh báo bằng ngôn ngữ này. / Faults and warnings in this one.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Mã thoát 2 khi còn cảnh báo. / Exit code 2 when a warning stands.",
)
@click.pass_context
def check(
    ctx: click.Context, file: Path, *, language: str | None, strict: bool
) -> None:
    """Kiểm tra tệp: lỗi, rồi cảnh báo. / Check a file: faults, then warnings.

    Tệp có lỗi thì không dùng được (mã thoát 2); cảnh báo là câu chữ dễ làm đánh giá
    thiếu chính xác, có thể chấp nhận kèm lý do trong [[accepted]].
    A faulty file cannot be used (exit code 2); warnings are about wording that makes
    ratings inaccurate and can be accepted with a reason in [[accepted]].
    """
    text = file.read_text(encoding="utf-8-sig")
    try:
        found = load(text, file.name)
    except QuestionnaireError as error:
        if language is None:
            raise
        for fault in error.faults:
            say(fault.words(language))
        ctx.exit(2)
    click.echo(
        f"{found.id}: {len(found.criteria)} tiêu chí / criteria, "
        f"{len(found.facts)} câu hỏi thực tế / facts, sha256 {digest(text)}"
    )
    linted = lint(found)
    for warning in linted.warnings:
        words = warning.words(language or "vi")
        both = "" if language else f" / {ADVICE[warning.rule].en}"
        click.echo(f"{file.name}: {words}{both}")
    click.echo(
        f"{len(linted.warnings)} cảnh báo / warnings, "
        f"{len(linted.accepted)} đã chấp nhận / accepted"
    )
    if strict and linted.warnings:
        ctx.exit(2)


@questionnaire.command()
@click.argument("file", type=FILE)
@click.argument("renewed", metavar="[PLACE]...", nargs=-1)
def translated(file: Path, renewed: tuple[str, ...]) -> None:
    """Ghi nhận bản tiếng Anh đã khớp bản tiếng Việt. / English matches Vietnamese.

    Chạy sau khi đã sửa bản tiếng Anh theo bản tiếng Việt mới; ghi [translated] vào tệp.
    Không nêu chỗ nào (như A1.text) thì ghi nhận mọi chỗ.
    Run it when the English follows the new Vietnamese; it writes [translated] in the
    file, for all places or for those named (such as A1.text).
    """
    # Read as text, so that the line ends of other systems become one.
    text = file.read_text(encoding="utf-8-sig")
    found = load(text, file.name)
    waiting = places.stale(found)
    known = {place for place, _ in places.texts(found)}
    for place in renewed:
        if place not in known:
            raise Refusal(f"phiếu không có chỗ {place!r} / no such place in the file")
    chosen = [one for one in waiting if not renewed or one in renewed]
    written = places.with_digests(text, found, renewed or None)
    file.write_text(written, encoding="utf-8", newline="\n")
    click.echo(f"Đã ghi nhận / renewed: {len(chosen)}")
    for place in chosen:
        click.echo(place)


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
@click.option(
    "--only-text",
    is_flag=True,
    help="Không in thời gian đọc. / Without the reading times.",
)
def show(questionnaire_id: str | None, *, only_text: bool) -> None:
    """In một phiếu đã công bố; không có ID thì liệt kê. / Print one, or list.

    Thời gian đọc được in ở đầu, dưới dạng chú thích của tệp.
    The reading times are printed first, as comments of the file.
    """
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
        if not only_text:
            for line in reading_lines(load(found.text, found.id)):
                click.echo(f"# {line}".rstrip())
            click.echo()
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
    say_notices(loaded)


def say_notices(loaded: fieldwork.Loaded) -> None:
    """What to know of how a list was read, in both languages."""
    for notice in loaded.notices:
        say(in_both(notice))

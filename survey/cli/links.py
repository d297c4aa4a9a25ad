"""Links from the command line: made, listed, revoked."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, clock, fieldwork, keyholes, web
from survey.cli.faults import Refusal
from survey.cli.files import writing
from survey.cli.office import procedure_of, reading, unit_of, wave_of, work
from survey.fieldwork import FieldworkError, Wanted
from survey.models import (
    IS_SHOWN,
    LINK_KINDS,
    Batch,
    Dossier,
    Link,
    Procedure,
    Unit,
    Wave,
)

CSV_HEAD = ("link", "url", "kind", "unit", "procedure", "dossier")
LISTED = ("active", "spent", "revoked", "replaced")
MOST_LINKS = 100_000
OF_WAVE = "Mã của đợt khảo sát / id of the wave."
OF_KIND = (
    "Hồ sơ, quầy, máy tại chỗ / of a dossier, on a wall, on a tablet at a counter."
)


@click.group()
def links() -> None:
    """Đường dẫn và mã QR. / Links."""


@links.command(short_help="Tạo đường dẫn / make links.")
@click.option("--wave", "wave_id", required=True, metavar="ID", help=OF_WAVE)
@click.option("--kind", required=True, type=click.Choice(LINK_KINDS), help=OF_KIND)
@click.option(
    "--unit",
    "unit_code",
    metavar="CODE",
    help="Đơn vị; mặc định của đợt / unit; the wave's if absent.",
)
@click.option(
    "--procedure",
    "procedure_code",
    metavar="CODE",
    help="Thủ tục; mặc định là mọi thủ tục / procedure; any if absent.",
)
@click.option(
    "--count",
    type=click.IntRange(1, MOST_LINKS),
    help="Số đường dẫn; hồ sơ đã nạp: mặc định là tất cả / how many; imported "
    "dossiers: all of them if absent.",
)
@click.option(
    "--counter",
    metavar="TEXT",
    help="Nơi đặt, ví dụ Quầy số 3 / where it hangs or stands.",
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
    counter: str | None,
    target: str,
) -> None:
    """Tạo đường dẫn; mã của hồ sơ chỉ hiện một lần này. / Make links; the codes of
    dossiers are shown this once.

    Với --kind dossier, hồ sơ đã nạp mà chưa có đường dẫn được dùng trước; không còn
    hồ sơ nào thì --count N tạo N đường dẫn trống. / Imported dossiers without a link
    come first; when there is none, --count N makes N links without a dossier.
    """
    if target != "-" and Path(target).exists():
        # It may hold the only copy of codes that are shown once.
        raise Refusal(f"{target} đã có; hãy đặt tên khác / the file exists already")
    if counter is not None and len(counter) > 80:
        raise Refusal("--counter dài tối đa 80 ký tự / at most 80 characters")
    with work() as session:
        found = wave_of(session, wave_id)
        unit = unit_of(session, unit_code) if unit_code else None
        procedure = procedure_of(session, procedure_code) if procedure_code else None

        def wanted() -> list[Wanted]:
            return _wanted(session, found, kind, unit, procedure, count, counter)

        tokens = fieldwork.new_tokens()
        if kind == "dossier":
            made = fieldwork.make_links_in_parts(
                session, found, wanted, batch=tokens, now=clock.now()
            )
        else:
            made = fieldwork.make_links(
                session, found, wanted(), batch=tokens, now=clock.now()
            )
        content = _csv(session, made, tokens)
        # Written before the commit: a link whose token nobody saw is of no use.
        with writing(target) as file:
            file.write(content)
            size = made.size
            session.commit()
        settings = web.settings()
    click.echo(f"Đã tạo / made {size} đường dẫn / links", err=True)
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
    unit: Unit | None,
    procedure: Procedure | None,
    count: int | None,
    counter: str | None,
) -> list[Wanted]:
    if kind == "dossier":
        units = catalogue.subtree(session, [unit.id]) if unit else None
        framed = fieldwork.bare_wanted(
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
        counter=counter,
    )
    return [one] * (count or 1)


def _csv(session: Session, made: Batch, tokens: fieldwork.Tokens) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_HEAD)
    rows = fieldwork.link_rows(web.settings(), fieldwork.made_of(session, made, tokens))
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


@links.command(name="list", short_help="Mỗi đường dẫn một dòng / one link a line.")
@click.option("--wave", "wave_id", required=True, metavar="ID", help=OF_WAVE)
@click.option("--kind", type=click.Choice(LINK_KINDS), help=OF_KIND)
@click.option(
    "--state",
    type=click.Choice(LISTED),
    help="Còn dùng, đã trả lời, đã thu hồi, đã thay / usable, answered, revoked, "
    "replaced.",
)
@click.option(
    "--batch", "batch_id", type=int, metavar="ID", help="Chỉ một lô / one batch only."
)
def list_links(
    wave_id: str, kind: str | None, state: str | None, batch_id: int | None
) -> None:
    """Mỗi đường dẫn một dòng, mã số đứng đầu. / One link a line, its id first.

    Cột / columns: link, kind, state, unit, procedure, dossier, batch, made, valid to,
    counter. Không có mã / without their codes.
    """
    with reading() as session:
        wave_of(session, wave_id)
        standing = keyholes.STANDING
        query = (
            sa.select(
                Link.id,
                Link.kind,
                standing,
                Unit.code,
                Procedure.code,
                Dossier.code,
                Link.batch_id,
                Link.made_on,
                Link.valid_to,
                Link.counter,
            )
            .join(Unit, Unit.id == Link.unit_id)
            .outerjoin(Procedure, Procedure.id == Link.procedure_id)
            .outerjoin(Dossier, Dossier.id == Link.dossier_id)
            .where(Link.wave_id == wave_id, IS_SHOWN)
            .order_by(Link.id)
        )
        for column, value in (
            (Link.kind, kind),
            (standing, state),
            (Link.batch_id, batch_id),
        ):
            if value is not None:
                query = query.where(column == value)
        for row in session.execute(query.execution_options(yield_per=1000)):
            click.echo("\t".join("" if cell is None else str(cell) for cell in row))


@links.command(short_help="Thu hồi một mã hoặc cả lô / revoke a link or a batch.")
@click.option("--wave", "wave_id", required=True, metavar="ID", help=OF_WAVE)
@click.option(
    "--link", "link_id", type=int, metavar="ID", help="Một mã (mã số) / one link (id)."
)
@click.option(
    "--batch",
    "batch_id",
    type=int,
    metavar="ID",
    help="Cả một lô / a whole batch.",
)
@click.option("--reason", required=True, help="Vì sao; vào nhật ký / why; is logged.")
def revoke(
    wave_id: str, link_id: int | None, batch_id: int | None, reason: str
) -> None:
    """Thu hồi một đường dẫn, hoặc cả lô chưa trả lời. / Revoke a link, or all links of
    a batch that were not answered.
    """
    if (link_id is None) == (batch_id is None):
        raise Refusal("cần --link hoặc --batch, chỉ một / give one of the two")
    with work() as session:
        wave_of(session, wave_id)
        found: Link | Batch | None = (
            session.get(Batch, batch_id)
            if link_id is None
            else session.get(Link, link_id)
        )
        if found is None or found.wave_id != wave_id:
            raise Refusal("đợt này không có mã hay lô như vậy / no such link or batch")
        try:
            if isinstance(found, Link):
                fieldwork.revoke_link(session, found, reason=reason, now=clock.now())
                gone = 1
            else:
                gone = fieldwork.revoke_batch(
                    session, found, reason=reason, now=clock.now()
                )
        except FieldworkError as error:
            raise Refusal(str(error)) from error
    click.echo(f"Đã thu hồi / revoked {gone} đường dẫn / links")

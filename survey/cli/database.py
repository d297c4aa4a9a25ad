"""The database from the command line: migrations, checks, copies."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa

from survey import config
from survey.cli import copies
from survey.cli.faults import Refusal
from survey.cli.office import (
    application,
    bring_up,
    reading,
    release,
    require_current,
)
from survey.db import db
from survey.models import Response
from survey.upgrades import is_current


@click.group(name="db")
def db_group() -> None:
    """Cơ sở dữ liệu. / The database."""


@db_group.command()
def upgrade() -> None:
    """Nâng cấp lên phiên bản mới nhất. / Bring to the newest migration."""
    app = application(is_new=True)
    bring_up(app)
    click.echo("Cơ sở dữ liệu ở phiên bản mới nhất / up to date")


@db_group.command()
def check() -> None:
    """Kiểm tra toàn vẹn và phiên bản; mã thoát 1 nếu có lỗi. / Exit 1 on a fault."""
    settings = config.load()
    app = application(settings)
    if not is_current(app):
        click.echo("Cần nâng cấp / needs an upgrade: survey db upgrade")
        raise click.exceptions.Exit(1)
    if copies.is_sqlite(settings):
        copies.verify_sqlite(Path(sa.make_url(settings.engine_url).database or ""))
    with reading(app) as session:
        count = session.scalar(sa.select(sa.func.count()).select_from(Response))
    click.echo(f"Tốt / good: {count} phiếu / responses")


@db_group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Ghi đè tệp đã có / overwrite the file.")
def backup(file: Path, yes: bool) -> None:
    """Sao lưu khi đang chạy; tệp ra đã được kiểm tra. / Copy while in use, verified.

    Hãy giữ cả khóa bí mật instance/secret ở nơi khác: thiếu nó, mã xác nhận cũ không
    kiểm tra được nữa.
    """
    if file.exists() and not yes:
        raise Refusal(f"{file} đã có; thêm --yes để ghi đè / exists: add --yes")
    settings = config.load()
    require_current(application(settings))
    copies.backup(settings, file)
    click.echo(f"Đã sao lưu / written: {file} ({file.stat().st_size} byte)")


@db_group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--yes", is_flag=True, help="Thay dữ liệu hiện có / replace the present data."
)
def restore(file: Path, yes: bool) -> None:
    """Khôi phục từ bản sao lưu, sau khi kiểm tra. / Verified, all or nothing."""
    settings = config.load()
    if _has_data() and not yes:
        raise Refusal(
            "đã có dữ liệu; hãy sao lưu trước rồi thêm --yes để thay / there are "
            "data: back up first, then add --yes"
        )
    copies.restore(settings, file)
    app = application(settings)
    with reading(app) as session:
        count = session.scalar(sa.select(sa.func.count()).select_from(Response))
    click.echo(f"Đã khôi phục / restored: {count} phiếu / responses")


def _has_data() -> bool:
    """Whether there is a database with tables; a damaged one counts."""
    app = application(is_new=True)
    try:
        with app.app_context():
            return bool(sa.inspect(db.engine).get_table_names())
    except sa.exc.DatabaseError:
        if not copies.is_sqlite(app.config["SURVEY"]):
            raise
        return True
    finally:
        release(app)

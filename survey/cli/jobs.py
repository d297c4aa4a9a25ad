"""Long work from the command line: what the server starts, or an operator."""

from __future__ import annotations

import click

from survey import jobs
from survey.cli.office import application, require_current


@click.command()
@click.option(
    "--once",
    is_flag=True,
    help="Không chờ thêm khi hàng đợi đã hết / leave as soon as nothing waits.",
)
def work(once: bool) -> None:
    """Làm các việc dài đang chờ. / Do the long work that waits.

    Máy chủ tự gọi lệnh này; chỉ cần gõ khi muốn làm ngay việc bị dừng giữa chừng. /
    The server starts it by itself; type it to take up what was interrupted.
    """
    app = application()
    require_current(app)
    done = jobs.work_off(app, idle_seconds=0 if once else jobs.IDLE_SECONDS)
    click.echo(f"Đã làm / done: {done} việc / jobs")

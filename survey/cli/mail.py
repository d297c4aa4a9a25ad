"""Invitations by e-mail from the command line: sending by a timer, how it stands."""

from __future__ import annotations

import click
import sqlalchemy as sa

from survey.cli.faults import Refusal
from survey.cli.office import reading, work
from survey.config import Settings
from survey.fieldwork import messages
from survey.models import Wave
from survey.web import settings as chosen_settings


@click.group()
def mail() -> None:
    """Thư mời, thư nhắc qua máy chủ thư. / Invitations by e-mail."""


def _server() -> Settings:
    settings = chosen_settings()
    if not settings.sends_mail:
        raise Refusal(
            "chưa đặt SURVEY_SMTP_HOST nên chưa gửi thư được / SURVEY_SMTP_HOST is not "
            "set, so no mail can be sent"
        )
    return settings


@mail.command(short_help="Gửi thư đến hạn / send what is due.")
@click.option(
    "--all",
    "sends_all",
    is_flag=True,
    help="Gửi tới khi hết thư đến hạn / go on until nothing is due.",
)
def send(sends_all: bool) -> None:
    """Gửi thư đến hạn, nhiều nhất một phút. / Send what is due, for a minute.

    Chạy mỗi phút (deploy/survey-mail.timer); chạy chồng lên nhau cũng không gửi trùng.
    / Run it every minute; two at once send nothing twice.
    """
    with work() as session:
        settings = _server()
        sent = failed = 0
        while True:
            done = messages.send_due(session, settings)
            sent, failed = sent + done.sent, failed + done.failed
            if not sends_all or not done.waiting or done.fault:
                break
            messages.wait_for_room(settings)
    click.echo(
        f"Đã gửi / sent {sent}, không gửi được / failed {failed}, còn đến hạn / still "
        f"due {done.waiting}"
    )
    if done.fault:
        raise Refusal(
            f"máy chủ thư không nhận; sẽ thử lại / the mail server does not take mail, "
            f"to be tried again: {done.fault}"
        )


@mail.command(short_help="Số thư theo đợt, trạng thái / mails by wave and state.")
def status() -> None:
    """Mỗi đợt một dòng cho mỗi trạng thái. / A line for each wave and state."""
    with reading() as session:
        waves = session.scalars(sa.select(Wave.id).order_by(Wave.opens_on, Wave.id))
        for wave_id in waves.all():
            for state, count in sorted(messages.by_state(session, wave_id).items()):
                click.echo(f"{wave_id}\t{state}\t{count}")
            for fault, count in messages.faults(session, wave_id):
                click.echo(f"{wave_id}\tfault\t{count}\t{fault}")

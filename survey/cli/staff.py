"""Accounts of the staff, from the machine itself: the way in before any account."""

from __future__ import annotations

import sys

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import accounts, clock
from survey.cli.faults import Refusal
from survey.cli.office import reading, unit_of, work
from survey.models import ROLES, Account

_EMAIL = click.argument("email")
_STDIN = click.option(
    "--password-stdin",
    is_flag=True,
    help="Đọc mật khẩu từ đầu vào chuẩn / read the password from standard input.",
)


@click.group()
def account() -> None:
    """Tài khoản cán bộ. / Accounts of the staff."""


@account.command()
@_EMAIL
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option(
    "--unit",
    "unit_code",
    metavar="CODE",
    help="Chỉ thấy đơn vị này trở xuống / sees this unit and those below.",
)
@_STDIN
def add(email: str, role: str, unit_code: str | None, password_stdin: bool) -> None:
    """Tạo tài khoản. / Make an account."""
    password = _password(password_stdin)
    with work() as session:
        unit_id = unit_of(session, unit_code).id if unit_code else None
        made = accounts.add_account(
            session,
            email,
            role=role,
            password=password,
            unit_id=unit_id,
            now=clock.now(),
        )
        click.echo(f"Đã tạo / made: {made.email} ({made.role})")


@account.command()
@_EMAIL
@_STDIN
def password(email: str, password_stdin: bool) -> None:
    """Đặt mật khẩu mới, kết thúc mọi phiên đăng nhập. / Set a new password."""
    text = _password(password_stdin)
    with work() as session:
        accounts.set_password(session, _found(session, email), text)
    click.echo("Đã đổi mật khẩu / changed")


@account.command()
@_EMAIL
def disable(email: str) -> None:
    """Khóa tài khoản ngay. / Shut an account out at once."""
    with work() as session:
        accounts.disable(session, _found(session, email))
    click.echo("Đã khóa / disabled")


@account.command()
@_EMAIL
def enable(email: str) -> None:
    """Mở lại tài khoản đã khóa. / Let a disabled account in again."""
    with work() as session:
        accounts.enable(session, _found(session, email))
    click.echo("Đã mở lại / enabled")


@account.command(name="list")
def list_accounts() -> None:
    """Mỗi tài khoản một dòng. / One account a line."""
    with reading() as session:
        for one in session.scalars(sa.select(Account).order_by(Account.email)):
            unit = one.unit.code if one.unit else "-"
            state = "active" if one.is_active else "disabled"
            click.echo(f"{one.email}\t{one.role}\t{unit}\t{state}")


def _found(session: Session, email: str) -> Account:
    found = accounts.find_account(session, email)
    if found is None:
        raise Refusal(f"không có tài khoản {email!r} / no such account")
    return found


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Refusal(
            "cần mật khẩu: thêm --password-stdin / a password is needed: "
            "add --password-stdin"
        )
    text: str = click.prompt(
        f"Mật khẩu, ít nhất {accounts.MIN_LENGTH} ký tự / password",
        hide_input=True,
        confirmation_prompt=True,
    )
    return text

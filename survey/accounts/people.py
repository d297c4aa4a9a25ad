"""Accounts of the staff: made, disabled, given a password."""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey.accounts import passwords, sign_ins
from survey.models import ROLES, Account, Unit

MAX_EMAIL = 200
_EMAIL = re.compile(r"[^@\s<>\"',;:\\]+@[^@\s<>\"',;:\\]+\.[^@\s.<>\"',;:\\]{2,}")


class AccountsError(Exception):
    """An account cannot be made or changed so; `field` names what to mend."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def add_account(
    session: Session,
    email: str,
    *,
    role: str,
    password: str,
    unit_id: int | None = None,
    now: datetime,
) -> Account:
    """Make an account.

    Args:
        unit_id: the account sees only this unit and those below; None: all.
    Raises:
        AccountsError: the address is malformed or taken, the role or unit unknown,
            or the password too weak.
    """
    email = sign_ins.normal_email(email)
    if len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email):
        raise AccountsError(
            _("Xin nhập địa chỉ thư điện tử đầy đủ, ví dụ ten@khanhhoa.gov.vn."),
            "email",
        )
    if role not in ROLES:
        raise AccountsError(
            _("Không có vai trò này. Xin chọn trong danh sách."), "role"
        )
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise AccountsError(_("Không có đơn vị này. Xin chọn trong danh sách."), "unit")
    if find_account(session, email) is not None:
        raise AccountsError(
            _("Địa chỉ này đã có tài khoản. Xin nhập địa chỉ khác."), "email"
        )
    _check(password, email)
    account = Account(
        email=email,
        role=role,
        unit_id=unit_id,
        password_hash=passwords.hashed(password),
        is_active=True,
        made_at=now,
    )
    session.add(account)
    session.flush()
    return account


def find_account(session: Session, email: str) -> Account | None:
    """The account of this e-mail address."""
    return session.scalar(
        sa.select(Account).where(Account.email == sign_ins.normal_email(email))
    )


def set_password(session: Session, account: Account, password: str) -> None:
    """Give an account another password and end all its sign-ins.

    Raises:
        AccountsError: the password is too weak.
    """
    _check(password, account.email)
    account.password_hash = passwords.hashed(password)
    sign_ins.end_all(session, account)
    session.flush()


def change_password(
    session: Session, account: Account, password: str, *, now: datetime
) -> str:
    """Change one's own password, the old one being checked; ends every sign-in and
    opens a new one: its token.

    Raises:
        AccountsError: the new password is too weak, or the old one again.
    """
    if passwords.matches(account.password_hash, password):
        raise AccountsError(
            _("Mật khẩu mới phải khác mật khẩu đang dùng. Xin chọn mật khẩu khác."),
            "new_password",
        )
    set_password(session, account, password)
    return sign_ins.begin(session, account, now)


def disable(session: Session, account: Account) -> None:
    """Shut an account out at once; what it did stays.

    Raises:
        AccountsError: nobody would be left to manage the installation.
    """
    others = sa.select(Account.id).where(
        Account.role == "admin",
        Account.unit_id.is_(None),
        Account.is_active,
        Account.id != account.id,
    )
    rules_all = account.role == "admin" and account.unit_id is None
    if rules_all and session.scalar(others.limit(1)) is None:
        raise AccountsError(
            _(
                "Đây là tài khoản quản trị cuối cùng; xin thêm người quản trị khác "
                "trước."
            )
        )
    account.is_active = False
    sign_ins.end_all(session, account)
    session.flush()


def enable(session: Session, account: Account) -> None:
    """Let a disabled account sign in again, with the password it had."""
    account.is_active = True
    session.flush()


def _check(password: str, email: str) -> None:
    fault = passwords.fault(password, email)
    if fault is not None:
        raise AccountsError(fault, "new_password")

"""The blueprint of papers, and who may change them."""

from __future__ import annotations

from flask import Blueprint, abort, request

from survey import accounts, web

bp = Blueprint("drafting", __name__)


def may_write(*roles: str) -> bool:
    """Whether the account may change papers, which speak for the whole office."""
    account = accounts.current()
    return account.role in roles and account.unit_id is None


def refuse_unless(*roles: str) -> None:
    """End the request of who may not."""
    if not may_write(*roles):
        abort(403)


def of_the_paper() -> str:
    """The language of the paper that is asked for, else that of the reader."""
    asked = request.values.get("paper")
    return asked if asked in web.LANGUAGES else web.language()

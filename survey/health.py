"""What a watchdog asks: is the process alive, can it answer, how much is waiting."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from survey import accounts, web
from survey.db import Base, db
from survey.models import Draft, Link, Response, Wave

bp = Blueprint("health", __name__)
PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
NEAR = ("127.0.0.1", "::1")


@bp.get("/healthz")
@accounts.public
def alive() -> ResponseReturnValue:
    """The process answers; asks nothing else of anything."""
    return "ok\n", 200, PLAIN


@bp.get("/readyz")
@accounts.public
def ready() -> ResponseReturnValue:
    """The database answers and its tables are there."""
    try:
        db.session.execute(sa.select(Wave.id).limit(1))
    except SQLAlchemyError:
        web.log.warning("not ready")
        return "database not ready\n", 503, PLAIN
    return "ready\n", 200, PLAIN


def _count(noun: type[Base]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(noun)) or 0


@bp.get("/metrics")
@accounts.public
def metrics() -> ResponseReturnValue:
    """Counts for Prometheus, to a collector on this machine only."""
    forwarded = "X-Forwarded-For" in request.headers
    if request.remote_addr not in NEAR or forwarded:
        abort(404)
    lines = [
        f"survey_{name} {_count(noun)}"
        for name, noun in (
            ("responses_total", Response),
            ("drafts", Draft),
            ("links", Link),
        )
    ]
    return "\n".join(lines) + "\n", 200, PLAIN

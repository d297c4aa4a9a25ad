"""Making links, by the batch: 100,000 at once, each with a token that nobody keeps."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, selectinload

from survey import catalogue, clock, codes, funnel, keyholes, tallies, web
from survey.db import Base
from survey.fieldwork.links.log import log_event
from survey.fieldwork.terms import FieldworkError
from survey.models import NO_PROCEDURE, Batch, Dossier, Draw, Link, Procedure, Wave

MANY: Final = 1000
MOST_AT_ONCE: Final = 100_000
AT_ONCE_IN_A_REQUEST: Final = 2_000
"""More than these are made by a job, which shows how far it has come."""
ROWS_AT_ONCE: Final = 2_000
WITH_PLACES: Final = (
    selectinload(Link.unit),
    selectinload(Link.procedure),
    selectinload(Link.dossier),
)
_LINKS: Final = Base.metadata.tables[Link.__tablename__]


class KeyGone(Exception):
    """The key of a batch was erased: nobody can tell its tokens any more."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A link that is to be made."""

    kind: str
    unit_id: int
    procedure_id: int | None = None
    dossier_id: int | None = None
    note: str | None = None
    counter: str | None = None
    pin_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """The tokens of one batch: the same secret and key give the same ones again."""

    secret: bytes
    key: str

    def at(self, place: int) -> str:
        """The token at a place in the batch, from 0."""
        return codes.token_from(self.secret, f"{self.key}:{place}")


@dataclass(frozen=True)
class Made:
    """A link and its token."""

    link: Link
    token: str


def new_key() -> str:
    """A fresh key of a batch, 128 random bits."""
    return secrets.token_hex(16)


def new_tokens() -> Tokens:
    """The tokens of a batch that nobody has asked for before."""
    return tokens_of(new_key())


def tokens_of(key: str) -> Tokens:
    """The tokens that this installation makes of a key."""
    return Tokens(secret=web.settings().secret().encode(), key=key)


def make_links(
    session: Session,
    wave: Wave,
    wanted: Sequence[Wanted],
    *,
    batch: Tokens,
    now: datetime,
    by: int | None = None,
    note: str | None = None,
    keep_key: bool = False,
    are_new: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Batch:
    """Make links of one kind together, each with a token of its own.

    Args:
        batch: tokens used before are refused by the database; ask `made_before` first.
        by: the account that makes them; None for the command line.
        keep_key: keep the key for some hours, so that the tokens of dossiers can be
            printed and sent, and printed once more.
        are_new: whether they invite; not if they take the place of others.
        progress: told how many of how many were made.
    Raises:
        FieldworkError: none or too many are wanted, the wave is closed, or a unit or
            procedure is none of the wave's.
    """
    check_wanted(session, wave, wanted)
    (kind,) = {want.kind for want in wanted}
    is_kept = keep_key and kind == "dossier"
    # Reckoned before anything is written: it takes as long as all the writing, and
    # nobody who sends a form has to wait for it.
    secret = reckoned(batch, kind, len(wanted), progress)
    made = Batch(
        wave_id=wave.id,
        kind=kind,
        size=len(wanted),
        note=note,
        made_at=now,
        made_by=by,
        key=batch.key if is_kept else None,
        key_until=now + key_life() if is_kept else None,
        is_sample=wave.is_sample,
    )
    session.add(made)
    session.flush()
    for first in range(0, len(wanted), ROWS_AT_ONCE):
        last = first + ROWS_AT_ONCE
        some = list(zip(wanted[first:last], secret[first:last], strict=True))
        store(session, wave, made, some, first=first)
    if kind == "dossier":
        keyholes.cut_batch(session, made.id)
    finish(session, made, wanted, now=now, by=by, are_new=are_new)
    return made


def check_wanted(session: Session, wave: Wave, wanted: Sequence[Wanted]) -> None:
    """Let only so many be made, in an open wave, of its own units and procedures.

    Raises:
        FieldworkError: something else is wanted.
    """
    if not wanted:
        raise FieldworkError(_("Xin chọn ít nhất một mục."))
    if len(wanted) > MOST_AT_ONCE:
        raise FieldworkError(
            _("Mỗi lần tạo nhiều nhất %(most)s mã.", most=MOST_AT_ONCE), "count"
        )
    if wave.state == "closed":
        raise FieldworkError(_("Đợt đã đóng, không tạo thêm mã được. Xin tạo đợt mới."))
    _check_places(session, wave, wanted)


def finish(
    session: Session,
    made: Batch,
    wanted: Sequence[Wanted],
    *,
    now: datetime,
    by: int | None,
    are_new: bool,
) -> None:
    """Count the links of a batch that were stored, and write down who made them."""
    _count(session, made, wanted, are_new=are_new)
    log_event(session, action="made", batch=made, by=by, now=now)
    if len(wanted) >= MANY:
        _tell_planner(session)


def _tell_planner(session: Session) -> None:
    """Let PostgreSQL count what came, so that pages are fast before it does so itself.

    SQLite plans without counting.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("ANALYZE links, keyholes, dossiers"))


def key_life() -> timedelta:
    """For how long the key of a batch is kept."""
    return timedelta(hours=web.settings().key_hours)


def reckoned(
    batch: Tokens, kind: str, size: int, progress: Callable[[int, int], None] | None
) -> list[tuple[str | None, str]]:
    """Of each place what is stored of its token: itself, if it is no dossier's, and
    its hash."""
    found: list[tuple[str | None, str]] = []
    for place in range(size):
        token = batch.at(place)
        found.append((None if kind == "dossier" else token, codes.hashed(token)))
        if progress is not None and place % ROWS_AT_ONCE == 0:
            progress(place, size)
    return found


def store(
    session: Session,
    wave: Wave,
    made: Batch,
    some: Sequence[tuple[Wanted, tuple[str | None, str]]],
    *,
    first: int,
) -> None:
    """Store some links of a batch.

    Args:
        some: what is wanted and what `reckoned` found of its token, in order.
        first: the place of the first of them in the batch.
    """
    made_on = clock.local(made.made_at).date()
    of_all = {
        "wave_id": wave.id,
        "kind": made.kind,
        "batch_id": made.id,
        "state": "active",
        "made_on": made_on,
        "valid_to": valid_until(wave, made_on) if made.kind == "dossier" else None,
        "is_sample": wave.is_sample,
    }
    rows = (
        {
            **of_all,
            "place": place,
            "token": token,
            "token_hash": token_hash,
            "unit_id": want.unit_id,
            "procedure_id": want.procedure_id,
            "dossier_id": want.dossier_id,
            "counter": want.counter,
            "note": want.note,
            "pin_hash": want.pin_hash,
        }
        for place, (want, (token, token_hash)) in enumerate(some, start=first)
    )
    # The plain table: entities would keep the books of a hundred thousand links.
    if session.get_bind().dialect.name == "postgresql":
        _copy(session, rows)
        return
    session.execute(sa.insert(_LINKS), list(rows))


def _copy(session: Session, rows: Iterator[dict[str, Any]]) -> None:
    """Hand rows to PostgreSQL in one stream, which takes a tenth of the time."""
    first = next(rows)
    columns = ", ".join(first)
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    refused = connection.dialect.loaded_dbapi.Error
    try:
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY {_LINKS.name} ({columns}) FROM STDIN") as stream,
        ):
            for row in chain([first], rows):
                stream.write_row(list(row.values()))
    except refused as error:
        # As if SQLAlchemy had sent it: a token that is there already is one of ours.
        raise sa.exc.DBAPIError.instance(
            "COPY", None, error, refused, dialect=connection.dialect
        ) from error


def valid_until(wave: Wave, made_on: date) -> date:
    """The last day on which a dossier's link opens: every business has as long."""
    days = web.settings().close_days
    return min(wave.closes_on, max(made_on, wave.opens_on) + timedelta(days=days))


def _count(
    session: Session, made: Batch, wanted: Sequence[Wanted], *, are_new: bool
) -> None:
    places = Counter(
        (want.unit_id, want.procedure_id or NO_PROCEDURE) for want in wanted
    )
    made_on = clock.local(made.made_at).date()
    for (unit_id, procedure_id), links in sorted(places.items()):
        if made.kind == "dossier" and are_new:
            tallies.invite(session, made.wave_id, unit_id, procedure_id, links=links)
    for (unit_id, procedure_id), links in sorted(places.items()):
        of_links = (made.wave_id, made.id, unit_id, procedure_id, made_on)
        funnel.add(session, funnel.Cell.of(*of_links), made=links)


def _check_places(session: Session, wave: Wave, wanted: Sequence[Wanted]) -> None:
    units = set(catalogue.subtree(session, [wave.unit_id]))
    wanted_procedures = {want.procedure_id for want in wanted} - {None}
    known = set(
        session.scalars(
            sa.select(Procedure.id).where(
                Procedure.id.in_(wanted_procedures), Procedure.unit_id.in_(units)
            )
        )
    )
    if not units >= {want.unit_id for want in wanted}:
        raise FieldworkError(
            _("Có đơn vị không thuộc đợt khảo sát này. Xin chọn trong danh sách."),
            "units",
        )
    if known != wanted_procedures:
        raise FieldworkError(
            _("Có thủ tục không thuộc đợt khảo sát này. Xin chọn trong danh sách."),
            "procedures",
        )


def made_before(session: Session, wave: Wave, batch: Tokens) -> Batch | None:
    """The batch that these tokens made already; None if there is none in the wave."""
    return session.scalar(
        sa.select(Batch)
        .join(Link, Link.batch_id == Batch.id)
        .where(Link.token_hash == codes.hashed(batch.at(0)), Batch.wave_id == wave.id)
    )


def made_of(
    session: Session, batch: Batch, tokens: Tokens | None = None
) -> Iterator[Made]:
    """The links of a batch with their tokens, in the order of their places.

    Read as they are needed, so that 100,000 are never held; a link that was revoked
    or replaced meanwhile is among them, with its state.

    Args:
        tokens: of a batch that was made just now, whose key is not kept.
    Raises:
        KeyGone: the key was erased; only new codes help then.
    """
    if tokens is None and batch.key is not None:
        tokens = tokens_of(batch.key)
    if tokens is None and batch.kind == "dossier":
        raise KeyGone
    found = session.scalars(
        sa.select(Link)
        .where(Link.batch_id == batch.id)
        .order_by(Link.place)
        .options(*WITH_PLACES)
        .execution_options(yield_per=1000)
    )
    for link in found:
        token = link.token
        if token is None and tokens is not None:
            token = tokens.at(link.place or 0)
        yield Made(link, token or "")


def has_key(batch: Batch, now: datetime) -> bool:
    """Whether the tokens of a batch can still be told; those on walls always can."""
    if batch.kind != "dossier":
        return True
    return batch.key_until is not None and now < batch.key_until


def dossiers_without_link(
    session: Session, wave: Wave, unit_ids: Collection[int] | None
) -> int:
    """How many dossiers that are to be invited have no link that still stands."""
    bare = bare_dossiers(session, wave, unit_ids).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(bare)) or 0


def wanted_dossiers(
    session: Session,
    wave: Wave,
    unit_ids: Collection[int] | None,
    count: int,
    *,
    procedure_id: int | None = None,
) -> list[Wanted]:
    """The first dossiers to be invited that have no link that still stands.

    Raises:
        FieldworkError: links are being made in this wave at this moment.
    """
    lock_wave(session, wave)
    return bare_wanted(session, wave, unit_ids, count, procedure_id=procedure_id)


def lock_wave(session: Session, wave: Wave) -> None:
    """Let one batch of a wave be made after the other, so that no dossier gets two
    links; a form that is being sent need not wait for it.

    Raises:
        FieldworkError: one is being made in parts.
    """
    session.execute(
        sa.select(Wave.id).where(Wave.id == wave.id).with_for_update(key_share=True)
    )
    unfinished = sa.exists().where(Batch.wave_id == wave.id, ~Batch.is_whole)
    if session.scalar(sa.select(unfinished)):
        raise FieldworkError(
            _("Một lô mã khác của đợt đang được tạo. Xin chờ tạo xong rồi thử lại.")
        )


def bare_wanted(
    session: Session,
    wave: Wave,
    unit_ids: Collection[int] | None,
    count: int,
    *,
    procedure_id: int | None = None,
) -> list[Wanted]:
    """As `wanted_dossiers`, for who has seen to it that nobody else makes links."""
    bare = bare_dossiers(session, wave, unit_ids)
    if procedure_id is not None:
        bare = bare.where(Dossier.procedure_id == procedure_id)
    return [
        Wanted(
            kind="dossier",
            unit_id=unit_id,
            procedure_id=of_procedure,
            dossier_id=dossier_id,
        )
        for dossier_id, of_procedure, unit_id in session.execute(
            bare.order_by(Dossier.id).limit(count)
        )
    ]


def bare_dossiers(
    session: Session, wave: Wave, unit_ids: Collection[int] | None
) -> sa.Select[Any]:
    """Select the dossiers to be invited that have no link that still stands, with
    procedure and unit."""
    standing = sa.select(Link.id).where(
        Link.dossier_id == Dossier.id, Link.state == "active"
    )
    columns: list[Any] = [Dossier.id, Dossier.procedure_id, Procedure.unit_id]
    bare: sa.Select[Any] = (
        sa.select(*columns)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(Dossier.wave_id == wave.id, ~standing.exists())
    )
    if session.scalar(sa.select(sa.exists().where(Draw.wave_id == wave.id))):
        bare = bare.where(Dossier.is_drawn.is_(True))
    if unit_ids is not None:
        bare = bare.where(Procedure.unit_id.in_(unit_ids))
    return bare

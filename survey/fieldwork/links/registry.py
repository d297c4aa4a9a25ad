"""The registry of codes: links and batches as staff look for them, and how far each
batch has come, without counting a hundred thousand rows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import codes, keyholes, tallies
from survey.fieldwork.terms import FieldworkError
from survey.formats import nfc
from survey.models import (
    ALL_DOSSIERS,
    IS_SHOWN,
    Account,
    Batch,
    Dossier,
    Draft,
    Funnel,
    Link,
    Wave,
)

MAX_ID: Final = 2**31 - 1
SHOWN_FROM: Final = 5
"""Of fewer dossiers' links an account of the rated units is told no answers."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which links are listed; empty and None stand for all."""

    kind: str = ""
    state: str = ""
    unit_id: int | None = None
    procedure_id: int | None = None
    batch_id: int | None = None

    @property
    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same in SQL, but for the state."""
        pairs = (
            (Link.kind, self.kind or None),
            (Link.unit_id, self.unit_id),
            (Link.procedure_id, self.procedure_id),
            (Link.batch_id, self.batch_id),
        )
        return [column == value for column, value in pairs if value is not None]


def listed(
    wave: Wave, unit_ids: Collection[int] | None, chosen: Filter | None = None
) -> sa.Select[Any]:
    """Select the links of a wave, or of some units in it, in the order of making.

    Whoever sees some units only is not told which dossiers answered: what stands and
    what was answered are one state then.
    """
    chosen = chosen or Filter()
    links = sa.select(Link).where(Link.wave_id == wave.id, IS_SHOWN).order_by(Link.id)
    if unit_ids is not None:
        links = links.where(Link.unit_id.in_(unit_ids))
    links = links.where(*chosen.conditions)
    if chosen.state in ("revoked", "replaced"):
        return links.where(Link.state == chosen.state)
    if chosen.state == "spent" and unit_ids is None:
        return links.where(keyholes.IS_SPENT)
    if chosen.state == "active" and unit_ids is None:
        return links.where(Link.state == "active", ~keyholes.IS_SPENT)
    if chosen.state:
        return links.where(Link.state == "active")
    return links


def standing_of(link: Link, today: date, *, is_part: bool) -> str:
    """The state of a link as this account is told it, on this day."""
    standing = link.standing
    if standing in ("revoked", "replaced"):
        return standing
    is_over = link.valid_to is not None and link.valid_to < today
    if is_part and link.kind == "dossier":
        return "expired" if is_over else "issued"
    return "expired" if is_over and standing == "active" else standing


def find_link(
    session: Session, wave: Wave, unit_ids: Collection[int] | None, typed: str
) -> Link:
    """The link whose code, address or dossier a person typed.

    Raises:
        FieldworkError: there is none; the message says what may be wrong.
    """
    links = listed(wave, unit_ids).limit(1)
    last_part = typed.strip().rstrip("/").rpartition("/")[2]
    found: Link | None = None
    if codes.explain(last_part) == "ok":
        token_hash = codes.hashed(codes.normalise(last_part))
        found = session.scalar(links.where(Link.token_hash == token_hash))
    if found is None:
        dossier = _dossier(session, wave, nfc(typed).strip())
        if dossier is None:
            raise FieldworkError(_not_found(last_part), "typed")
        # Of several links of a dossier the one that still stands.
        links = links.order_by(None).order_by(Link.state != "active", Link.id.desc())
        found = session.scalar(links.where(Link.dossier_id == dossier.id))
        if found is None:
            is_mine = unit_ids is None or dossier.procedure.unit_id in unit_ids
            words = _without_link(dossier) if is_mine else _not_found(last_part)
            raise FieldworkError(words, "typed")
    return found


def _dossier(session: Session, wave: Wave, code: str) -> Dossier | None:
    """The dossier of this number, however its letters are cased; as written first."""
    return session.scalar(
        sa.select(Dossier)
        .where(
            Dossier.wave_id == wave.id,
            # Lowered by the database on both sides: SQLite knows but the letters A–Z.
            sa.func.lower(Dossier.code) == sa.func.lower(code),
        )
        .order_by(Dossier.code != code, Dossier.id)
        .limit(1)
    )


def _without_link(dossier: Dossier) -> str:
    """Why a dossier of the frame has no link."""
    if dossier.is_drawn is False:
        return str(_("Hồ sơ có trong danh sách nhưng không được chọn mời."))
    return str(_("Hồ sơ có trong danh sách nhưng chưa có mã."))


def _not_found(typed: str) -> str:
    """Why a code may not be found: what was typed cannot be one, or it is unknown."""
    reason = codes.explain(typed)
    if reason == "wrong_symbol":
        symbols = ", ".join(codes.wrong_symbols(typed))
        return str(
            _(
                "Mã không dùng ký tự %(symbols)s: không có chữ O, số 0, chữ I, số 1. "
                "Xin nhìn lại ký tự đó trên thẻ. Mã chỉ gồm chữ số 2–9 và các chữ C D "
                "F H J K M N P R T V W X Y.",
                symbols=symbols,
            )
        )
    if reason == "wrong_check":
        return str(_("Có ký tự gõ nhầm. Xin so lại từng nhóm bốn ký tự."))
    return str(_("Đợt này không có mã như vậy; xin kiểm tra từng ký tự."))


@dataclass(frozen=True, kw_only=True)
class BatchFigures:
    """How far the links of one batch have come."""

    batch: Batch
    who: str | None
    """E-mail of the account that made it; None for the command line."""
    size: int
    gone: int
    """Revoked or replaced."""
    opened: int
    started: int
    finished: int
    is_hidden: bool
    """Whether this account is told no answers of so few links."""

    @property
    def standing(self) -> int:
        """Links that were handed out and not taken back."""
        return self.size - self.gone


def maker_of(batch_id: int) -> sa.Select[Any]:
    """Select the e-mail of the account that made a batch."""
    return (
        sa.select(Account.email)
        .join(Batch, Batch.made_by == Account.id)
        .where(Batch.id == batch_id)
    )


def batches(wave: Wave, unit_ids: Collection[int] | None) -> sa.Select[Any]:
    """Select the batches of a wave, or those with links of some units."""
    found = sa.select(Batch).where(Batch.wave_id == wave.id, Batch.is_whole)
    found = found.order_by(Batch.id.desc())
    if unit_ids is None:
        return found
    theirs = sa.select(Funnel.batch_id).where(
        Funnel.wave_id == wave.id, Funnel.unit_id.in_(unit_ids), Funnel.made > 0
    )
    return found.where(Batch.id.in_(theirs))


def figures_of(
    session: Session, shown: Sequence[Batch], unit_ids: Collection[int] | None
) -> list[BatchFigures]:
    """How far these batches have come, all of each or the part of some units."""
    ids = [batch.id for batch in shown]
    steps = _steps(session, ids, unit_ids)
    if unit_ids is None:
        sizes = {batch.id: batch.size for batch in shown}
        gone, waiting = _gone(session, shown), keyholes.waiting(session, ids)
    else:
        sizes, gone, waiting = _of_units(session, ids, unit_ids)
    begun = _begun(session, ids, unit_ids)
    who: dict[int, str] = dict(
        session.execute(
            sa.select(Account.id, Account.email).where(
                Account.id.in_({batch.made_by for batch in shown} - {None})
            )
        ).all()
    )
    found = []
    for batch in shown:
        size, lost = sizes.get(batch.id, 0), gone.get(batch.id, 0)
        opened, started, finished = steps.get(batch.id, (0, 0, 0))
        is_hidden = False
        if batch.kind == "dossier":
            finished = size - lost - waiting.get(batch.id, 0)
            started = finished + begun.get(batch.id, 0)
            is_hidden = unit_ids is not None and size - lost < SHOWN_FROM
        found.append(
            BatchFigures(
                batch=batch,
                who=who.get(batch.made_by or 0),
                size=size,
                gone=lost,
                opened=0 if is_hidden else opened,
                started=0 if is_hidden else started,
                finished=0 if is_hidden else finished,
                is_hidden=is_hidden,
            )
        )
    return found


def _steps(
    session: Session, ids: Sequence[int], unit_ids: Collection[int] | None
) -> dict[int, tuple[int, int, int]]:
    sums = (
        sa.func.sum(step) for step in (Funnel.opened, Funnel.started, Funnel.finished)
    )
    query = sa.select(Funnel.batch_id, *sums).where(Funnel.batch_id.in_(ids))
    if unit_ids is not None:
        query = query.where(Funnel.unit_id.in_(unit_ids))
    rows = session.execute(query.group_by(Funnel.batch_id))
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}


def _gone(session: Session, shown: Sequence[Batch]) -> dict[int, int]:
    """Links of batches that were revoked or replaced: few, and found by their state."""
    rows = session.execute(
        sa.select(Link.batch_id, sa.func.count())
        .where(
            Link.wave_id.in_({batch.wave_id for batch in shown}),
            Link.kind.in_({batch.kind for batch in shown}),
            Link.state.in_(("revoked", "replaced")),
            Link.batch_id.in_([batch.id for batch in shown]),
        )
        .group_by(Link.batch_id)
    )
    return {row[0] or 0: row[1] for row in rows}


def _of_units(
    session: Session, ids: Sequence[int], unit_ids: Collection[int]
) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """Links, links taken back and links that wait, of the part of some units."""
    rows = session.execute(
        sa.select(
            Link.batch_id,
            sa.func.count(),
            sa.func.sum(sa.case((Link.state != "active", 1), else_=0)),
            sa.func.sum(sa.case((keyholes.IS_OPEN, 1), else_=0)),
        )
        .where(Link.batch_id.in_(ids), Link.unit_id.in_(unit_ids))
        .group_by(Link.batch_id)
    ).all()
    sizes, gone, waiting = ({row[0]: int(row[at]) for row in rows} for at in (1, 2, 3))
    return sizes, gone, waiting


def _begun(
    session: Session, ids: Sequence[int], unit_ids: Collection[int] | None
) -> dict[int, int]:
    """Forms that are being filled in behind the links of each batch."""
    query = (
        sa.select(Link.batch_id, sa.func.count())
        .select_from(Draft)
        .join(Link, Link.id == Draft.link_id)
        .where(Link.batch_id.in_(ids))
    )
    if unit_ids is not None:
        query = query.where(Link.unit_id.in_(unit_ids))
    rows = session.execute(query.group_by(Link.batch_id))
    return {row[0] or 0: row[1] for row in rows}


@dataclass(frozen=True, kw_only=True)
class KindFigures:
    """Links of one kind in a wave."""

    active: int
    spent: int
    gone: int

    @property
    def made(self) -> int:
        """All of them that were not taken back."""
        return self.active + self.spent


def kinds(
    session: Session, wave: Wave, unit_ids: Collection[int] | None
) -> dict[str, KindFigures]:
    """How many links of each kind a wave has: dossiers' as they are counted anyway,
    the few others and those taken back one by one. Whoever sees some units only is
    told what was handed out, not what was answered.
    """
    mine = [Link.wave_id == wave.id]
    if unit_ids is not None:
        mine.append(Link.unit_id.in_(unit_ids))
    rows = session.execute(
        sa.select(Link.kind, Link.state, sa.func.count())
        .where(*mine, sa.or_(Link.kind != "dossier", Link.state != "active"))
        .group_by(Link.kind, Link.state)
    )
    counted: dict[str, dict[str, int]] = {}
    for kind, state, count in rows:
        counted.setdefault(kind, {})[state] = count
    invited = tallies.invited(session, wave.id, tallies.Selection(unit_ids=unit_ids))
    spent = 0 if unit_ids is not None else _spent(session, wave)
    if invited:
        counted.setdefault("dossier", {})["active"] = invited - spent
    return {
        kind: KindFigures(
            active=states.get("active", 0),
            spent=spent if kind == "dossier" else 0,
            gone=states.get("revoked", 0) + states.get("replaced", 0),
        )
        for kind, states in counted.items()
    }


def _spent(session: Session, wave: Wave) -> int:
    return int(
        session.scalar(
            sa.select(sa.func.sum(Funnel.finished)).where(
                Funnel.wave_id == wave.id, Funnel.batch_id == ALL_DOSSIERS
            )
        )
        or 0
    )

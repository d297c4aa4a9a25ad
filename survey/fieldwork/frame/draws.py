"""Who of a frame is invited: everyone, or a sample that is drawn with a seed and can be
drawn again by anyone."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import indices, web
from survey.db import in_chunks
from survey.dispositions.progress import FINISHED
from survey.fieldwork.frame.loading import (
    has_links,
    invited_ids,
    lock_frame,
    undraw,
)
from survey.fieldwork.terms import FieldworkError
from survey.formats import nfc
from survey.indices import Framed
from survey.models import Dossier, Draw, Procedure, Wave

AT_ONCE: Final = 500
_DOSSIERS: Any = Dossier.__table__
SEED: Final = r"[A-Za-z0-9 ._,:/-]{1,64}\Z"
"""What a seed may be: what everyone types alike, the result of a lottery too."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What the next draw of a wave would be made from, and how."""

    frame: int
    """Finished dossiers that may be drawn now."""
    invited_before: int
    """Finished dossiers left out of it, because they have a link already or were in a
    draw after which links were made."""
    is_supplement: bool
    """Whether links were made: then only what came later is drawn from."""
    mode: str
    size: int


class Outdated(FieldworkError):
    """The dossiers of a draw are not those it was made from any more."""


def propose(session: Session, wave: Wave) -> Proposal:
    """The usual draw: everyone in a small frame, else as many as the formula needs
    answers, and more, because not everyone answers.

    Once links were made only newcomers are drawn from, with the chance that the others
    had: so every dossier of the wave has the same.
    """
    frame = len(_open_ids(session, wave))
    total = _count(session, wave)
    last = current(session, wave)
    is_supplement = has_links(session, wave)
    if is_supplement and last:
        of_all, drawn = sum(one.frame for one in last), sum(one.size for one in last)
        size = -(-frame * drawn // of_all) if of_all else frame
    else:
        is_small = frame < web.settings().census_below
        size = frame if is_small else usual_size(frame)
    return Proposal(
        frame=frame,
        invited_before=total - frame,
        is_supplement=is_supplement,
        mode="census" if size == frame else "sample",
        size=size,
    )


def usual_size(frame: int) -> int:
    """How many of so many dossiers are invited when not everyone is."""
    return indices.invitations(frame, web.settings().expected_replies)


def current(session: Session, wave: Wave) -> list[Draw]:
    """The draws that hold, the first one first; those drawn anew are not among them."""
    hold = sa.select(Dossier.draw_id).where(
        Dossier.wave_id == wave.id, Dossier.draw_id.is_not(None)
    )
    return list(
        session.scalars(
            sa.select(Draw)
            .where(Draw.wave_id == wave.id, Draw.id.in_(hold))
            .order_by(Draw.id)
        )
    )


def past(session: Session, wave: Wave) -> list[Draw]:
    """Every draw of a wave that does not hold any more."""
    hold = {one.id for one in current(session, wave)}
    every = session.scalars(
        sa.select(Draw).where(Draw.wave_id == wave.id).order_by(Draw.id)
    )
    return [one for one in every if one.id not in hold]


def seed_text(typed: str) -> str:
    """A seed as it is kept: NFC, trimmed, no two blanks together, for a page would
    show them as one."""
    return " ".join(nfc(typed).split())


def make_draw(
    session: Session,
    wave: Wave,
    *,
    now: datetime,
    mode: str | None = None,
    size: int | None = None,
    seed: str | None = None,
    by: int | None = None,
) -> Draw:
    """Choose who is invited, and write down how.

    As long as no dossier has a link the whole frame is drawn from, and an earlier draw
    no longer holds; then only the dossiers that came since.

    Args:
        mode, size: as proposed if absent; a census has no size but the frame's.
        seed: random if absent.
    Raises:
        FieldworkError: the wave is closed, nobody can be drawn, so many cannot be, or
            the seed is none.
    """
    lock_frame(session, wave)
    proposed = propose(session, wave)
    require_drawable(wave, proposed)
    mode = mode or ("sample" if size is not None else proposed.mode)
    if mode == "census":
        size = proposed.frame
    elif size is None:
        size = (
            proposed.size if proposed.mode == "sample" else usual_size(proposed.frame)
        )
    if not 0 < size <= proposed.frame:
        raise FieldworkError(
            _("Xin nhập số từ 1 đến %(most)s.", most=proposed.frame), "size"
        )
    if not proposed.is_supplement:
        undraw(session, wave.id)
    ids = _open_ids(session, wave)
    seed = seed_text(seed or "") or secrets.token_hex(8)
    if not re.match(SEED, seed):
        raise FieldworkError(
            _(
                "Xin chỉ dùng chữ không dấu, chữ số, dấu cách và các dấu . , : / - _, "
                "tối đa 64 ký tự."
            ),
            "seed",
        )
    framed = list(_framed(session, wave, sa.true(), ids.keys()))
    drawn = indices.draw(seed, size, framed)
    made = Draw(
        wave_id=wave.id,
        mode=mode,
        seed=seed,
        frame=proposed.frame,
        size=size,
        frame_sha256=indices.frame_digest(framed),
        strata=[
            {
                "procedure": stratum.procedure,
                "channel": stratum.channel,
                "frame": count,
                "size": drawn.sizes[stratum],
            }
            for stratum, count in drawn.frame.items()
        ],
        drawn_at=now,
        drawn_by=by,
    )
    session.add(made)
    session.flush()
    chosen = [ids[code] for code in drawn.codes]
    _mark(session, set(ids.values()) - set(chosen), made.id, is_drawn=False)
    _mark(session, chosen, made.id, is_drawn=True)
    session.expire_all()
    return made


def require_drawable(wave: Wave, proposed: Proposal) -> None:
    """Let nothing be drawn in a wave that is over, or from nothing.

    Raises:
        FieldworkError: that is so.
    """
    if wave.state == "closed":
        raise FieldworkError(_("Đợt đã đóng, không chọn hồ sơ được nữa."))
    if not proposed.frame:
        raise FieldworkError(
            _("Không có hồ sơ nào để chọn: xin nạp thêm danh sách trước.")
        )


def _open_ids(session: Session, wave: Wave) -> dict[str, int]:
    """The finished dossiers that may be drawn now: their ids by code."""
    query = sa.select(Dossier.code, Dossier.id).where(
        Dossier.wave_id == wave.id, FINISHED
    )
    if not has_links(session, wave):
        return dict(session.execute(query).all())
    invited = set(session.scalars(invited_ids(wave)))
    found = session.execute(query.where(Dossier.draw_id.is_(None)))
    return {code: of_id for code, of_id in found if of_id not in invited}


def _count(session: Session, wave: Wave) -> int:
    counted = sa.select(sa.func.count(Dossier.id))
    return session.scalar(counted.where(Dossier.wave_id == wave.id, FINISHED)) or 0


def _framed(
    session: Session,
    wave: Wave,
    condition: sa.ColumnElement[bool],
    codes: Collection[str] | None = None,
) -> Iterator[Framed]:
    found = session.execute(
        sa.select(Dossier.code, Procedure.code, Dossier.channel)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(Dossier.wave_id == wave.id, FINISHED, condition),
        execution_options={"yield_per": 1000},
    )
    for code, procedure, channel in found:
        if codes is None or code in codes:
            yield Framed(code, procedure, channel)


def _mark(
    session: Session, ids: Iterable[int], draw_id: int, *, is_drawn: bool
) -> None:
    for chunk in in_chunks(sorted(ids), AT_ONCE):
        session.execute(
            sa.update(_DOSSIERS)
            .where(_DOSSIERS.c.id == sa.bindparam("of_id"))
            .values(is_drawn=is_drawn, draw_id=draw_id),
            [{"of_id": of_id} for of_id in chunk],
        )


def verify(session: Session, wave: Wave, draw: Draw) -> indices.Drawn:
    """Draw once more from the same dossiers with the same seed, and compare.

    Raises:
        Outdated: they have changed since.
        FieldworkError: not the same dossiers come out as are marked.
    """
    of_draw = Dossier.draw_id == draw.id
    framed = list(_framed(session, wave, of_draw))
    if indices.frame_digest(framed) != draw.frame_sha256:
        raise Outdated(
            _(
                "Danh sách hồ sơ của lần chọn này đã khác lúc chọn, nên không lặp lại "
                "được. Xin nạp lại đúng danh sách cũ hoặc chọn lại."
            )
        )
    drawn = indices.draw(draw.seed, draw.size, framed)
    marked = set(
        session.scalars(
            sa.select(Dossier.code).where(
                Dossier.wave_id == wave.id, of_draw, Dossier.is_drawn.is_(True)
            )
        )
    )
    if drawn.codes != marked:
        raise FieldworkError(
            _(
                "Chọn lại với cùng chuỗi khởi tạo cho kết quả khác: %(n)s hồ sơ bị "
                "đánh dấu sai. Xin báo người quản trị.",
                n=len(drawn.codes ^ marked),
            )
        )
    return drawn


def table(session: Session, wave: Wave) -> Iterator[list[str | int]]:
    """Every dossier that was drawn from, in the order of its draw: what anyone needs
    to draw again. Read as it is needed."""
    for number, draw in enumerate(current(session, wave), start=1):
        framed = sorted(
            (one.procedure, one.channel, indices.rank(draw.seed, one.code), one.code)
            for one in _framed(session, wave, Dossier.draw_id == draw.id)
        )
        sizes = {(one["procedure"], one["channel"]): one["size"] for one in draw.strata}
        place, before = 0, ("", "")
        for procedure, channel, rank, code in framed:
            place = place + 1 if before == (procedure, channel) else 1
            before = (procedure, channel)
            is_drawn = place <= sizes[before]
            yield [
                number, draw.seed, code, procedure, channel, rank, place,
                _("có") if is_drawn else _("không"),
            ]  # fmt: skip

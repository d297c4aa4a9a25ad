"""What staff do with links that were made: revoke, replace, extend, edit, lock. Each
needs a reason and is written down; a batch is dealt with as one act.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock, keyholes, tallies, web
from survey.db import Base, in_chunks
from survey.fieldwork.links import making
from survey.fieldwork.links.log import MOST_IN_REASON, log_event
from survey.fieldwork.links.making import Wanted
from survey.fieldwork.terms import FieldworkError
from survey.formats import date_text
from survey.models import Batch, Draft, Keyhole, Link, LinkEvent, Wave

_UNSEEN: Final[Any] = {"synchronize_session": False}
_DRAFT: Final = Base.metadata.tables[Draft.__tablename__]
_EVENT: Final = Base.metadata.tables[LinkEvent.__tablename__]


def _reasoned(reason: str | None) -> str:
    text = (reason or "").strip()
    if not text:
        raise FieldworkError(_("Xin ghi lý do; một câu ngắn là đủ."), "reason")
    if len(text) > MOST_IN_REASON:
        raise FieldworkError(
            _("Xin rút ngắn lý do còn tối đa %(most)s ký tự.", most=MOST_IN_REASON),
            "reason",
        )
    return text


def revoke_link(
    session: Session, link: Link, *, reason: str, now: datetime, by: int | None = None
) -> None:
    """Make a link open nothing any more; what came through it stays.

    An unfinished form behind it is deleted: nobody could send it. Revoking what was
    revoked changes nothing.

    Raises:
        FieldworkError: it was answered, which cannot be taken back, or no reason.
    """
    reason = _reasoned(reason)
    # Drafts before keyholes, as a form that is being sent takes them: so neither waits
    # for the other in vain.
    session.execute(sa.delete(Draft).where(Draft.link_id == link.id))
    claimed = link.kind != "dossier" or keyholes.claim(session, link.id)
    session.refresh(link)
    if not claimed and link.state == "active":
        raise FieldworkError(_("Mã này đã được trả lời nên không thu hồi được."))
    changed = session.execute(
        sa.update(Link)
        .where(Link.id == link.id, Link.state == "active")
        .values(state="revoked")
        .returning(Link.id)
    ).first()
    session.refresh(link)
    # Of two who revoke one link at once only the first takes it from the invited.
    if changed is None:
        return
    if link.kind == "dossier":
        tallies.invite(session, link.wave_id, link.unit_id, link.procedure_id, links=-1)
    log_event(session, action="revoked", link=link, reason=reason, by=by, now=now)


def revoke_batch(
    session: Session, batch: Batch, *, reason: str, now: datetime, by: int | None = None
) -> int:
    """Revoke every link of a batch that was not answered; how many there were.

    Raises:
        FieldworkError: there is none left, or no reason.
    """
    reason = _reasoned(reason)
    of_batch = sa.select(Link.id).where(Link.batch_id == batch.id)
    session.execute(
        sa.delete(Draft).where(Draft.link_id.in_(of_batch)), execution_options=_UNSEEN
    )
    which = [Link.batch_id == batch.id, Link.state == "active"]
    if batch.kind == "dossier":
        # Whoever sends a form now has taken its keyhole before us, or comes too late.
        session.execute(
            sa.select(Keyhole.link_id)
            .where(Keyhole.batch_id == batch.id)
            .order_by(Keyhole.link_id)
            .with_for_update()
        ).all()
        which.append(keyholes.IS_OPEN)
    changed = session.execute(
        sa.update(Link)
        .where(*which)
        .values(state="revoked")
        .returning(Link.unit_id, Link.procedure_id),
        execution_options=_UNSEEN,
    ).all()
    if not changed:
        raise FieldworkError(_("Lô này không còn mã nào thu hồi được."))
    if batch.kind == "dossier":
        session.execute(
            sa.delete(Keyhole).where(Keyhole.batch_id == batch.id),
            execution_options=_UNSEEN,
        )
        places = Counter((unit_id, of or 0) for unit_id, of in changed)
        for (unit_id, procedure_id), links in sorted(places.items()):
            tallies.invite(session, batch.wave_id, unit_id, procedure_id, links=-links)
    log_event(session, action="revoked", batch=batch, reason=reason, by=by, now=now)
    session.expire_all()
    return len(changed)


def replace_links(
    session: Session,
    links: Sequence[Link],
    *,
    reason: str,
    now: datetime,
    by: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Batch:
    """Give new codes in the place of old ones, which open nothing from now on.

    What was begun behind a dossier's old code goes on behind the new one. Links that
    were answered, revoked or replaced meanwhile are passed over.

    Args:
        links: of one wave and kind.
    Returns:
        The batch of the new codes, whose key is kept for some hours.
    Raises:
        FieldworkError: none of them can be replaced, or no reason.
    """
    reason = _reasoned(reason)
    old = _retired(session, links)
    if not old:
        raise FieldworkError(
            _("Mã này đã được trả lời hoặc không còn dùng nên không thay được.")
        )
    made = making.make_links(
        session,
        session.get_one(Wave, old[0].wave_id),
        [
            Wanted(
                kind=link.kind,
                unit_id=link.unit_id,
                procedure_id=link.procedure_id,
                dossier_id=link.dossier_id,
                note=link.note,
                counter=link.counter,
                pin_hash=link.pin_hash,
            )
            for link in old
        ],
        batch=making.new_tokens(),
        now=now,
        by=by,
        note=reason[:200],
        keep_key=True,
        are_new=False,
        progress=progress,
    )
    _move_drafts(session, [link.id for link in old], made)
    event = {"action": "replaced", "reason": reason, "happened_at": now}
    session.execute(
        sa.insert(_EVENT),
        [
            {**event, "wave_id": made.wave_id, "link_id": link.id, "account_id": by}
            for link in old
        ],
    )
    session.expire_all()
    return made


def open_links(session: Session, batch: Batch) -> list[Link]:
    """The links of a batch that can still be replaced, in the order of their places."""
    which = [Link.batch_id == batch.id, Link.state == "active"]
    if batch.kind == "dossier":
        which.append(keyholes.IS_OPEN)
    return list(session.scalars(sa.select(Link).where(*which).order_by(Link.place)))


def _retired(session: Session, links: Sequence[Link]) -> list[Link]:
    """Take their keyholes and turn them to replaced; those of which it was possible."""
    by_id = {link.id: link for link in links if link.state == "active"}
    dossiers = [link.id for link in by_id.values() if link.kind == "dossier"]
    others = [link.id for link in by_id.values() if link.kind != "dossier"]
    for some in in_chunks(sorted(dossiers), keyholes.IDS_AT_ONCE):
        session.execute(
            sa.select(Draft.id)
            .where(Draft.link_id.in_(some))
            .order_by(Draft.id)
            .with_for_update()
        ).all()
    for some in in_chunks(sorted(others), keyholes.IDS_AT_ONCE):
        session.execute(sa.delete(Draft).where(Draft.link_id.in_(some)))
    free = sorted({*keyholes.claim_all(session, dossiers), *others})
    changed: list[int] = []
    for some in in_chunks(free, keyholes.IDS_AT_ONCE):
        changed += session.scalars(
            sa.update(Link)
            .where(Link.id.in_(some), Link.state == "active")
            .values(state="replaced")
            .returning(Link.id),
            execution_options=_UNSEEN,
        )
    return [by_id[link_id] for link_id in sorted(changed)]


def _move_drafts(session: Session, old_ids: Sequence[int], made: Batch) -> None:
    """Move what was begun behind old links to the new ones at the same places."""
    if made.kind != "dossier":
        return
    begun: list[int] = []
    for some in in_chunks(old_ids, keyholes.IDS_AT_ONCE):
        begun += session.scalars(
            sa.select(Draft.link_id).where(Draft.link_id.in_(some))
        )
    if not begun:
        return
    new_at: dict[int | None, int] = dict(
        session.execute(
            sa.select(Link.place, Link.id).where(Link.batch_id == made.id)
        ).all()
    )
    place_of = {link_id: place for place, link_id in enumerate(old_ids)}
    for link_id in sorted(begun):
        new_id = new_at[place_of[link_id]]
        session.execute(
            sa.update(_DRAFT)
            .where(_DRAFT.c.link_id == link_id)
            .values(link_id=new_id, sole_link_id=new_id)
        )


def extend(
    session: Session,
    of: Link | Batch,
    valid_to: date,
    *,
    reason: str,
    now: datetime,
    by: int | None = None,
) -> None:
    """Let a link, or the links of a batch that still stand, open until another day.

    Raises:
        FieldworkError: the day is over, after the wave's last, or no reason.
    """
    reason = _reasoned(reason)
    wave = session.get_one(Wave, of.wave_id)
    if valid_to > wave.closes_on:
        last = date_text(wave.closes_on, web.language())
        raise FieldworkError(
            _(
                "Đợt khảo sát nhận phiếu đến %(last)s; xin chọn ngày không sau ngày "
                "đó.",
                last=last,
            ),
            "valid_to",
        )
    if valid_to < clock.local(now).date():
        raise FieldworkError(
            _("Ngày này đã qua. Muốn mã hết hiệu lực ngay, xin thu hồi mã."),
            "valid_to",
        )
    is_link = isinstance(of, Link)
    session.execute(
        sa.update(Link)
        .where(
            Link.id == of.id if is_link else Link.batch_id == of.id,
            Link.state == "active",
        )
        .values(valid_to=valid_to),
        execution_options=_UNSEEN,
    )
    _tell(session, of, "extended", reason, by, now)
    session.expire_all()


def edit_link(
    session: Session,
    link: Link,
    *,
    counter: str | None,
    note: str | None,
    reason: str,
    now: datetime,
    by: int | None = None,
) -> None:
    """Change where a link hangs, or the note on it.

    Raises:
        FieldworkError: no reason.
    """
    reason = _reasoned(reason)
    link.counter, link.note = counter or None, note or None
    session.flush()
    _tell(session, link, "edited", reason, by, now)


def lock_batch(
    session: Session, batch: Batch, *, now: datetime, by: int | None = None
) -> None:
    """Erase the key of a batch: its tokens are on paper or sent, and nowhere else."""
    if batch.key is None:
        return
    batch.key = batch.key_until = None
    session.flush()
    log_event(session, action="locked", batch=batch, by=by, now=now)


def forget_keys(session: Session, now: datetime) -> int:
    """Erase the keys whose time is over; how many there were."""
    due = session.scalars(sa.select(Batch).where(Batch.key_until <= now)).all()
    for batch in due:
        lock_batch(session, batch, now=now)
    return len(due)


def _tell(
    session: Session,
    of: Link | Batch,
    action: str,
    reason: str,
    by: int | None,
    now: datetime,
) -> None:
    which: dict[str, Any] = {"link": of} if isinstance(of, Link) else {"batch": of}
    log_event(session, action=action, reason=reason, by=by, now=now, **which)

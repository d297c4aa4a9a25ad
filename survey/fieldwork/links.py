"""Links: made in batches, found by what a person types, revoked."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload

from survey import catalogue, clock, codes, tallies
from survey.fieldwork.terms import FieldworkError
from survey.formats import nfc
from survey.models import NO_PROCEDURE, Dossier, Draft, Link, Procedure, Wave

MOST_AT_ONCE: Final = 2000
MAX_ID: Final = 2**31 - 1
HASHES_AT_ONCE: Final = 500


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A link that is to be made."""

    kind: str
    unit_id: int
    procedure_id: int | None = None
    dossier_id: int | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What the tokens of one batch come from; the same key gives the same tokens."""

    secret: bytes
    key: str

    def token(self, place: int) -> str:
        """The token at a place in the batch, from 0."""
        return codes.token_from(self.secret, f"{self.key}:{place}")


@dataclass(frozen=True)
class Made:
    """A link and its token, which for a dossier is known only now."""

    link: Link
    token: str


def new_key() -> str:
    """A fresh key of a batch, 128 random bits; it is not stored."""
    return secrets.token_hex(16)


def new_batch(secret: str) -> Batch:
    """A batch that nobody has asked for before."""
    return Batch(secret=secret.encode(), key=new_key())


def make_links(
    session: Session,
    wave: Wave,
    wanted: Sequence[Wanted],
    *,
    batch: Batch,
    now: datetime,
) -> list[Made]:
    """Make links, each with a token of its own.

    Args:
        batch: a key used before makes its tokens again, which the database refuses;
            ask `made_before` first.
    Raises:
        FieldworkError: none or too many are wanted, the wave is closed, or a unit or
            procedure is none of the wave's.
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
    made = []
    for place, want in enumerate(wanted):
        token = batch.token(place)
        link = Link(
            wave_id=wave.id,
            kind=want.kind,
            token_hash=codes.hashed(token),
            token=None if want.kind == "dossier" else token,
            unit_id=want.unit_id,
            procedure_id=want.procedure_id,
            dossier_id=want.dossier_id,
            state="active",
            note=want.note,
            made_on=clock.local(now).date(),
        )
        made.append(Made(link, token))
    session.add_all(one.link for one in made)
    session.flush()
    _count(session, wave, wanted)
    return made


def _count(session: Session, wave: Wave, wanted: Sequence[Wanted]) -> None:
    invited = Counter(
        (want.unit_id, want.procedure_id or NO_PROCEDURE)
        for want in wanted
        if want.kind == "dossier"
    )
    for (unit_id, procedure_id), links in sorted(invited.items()):
        tallies.invite(session, wave.id, unit_id, procedure_id, links=links)


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


def made_before(session: Session, wave: Wave, batch: Batch) -> list[Made]:
    """The links of a batch that was already made, in its order; none if it was not."""
    first = session.scalar(
        sa.select(Link.id).where(Link.token_hash == codes.hashed(batch.token(0)))
    )
    if first is None:
        return []
    tokens = [batch.token(place) for place in range(MOST_AT_ONCE)]
    return found_by_tokens(session, wave, tokens)


def found_by_tokens(session: Session, wave: Wave, tokens: Sequence[str]) -> list[Made]:
    """The links of a wave that these tokens open, in the order of the tokens."""
    hashes = {codes.hashed(token): token for token in tokens}
    wanted = list(hashes)
    found: dict[str, Link] = {}
    for start in range(0, len(wanted), HASHES_AT_ONCE):
        links = session.scalars(
            sa.select(Link)
            .where(
                Link.wave_id == wave.id,
                Link.token_hash.in_(wanted[start : start + HASHES_AT_ONCE]),
            )
            .options(*WITH_PLACES)
        )
        found |= {link.token_hash: link for link in links}
    return [Made(found[one], token) for one, token in hashes.items() if one in found]


WITH_PLACES: Final = (
    joinedload(Link.unit),
    joinedload(Link.procedure),
    joinedload(Link.dossier),
)


def dossiers_without_link(
    session: Session, wave: Wave, unit_ids: Collection[int] | None
) -> int:
    """How many dossiers of the frame have no link that still stands."""
    bare = _bare(wave, unit_ids).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(bare)) or 0


def wanted_dossiers(
    session: Session,
    wave: Wave,
    unit_ids: Collection[int] | None,
    count: int,
    *,
    procedure_id: int | None = None,
) -> list[Wanted]:
    """The first dossiers of the frame that have no link that still stands."""
    bare = _bare(wave, unit_ids)
    if procedure_id is not None:
        bare = bare.where(Dossier.procedure_id == procedure_id)
    # One batch of a wave after the other, so that no dossier gets two links.
    session.execute(sa.select(Wave.id).where(Wave.id == wave.id).with_for_update())
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


def _bare(wave: Wave, unit_ids: Collection[int] | None) -> sa.Select[int, int, int]:
    standing = sa.select(Link.id).where(
        Link.dossier_id == Dossier.id, Link.state != "revoked"
    )
    bare = (
        sa.select(Dossier.id, Dossier.procedure_id, Procedure.unit_id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .where(Dossier.wave_id == wave.id, ~standing.exists())
    )
    if unit_ids is not None:
        bare = bare.where(Procedure.unit_id.in_(unit_ids))
    return bare


def revoke_link(session: Session, link: Link) -> None:
    """Make a link open nothing any more; what came through it stays.

    An unfinished form behind it is deleted: nobody could send it.

    Raises:
        FieldworkError: it was answered, which cannot be taken back.
    """
    session.execute(sa.delete(Draft).where(Draft.link_id == link.id))
    changed = session.execute(
        sa.update(Link)
        .where(Link.id == link.id, Link.state == "active")
        .values(state="revoked")
        .returning(Link.id)
    ).first()
    session.refresh(link)
    if link.state == "spent":
        raise FieldworkError(_("Mã này đã được trả lời nên không thu hồi được."))
    # Of two who revoke one link at once only the first takes it from the invited.
    if changed is not None and link.kind == "dossier":
        tallies.invite(session, link.wave_id, link.unit_id, link.procedure_id, links=-1)


def listed(
    wave: Wave, unit_ids: Collection[int] | None, *, kind: str = "", state: str = ""
) -> sa.Select[Link]:
    """Select the links of a wave, or of some units in it, in the order of making."""
    links = sa.select(Link).where(Link.wave_id == wave.id).order_by(Link.id)
    if unit_ids is not None:
        links = links.where(Link.unit_id.in_(unit_ids))
    if kind:
        links = links.where(Link.kind == kind)
    if state:
        links = links.where(Link.state == state)
    return links


def find_link(
    session: Session, wave: Wave, unit_ids: Collection[int] | None, typed: str
) -> Link | None:
    """The link whose code, address or dossier a person typed."""
    links = listed(wave, unit_ids).limit(1)
    last_part = typed.strip().rstrip("/").rpartition("/")[2]
    if codes.explain(last_part) == "ok":
        token_hash = codes.hashed(codes.normalise(last_part))
        return session.scalar(links.where(Link.token_hash == token_hash))
    dossier = sa.select(Dossier.id).where(
        Dossier.wave_id == wave.id, Dossier.code == nfc(typed).strip()
    )
    # Of several links of a dossier the one that still stands.
    links = links.order_by(None).order_by(Link.state == "revoked", Link.id.desc())
    return session.scalar(links.where(Link.dossier_id.in_(dossier)))

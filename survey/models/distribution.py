"""Whom the office asks: dossiers, the draw, links and what staff did with them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from survey.db import Base, Moment
from survey.models.office import Procedure, Unit, Wave
from survey.models.words import (
    CHANNELS,
    DRAW_MODES,
    LINK_ACTIONS,
    LINK_KINDS,
    LINK_STATES,
    MESSAGE_KINDS,
    MESSAGE_STATES,
    OUTCOMES,
    one_of,
)


class Dossier(Base):
    """One finished case of one business: the sampling frame, without its owner."""

    __tablename__ = "dossiers"
    __table_args__ = (
        one_of("channel", CHANNELS),
        one_of("outcome", OUTCOMES),
        sa.UniqueConstraint("wave_id", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"))
    code: Mapped[str] = mapped_column(sa.String(60))
    procedure_id: Mapped[int] = mapped_column(
        sa.ForeignKey("procedures.id"), index=True
    )
    channel: Mapped[str] = mapped_column(sa.String(20))
    outcome: Mapped[str] = mapped_column(sa.String(20))
    facts: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    """Facts the dossier supplies, by code (F04 … F10b), as the form would say them;
    erased when the wave takes no more forms."""
    is_drawn: Mapped[bool | None]
    """Whether the draw chose it to be invited; None before any draw."""
    draw_id: Mapped[int | None]
    """The draw that chose it or left it out; None before any."""
    is_sample: Mapped[bool] = mapped_column(default=False)

    procedure: Mapped[Procedure] = relationship()


class Reach(Base):
    """Where the business of a dossier can be written to; erased with the wave."""

    __tablename__ = "reaches"

    dossier_id: Mapped[int] = mapped_column(
        sa.ForeignKey("dossiers.id", ondelete="CASCADE"), primary_key=True
    )
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    email: Mapped[str | None] = mapped_column(sa.String(200))


class Draw(Base):
    """How the dossiers that are invited were chosen: enough to choose them again."""

    __tablename__ = "draws"
    __table_args__ = (
        one_of("mode", DRAW_MODES),
        sa.CheckConstraint("size <= frame", name="not_more_than_there_are"),
        sa.CheckConstraint("length(frame_sha256) = 64", name="frame_sha256_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), index=True)
    mode: Mapped[str] = mapped_column(sa.String(10))
    seed: Mapped[str] = mapped_column(sa.String(64))
    frame: Mapped[int]
    size: Mapped[int]
    frame_sha256: Mapped[str] = mapped_column(sa.String(64))
    """Of its dossiers with procedure and channel, a line each: `indices.frame_digest`.
    The draw belongs to these."""
    strata: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    """Per stratum: procedure, channel, dossiers in the frame, dossiers chosen."""
    drawn_at: Mapped[datetime] = mapped_column(Moment)
    drawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class HeadMap(Base):
    """Which column of an office's lists is which field, as its staff once said."""

    __tablename__ = "head_maps"

    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 for an account that belongs to no unit."""
    heads_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    places: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class Batch(Base):
    """Links that were made together: by whom, for what, and until when they open."""

    __tablename__ = "batches"
    __table_args__ = (
        one_of("kind", LINK_KINDS),
        sa.CheckConstraint("(key IS NULL) = (key_until IS NULL)", name="key_ends"),
        sa.CheckConstraint(
            "key IS NULL OR kind = 'dossier'", name="key_of_dossier_links"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    size: Mapped[int]
    note: Mapped[str | None] = mapped_column(sa.String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    key: Mapped[str | None] = mapped_column(sa.String(64))
    """Gives, with the secret of the installation, the tokens of its dossiers again,
    for a few hours, so that a print that failed can be made once more; then erased."""
    key_until: Mapped[datetime | None] = mapped_column(Moment)
    is_sample: Mapped[bool] = mapped_column(default=False)
    is_whole: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    """Whether all its links are there: a large one is made in parts, and shown when
    the last one is."""


class Link(Base):
    """An address that opens a wave. A dossier's token is kept only as a hash.

    That a dossier's form was sent does not stand here: its keyhole is gone.
    """

    __tablename__ = "links"
    __table_args__ = (
        one_of("kind", LINK_KINDS),
        one_of("state", LINK_STATES),
        sa.CheckConstraint(
            "(kind = 'dossier') = (token IS NULL)", name="dossier_token_only_hashed"
        ),
        sa.CheckConstraint(
            "dossier_id IS NULL OR kind = 'dossier'", name="dossier_of_dossier_link"
        ),
        sa.CheckConstraint("pin_hash IS NULL OR kind = 'kiosk'", name="pin_of_kiosk"),
        sa.Index("ix_links_wave_kind_state", "wave_id", "kind", "state"),
        sa.Index("ix_links_wave_id_id", "wave_id", "id"),
        sa.Index("ix_links_batch_id_place", "batch_id", "place"),
        # Few of many links: counted at every page that shows response rates.
        sa.Index(
            "ix_links_undelivered",
            "wave_id",
            "state",
            "unit_id",
            "procedure_id",
            sqlite_where=sa.text("undelivered_on IS NOT NULL"),
            postgresql_where=sa.text("undelivered_on IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    token: Mapped[str | None] = mapped_column(sa.String(40))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    procedure_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("procedures.id"), index=True
    )
    dossier_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("dossiers.id"), index=True
    )
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("batches.id"))
    place: Mapped[int | None]
    """Its number in the batch, from 0: with the batch's key it gives the token."""
    counter: Mapped[str | None] = mapped_column(sa.String(80))
    """Where it hangs or stands: a counter, a room, a tablet."""
    state: Mapped[str] = mapped_column(sa.String(10), default="active")
    note: Mapped[str | None] = mapped_column(sa.String(200))
    made_on: Mapped[date]
    valid_to: Mapped[date | None]
    """The last day on which it opens, if that is before its wave ends."""
    undelivered_on: Mapped[date | None]
    """When an invitation came back or could not be handed over: no contact."""
    pin_hash: Mapped[str | None] = mapped_column(sa.String(200))
    is_sample: Mapped[bool] = mapped_column(default=False)

    wave: Mapped[Wave] = relationship()
    unit: Mapped[Unit] = relationship()
    procedure: Mapped[Procedure | None] = relationship()
    dossier: Mapped[Dossier | None] = relationship()
    batch: Mapped[Batch | None] = relationship()

    if TYPE_CHECKING:
        has_keyhole: Mapped[bool]

    @property
    def standing(self) -> str:
        """Its state as staff are told: a dossier's link without keyhole is spent."""
        if self.kind == "dossier" and self.state == "active" and not self.has_keyhole:
            return "spent"
        return self.state


class Keyhole(Base):
    """A dossier's link that may still be answered; sending the form deletes it.

    A row that is gone has no time, no order and no transaction that could be matched
    with those of the response: so the link cannot be joined to it.
    """

    __tablename__ = "keyholes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    link_id: Mapped[int] = mapped_column(
        sa.ForeignKey("links.id", ondelete="CASCADE"), primary_key=True
    )
    batch_id: Mapped[int] = mapped_column(index=True)
    """Of the link, so that what a batch still waits for is counted without it."""


Link.has_keyhole = column_property(
    sa.exists().where(Keyhole.link_id == Link.id).correlate_except(Keyhole)
)


IS_SHOWN = sa.or_(
    Link.batch_id.is_(None),
    Link.batch_id.not_in(sa.select(Batch.id).where(~Batch.is_whole)),
)
"""In a query of links: its batch is whole. Until then nobody sees it."""
INVITES = sa.and_(Link.kind == "dossier", Link.state == "active", IS_SHOWN)
"""In a query of links: it invites a business to answer once."""


class LinkEvent(Base):
    """What staff did with a link or a batch: the registry's log."""

    __tablename__ = "link_events"
    __table_args__ = (
        one_of("action", LINK_ACTIONS),
        sa.CheckConstraint(
            "link_id IS NOT NULL OR batch_id IS NOT NULL", name="of_something"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), index=True)
    link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("links.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("batches.id"), index=True
    )
    action: Mapped[str] = mapped_column(sa.String(20))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    happened_at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class Funnel(Base):
    """How far links came on one day, counted and never by person.

    Counters and kiosks are counted by batch. Of dossiers only what was made and opened
    is: a batch may be a single link, and a row that changes together with a response
    would point from one to the other. See `survey/funnel.py`.
    """

    __tablename__ = "funnels"
    __table_args__ = (
        sa.CheckConstraint(
            "made >= 0 AND opened >= 0 AND started >= 0 AND finished >= 0",
            name="steps_counted",
        ),
        {"sqlite_with_rowid": False},
    )

    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), primary_key=True)
    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), primary_key=True)
    procedure_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    made: Mapped[int] = mapped_column(default=0)
    opened: Mapped[int] = mapped_column(default=0)
    started: Mapped[int] = mapped_column(default=0)
    finished: Mapped[int] = mapped_column(default=0)


class Wording(Base):
    """The office's own texts of the messages of a wave; one without has the usual."""

    __tablename__ = "wordings"

    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), primary_key=True)
    texts: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class Message(Base):
    """An e-mail that waits to be sent, or what became of it; or a reminder that was
    given out in a file. It holds no token: batch and place give it while the batch
    keeps its key."""

    __tablename__ = "messages"
    __table_args__ = (
        one_of("kind", MESSAGE_KINDS),
        one_of("state", MESSAGE_STATES),
        sa.UniqueConstraint("link_id", "kind"),
        sa.Index("ix_messages_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), index=True)
    link_id: Mapped[int] = mapped_column(sa.ForeignKey("links.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[str] = mapped_column(sa.String(10), default="queued")
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)
    """When it is tried next; of one that waits no longer, when that was settled."""
    fault: Mapped[str | None] = mapped_column(sa.String(300))
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))

    link: Mapped[Link] = relationship()

"""What staff make of the comments of businesses: masked, put into themes, released or
withheld; and who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base, Moment
from survey.models.words import COMMENT_ACTIONS, COMMENT_STATES, one_of


class Theme(Base):
    """What a comment may be about, as the office lists it."""

    __tablename__ = "themes"
    __table_args__ = (sa.CheckConstraint("length(name_vi) > 0", name="has_a_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name_vi: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120))
    element: Mapped[str | None] = mapped_column(sa.String(20))
    """Code of the element it belongs to; None for what belongs to none."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """Whether it is offered; one in use is never deleted."""


class CommentCoding(Base):
    """What was decided of one comment. A comment without one waits.

    Only accounts that read the whole wave see which response it belongs to.
    """

    __tablename__ = "comment_codings"
    __table_args__ = (
        one_of("state", COMMENT_STATES),
        sa.Index("ix_comment_codings_wave_id_state", "wave_id", "state"),
    )

    response_id: Mapped[str] = mapped_column(
        sa.ForeignKey("responses.id", ondelete="CASCADE"), primary_key=True
    )
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"))
    state: Mapped[str] = mapped_column(sa.String(10))
    """`unit`: released to the unit it is about; `office`: to every unit; `withheld`."""
    text: Mapped[str] = mapped_column(sa.Text)
    """Masked: nobody else reads anything but this."""
    spans: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    """What was hidden, as start, end and kind."""


class CommentTheme(Base):
    """A theme that a coded comment has."""

    __tablename__ = "comment_themes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    response_id: Mapped[str] = mapped_column(
        sa.ForeignKey("comment_codings.response_id", ondelete="CASCADE"),
        primary_key=True,
    )
    theme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("themes.id"), primary_key=True, index=True
    )


class CommentEvent(Base):
    """Who read a comment as it was written, unmasked a part of it, or decided on it."""

    __tablename__ = "comment_events"
    __table_args__ = (
        one_of("action", COMMENT_ACTIONS),
        sa.Index("ix_comment_events_wave_id_id", "wave_id", "id"),
        sa.Index("ix_comment_events_response_id", "response_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"))
    response_id: Mapped[str] = mapped_column(
        sa.ForeignKey("responses.id", ondelete="CASCADE")
    )
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    action: Mapped[str] = mapped_column(sa.String(10))
    at: Mapped[datetime] = mapped_column(Moment)

"""What stands in the papers of an office beside the figures: its letterhead, the legal
bases it keeps, and the text that an officer wrote for a wave."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base
from survey.models.words import LANGUAGES, PIECES, one_of


class Letterhead(Base):
    """Who issues the papers, once for every language they are made in."""

    __tablename__ = "letterheads"
    __table_args__ = (one_of("language", LANGUAGES),)

    language: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    superior: Mapped[str] = mapped_column(sa.String(200))
    agency: Mapped[str] = mapped_column(sa.String(200))
    place: Mapped[str] = mapped_column(sa.String(80))
    number: Mapped[str] = mapped_column(sa.String(60))
    """The pattern of a number without the number itself."""
    recipients: Mapped[str] = mapped_column(sa.String(1000))
    """One in a line."""
    signer: Mapped[str] = mapped_column(sa.String(120))


class Logo(Base):
    """The picture over the name of the office; at most one, as a PNG."""

    __tablename__ = "logos"
    __table_args__ = (sa.CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    png: Mapped[bytes] = mapped_column(sa.LargeBinary)


class LegalBasis(Base):
    """A text that papers may rest on, in the order in which the office names them."""

    __tablename__ = "legal_bases"
    __table_args__ = (one_of("language", LANGUAGES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(2))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(sa.String(500))


class ReportPiece(Base):
    """A piece of text of a wave's report that an officer wrote in place of the first
    wording; an empty one leaves the piece out."""

    __tablename__ = "report_pieces"
    __table_args__ = (one_of("language", LANGUAGES), one_of("name", PIECES))

    wave_id: Mapped[str] = mapped_column(sa.ForeignKey("waves.id"), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text)

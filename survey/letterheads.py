"""What the papers of the office say beside the figures: its letterhead, the legal bases
it keeps, and what an officer wrote for one wave."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.exports.official.document import Office
from survey.exports.official.wording import PIECES
from survey.models import LegalBasis, Letterhead, Logo, ReportPiece, Wave
from survey.questionnaire.schema import Text

LOGO_BYTES: Final = 150 * 1024
LOGO_SIDE: Final = 2000
MOST_BASES: Final = 60
MOST_LETTERS: Final = 8000
"""Of one piece of text."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PLACE: Final = Text(vi="Khánh Hòa", en="Khanh Hoa")
_NUMBER: Final = Text(vi="Số:         /BC-", en="No.:         /BC-")
_RECIPIENTS: Final = Text(vi="Như trên;\nLưu: VT.", en="As above;\nFile: archives.")
_SIGNER: Final = Text(vi="Giám đốc", en="Director")


class LetterheadError(Exception):
    """Something cannot be kept for the papers; says which way."""


class NoPng(LetterheadError):
    """A picture that is no PNG, or a broken one."""


class TooLarge(LetterheadError):
    """A picture with too many bytes or pixels."""


class TooMany(LetterheadError):
    """More legal bases than the list holds."""


# -- the letterhead --------------------------------------------------------------------


def letterhead(
    session: Session, language: str, *, agency: str, superior: str
) -> Letterhead:
    """The one that is kept, or a new one with the first wording, which is not."""
    kept = session.get(Letterhead, language)
    return kept or Letterhead(
        language=language,
        superior=superior,
        agency=agency,
        place=_PLACE.get(language),
        number=_NUMBER.get(language),
        recipients=_RECIPIENTS.get(language),
        signer=_SIGNER.get(language),
    )


def keep(session: Session, language: str, values: Mapping[str, str]) -> None:
    """Keep a letterhead; `values` are its columns by name."""
    kept = session.get(Letterhead, language)
    if kept is None:
        session.add(Letterhead(language=language, **values))
    else:
        for name, value in values.items():
            setattr(kept, name, value)
    session.flush()


def office(session: Session, language: str, *, agency: str, superior: str) -> Office:
    """Who issues a paper in this language."""
    head = letterhead(session, language, agency=agency, superior=superior)
    return Office(
        superior=head.superior,
        agency=head.agency,
        place=head.place,
        number=head.number,
        recipients=tuple(lines(head.recipients)),
        signer=head.signer,
        logo=logo(session),
    )


def lines(text: str) -> list[str]:
    """The lines of a text that say anything."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def logo(session: Session) -> bytes | None:
    """The picture over the name of the office, as a PNG."""
    return session.scalar(sa.select(Logo.png))


def keep_logo(session: Session, png: bytes) -> None:
    """Keep a picture in place of the one before.

    Raises:
        NoPng: it is none, or its parts do not hold together.
        TooLarge: over LOGO_BYTES, or a side over LOGO_SIDE pixels.
    """
    if len(png) > LOGO_BYTES:
        raise TooLarge
    width, height = _size(png)
    if not (0 < width <= LOGO_SIDE and 0 < height <= LOGO_SIDE):
        raise TooLarge
    drop_logo(session)
    session.add(Logo(id=1, png=png))
    session.flush()


def drop_logo(session: Session) -> None:
    """Have no picture."""
    session.execute(sa.delete(Logo))


def _size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG all of whose chunks are whole.

    Source: PNG specification (W3C), chunk layout and IHDR.
    """
    if not png.startswith(_PNG):
        raise NoPng
    size, at, name = (0, 0), len(_PNG), b""
    while name != b"IEND":
        head = png[at : at + 8]
        if len(head) < 8:
            raise NoPng
        length, name = struct.unpack(">I4s", head)
        body, crc = png[at + 8 : at + 8 + length], png[at + 8 + length :][:4]
        if len(crc) < 4 or zlib.crc32(name + body) != int.from_bytes(crc, "big"):
            raise NoPng
        if at == len(_PNG):
            if name != b"IHDR" or length != 13:
                raise NoPng
            size = struct.unpack(">II", body[:8])
        at += 12 + length
    return size


# -- legal bases -----------------------------------------------------------------------


def bases(session: Session, language: str) -> list[LegalBasis]:
    """The list in the order of the office."""
    return list(
        session.scalars(
            sa.select(LegalBasis)
            .where(LegalBasis.language == language)
            .order_by(LegalBasis.position, LegalBasis.id)
        )
    )


def add_basis(session: Session, language: str, text: str) -> None:
    """Put a basis at the end of the list; one that is there already stays as it is.

    Raises:
        TooMany: the list is full.
    """
    listed = bases(session, language)
    if any(one.text == text for one in listed):
        return
    if len(listed) >= MOST_BASES:
        raise TooMany
    position = max((one.position for one in listed), default=0) + 1
    session.add(LegalBasis(language=language, position=position, text=text))
    session.flush()


def remove_basis(session: Session, basis_id: int) -> None:
    """Take a basis off the list; reports that name it keep naming it."""
    session.execute(sa.delete(LegalBasis).where(LegalBasis.id == basis_id))


def raise_basis(session: Session, basis_id: int) -> None:
    """Put a basis before the one above it; nothing happens to the first one."""
    moved = session.get(LegalBasis, basis_id)
    if moved is None:
        return
    listed = bases(session, moved.language)
    at = listed.index(moved)
    if at:
        listed[at - 1 : at + 1] = [moved, listed[at - 1]]
    for position, one in enumerate(listed, 1):
        one.position = position
    session.flush()


# -- text of a wave --------------------------------------------------------------------


def first_wording(session: Session, language: str) -> dict[str, str]:
    """Every piece before anybody wrote in it; the legal bases are the whole list."""
    wording = {name: text.get(language) for name, text in PIECES.items()}
    wording["legal"] = "\n".join(one.text for one in bases(session, language))
    return wording


def pieces(session: Session, wave: Wave, language: str) -> dict[str, str]:
    """Every piece of a wave's report by name, as written or as first worded."""
    return {**first_wording(session, language), **written(session, wave, language)}


def written(session: Session, wave: Wave, language: str) -> dict[str, str]:
    """The pieces that somebody wrote in place of the first wording."""
    rows = session.execute(
        sa.select(ReportPiece.name, ReportPiece.text).where(
            ReportPiece.wave_id == wave.id, ReportPiece.language == language
        )
    )
    return {row.name: row.text for row in rows}


def keep_pieces(
    session: Session, wave: Wave, language: str, texts: Mapping[str, str]
) -> None:
    """Keep what differs from the first wording, and nothing else."""
    forget_pieces(session, wave, language)
    first = first_wording(session, language)
    session.add_all(
        ReportPiece(wave_id=wave.id, language=language, name=name, text=text)
        for name, text in texts.items()
        if text != first[name]
    )
    session.flush()


def forget_pieces(session: Session, wave: Wave, language: str) -> None:
    """Go back to the first wording."""
    session.execute(
        sa.delete(ReportPiece).where(
            ReportPiece.wave_id == wave.id, ReportPiece.language == language
        )
    )

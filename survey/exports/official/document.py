"""A document as an office writes it, before it is DOCX or PDF: who issues it, what it
says, in which order; both faces draw the same object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from survey.exports.tables import Table
from survey.formats import date_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who issues a document, in the language of the document.

    `number` is the pattern of its number without the number itself, for example
    "Số:      /BC-SCT": the product makes drafts, which bear none.
    """

    superior: str
    agency: str
    place: str
    number: str
    recipients: tuple[str, ...]
    signer: str
    """The title over the signature, for example GIÁM ĐỐC."""
    logo: bytes | None = None
    """PNG; None for none, which is how most offices write."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 for a part, 2 for what is below it."""

    level: Literal[1, 2]
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the body."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """Several short lines, each with a dash as offices write them."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A table with its caption above, and a note below where there is one."""

    table: Table
    caption: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Levels of several groups as stacked bars, drawn from counts."""

    caption: str
    levels: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins on a new page: an annex."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Recipients and the place of the signature: the end of what is signed."""


Block: TypeAlias = Heading | Paragraph | Bullets | Numbered | Bars | NewPage | Signature
WHOLE: Final = 14
"""A table of so many rows at most is kept on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A draft: without a number, a signature or a seal."""

    language: str
    office: Office
    on: date | None
    kind: str
    """What it is, in capitals: BÁO CÁO."""
    subject: str
    """Trích yếu: what it is about."""
    marks: tuple[str, ...]
    """Why it must not be taken for a result: sample data, a rehearsal, opened again."""
    blocks: tuple[Block, ...]

    @property
    def dateline(self) -> str:
        """Place and date as a document bears them; dots where the day is not known."""
        place = self.office.place
        if self.language == "en":
            day = date_text(self.on, "en") if self.on else "…"
            return f"{place}, {day}"
        if self.on is None:
            return f"{place}, ngày … tháng … năm …"
        # NĐ 30/2020: days below 10 and months below 3 carry a nought in front.
        day = f"{self.on.day:02}"
        month = f"{self.on.month:02}" if self.on.month < 3 else str(self.on.month)
        return f"{place}, ngày {day} tháng {month} năm {self.on.year}"

    @property
    def contents(self) -> tuple[Heading, ...]:
        """The headings, for a table of contents."""
        return tuple(one for one in self.blocks if isinstance(one, Heading))

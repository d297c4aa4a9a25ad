"""A slip from the printer of a till: paper of 80 mm, of which 72 mm are printed, black
only, as long as its text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from survey.exports.prints.page import Bar, Mark, Page, Para, column
from survey.exports.prints.parts import code_at, decoration, sample_bar
from survey.exports.prints.said import IN_ENGLISH, INVITATION, Asker, Said

WIDTH: Final = 80.0
PRINTED: Final = 72.0
EDGE: Final = (WIDTH - PRINTED) / 2
CODE_SIDE: Final = 52.0
LINE: Final = 0.35
"""A line that a head of 203 dots per inch prints: nearly three dots."""


def slip(asker: Asker, said: Said) -> Page:
    """A slip for one link."""
    marks: list[Mark] = list(sample_bar(asker, EDGE, 4.0, PRINTED, 6.0))
    y = 12.5 if asker.is_sample else 5.0
    sender = column(_sender(asker), PRINTED)
    marks += sender.at(EDGE, y)
    y += sender.height + 2.0
    marks.append(_line(y))
    y += 2.5
    what = column(_what(said), PRINTED)
    marks += what.at(EDGE, y)
    y += what.height + 0.5
    marks.append(code_at(said, (WIDTH - CODE_SIDE) / 2, y, CODE_SIDE))
    y += CODE_SIDE + 0.5
    way = column(_way(asker, said), PRINTED)
    marks += way.at(EDGE, y)
    y += way.height + 2.5
    marks.append(_line(y))
    y += 2.0
    foot = column(_foot(asker, said), PRINTED)
    marks += foot.at(EDGE, y)
    return Page(width=WIDTH, height=round(y + foot.height + 6.0, 1), parts=[marks])


def _line(y: float) -> Mark:
    return decoration(Bar(x=EDGE, y=y, width=PRINTED, height=LINE))


def _sender(asker: Asker) -> Iterator[Para]:
    yield Para(text=asker.superior.upper(), size=8.5, align="center")
    yield Para(
        text=asker.short_agency.upper(), size=11.0, face="sans-bold", align="center"
    )


def _what(said: Said) -> Iterator[Para]:
    yield Para(text=INVITATION, size=12.0, face="sans-bold", align="center", role="H1")
    yield Para(text=said.about, size=9.5, align="center", before=1.5)
    if said.procedure:
        yield Para(text=said.unit, size=9.0, align="center", before=0.8)
    if said.dossier:
        yield Para(
            text=f"Hồ sơ {said.dossier}",
            size=10.0,
            face="sans-bold",
            align="center",
            before=0.8,
        )


def _way(asker: Asker, said: Said) -> Iterator[Para]:
    yield Para(
        text=f"Quét mã, hoặc vào {asker.site} và gõ mã:", size=9.5, align="center"
    )
    yield Para(
        text=said.code,
        size=14.0,
        on_one_line=True,
        face="sans-bold",
        align="center",
        before=0.8,
    )
    yield Para(
        text=f"{asker.takes}, không cần đăng nhập.",
        size=9.0,
        align="center",
        before=1.2,
    )
    yield Para(text=said.last_day, size=9.0, align="center")
    if said.is_single:
        yield Para(text="Mã dùng một lần.", size=9.0, align="center")


def _foot(asker: Asker, said: Said) -> Iterator[Para]:
    yield Para(text=asker.check, size=8.0, align="center")
    yield Para(text=asker.begins, size=8.0, align="center", before=0.5)
    yield Para(text=IN_ENGLISH, size=8.0, align="center", before=1.5, language="en")
    yield Para(text=said.where, size=7.5, align="center", before=1.5)

"""Sheets of cards on A4, to be cut along their marks: eight large or 24 small ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from survey.exports.prints.page import Bar, Mark, Page, Para, column
from survey.exports.prints.parts import BRAND, SOFT, code_at, decoration, sample_bar
from survey.exports.prints.said import (
    IN_ENGLISH,
    INVITATION,
    SHORT_ENGLISH,
    Asker,
    Said,
)
from survey.exports.prints.typefaces import GLUE

A4: Final = (210.0, 297.0)
EDGE: Final = 6.0
"""Around the sheet: office printers leave about 4 mm white."""
HAIR: Final = 0.2
TICK: Final = 1.5
LONG_ON_LARGE: Final = 110
LONG_ON_SMALL: Final = 64
"""Letters from which names are abbreviated."""
LONG_SITE: Final = 27


@dataclass(frozen=True, slots=True)
class Grid:
    """How many cards lie on a sheet, and what draws one with its corner at x, y."""

    across: int
    down: int
    draw: Callable[[Asker, Said, float, float], list[Mark]]

    @property
    def width(self) -> float:
        """Of one card."""
        return (A4[0] - 2 * EDGE) / self.across

    @property
    def height(self) -> float:
        """Of one card."""
        return (A4[1] - 2 * EDGE) / self.down


def sheets(asker: Asker, said: Iterable[Said], grid: Grid) -> Iterator[Page]:
    """The cards, a page as soon as it is full."""
    waiting: list[Said] = []
    for one in said:
        waiting.append(one)
        if len(waiting) == grid.across * grid.down:
            yield _sheet(asker, waiting, grid)
            waiting = []
    if waiting:
        yield _sheet(asker, waiting, grid)


def single(asker: Asker, said: Said, grid: Grid) -> Page:
    """One card on a page of its own size."""
    card = grid.draw(asker, said, 0.0, 0.0)
    return Page(width=grid.width, height=grid.height, parts=[card])


def _sheet(asker: Asker, said: list[Said], grid: Grid) -> Page:
    parts: list[list[Mark]] = [
        grid.draw(
            asker,
            one,
            EDGE + place % grid.across * grid.width,
            EDGE + place // grid.across * grid.height,
        )
        for place, one in enumerate(said)
    ]
    # With the last card, so that they lie above the white of no other.
    parts[-1].append(decoration(*_cut_marks(grid)))
    return Page(width=A4[0], height=A4[1], parts=parts)


def _cut_marks(grid: Grid) -> Iterator[Bar]:
    """A small cross at each corner of a card, reaching out to the margin."""
    for column_ in range(grid.across + 1):
        for row in range(grid.down + 1):
            x, y = EDGE + column_ * grid.width, EDGE + row * grid.height
            yield Bar(x=x - TICK, y=y - HAIR / 2, width=2 * TICK, height=HAIR)
            yield Bar(x=x - HAIR / 2, y=y - TICK, width=HAIR, height=2 * TICK)


def _large(asker: Asker, said: Said, x: float, y: float) -> list[Mark]:
    width, height, pad = LARGE.width, LARGE.height, 4.0
    marks = list(sample_bar(asker, x, y, width, 4.0))
    down = 4.0 if asker.is_sample else 0.0
    below = column(_below_large(asker, said), width - 2 * pad, 29.0)
    side = min(45.0, height - down - below.height - pad - 0.3)
    marks.append(code_at(said, x + 1.0, y + down + 1.0, side))
    beside = column(_beside_large(asker, said), width - side - pad - 1.0, side - 4.0)
    marks += beside.at(x + side + 1.0, y + down + (side + 2.0 - beside.height) / 2)
    marks += below.at(x + pad, y + height - pad + 0.5 - below.height)
    return marks


def _beside_large(asker: Asker, said: Said) -> Iterator[Para]:
    yield Para(
        text=asker.agency.upper(),
        size=8.5,
        least=6.5,
        face="sans-bold",
        colour=BRAND,
        gives_way=True,
    )
    yield Para(
        text=INVITATION,
        size=10.4,
        least=8.4,
        face="sans-bold",
        before=1.2,
        role="H1",
    )
    about = said.procedure_within(LONG_ON_LARGE) or said.unit
    yield Para(text=about, size=8.5, least=6.2, before=1.2, gives_way=True)
    if said.procedure:
        yield Para(
            text=said.unit,
            size=7.5,
            least=6.0,
            before=0.8,
            colour=SOFT,
            gives_way=True,
        )
    if said.dossier:
        yield Para(
            text=f"Hồ sơ {said.dossier}",
            size=8.5,
            on_one_line=True,
            face="sans-bold",
            before=1.0,
        )


def _below_large(asker: Asker, said: Said) -> Iterator[Para]:
    yield Para(text=f"Quét mã, hoặc vào {asker.site} và gõ mã:", size=8.0, least=6.5)
    yield Para(
        text=said.code,
        size=15.0,
        on_one_line=True,
        face="sans-bold",
        leading=1.25,
        colour=BRAND,
    )
    once = " Mã dùng một lần." if said.is_single else ""
    yield Para(
        text=f"{asker.takes}, không cần đăng nhập.{once}",
        size=7.5,
        least=6.5,
        before=0.3,
    )
    yield Para(text=said.last_day, size=7.5, least=6.5)
    yield Para(text=asker.check, size=6.6, least=5.5, before=0.6, colour=SOFT)
    yield Para(text=asker.begins, size=6.6, least=5.5, colour=SOFT)
    yield Para(text=IN_ENGLISH, size=6.6, least=5.5, before=0.4, language="en")


def _small(asker: Asker, said: Said, x: float, y: float) -> list[Mark]:
    width, height, pad = SMALL.width, SMALL.height, 2.0
    below = column(_below_small(asker, said), width - 2 * pad, 6.7)
    end = height - pad + 0.3 - below.height
    side = min(28.5, end - 0.4)
    marks = [code_at(said, x + 0.6, y + 0.6, side)]
    left = side + 0.8
    room = width - left - pad + 0.5
    # A bar over the whole card would take the squares below half a millimetre.
    marks += sample_bar(asker, x + left, y + 0.6, room, 2.6)
    top = 3.7 if asker.is_sample else pad
    beside = column(_beside_small(asker, said), room, end - top - 0.4)
    marks += beside.at(x + left, y + top)
    marks += below.at(x + pad, y + end)
    return marks


def _beside_small(asker: Asker, said: Said) -> Iterator[Para]:
    who = f"{asker.agency} – {said.unit}"
    if len(who) > LONG_ON_SMALL:
        who = f"{asker.short_agency} – {said.unit}"
    yield Para(
        text=who,
        size=6.0,
        least=4.9,
        face="sans-bold",
        leading=1.25,
        colour=BRAND,
        gives_way=True,
        role="H1",
    )
    about = said.procedure_within(LONG_ON_SMALL)
    yield Para(
        text=f"Mời đánh giá: {about}" if about else INVITATION,
        size=5.8,
        least=4.9,
        leading=1.25,
        before=0.4,
        gives_way=True,
    )
    if said.dossier:
        yield Para(
            text=f"Hồ sơ {said.dossier}",
            size=5.8,
            least=4.9,
            on_one_line=True,
            face="sans-bold",
            leading=1.25,
            before=0.4,
        )
    yield Para(
        text=f"Quét mã, khoảng {asker.minutes} phút, đến{GLUE}{said.until}.",
        size=5.6,
        least=4.9,
        on_one_line=True,
        leading=1.25,
        before=0.4,
    )
    yield from _where_to_type(asker)
    yield Para(
        text=said.code,
        size=9.2,
        least=8.6,
        face="sans-bold",
        leading=1.18,
        before=0.2,
    )


def _where_to_type(asker: Asker) -> Iterator[Para]:
    """On a line of its own an address is not broken, where it is long."""
    is_long = len(asker.site) > LONG_SITE
    yield Para(
        text="Hoặc gõ mã tại:" if is_long else f"Hoặc gõ tại {asker.site}:",
        size=5.6,
        least=4.9,
        leading=1.25,
        before=0.4,
    )
    if is_long:
        yield Para(text=asker.site, size=5.6, least=4.9, leading=1.25, on_one_line=True)


def _below_small(asker: Asker, said: Said) -> Iterator[Para]:
    once = "Mã dùng một lần. " if said.is_single else ""
    yield Para(text=f"{once}{asker.check}", size=4.9, leading=1.25, colour=SOFT)
    yield Para(text=asker.begins, size=4.9, leading=1.25, colour=SOFT)
    yield Para(text=SHORT_ENGLISH, size=4.9, leading=1.25, language="en")


LARGE: Final = Grid(2, 4, _large)
SMALL: Final = Grid(3, 8, _small)

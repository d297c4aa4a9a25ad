"""What several prints share: colours, the code, the mark of a sample, cut marks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from survey.exports.prints.page import (
    BLACK,
    WHITE,
    Bar,
    Code,
    Colour,
    Mark,
    Para,
    column,
)
from survey.exports.prints.said import Asker, Said
from survey.exports.prints.squares import squares

BRAND: Final[Colour] = (0.043, 0.31, 0.424)
SOFT: Final[Colour] = (0.267, 0.322, 0.361)
RULE: Final[Colour] = (0.737, 0.792, 0.824)
GOLD: Final[Colour] = (0.878, 0.647, 0.149)
SAMPLE: Final = "MẪU – dữ liệu mẫu, không phát cho doanh nghiệp"


def code_at(said: Said, x: float, y: float, side: float) -> Mark:
    """The QR code of a link; only SURVEY_PUBLIC_URL and the token are in it."""
    drawn = Code(x=x, y=y, side=side, squares=squares(said.url, side))
    return Mark(role="Figure", shapes=[drawn], instead=said.alternative)


def decoration(*bars: Bar) -> Mark:
    """Bars that are not read out."""
    return Mark(role="Artifact", shapes=bars)


def frame(x: float, y: float, side: float, thick: float, colour: Colour) -> Mark:
    """A square frame around a square of `side`."""
    whole = side + 2 * thick
    return decoration(
        Bar(x=x - thick, y=y - thick, width=whole, height=thick, colour=colour),
        Bar(x=x - thick, y=y + side, width=whole, height=thick, colour=colour),
        Bar(x=x - thick, y=y, width=thick, height=side, colour=colour),
        Bar(x=x + side, y=y, width=thick, height=side, colour=colour),
    )


def sample_bar(
    asker: Asker, x: float, y: float, width: float, height: float
) -> Iterator[Mark]:
    """What says of a sample wave's print that it is none to hand out."""
    if not asker.is_sample:
        return
    yield decoration(Bar(x=x, y=y, width=width, height=height, colour=BLACK))
    said = Para(
        text=SAMPLE,
        size=height * 1.7,
        least=2.0,
        face="sans-bold",
        leading=1.3,
        align="center",
        colour=WHITE,
    )
    set_ = column([said], width - height, height)
    yield from set_.at(x + height / 2, y + (height - set_.height) / 2)
